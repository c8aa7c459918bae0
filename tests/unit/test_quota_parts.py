"""The parts of a quota: what a plan may not say, who sits where, what is fair, what to expect."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import product

import numpy as np
import pytest

from tests.quota_world import PLAN
from wald.documents.document import document_types
from wald.documents.reading import read
from wald.heart.quota.fairness import evenness, outlook
from wald.heart.quota.presence import DayCount, month_number, months_of, presence, ramp_share
from wald.heart.quota.season import given_season
from wald.heart.quota.seats import Counting, Row, rings, seats_of
from wald.heart.quota.tree import Hierarchy, tree_of, unknown
from wald.kernel.period import Period, months_calendar, weeks_calendar

YEAR = Period(date(2026, 1, 1), date(2027, 1, 1), "2026")
ALWAYS = date(1900, 1, 1)
LAST = date(2026, 12, 31)


def faults(text: str) -> str:
    return "\n".join(str(one) for one in read(text, document_types()).problems)


@pytest.mark.parametrize(
    ("was", "now", "sentence"),
    [
        ("period: 4, share: 0.35", "period: 4, share: 0.34", "the shares add up to 0.99"),
        ("period: 4, share: 0.35", "period: 5, share: 0.35", "neither four quarters nor twelve"),
        ("period: 1, share: 0.2}", "period: 1, share: -0.2}", "below zero"),
        ("amount: 400000", "amount: -1", "-1 is below zero"),
        ("amount: 400000", "amount: 0.001", "finer than the currency"),
        ("total: 1000000", "total: 0", "0 is no total"),
        ("total: 1000000", "total: 1000000\n  measure: sold", "'sold' is no metric"),
        ("total: 1000000", "total: 1000000\n  measure: win_rate", "cannot be added up over time"),
        ("total: 1000000", "total: 1000000\n  measure: open_pipeline", "cannot be added up"),
        ("total: 1000000", "total: 1000000\n  weights: potential", "nobody's potential is known"),
        ("  currency: EUR\n", "", "money needs a currency"),
        ("total: 1000000", "total: 1000000\n  windows: day", "a quota for each day"),
        ("total: 1000000", "total: 1000000\n  season_years: 0", "0 years"),
        ("fiscal_year: 2026", "fiscal_year: 26", "26 is no year to plan"),
        ("over_assignment: 1.1}", "over_assignment: 0.9}", "0.9 is no over-assignment"),
        ("{level: team,", "{level: person,", "people hand nothing down"),
        ("month: 2, share: 0.5", "month: 3, share: 0.5", "stands where month 2 should"),
        ("month: 2, share: 0.5", "month: 2, share: 1.5", "no share of a quota"),
        ("node: South, amount: 450000", 'node: "@R1", amount: 450000', "stands there already"),
    ],
)
def test_what_a_plan_may_not_say_is_told_with_its_line(was: str, now: str, sentence: str) -> None:
    assert was in PLAN
    found = faults(PLAN.replace(was, now, 1))
    assert sentence in found
    assert found.startswith("line ")


@pytest.mark.parametrize(
    ("amount", "sentence"), [("-5", "is below zero"), ("1000001", "is above the total")]
)
def test_a_pin_lies_between_nothing_and_the_total(amount: str, sentence: str) -> None:
    pins = f"  pins:\n    - {{name: a, node: South, amount: {amount}}}\n  proposals:\n"
    assert sentence in faults(PLAN.replace("  proposals:\n", pins, 1))


def test_the_plan_itself_has_no_fault() -> None:
    assert faults(PLAN) == ""


def person(
    key: str,
    team: str = "Alpha",
    since: date = ALWAYS,
    until: date | None = None,
    manager: str = "",
    **more: object,
) -> Row:
    told: dict[str, object] = {"role": "rep", "hired_on": None, "left_on": None, **more}
    return Row(key, since, until, key, "North", team, manager, **told)  # type: ignore[arg-type]


def stays(rows: list[Row], **how: object) -> dict[str, tuple[tuple[date, date], ...]]:
    counting = Counting(people_on=LAST, **how)  # type: ignore[arg-type]  # parts of its own types
    return {seat.key: seat.stays for seat in seats_of(rows, YEAR, counting)}


MOVE = date(2026, 3, 17)
MOVED = [person("P", "Alpha", until=MOVE), person("P", "Beta", since=MOVE)]


def test_who_changes_team_has_a_seat_in_each_with_its_own_days() -> None:
    assert stays(MOVED) == {
        "North/Alpha/@P": ((YEAR.start, MOVE),),
        "North/Beta/@P": ((MOVE, YEAR.end),),
    }
    assert stays(MOVED, transfer=False) == {"North/Beta/@P": ((YEAR.start, YEAR.end),)}


def test_who_comes_back_has_one_seat_with_two_stays() -> None:
    back = date(2026, 9, 1)
    rows = [MOVED[0], person("P", "Beta", since=MOVE, until=back), person("P", since=back)]
    assert stays(rows)["North/Alpha/@P"] == ((YEAR.start, MOVE), (back, YEAR.end))


def test_hire_and_leave_count_only_where_the_plan_says_so() -> None:
    rows = [person("P", hired_on=date(2026, 4, 1), left_on=date(2026, 10, 1))]
    key = "North/Alpha/@P"
    assert stays(rows)[key] == ((date(2026, 4, 1), date(2026, 10, 1)),)
    assert stays(rows, hire=False)[key] == ((YEAR.start, date(2026, 10, 1)),)
    assert stays(rows, leave=False)[key] == ((date(2026, 4, 1), YEAR.end),)
    assert stays(rows, last_day=False)[key] == ((date(2026, 4, 1), date(2026, 9, 30)),)


def test_who_left_before_the_year_or_does_not_sell_has_no_seat() -> None:
    assert stays([person("P", left_on=date(2025, 12, 31)), person("Q", role="manager")]) == {}


def test_whose_rows_begin_within_the_year_was_there_before_unless_hired_then() -> None:
    first = date(2026, 3, 1)
    assert stays([person("P", since=first)])["North/Alpha/@P"] == ((YEAR.start, YEAR.end),)
    hired = stays([person("P", since=first, hired_on=first)])["North/Alpha/@P"]
    assert hired == ((first, YEAR.end),)


def test_managers_stand_above_those_who_report_to_them() -> None:
    rows = [
        person("L", role="leader"),
        person("M", role="manager", manager="L"),
        person("P", manager="M"),
    ]
    assert list(stays(rows, hierarchy=Hierarchy.MANAGERS)) == ["L/M/@P"]


def test_a_ring_is_told_once_with_its_people() -> None:
    rows = [person("A", manager="B"), person("B", manager="C"), person("C", manager="B")]
    (problem,) = rings(rows, LAST)
    assert "B to C to B" in problem.what
    assert list(rings([person("A", manager="B"), person("B", manager="gone")], LAST)) == []


def test_a_ring_does_no_harm_to_seats() -> None:
    rows = [person("A", manager="B"), person("B", manager="A")]
    assert set(stays(rows, hierarchy=Hierarchy.MANAGERS)) == {"B/@A", "A/@B"}


def test_a_name_of_two_seats_has_to_be_told_in_full() -> None:
    tree = tree_of(seats_of(MOVED, YEAR, Counting(people_on=LAST)))
    (problem,) = unknown(tree, [("pins.p", "@P"), ("pins.q", "North/Beta/@P")])
    assert "stands at North/Alpha/@P and North/Beta/@P" in problem.what


@pytest.mark.parametrize(
    ("since", "until", "actual", "thirty"),
    [
        ("2026-01-16", "2026-02-01", Fraction(16, 31), Fraction(15, 30)),
        ("2026-01-31", "2026-02-01", Fraction(1, 31), Fraction(1, 30)),
        ("2026-01-01", "2026-01-31", Fraction(30, 31), Fraction(29, 30)),
        ("2025-01-01", "2027-01-01", Fraction(1), Fraction(1)),
        ("2026-02-01", "2026-03-01", Fraction(0), Fraction(0)),
    ],
)
def test_days_of_january(since: str, until: str, actual: Fraction, thirty: Fraction) -> None:
    january = months_of(months_calendar(), 2026)[0].period
    stay = (date.fromisoformat(since), date.fromisoformat(until))
    assert presence(january, [stay], DayCount.ACTUAL) == actual
    assert presence(january, [stay], DayCount.THIRTY) == thirty


@pytest.mark.parametrize(
    "calendar", [months_calendar(), months_calendar(7), weeks_calendar("4-4-5")]
)
def test_months_are_counted_through_the_years(calendar: object) -> None:
    found = [month for year in (2025, 2026) for month in months_of(calendar, year)]  # type: ignore[arg-type]
    assert [month.number for month in found] == list(range(2025 * 12, 2027 * 12))
    for month in found:
        assert month_number(calendar, month.period.last_day) == month.number  # type: ignore[arg-type]


def test_a_ramp_is_over_after_its_last_month() -> None:
    ramp = (Decimal(0), Decimal("0.5"))
    assert [ramp_share(ramp, 10, month) for month in (9, 10, 11, 12)] == [1, 0, Decimal("0.5"), 1]
    assert ramp_share(ramp, None, 10) == 1


def test_a_quarter_is_divided_evenly_among_its_months() -> None:
    season = given_season(
        {1: Decimal("0.3"), 2: Decimal("0.3"), 3: Decimal("0.3"), 4: Decimal("0.1")}
    )
    assert season[:3] == (Fraction(1, 10),) * 3
    assert sum(season) == 1


def gini(ratios: list[Decimal]) -> Decimal:
    """Return half the mean of all differences over the mean, pair by pair."""
    pairs = sum((abs(a - b) for a, b in product(ratios, ratios)), Decimal(0))
    count = len(ratios)
    return pairs / (2 * count * count) / (sum(ratios, Decimal(0)) / count)


def test_evenness_is_that_of_quota_over_potential() -> None:
    """Ratios 1, 2 and 3: average 2, standard deviation sqrt(2/3), Gini 2/9."""
    found = evenness(
        [
            (Decimal(10), Decimal(10)),
            (Decimal(20), Decimal(10)),
            (Decimal(30), Decimal(10)),
            (Decimal(5), None),
        ]
    )
    assert found is not None
    assert (found.people, found.left_out) == (3, 1)
    assert (found.average, found.lowest, found.highest) == (2, 1, 3)
    assert found.variation == Decimal("0.4082")
    assert found.gini == Decimal("0.2222")


def test_the_gini_is_that_of_all_pairs() -> None:
    ratios = [Decimal(n * n % 17 + 1) for n in range(1, 24)]
    found = evenness([(ratio, Decimal(1)) for ratio in ratios])
    assert found is not None
    assert found.gini == gini(ratios).quantize(Decimal("0.0001"))


@pytest.mark.parametrize("pairs", [[], [(Decimal(1), Decimal(1))], [(Decimal(0), Decimal(1))] * 3])
def test_of_too_few_nothing_is_said(pairs: list[tuple[Decimal, Decimal | None]]) -> None:
    assert evenness(pairs) is None


def chances() -> Iterator[np.random.Generator]:
    while True:
        yield np.random.Generator(np.random.PCG64(7))


def test_who_always_reached_their_quota_is_expected_to() -> None:
    found = outlook(
        [[50, 50], [100, 0]], 200, [[1.0], [1.0, 1.0]], draws=50, chance=next(chances())
    )
    assert found is not None
    assert (found.plan.low, found.plan.mean, found.plan.high) == (1, 1, 1)
    assert (found.people.mean, found.chance, found.past_windows) == (1, 1, 2)


def test_what_hits_everybody_at_once_stays_together() -> None:
    """Two past windows, one good and one bad for all: a year of one window is one or the other,
    so half of the draws meet the plan, however many people there are."""
    found = outlook([[1]] * 400, 400, [[1.2] * 9, [0.8] * 9], draws=4000, chance=next(chances()))
    assert found is not None
    assert abs(found.chance - Decimal("0.5")) < Decimal("0.03")  # four standard errors
    assert (found.plan.low, found.plan.high) == (Decimal("0.8"), Decimal("1.2"))


@pytest.mark.parametrize(("quotas", "past"), [([], [[1.0], [1.0]]), ([[1]], [[1.0]]), ([[1]], [])])
def test_without_a_past_nothing_is_expected(
    quotas: list[list[int]], past: list[list[float]]
) -> None:
    assert outlook(quotas, 100, past, draws=10, chance=next(chances())) is None
