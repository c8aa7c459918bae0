"""Laws of loading, for any small export: nothing is lost or stored twice, all can be undone."""

import csv
import io
from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.ingesting import Desk, Desks

HEADERS = ("opportunity_id", "name", "outcome", "amount", "currency", "close_on", "is_deleted")
Row = tuple[str, ...]

# Few keys and few values, so that duplicates, conflicts and changes are drawn often.
rows = st.tuples(
    st.sampled_from(["A", "B", "C", "D", "E", ""]),
    st.sampled_from(["Ann", "Bob, Inc.", 'say "hi"', "two\nlines", "Zoë", "=1+1", ""]),
    st.sampled_from(["open", "won", "lost", "maybe", ""]),
    st.sampled_from(["1", "2.5", "1,234.56", "-3", "1.234,56", "1e2", "x", ""]),
    st.sampled_from(["EUR", "usd", "Euro", ""]),
    st.sampled_from(["2024-02-29", "2023-02-29", "31/12/2024", "31/02/2024", ""]),
    st.sampled_from(["", "false", "", "true", "perhaps"]),
)
exports = st.lists(rows, min_size=1, max_size=12)
# A load takes a fifth of a second: few examples here, many rows that clash in each.
few = settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def as_csv(chosen: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(HEADERS)
    writer.writerows(chosen)
    return text.getvalue()


def put(desk: Desk, chosen: Sequence[Row], parts: int = 1) -> Desk:
    """Write the rows as an export of `parts` files, each with some rows."""
    size = -(-len(chosen) // parts)
    files = {
        f"opportunity_{place}__csv": as_csv(chosen[place * size : (place + 1) * size])
        for place in range(parts)
        if chosen[place * size : (place + 1) * size]
    }
    return desk.write(**files)


@pytest.fixture
def lab(desks: Desks) -> Desks:
    return desks


@few
@given(exports, exports)
def test_every_row_read_is_in_exactly_one_count(
    lab: Desks, first: list[Row], second: list[Row]
) -> None:
    desk = lab.new()
    for chosen in (first, second):
        report = put(desk, chosen, parts=2).load()
        assert all(line.counts.balances for line in report.lines)
        assert report.totals.balances
        assert report.totals.read == len(chosen)
    lab.drop(desk)


@few
@given(exports)
def test_the_same_export_twice_changes_nothing(lab: Desks, chosen: list[Row]) -> None:
    desk = lab.new()
    first = put(desk, chosen).load()
    known = desk.everything()
    again = desk.load()
    assert again.load_id is None
    assert desk.everything() == known
    assert (again.totals.new, again.totals.changed) == (0, 0)
    assert again.totals.rejected == first.totals.rejected
    lab.drop(desk)


@few
@given(exports, exports)
def test_undo_gives_back_what_was_known_before(
    lab: Desks, first: list[Row], second: list[Row]
) -> None:
    desk = lab.new()
    put(desk, first).load()
    before = desk.everything()
    report = put(desk, second).load()
    if report.load_id is not None:
        desk.undo(report.load_id)
    assert desk.everything() == before
    lab.drop(desk)


@few
@given(exports, exports)
def test_a_changed_export_leaves_what_was_known_then(
    lab: Desks, first: list[Row], second: list[Row]
) -> None:
    desk = lab.new()
    put(desk, first).load()
    before = desk.everything()
    put(desk, second).load()
    assert desk.everything(known=desk.times[0]) == before
    lab.drop(desk)


@few
@given(st.data(), exports, st.integers(1, 3))
def test_neither_order_nor_splitting_matters(
    lab: Desks, data: st.DataObject, chosen: list[Row], parts: int
) -> None:
    one, other = lab.new(), lab.new()
    shuffled = data.draw(st.permutations(chosen))
    ours, theirs = put(one, chosen).load(), put(other, shuffled, parts).load()
    assert ours.totals == theirs.totals
    assert one.everything() == other.everything()
    lab.drop(one)
    lab.drop(other)


@few
@given(exports)
def test_a_dry_run_tells_what_the_load_then_does(lab: Desks, chosen: list[Row]) -> None:
    desk = lab.new()
    plan = put(desk, chosen).plan()
    report = desk.load()
    assert (plan.lines, plan.problems, plan.files) == (report.lines, report.problems, report.files)
    lab.drop(desk)


@few
@given(exports)
def test_a_rejected_row_stands_in_a_reject_file(lab: Desks, chosen: list[Row]) -> None:
    desk = lab.new()
    report = put(desk, chosen).load()
    kept = 0
    for path in report.reject_files:
        with (desk.workspace.home / path).open(encoding="utf-8", newline="") as lines:
            found = list(csv.DictReader(lines))
            assert all(row["reason"] and row["line"] for row in found)
            kept += len(found)
    assert kept == report.totals.rejected
    lab.drop(desk)
