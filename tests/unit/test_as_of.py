"""A table as it stood: known loads, what had happened, deals rolled back; and nothing in vain."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlglot import exp

from tests.small_world import Knowledge, Rows, stored, stored_loads
from wald.engine.connect import Engine, connect, run
from wald.facts.as_of import as_of
from wald.facts.parts import Snapshot
from wald.kernel.bitemporal import AsOf
from wald.language.write import Dialect, write


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    made = connect("", Path())
    yield made
    made.close()


def told(
    engine: Engine, snapshot: Snapshot, table: str, day: str, *columns: str
) -> list[tuple[object, ...]]:
    """Return the rows of a table on a day, in order."""
    engine.attach(snapshot)
    when = AsOf(date.fromisoformat(day), snapshot.known)
    rows = as_of(table, when, snapshot, columns)
    found = run(engine, exp.select(*columns).from_(rows.subquery("told"))).to_pylist()
    return sorted(tuple(row.values()) for row in found)


def at(day: int) -> datetime:
    return datetime(2024, 7, day, tzinfo=UTC)


def account(key: str, name: str, **more: object) -> dict[str, object]:
    return {"account_id": key, "name": name} | more


@pytest.fixture(scope="module")
def accounts(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    """A first load, a correction and a deletion, and a load that was undone."""
    brought: list[tuple[int, datetime | None, Rows]] = [
        (1, None, {"account": [account("a", "Acme"), account("b", "Bolt")]}),
        (2, None, {"account": [account("a", "Acme AG"), account("b", "Bolt", is_deleted=True)]}),
        (3, at(4), {"account": [account("c", "Cobra")]}),
    ]
    history = [Knowledge(at(day), rows, undone) for day, undone, rows in brought]
    return stored_loads(tmp_path_factory.mktemp("accounts"), history)


@pytest.mark.parametrize(
    ("known", "names"),
    [
        (datetime(2024, 6, 30, tzinfo=UTC), []),
        (at(1), ["Acme", "Bolt"]),
        (at(2), ["Acme AG"]),
        (at(3), ["Acme AG", "Cobra"]),
        (at(4), ["Acme AG"]),
        (None, ["Acme AG"]),
    ],
)
def test_the_latest_row_known_then_counts(
    engine: Engine, accounts: Snapshot, known: datetime | None, names: list[str]
) -> None:
    seen = replace(accounts, known=known)
    assert told(engine, seen, "account", "2024-07-31", "name") == [(name,) for name in names]


def test_what_had_not_happened_does_not_count(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {"booking_id": str(day), "booked_on": f"2024-03-{day:02}", "amount": day}
        for day in (9, 10, 11)
    ]
    snapshot = stored(tmp_path, {"booking": rows})
    assert told(engine, snapshot, "booking", "2024-03-10", "booking_id") == [("10",), ("9",)]


def test_a_moment_belongs_to_its_day_in_utc(engine: Engine, tmp_path: Path) -> None:
    rows = [
        {"activity_id": "a", "kind": "call", "happened_at": "2024-03-10 23:59:59.999999"},
        {"activity_id": "b", "kind": "call", "happened_at": "2024-03-11 00:00:00"},
    ]
    snapshot = stored(tmp_path, {"activity": rows})
    assert told(engine, snapshot, "activity", "2024-03-10", "activity_id") == [("a",)]


def test_a_row_without_a_day_counts_always(engine: Engine, tmp_path: Path) -> None:
    rows = [account("a", "Acme"), account("b", "Bolt", created_on="2024-03-11")]
    snapshot = stored(tmp_path, {"account": rows})
    assert told(engine, snapshot, "account", "2024-03-10", "name") == [("Acme",)]


@pytest.mark.parametrize(
    ("day", "shown"),
    [
        ("2024-03-01", (None, None, None)),
        ("2024-03-02", ("answered", None, None)),
        ("2024-03-05", ("answered", "converted", "d1")),
    ],
)
def test_what_a_lead_tells_of_later_days_is_blank(
    engine: Engine, tmp_path: Path, day: str, shown: tuple[str | None, ...]
) -> None:
    lead = {
        "lead_id": "l1",
        "created_at": "2024-03-01 09:00:00",
        "first_response_at": "2024-03-02 09:00:00",
        "converted_on": "2024-03-05",
        "opportunity_id": "d1",
    }
    snapshot = stored(tmp_path, {"lead": [lead]})
    columns = ("first_response_at", "converted_on", "opportunity_id")
    ((answered, converted, deal),) = told(engine, snapshot, "lead", day, *columns)
    assert (answered and "answered", converted and "converted", deal) == shown


PERSON = {"person_id": "ana", "name": "Ana", "role": "rep"}
PEOPLE = [
    PERSON | {"valid_from": "2023-01-01", "team": "North", "left_on": "2024-06-01"},
    PERSON | {"valid_from": "2024-03-01", "team": "South", "left_on": "2024-06-01"},
]


@pytest.mark.parametrize(
    ("day", "windows"),
    [
        ("2024-02-29", [("North", "1900-01-01", "None")]),
        ("2024-03-01", [("North", "1900-01-01", "2024-03-01"), ("South", "2024-03-01", "None")]),
    ],
)
def test_a_persons_windows_follow_each_other_and_the_first_held_always(
    engine: Engine, tmp_path: Path, day: str, windows: list[tuple[str, ...]]
) -> None:
    snapshot = stored(tmp_path, {"person": PEOPLE})
    found = told(engine, snapshot, "person", day, "team", "valid_from", "valid_to")
    assert [tuple(map(str, row)) for row in found] == windows


def test_who_leaves_later_is_still_here(engine: Engine, tmp_path: Path) -> None:
    snapshot = stored(tmp_path, {"person": PEOPLE[:1]})
    assert told(engine, snapshot, "person", "2024-05-31", "left_on") == [(None,)]
    assert told(engine, snapshot, "person", "2024-06-01", "left_on") == [(date(2024, 6, 1),)]


def deal(**more: object) -> dict[str, object]:
    """A deal won on 10 March, of which only the end is recorded."""
    return {
        "opportunity_id": "d1",
        "stage": "Won",
        "outcome": "won",
        "amount": "500",
        "probability": "1",
        "created_at": "2024-01-02 09:00:00",
        "closed_on": "2024-03-10",
    } | more


TRACKED = ("outcome", "closed_on", "stage", "probability", "amount")


def test_a_closing_without_a_record_is_undone(engine: Engine, tmp_path: Path) -> None:
    snapshot = stored(tmp_path, {"opportunity": [deal(amount=None)]})
    found = told(engine, snapshot, "opportunity", "2024-03-09", *TRACKED)
    assert found == [("open", None, None, None, None)]


def test_on_the_day_of_closing_it_is_closed(engine: Engine, tmp_path: Path) -> None:
    snapshot = stored(tmp_path, {"opportunity": [deal()]})
    ((outcome, closed_on),) = told(
        engine, snapshot, "opportunity", "2024-03-10", "outcome", "closed_on"
    )
    assert (outcome, closed_on) == ("won", date(2024, 3, 10))


def test_a_recorded_change_goes_before_what_the_closing_tells(
    engine: Engine, tmp_path: Path
) -> None:
    change = {"opportunity_id": "d1", "changed_at": "2024-03-10 10:00:00"}
    changes = [
        change | {"change_id": "1", "field": "stage", "old": "Offer", "new": "Won"},
        change | {"change_id": "2", "field": "amount", "old": None, "new": "500"},
    ]
    rows: Rows = {"opportunity": [deal()], "opportunity_change": changes}
    snapshot = stored(tmp_path, rows)
    found = told(engine, snapshot, "opportunity", "2024-03-09", *TRACKED)
    assert found == [("open", None, "Offer", None, None)]


def text(snapshot: Snapshot, table: str, day: str, *columns: str) -> str:
    return write(as_of(table, AsOf(date.fromisoformat(day)), snapshot, columns), Dialect.DUCKDB)


def test_reading_the_present_of_one_load_costs_no_step(tmp_path: Path) -> None:
    snapshot = stored(tmp_path, {"opportunity": [deal()]})
    plain = text(snapshot, "opportunity", "2024-03-10", "opportunity_id", "amount")
    assert not {"WHERE", "JOIN", "OVER"} & set(plain.split())


def test_only_replaced_rows_are_ranked(accounts: Snapshot) -> None:
    assert "ROW_NUMBER() OVER" in text(accounts, "account", "2024-07-31", "name")
    assert "OVER" not in text(accounts, "booking", "2024-07-31", "amount")
