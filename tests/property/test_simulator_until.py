"""An export as of a day is the whole history cut off at that day, by rules written here again."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from wald.facts.tables import TABLES, TRACKED
from wald.simulator.simulate import Simulated, simulate

SEEDS = (4, 5)
DAYS = (date(2025, 10, 1), date(2026, 1, 31), date(2026, 6, 14), date(2026, 9, 30))
Row = dict[str, Any]


@cache
def made(seed: int, until: date | None) -> Simulated:
    return simulate(company="acme", seed=seed, years=1, scale=0.2, until=until)


def rows(seed: int, table: str, until: date | None = None) -> list[Row]:
    found: list[Row] = made(seed, until).tables[table].to_pylist()
    return found


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture(params=DAYS, ids=str)
def day(request: pytest.FixtureRequest) -> date:
    found = request.param
    assert isinstance(found, date)
    return found


def is_known(row: Row, column: str | None, day: date) -> bool:
    if column is None:
        return True
    happened = row[column]
    if isinstance(happened, datetime):
        return happened <= datetime.combine(day, time.max)
    return bool(happened <= day)


@pytest.mark.parametrize(
    "table",
    [
        "person",
        "contact",
        "product",
        "stage",
        "opportunity_change",
        "booking",
        "booking_line",
        "payment",
        "activity",
        "quota",
        "forecast_submission",
        "exchange_rate",
    ],
)
def test_later_rows_are_absent_and_nothing_else_differs(seed: int, day: date, table: str) -> None:
    happened = TABLES[table].happened
    kept = [row for row in rows(seed, table) if is_known(row, happened, day)]
    assert rows(seed, table, day) == kept


READ: dict[str, Callable[[str], object]] = {
    "amount": Decimal,
    "probability": Decimal,
    "close_on": date.fromisoformat,
    "closed_on": date.fromisoformat,
}


def test_deals_are_rolled_back_by_their_changes(seed: int, day: date) -> None:
    later = defaultdict(list)
    for change in rows(seed, "opportunity_change"):
        if not is_known(change, "changed_at", day):
            later[change["opportunity_id"], change["field"]].append(change)
    rolled_back = []
    for deal in rows(seed, "opportunity"):
        if not is_known(deal, "created_at", day):
            continue
        for field in TRACKED:
            if changes := later[deal["opportunity_id"], field]:
                old = min(changes, key=lambda change: change["changed_at"])["old"]
                deal[field] = None if old is None else READ.get(field, str)(old)
        rolled_back.append(deal)
    assert rows(seed, "opportunity", day) == rolled_back


def test_leads_show_only_what_had_come_of_them(seed: int, day: date) -> None:
    kept = [row for row in rows(seed, "lead") if is_known(row, "created_at", day)]
    for lead in kept:
        if lead["first_response_at"] and not is_known(lead, "first_response_at", day):
            lead["first_response_at"] = None
        if lead["converted_on"] and not is_known(lead, "converted_on", day):
            lead |= {"converted_on": None, "opportunity_id": None, "account_id": None}
        lead["status"] = status(lead, day)
    assert rows(seed, "lead", day) == kept


def status(lead: Row, day: date) -> str:
    if lead["converted_on"] is not None:
        return "converted"
    if lead["created_at"].date() + timedelta(days=90) <= day:
        return "nurture"
    return "new" if lead["first_response_at"] is None else "working"


def test_accounts_belong_to_who_worked_their_territory(seed: int, day: date) -> None:
    kept = [row for row in rows(seed, "account") if is_known(row, "created_on", day)]
    found = rows(seed, "account", day)
    people: dict[str, Row] = {}
    for row in rows(seed, "person"):
        if is_known(row, "valid_from", day):
            people[row["person_id"]] = row
    there = {row["territory"]: row["person_id"] for row in people.values() if not row["left_on"]}
    for account, expected in zip(found, kept, strict=True):
        owner = people[account["owner_id"]]
        assert owner["left_on"] is None
        if expected["territory"] in there:
            assert account["owner_id"] == there[expected["territory"]]
        else:
            assert owner["role"] == "manager"
        assert {**account, "owner_id": ""} == {**expected, "owner_id": ""}


def test_lines_sum_to_what_the_deal_was_worth_that_day(seed: int, day: date) -> None:
    deals = {row["opportunity_id"]: row for row in rows(seed, "opportunity", day)}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in rows(seed, "opportunity_line", day):
        sums[line["opportunity_id"]] += line["amount"]
    assert sums == {key: deals[key]["amount"] for key in sums}


def test_lines_of_deals_that_did_not_change_since_are_the_same(seed: int, day: date) -> None:
    worth = {row["opportunity_id"]: row["amount"] for row in rows(seed, "opportunity")}
    then = {row["opportunity_id"]: row["amount"] for row in rows(seed, "opportunity", day)}
    full = {row["opportunity_line_id"]: row for row in rows(seed, "opportunity_line")}
    for line in rows(seed, "opportunity_line", day):
        later = full[line["opportunity_line_id"]]
        assert line["product_id"] == later["product_id"]
        if worth[line["opportunity_id"]] == then[line["opportunity_id"]]:
            assert line == later


def test_all_references_resolve_on_that_day(seed: int, day: date) -> None:
    known = {
        name: {row[table.key[0]] for row in rows(seed, name, day)} for name, table in TABLES.items()
    }
    for name, table in TABLES.items():
        for column in table.columns:
            if column.refers:
                named = {row[column.name] for row in rows(seed, name, day)} - {None}
                assert named <= known[column.refers], f"{name}.{column.name}"


def test_problems_that_had_not_begun_are_not_among_the_answers(seed: int, day: date) -> None:
    everything = made(seed, None).answers["problems"]
    found = made(seed, day).answers["problems"]
    assert isinstance(everything, list)
    assert isinstance(found, list)
    begun = [answer["problem"] for answer in everything if answer["from"] <= day.isoformat()]
    assert [answer["problem"] for answer in found] == begun


def test_the_last_day_is_the_whole_history(seed: int) -> None:
    assert made(seed, DAYS[-1]).tables == made(seed, None).tables
