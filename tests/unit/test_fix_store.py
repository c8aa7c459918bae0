"""Fixes and cases of findings as rows, on each record store."""

from datetime import UTC, datetime

from wald.cases.fold import Event, EventKind
from wald.heart.deal_fix import Line
from wald.records.stores import cases, fixes
from wald.records.stores.fixes import FindingCase, Undone

AT = datetime(2024, 6, 1, 12, tzinfo=UTC)
LINES = (
    Line("O1", "close_on", None, "2024-06-30", "close_date_past", change_id="wald:7:1"),
    Line("O2", "stage", "Talks", "Offer"),
    Line("O2", "probability", "0.5", "0.8", follows=True),
)


def test_a_fix_is_read_back_as_it_was_written(record_store: str) -> None:
    number = fixes.add(LINES, at=AT, by="ana", why="agreed", load_id=7, database=record_store)
    found = fixes.find(number, database=record_store)
    assert found is not None
    assert (found.made_at, found.made_by, found.why, found.load_id) == (AT, "ana", "agreed", 7)
    assert tuple(one.line for one in found.lines) == LINES
    assert [one.place for one in found.lines] == [1, 2, 3]
    assert fixes.every(database=record_store) == (found,)
    assert found.only({"O2"}).lines == found.lines[1:]
    assert fixes.find(number + 1, database=record_store) is None


def test_what_was_undone_first_stays(record_store: str) -> None:
    number = fixes.add(LINES, at=AT, by="ana", why="agreed", load_id=7, database=record_store)
    first, second = Undone(AT, "max", "", 8), Undone(AT, "mia", "late", 9)
    fixes.undo(number, [1], first, database=record_store)
    fixes.undo(number, [1, 2], second, database=record_store)
    fixes.retire(number, [3], load_id=10, database=record_store)
    found = fixes.find(number, database=record_store)
    assert found is not None
    assert [one.undone for one in found.lines] == [first, second, None]
    assert [one.retired_load for one in found.lines] == [None, None, 10]


def test_a_finding_has_one_case_for_ever(record_store: str) -> None:
    assert not fixes.has_any(database=record_store)
    event = Event(1, EventKind.OPENED, AT, "ana", "", {"kind": "data_fix", "state": "open"})
    case = cases.create(event, fingerprint="", database=record_store)
    for facts in ("amount 5", "amount 6"):
        fixes.keep_case("no_amount", "O1", case_id=case, facts=facts, database=record_store)
    kept = FindingCase("no_amount", "O1", case, True, "open", "amount 6")
    assert fixes.cases(database=record_store) == (kept,)
    assert fixes.has_any(database=record_store)
