"""Laws of an invented company: whatever the seed, its tables agree with each other."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from itertools import groupby, pairwise
from typing import Any

import pyarrow as pa
import pytest

from wald.facts.table import Type
from wald.facts.tables import TABLES, TRACKED
from wald.simulator.columns import schema
from wald.simulator.simulate import Simulated, simulate, simulate_chunks

SEEDS = (1, 2, 3)
Row = dict[str, Any]


@cache
def made(seed: int) -> Simulated:
    return simulate(company="acme", seed=seed, years=2, scale=0.15)


@cache
def rows(seed: int, table: str) -> list[Row]:
    found: list[Row] = made(seed).tables[table].to_pylist()
    return found


def by(found: list[Row], column: str) -> dict[object, list[Row]]:
    groups = defaultdict(list)
    for row in found:
        groups[row[column]].append(row)
    return groups


def as_text(value: object) -> str | None:
    if value is None:
        return None
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return str(value)


def plain(text: object) -> str | None:
    """Return decimals without trailing zeros, everything else as it is."""
    if isinstance(text, str) and text.replace(".", "", 1).isdigit():
        return as_text(Decimal(text))
    return None if text is None else str(text)


@pytest.fixture(params=SEEDS)
def seed(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def test_every_table_is_filled_and_has_the_canonical_columns(seed: int) -> None:
    tables = made(seed).tables
    assert list(tables) == list(TABLES)
    assert [name for name, table in tables.items() if table.schema != schema(name)] == []
    assert [name for name, table in tables.items() if not table.num_rows] == []


def test_required_cells_are_there(seed: int) -> None:
    holes = [
        f"{name}.{column.name}"
        for name, table in TABLES.items()
        for column in table.columns
        if column.required and made(seed).tables[name][column.name].null_count
    ]
    assert holes == []


def test_keys_are_unique(seed: int) -> None:
    for name, table in TABLES.items():
        keys = [tuple(row[column] for column in table.key) for row in rows(seed, name)]
        assert len(set(keys)) == len(keys), name


def test_all_references_resolve(seed: int) -> None:
    known = {
        name: {row[table.key[0]] for row in rows(seed, name)} for name, table in TABLES.items()
    }
    for name, table in TABLES.items():
        for column in table.columns:
            if column.refers:
                named = {row[column.name] for row in rows(seed, name)} - {None}
                assert named <= known[column.refers], f"{name}.{column.name}"


def test_a_deal_shows_what_its_last_changes_left(seed: int) -> None:
    last = {(row["opportunity_id"], row["field"]): row["new"] for row in changes(seed)}
    for deal in rows(seed, "opportunity"):
        for field in TRACKED:
            if (deal["opportunity_id"], field) in last:
                shown = last[deal["opportunity_id"], field]
                assert as_text(deal[field]) == plain(shown), (deal["opportunity_id"], field)


def changes(seed: int) -> list[Row]:
    return sorted(
        rows(seed, "opportunity_change"),
        key=lambda row: (row["opportunity_id"], row["changed_at"], row["change_id"]),
    )


def test_changes_of_a_field_form_a_chain_in_time(seed: int) -> None:
    chains = defaultdict(list)
    for row in changes(seed):
        chains[row["opportunity_id"], row["field"]].append(row)
    for chain in chains.values():
        assert all(row["old"] != row["new"] for row in chain)
        for before, after in pairwise(chain):
            assert before["new"] == after["old"]
            assert before["changed_at"] < after["changed_at"]


def test_changes_lie_within_the_life_of_the_deal(seed: int) -> None:
    deals = {row["opportunity_id"]: row for row in rows(seed, "opportunity")}
    for row in changes(seed):
        deal = deals[row["opportunity_id"]]
        assert deal["created_at"] < row["changed_at"]
        assert deal["closed_on"] is None or row["changed_at"].date() <= deal["closed_on"]


def test_deals_open_open(seed: int) -> None:
    first: dict[tuple[str, str], object] = {}
    for row in changes(seed):
        first.setdefault((row["opportunity_id"], row["field"]), row["old"])
    assert {old for (_, field), old in first.items() if field == "outcome"} == {"open"}
    assert {old for (_, field), old in first.items() if field == "closed_on"} == {None}
    stages = {row["stage"]: row["outcome"] for row in rows(seed, "stage")}
    assert {stages[old] for (_, field), old in first.items() if field == "stage"} == {"open"}


def test_stage_outcome_odds_and_closing_agree(seed: int) -> None:
    stages = {row["stage"]: row for row in rows(seed, "stage")}
    for deal in rows(seed, "opportunity"):
        stage = stages[deal["stage"]]
        assert deal["outcome"] == stage["outcome"]
        assert deal["probability"] == stage["probability"]
        assert (deal["closed_on"] is None) == (deal["outcome"] == "open")
        if deal["outcome"] != "open":
            assert deal["close_on"] == deal["closed_on"]
            assert deal["forecast_category"] == stage["forecast_category"]


def test_stage_outcome_and_closing_agree_at_every_moment(seed: int) -> None:
    outcome = {row["stage"]: row["outcome"] for row in rows(seed, "stage")}
    shown: dict[str, dict[str, object]] = defaultdict(dict)
    for (deal, _), same in groupby(
        changes(seed), key=lambda row: (row["opportunity_id"], row["changed_at"])
    ):
        shown[deal] |= {row["field"]: row["new"] for row in same}
        stage, now = shown[deal].get("stage"), shown[deal].get("outcome", "open")
        assert stage is None or outcome[stage] == now
        assert (shown[deal].get("closed_on") is None) == (now == "open")


def test_a_few_lost_deals_come_back_and_a_few_fall_back_a_stage(seed: int) -> None:
    position = {row["stage"]: row["position"] for row in rows(seed, "stage")}
    moves = [(row["old"], row["new"]) for row in changes(seed) if row["field"] == "stage"]
    reopened = sum(old == "Closed Lost" for old, _ in moves)
    back = sum(position[new] < position[old] for old, new in moves) - reopened
    deals = len(rows(seed, "opportunity"))
    assert 0 < reopened < deals * 0.02
    assert 0 < back < deals * 0.04


def test_every_won_deal_has_one_booking_of_its_amount_and_nothing_else_has(seed: int) -> None:
    won = {
        row["opportunity_id"]: row for row in rows(seed, "opportunity") if row["outcome"] == "won"
    }
    bookings = by(rows(seed, "booking"), "opportunity_id")
    assert bookings.keys() == won.keys()
    for key, (booking,) in bookings.items():
        deal = won[key]
        assert booking["amount"] == deal["amount"]
        assert booking["currency"] == deal["currency"]
        assert booking["booked_on"] == deal["closed_on"]
        assert booking["owner_id"] == deal["owner_id"]


@pytest.mark.parametrize(
    ("whole", "part", "key"),
    [
        ("booking", "booking_line", "booking_id"),
        ("opportunity", "opportunity_line", "opportunity_id"),
    ],
)
def test_lines_sum_exactly_to_their_whole(seed: int, whole: str, part: str, key: str) -> None:
    wholes = {row[key]: row for row in rows(seed, whole)}
    for name, lines in by(rows(seed, part), key).items():
        assert sum(line["amount"] for line in lines) == wholes[name]["amount"]
        assert {line["currency"] for line in lines} == {wholes[name]["currency"]}
        assert {line["amount"] % Decimal("0.01") for line in lines} == {0}
        assert len({line["product_id"] for line in lines}) == len(lines)


def test_every_booking_has_lines_below_list_price_with_a_cost(seed: int) -> None:
    lines = by(rows(seed, "booking_line"), "booking_id")
    assert lines.keys() == {row["booking_id"] for row in rows(seed, "booking")}
    for line in rows(seed, "booking_line"):
        assert line["quantity"] >= 1
        assert 0 < line["net_price"] <= line["list_price"] + Decimal("0.05")
        assert 0 < line["unit_cost"] < line["list_price"]


def test_payments_come_after_the_booking_and_never_exceed_it(seed: int) -> None:
    bookings = {row["booking_id"]: row for row in rows(seed, "booking")}
    for key, payments in by(rows(seed, "payment"), "booking_id").items():
        assert sum(payment["amount"] for payment in payments) <= bookings[key]["amount"]
        assert min(payment["paid_on"] for payment in payments) > bookings[key]["booked_on"]


def test_people_have_no_gaps_and_one_row_a_day(seed: int) -> None:
    for held in by(rows(seed, "person"), "person_id").values():
        days = [row["valid_from"] for row in held]
        assert days == sorted(set(days))
        assert days[0] == held[0]["hired_on"]
        assert {row["hired_on"] for row in held} == {days[0]}
        for row in held:
            assert row["left_on"] is None or row["left_on"] == row["valid_from"] == days[-1]
        for before, after in pairwise(held):
            assert {**before, "valid_from": 0} != {**after, "valid_from": 0}


def at_work(seed: int, person: object, day: date) -> Row | None:
    """Return what holds about a person on a day, None before hiring and after leaving."""
    held = [row for row in rows(seed, "person") if row["person_id"] == person]
    found = [row for row in held if row["valid_from"] <= day]
    return found[-1] if found and found[-1]["left_on"] is None else None


def test_quotas_belong_to_reps_at_work_and_cover_fiscal_quarters(seed: int) -> None:
    first = date(2024, 10, 1)
    for quota in rows(seed, "quota"):
        starts_on, ends_on = quota["starts_on"], quota["ends_on"]
        assert (starts_on.month % 3, starts_on.day) == (1, 1)
        assert ends_on == (starts_on + timedelta(days=95)).replace(day=1)
        person = at_work(seed, quota["person_id"], max(starts_on, first))
        assert person is not None
        assert person["role"] == "rep"
        assert quota["amount"] > 0


def test_owners_are_at_work_when_deals_open_and_close(seed: int) -> None:
    first_owner = {
        row["opportunity_id"]: row["old"]
        for row in reversed(changes(seed))
        if row["field"] == "owner_id"
    }
    first_day = date(2024, 10, 1)
    for deal in rows(seed, "opportunity"):
        opened_by = first_owner.get(deal["opportunity_id"], deal["owner_id"])
        day = deal["created_at"].date()
        if day >= first_day:
            assert at_work(seed, opened_by, day) is not None
        assert at_work(seed, deal["owner_id"], deal["closed_on"] or date(2026, 9, 30)) is not None


def test_each_region_sells_in_its_currency_and_rates_go_both_ways(seed: int) -> None:
    assert {row["currency"] for row in rows(seed, "booking")} == {"EUR", "USD", "GBP"}
    pairs = by(rows(seed, "exchange_rate"), "from_currency")
    assert {row["to_currency"] for row in pairs["EUR"]} == {"USD", "GBP"}
    rates = {
        (row["from_currency"], row["to_currency"], row["valid_from"]): row["rate"]
        for row in rows(seed, "exchange_rate")
    }
    for (here, there, day), rate in rates.items():
        assert abs(rate * rates[there, here, day] - 1) < Decimal("0.0000001")
    earliest = min(row["created_at"].date() for row in rows(seed, "opportunity"))
    assert min(day for _, _, day in rates) <= earliest


def test_deals_opened_on_one_day_never_precede_their_account(seed: int) -> None:
    created = {row["account_id"]: row["created_on"] for row in rows(seed, "account")}
    for deal in rows(seed, "opportunity"):
        if deal["account_id"] is not None:
            assert created[deal["account_id"]] <= deal["created_at"].date()


def test_activities_lie_within_the_deal_and_with_its_account(seed: int) -> None:
    deals = {row["opportunity_id"]: row for row in rows(seed, "opportunity")}
    contacts = {row["contact_id"]: row["account_id"] for row in rows(seed, "contact")}
    for activity in rows(seed, "activity"):
        if activity["opportunity_id"] is None:
            assert activity["lead_id"] is not None
            continue
        deal = deals[activity["opportunity_id"]]
        assert deal["created_at"] < activity["happened_at"]
        assert deal["closed_on"] is None or activity["happened_at"].date() <= deal["closed_on"]
        assert deal["account_id"] in (None, activity["account_id"])
        if activity["contact_id"] is not None:
            assert contacts[activity["contact_id"]] == activity["account_id"]


def test_a_lead_converts_into_a_deal_of_its_own_source_that_day(seed: int) -> None:
    deals = {row["opportunity_id"]: row for row in rows(seed, "opportunity")}
    converted = [row for row in rows(seed, "lead") if row["converted_on"] is not None]
    assert converted
    for lead in rows(seed, "lead"):
        assert (lead["converted_on"] is None) == (lead["opportunity_id"] is None)
        assert (lead["status"] == "converted") == (lead["converted_on"] is not None)
        if lead["first_response_at"] is not None:
            assert lead["first_response_at"] > lead["created_at"]
    for lead in converted:
        deal = deals[lead["opportunity_id"]]
        assert deal["created_at"].date() == lead["converted_on"]
        assert deal["lead_source"] == lead["source"]
        assert lead["first_response_at"] <= deal["created_at"]


def test_nothing_happens_after_the_history_ends(seed: int) -> None:
    for name, table in TABLES.items():
        if table.happened is not None:
            assert max(days(seed, name, table.happened)) <= date(2026, 9, 30), name


def test_only_what_was_running_is_older_than_the_history(seed: int) -> None:
    first = date(2024, 10, 1)
    for name in ("booking", "booking_line", "payment", "activity", "lead", "forecast_submission"):
        assert min(days(seed, name, TABLES[name].happened or "")) >= first, name
    closed = [row["closed_on"] for row in rows(seed, "opportunity") if row["closed_on"]]
    assert min(closed) >= first


def days(seed: int, name: str, column: str) -> Iterator[date]:
    found = TABLES[name].column(column)
    is_instant = found is not None and found.type is Type.TIMESTAMP
    for row in rows(seed, name):
        yield row[column].date() if is_instant else row[column]


def test_the_same_arguments_give_the_same_bytes(seed: int) -> None:
    again = simulate(company="acme", seed=seed, years=2, scale=0.15)
    assert again.tables == made(seed).tables
    assert again.answers == made(seed).answers


def test_chunks_told_one_by_one_are_the_whole(seed: int) -> None:
    told: dict[str, list[pa.Table]] = defaultdict(list)
    for name, chunk in simulate_chunks(company="acme", seed=seed, years=2, scale=0.15):
        told[name].append(chunk)
    assert {name: pa.concat_tables(chunks) for name, chunks in told.items()} == made(seed).tables


def test_another_seed_gives_another_company() -> None:
    deals = [made(seed).tables["opportunity"] for seed in SEEDS]
    assert not any(one.equals(other) for one, other in pairwise(deals))


def test_rows_come_in_order(seed: int) -> None:
    keys = [(row["opportunity_id"], row["changed_at"]) for row in rows(seed, "opportunity_change")]
    assert keys == sorted(keys)
    ids = [row["change_id"] for row in rows(seed, "opportunity_change")]
    assert ids == sorted(ids)
    assert all(len(list(same)) == 1 for _, same in groupby(ids))
