"""What forecasts rest on: each day as of that day, counted by hand, and nothing that came later."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from tests.forecast_world import again, booking, rows, seen
from tests.small_world import Rows, stored
from wald.brain.backtest import trials_of
from wald.brain.forecast import Known, forecasters, grid, weeks_left, weeks_of
from wald.brain.ground import Ground, known_on
from wald.brain.record import NOTHING, record_of
from wald.brain.telling import tell
from wald.heart.rollup import Kind
from wald.kernel.period import Grain, Period, months_calendar, read_period
from wald.queries.forecast_ground import Wanted, read_ground
from wald.queries.measure import View
from wald.records.stores.forecast import Entry

DAY = date(2024, 8, 19)  # six weeks before its last day
SIMPLE = {key: one for key, one in forecasters().items() if one.is_simple}


def quarter(text: str) -> Period:
    found = read_period(text, months_calendar())
    assert isinstance(found, Period)
    return found


def silent(words: str, done: int, total: int | None) -> None:
    """Show nothing."""


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> Iterator[View]:
    found = seen(tmp_path_factory.mktemp("facts"), rows())
    yield found
    found.engine.close()


@pytest.fixture(scope="module")
def ground(view: View) -> Ground:
    return read_ground(
        view, Wanted(day=date(2024, 9, 30), period=quarter("2024-Q3"), back=3), silent
    )


def test_a_quarter_is_looked_at_on_fourteen_days_a_week_apart() -> None:
    days = grid(quarter("2024-Q3"))
    assert (len(days), days[0], days[1], days[-1]) == (
        14, date(2024, 6, 30), date(2024, 7, 8), date(2024, 9, 30),
    )  # fmt: skip
    assert DAY in days
    assert weeks_left(quarter("2024-Q3"), DAY) == 6
    assert weeks_of(quarter("2024-Q3")) == 13


def test_open_deals_are_those_of_the_day(ground: Ground) -> None:
    known = known_on(ground, DAY, quarter("2024-Q3"))
    by_hand = {
        str(row["opportunity_id"])
        for row in rows()["opportunity"]
        if _day(row["created_at"]) <= DAY
        and (row["closed_on"] is None or _day(row["closed_on"]) > DAY)
    }
    assert set(known.open["opportunity_id"].to_pylist()) == by_hand
    assert len(by_hand) > 10


def test_closed_deals_are_those_closed_by_the_day_as_they_stood(ground: Ground) -> None:
    known = known_on(ground, DAY, quarter("2024-Q3"))
    by_hand = {
        (str(row["opportunity_id"]), row["outcome"], float(str(row["amount"])))
        for row in rows()["opportunity"]
        if row["closed_on"] is not None and _day(row["closed_on"]) <= DAY
    }
    columns = ("opportunity_id", "outcome", "amount")
    assert set(zip(*(known.closed[name].to_pylist() for name in columns), strict=True)) == by_hand


def test_what_a_deal_went_through_is_counted_up_to_the_day(ground: Ground) -> None:
    known = known_on(ground, DAY, quarter("2024-Q3"))
    changes = [one for one in rows()["opportunity_change"] if one["field"] == "stage"]
    for row in known.open.to_pylist():
        own = [
            _day(one["changed_at"])
            for one in changes
            if one["opportunity_id"] == row["opportunity_id"] and _day(one["changed_at"]) <= DAY
        ]
        assert row["moves"] == len(own)
        assert row["stage_on"] == max(own, default=row["opened_on"])
        assert row["stage"] == ("Offer" if own else "Talks")
        assert row["position"] == (2 if own else 1)
        assert row["category"] == ("commit" if own else "pipeline")


def test_a_push_is_a_move_to_a_later_month(tmp_path: Path) -> None:
    moves = [("2024-07-10", "2024-07-25", 2), ("2024-07-25", "2024-09-05", 3),
             ("2024-09-05", "2024-08-05", 4), ("2024-08-05", "2024-10-01", 5)]  # fmt: skip
    facts: Rows = {
        "opportunity": [{"opportunity_id": "O1", "outcome": "open", "amount": 5, "close_on":
                         date(2024, 10, 1), "created_at": "2024-06-01 00:00:00"}],
        "booking": [booking("B1", {"opportunity_id": None, "owner_id": "R1", "amount": 7,
                                   "closed_on": date(2024, 4, 1)})],
        "opportunity_change": [
            {"change_id": f"C{day}", "opportunity_id": "O1", "field": "close_on", "old": old,
             "new": new, "changed_at": f"2024-07-0{day} 00:00:00"} for old, new, day in moves
        ],
    }  # fmt: skip
    view = seen(tmp_path, facts)
    wanted = Wanted(day=date(2024, 7, 4), period=quarter("2024-Q3"))
    (row,) = known_on(
        read_ground(view, wanted, silent), date(2024, 7, 4), wanted.period or quarter("2024-Q3")
    ).open.to_pylist()
    # To September by 42 days; within July, and back to August, is no push; the last is of the 5th.
    assert (row["pushes"], row["pushed_days"], row["close_on"]) == (1, 42, date(2024, 8, 5))
    view.engine.close()


def test_days_with_an_activity_count_for_a_month(tmp_path: Path) -> None:
    """Up to 4 July, 30 days: twice on one day is one; 4 June is too long ago; later is unknown."""
    happened = ["06-03 09", "06-04 09", "06-05 09", "06-20 09", "06-20 15", "07-04 23", "07-05 00"]
    facts: Rows = {
        "opportunity": [{"opportunity_id": one, "outcome": "open", "amount": 5,
                         "created_at": "2024-06-01 00:00:00"} for one in ("O1", "O2")],
        "booking": [booking("B1", {"opportunity_id": None, "owner_id": "R1", "amount": 7,
                                   "closed_on": date(2024, 4, 1)})],
        "activity": [
            {"activity_id": f"A{place}", "opportunity_id": "O1", "kind": "call",
             "happened_at": f"2024-{when}:00:00"} for place, when in enumerate(happened)
        ],
    }  # fmt: skip
    view = seen(tmp_path, facts)
    wanted = Wanted(day=date(2024, 7, 4), period=quarter("2024-Q3"))
    first, second = known_on(
        read_ground(view, wanted, silent), date(2024, 7, 4), wanted.period or quarter("2024-Q3")
    ).open.to_pylist()
    assert (first["active_days"], first["active_on"]) == (3, date(2024, 7, 4))
    assert (second["active_days"], second["active_on"]) == (0, None)
    view.engine.close()


def _day(value: object) -> date:
    return date.fromisoformat(str(value)[:10])


def _stage_of(deal: str) -> str:
    """Return in which stage a deal stood on DAY."""
    own = [
        one
        for one in rows()["opportunity_change"]
        if one["opportunity_id"] == deal
        and one["field"] == "stage"
        and _day(one["changed_at"]) <= DAY
    ]
    return "Offer" if own else "Talks"


def _later(facts: Rows) -> Rows:
    """Return facts with all kinds of things that happened after DAY: none may be seen on it."""
    after = DAY + timedelta(days=1)
    at = f"{after} 00:00:00"
    first = next(
        row for row in facts["opportunity"]
        if row["outcome"] == "open" or _day(row["closed_on"] or DAY) > after + timedelta(days=30)
        if _day(row["created_at"]) < DAY
    )  # fmt: skip
    closed = next(row for row in facts["opportunity"] if row["outcome"] == "won")
    huge = {"opportunity_id": "X1", "owner_id": "R1", "closed_on": after, "amount": 9_000_000}
    changes = [
        ("amount", str(first["amount"]), "1.0000"),
        ("stage", _stage_of(str(first["opportunity_id"])), "Won"),
        ("owner_id", str(first["owner_id"]), "R3"),
        ("close_on", str(first["close_on"]), "2025-09-01"),
    ]
    planted: dict[str, list[Mapping[str, object]]] = {
        name: list(ones) for name, ones in facts.items()
    }
    planted["opportunity"] = [
        {**row, "amount": 77, "outcome": "lost", "stage": "Lost"} if row is closed else row
        for row in facts["opportunity"]
    ] + [{**huge, "outcome": "won", "stage": "Won", "created_at": at, "close_on": after}]
    planted["opportunity_change"] += [
        {"change_id": f"Z{field}", "opportunity_id": first["opportunity_id"], "field": field,
         "old": old, "new": new, "changed_at": at} for field, old, new in changes
    ]  # fmt: skip
    planted["opportunity_change"] += [
        {"change_id": f"Y{field}", "opportunity_id": closed["opportunity_id"], "field": field,
         "old": old, "new": new, "changed_at": at}
        for field, old, new in (("amount", str(closed["amount"]), "77"),
                                ("outcome", "won", "lost"), ("stage", "Won", "Lost"))
    ]  # fmt: skip
    planted["booking"].append(booking("BX1", huge))
    planted["forecast_submission"].append(
        {"submission_id": "SX", "person_id": "R1", "starts_on": date(2024, 7, 1), "currency": "EUR",
         "ends_on": date(2024, 10, 1), "category": "commit", "amount": 1, "submitted_at": at}
    )  # fmt: skip
    planted["activity"].append(
        {"activity_id": "AX", "opportunity_id": first["opportunity_id"], "kind": "call",
         "happened_at": at}
    )  # fmt: skip
    planted["person"].append(
        {"person_id": "R1", "name": "Name of R1", "role": "rep", "team": "South",
         "manager_id": "M2", "valid_from": after}
    )  # fmt: skip
    return planted


def _draws(known: Known, trials: list[pa.Table]) -> list[bytes]:
    telling = tell(known, record_of(trials, known.day) if trials else NOTHING, forecasters())
    return [one.draws.tobytes() for level in telling.levels for one in level.methods]


def test_nothing_that_happens_later_moves_any_answer_by_a_bit(view: View, tmp_path: Path) -> None:
    wanted = Wanted(day=date(2024, 9, 30), period=quarter("2024-Q3"), back=3)
    before = read_ground(view, wanted, silent)
    planted = again(view, stored(tmp_path, _later(rows())))
    planted.engine.attach(planted.snapshot)
    after = read_ground(planted, wanted, silent)
    view.engine.attach(view.snapshot)
    period = quarter("2024-Q3")
    one, other = known_on(before, DAY, period), known_on(after, DAY, period)
    for name in ("booked", "open", "past", "closed", "submitted"):
        assert getattr(one, name).equals(getattr(other, name)), name
    assert (one.units, one.quotas, one.before) == (other.units, other.quotas, other.before)
    earlier = [trials_of(before, quarter("2024-Q1"), [], SIMPLE)]
    answers = _draws(one, earlier)
    assert answers == _draws(other, earlier)
    assert len(answers) > 10
    # And the day after it is seen: the test can fail.
    later = date(2024, 8, 26)
    assert not known_on(before, later, period).booked.equals(known_on(after, later, period).booked)


def entry(person: str, amount: str, on: date, *, hour: int = 9, currency: str = "EUR") -> Entry:
    return Entry(
        entry_id=0,
        kind=Kind.SUBMISSION,
        person_id=person,
        seat=f"person:{person}",
        period="2024-Q3",
        starts_on=date(2024, 7, 1),
        ends_on=date(2024, 10, 1),
        number=1,
        category="commit",
        amount=Decimal(amount),
        currency=currency,
        note="",
        is_late=False,
        said_at=datetime.combine(on, time(hour), UTC),
        by="max",
        by_person_id=person,
    )


def _commits(view: View, *here: Entry, day: date = DAY) -> list[tuple[str, float]]:
    """Return what R1 and R2 committed to for 2024-Q3, as forecasters read it."""
    wanted = Wanted(day=day, period=quarter("2024-Q3"), back=0)
    rows = known_on(read_ground(view, wanted, silent, here), day, quarter("2024-Q3")).submitted
    return [
        (row["person_id"], row["amount"])
        for row in rows.to_pylist()
        if row["starts_on"] == date(2024, 7, 1) and row["person_id"] in ("R1", "R2")
    ]


def test_what_is_said_in_wald_stands_beside_what_was_loaded(view: View) -> None:
    """Loaded on 3 and 24 July and on 14 August: 13,000, 13,300 and 13,600 of each."""
    found = _commits(view, entry("R1", "15000", date(2024, 7, 10)))
    assert found == [
        ("R1", 13_000), ("R2", 13_000), ("R1", 15_000), ("R1", 13_300), ("R2", 13_300),
        ("R1", 13_600), ("R2", 13_600),
    ]  # fmt: skip
    last = _commits(view, entry("R1", "15000", date(2024, 8, 19)))
    assert last[-1] == ("R1", 15_000)


def test_a_number_said_in_wald_and_loaded_as_well_counts_once(view: View) -> None:
    plain = _commits(view)
    same = entry("R1", "13300.00", date(2024, 7, 24), hour=23)
    assert sorted(_commits(view, same)) == sorted(plain)
    for other in (
        entry("R1", "13300", date(2024, 7, 25)),  # another day
        entry("R1", "13300.01", date(2024, 7, 24)),  # another amount
    ):
        assert len(_commits(view, other)) == len(plain) + 1
    # Of two numbers of a day the later one is the last word, wherever it was said.
    assert _commits(view, entry("R1", "9", date(2024, 8, 14), hour=8))[-2:] == plain[-2:]
    assert _commits(view, entry("R1", "9", date(2024, 8, 14), hour=13))[-1] == ("R1", 9)


def test_a_number_in_a_currency_without_a_rate_is_left_out(view: View) -> None:
    odd = entry("R1", "1", date(2024, 7, 25), currency="XXX")
    assert _commits(view, odd) == _commits(view)


def test_what_is_said_in_wald_later_moves_no_answer_by_a_bit(view: View) -> None:
    wanted = Wanted(day=date(2024, 9, 30), period=quarter("2024-Q3"), back=3)
    said = [entry("R1", "1", DAY + timedelta(days=1), hour=0), entry("M1", "1", date(2024, 9, 2))]
    before, after = read_ground(view, wanted, silent), read_ground(view, wanted, silent, said)
    period = quarter("2024-Q3")
    one, other = known_on(before, DAY, period), known_on(after, DAY, period)
    assert one.submitted.equals(other.submitted)
    earlier = [trials_of(before, quarter("2024-Q1"), [], SIMPLE)]
    assert earlier[0].equals(trials_of(after, quarter("2024-Q1"), [], SIMPLE))
    answers = _draws(one, earlier)
    assert answers == _draws(other, earlier)
    # And the day after it is seen: the test can fail.
    later = date(2024, 8, 26)
    known = known_on(after, later, period)
    assert not known_on(before, later, period).submitted.equals(known.submitted)
    assert _draws(known_on(before, later, period), earlier) != _draws(known, earlier)


def test_a_reorganization_ahead_is_not_seen_and_is_seen_from_its_day_on(ground: Ground) -> None:
    others = [seat for seat in ground.seats if seat.person_id != "R1"]
    (own,) = (seat for seat in ground.seats if seat.person_id == "R1")
    after = date(2024, 8, 20)
    old, new = replace(own, until=after), replace(own, since=after, team="South")
    moved = replace(ground, seats=(*others, old, new))
    then = {unit.key: unit.owners for unit in known_on(moved, DAY, quarter("2024-Q3")).units}
    assert "R1" in then["team:North"]
    now = {
        unit.key: unit.owners
        for unit in known_on(moved, date(2024, 8, 26), quarter("2024-Q3")).units
    }
    assert "R1" in now["team:South"]


def test_teams_have_the_lead_to_whom_most_report(ground: Ground) -> None:
    units = {unit.key: unit for unit in known_on(ground, DAY, quarter("2024-Q3")).units}
    assert (units["team:North"].lead, units["team:South"].lead, units["all"].lead) == (
        "M1", "M2", "L1",
    )  # fmt: skip


def test_quotas_add_up_by_team_and_for_everybody(ground: Ground) -> None:
    quotas = known_on(ground, DAY, quarter("2024-Q3")).quotas
    assert quotas == {"all": 36_000, "team:North": 24_000, "team:South": 12_000,
                      "rep:R1": 12_000, "rep:R2": 12_000, "rep:R3": 12_000}  # fmt: skip


def test_without_bookings_won_deals_stand_for_them(tmp_path: Path, ground: Ground) -> None:
    facts = {name: ones for name, ones in rows().items() if name != "booking"}
    view = seen(tmp_path, facts)
    wanted = Wanted(day=date(2024, 9, 30), period=quarter("2024-Q3"), back=3)
    found = known_on(read_ground(view, wanted, silent), DAY, quarter("2024-Q3"))
    booked = known_on(ground, DAY, quarter("2024-Q3")).booked
    assert sum(found.booked["amount"].to_pylist()) == sum(booked["amount"].to_pylist())
    assert found.booked.num_rows == booked.num_rows
    view.engine.close()


def test_bookings_alone_are_enough(tmp_path: Path) -> None:
    view = seen(tmp_path, {"booking": rows()["booking"]})
    found = read_ground(view, Wanted(day=DAY, period=quarter("2024-Q3")), silent)
    known = known_on(found, DAY, quarter("2024-Q3"))
    telling = tell(known, NOTHING, SIMPLE)
    assert {"stage_weighted", "category_weighted", "rep_commit", "manager_commit"} <= set(
        telling.unable
    )
    everybody = telling.level("all")
    assert {one.key for one in everybody.methods} == {
        "closed_linearity", "same_period_growth", "seasonal_series", "usual_rest", "combination",
    }  # fmt: skip
    assert {unit.key for unit in telling.level("rep").units} == {"rep:R1", "rep:R2", "rep:R3"}
    view.engine.close()


def test_months_are_periods_too(tmp_path: Path) -> None:
    view = seen(tmp_path, {"booking": rows()["booking"]})
    found = read_ground(view, Wanted(Grain.MONTH, day=DAY, back=5), silent)
    assert [one.label for one in found.periods] == [
        "2024-03", "2024-04", "2024-05", "2024-06", "2024-07", "2024-08",
    ]  # fmt: skip
    assert np.all(np.diff([one.toordinal() for one in found.days]) > 0)
    view.engine.close()
