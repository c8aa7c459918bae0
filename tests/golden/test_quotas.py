"""Worked cases of quotas: written by hand, read here, and worked out by the cascade."""

import tomllib
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from wald.heart.quota.plan import Figure, Ground, Relief, Terms, Window, worked_out
from wald.heart.quota.presence import DayCount, months_of
from wald.heart.quota.season import EVEN
from wald.heart.quota.seats import Counting, Row, seats_of
from wald.heart.quota.split import in_money, in_units
from wald.heart.quota.tree import Level, tree_of
from wald.heart.quota.weights import Weighing
from wald.kernel.period import Grain, Period, months_calendar, year_periods

CALENDAR = months_calendar()
YEAR = CALENDAR.year(2026)
CASES: dict[str, Any] = tomllib.loads(
    (Path(__file__).parent / "quota" / "cascade.toml").read_text(encoding="utf-8")
)


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def row(told: list[str]) -> Row:
    region, team, person, _, hired, left = [*told, "", ""][:6]
    return Row(
        person, date(1900, 1, 1), None, person, region, team, "", "rep", day(hired), day(left)
    )


def worked(case: dict[str, Any]) -> dict[str, Figure]:
    digits = case.get("digits", 2)
    counting = Counting(people_on=YEAR.start, last_day=case.get("last_day", True))
    year = Period(YEAR.start, YEAR.end, "2026")
    quarters = year_periods(CALENDAR, YEAR, Grain.QUARTER)
    season = [Fraction(Decimal(share)) for share in case.get("season", [])]
    months = [share / sum(season) / 3 for share in season for _ in range(3)] or EVEN
    over = {Level(level): Decimal(share) for level, share in case.get("over", {}).items()}
    ramp = tuple(Decimal(share) for share in case.get("ramp", []))
    ground = Ground(
        tree=tree_of(seats_of([row(told) for told in case["people"]], year, counting)),
        calendar=CALENDAR,
        months=months_of(CALENDAR, 2026),
        windows=tuple(Window(one, range(3 * i, 3 * i + 3)) for i, one in enumerate(quarters)),
        terms={"": Terms(over, tuple(months), ramp)},
        units=in_units(Decimal(case["total"]), digits),
        digits=digits,
        weighing=Weighing(case["weights"]),
        known={told[2]: Fraction(Decimal(told[3])) for told in case["people"]},
        shares={name: Fraction(Decimal(part)) for name, part in case.get("shares", {}).items()},
        pins={name: in_units(Decimal(pin), digits) for name, pin in case.get("pins", {}).items()},
        proposals={},
        day_count=DayCount(case.get("day_count", "actual")),
        relief=Relief(case.get("relief", "team")),
    )
    return dict(worked_out(ground))


@pytest.mark.parametrize("name", CASES)
def test_a_worked_case_comes_out_as_written(name: str) -> None:
    case = CASES[name]
    digits = case.get("digits", 2)
    found = worked(case)

    def told(units: int) -> str:
        return f"{in_money(units, digits):f}"

    assert {key: told(found[key].held.held) for key in case["holds"]} == case["holds"]
    for key, amount in case.get("gave", {}).items():
        assert told(found[key].held.gave) == amount
    for key, amounts in case.get("windows", {}).items():
        assert [told(units) for units in found[key].assigned] == amounts
