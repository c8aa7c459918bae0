"""Tables that pay rests on: shares that do not come to 100 % are told with their row."""

from pathlib import Path

import pyarrow.parquet as pq

from tests.ingesting import Desk, problems
from wald.engine.connect import connect
from wald.facts.as_of import relation

BOOKINGS = "booking_id,booked_on,amount,currency\nB1,2024-05-03,100,EUR\nB2,2024-05-04,50,EUR\n"
HEADER = "booking_split_id,booking_id,person_id,share,kind\n"
PEOPLE = "person_id,name\nP1,Ann\nP2,Bo\n"


def load(desk: Desk, splits: str) -> str:
    desk.write(booking__csv=BOOKINGS, booking_split__csv=HEADER + splits, person__csv=PEOPLE)
    return problems(desk.load())


def test_a_split_of_101_percent_is_named_with_its_row(desk: Desk) -> None:
    said = load(desk, "S1,B2,P1,1,\nS2,B1,P1,0.5,split\nS3,B1,P2,0.51,\nS4,B1,P2,0.3,overlay\n")
    assert "booking_split.csv:3: the shares of booking 'B1' come to 101 %" in said
    assert "B2" not in said


def test_a_corrected_split_counts_as_corrected(desk: Desk) -> None:
    assert "come to 90" in load(desk, "S1,B1,P1,0.5,\nS2,B1,P2,0.4,\n")
    assert "come to" not in load(desk, "S2,B1,P2,0.5,\n")
    assert "come to 150" in load(desk, "S3,B1,P2,0.5,\n")


def test_shares_below_zero_and_above_one_are_rejected(desk: Desk) -> None:
    said = load(desk, "S1,B1,P1,-0.5,\nS2,B1,P2,1.5,\nS3,B2,P1,1,\n")
    assert 'share "-0.5" is not from 0 to 1, also share "1.5"' in said
    assert "come to" not in said


def test_a_booking_that_is_not_there_is_named(desk: Desk) -> None:
    said = load(desk, "S1,B9,P1,1,\n")
    assert "booking_split.booking_id: 1 row names a booking that is not there ('B9')" in said


def test_a_kind_of_split_that_nobody_knows_is_rejected(desk: Desk) -> None:
    assert "none of the words wanted" in load(desk, "S1,B1,P1,1,half\n")


def test_what_is_given_back_and_reached_is_not_less_than_nothing(desk: Desk) -> None:
    desk.write(
        cancellation__csv="cancellation_id,booking_id,cancelled_on,amount\nC1,B1,2024-06-01,-5\n",
        objective_score__csv="objective_score_id,person_id,objective,starts_on,ends_on,reached\n"
        "O1,P1,training,2024-04-01,2024-07-01,-0.1\n",
    )
    said = problems(desk.load())
    assert 'amount "-5" is less than nothing' in said
    assert 'reached "-0.1" is less than nothing' in said


def test_parts_older_than_a_column_are_read_and_loaded_onto(desk: Desk) -> None:
    """Bookings had no tax once: what was stored then reads as null, and loads go on."""
    desk.write(booking__csv=BOOKINGS).load()
    [part] = desk.snapshot().parts("booking")
    path = desk.snapshot().root / part.path
    pq.write_table(pq.read_table(path).drop_columns(["tax"]), path)
    engine = connect("", Path())
    try:
        engine.attach(desk.snapshot())
        shown = f"SELECT booking_id, tax FROM {relation('booking')} ORDER BY 1, load_id"
        assert engine.fetch(shown).to_pylist() == [
            {"booking_id": "B1", "tax": None},
            {"booking_id": "B2", "tax": None},
        ]
        newer = BOOKINGS.replace("currency\n", "currency,tax\n").replace("100,EUR", "100,EUR,19")
        desk.write(booking__csv=newer.replace("50,EUR", "50,EUR,"))
        assert desk.load().totals.changed == 1
        engine.attach(desk.snapshot())
        assert [row["tax"] for row in engine.fetch(shown).to_pylist()] == [None, 19, None]
    finally:
        engine.close()
