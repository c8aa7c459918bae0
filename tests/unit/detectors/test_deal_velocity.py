"""deal_velocity: silent at the usual pace, loud where a stage slows, fair to stays that wait."""

from pathlib import Path

import pytest

from tests.night_world import night_on, rows_of
from wald.brain.detector import Look, Row
from wald.brain.detectors.deal_velocity import DETECTOR, SUMS
from wald.facts.parts import Snapshot

NIGHT = night_on(Snapshot(Path("nowhere"), ()))


def _slot(days: float, ends: float) -> dict[str, float]:
    """Return a slot in which all stays were of the second age."""
    sums = dict.fromkeys(SUMS, 0.0)
    return sums | {
        "days_1": days, "ends_1": ends, "entered": 100.0, "closed": 100.0, "brought": 50_000.0,
    }  # fmt: skip


def _slots(ends: float) -> list[dict[str, float]]:
    """Return 100 ends of 2,000 deal-days in each slot before, and so many in the last one."""
    return [_slot(2000.0, ends), *(_slot(2000.0, 100.0 + wiggle) for wiggle in (3, -3) * 4)]


def _looks(**places: list[dict[str, float]]) -> dict[str, Look]:
    rows: list[Row] = [{**row, "stage": "Proposal"} for row in rows_of(places)]
    return {one.subject: one for one in DETECTOR.judge(rows, NIGHT)}


def test_is_silent_at_the_usual_pace() -> None:
    looks = _looks(North=_slots(98), South=_slots(104), West=_slots(100))
    assert min(one.p_value for one in looks.values()) > 0.05


def test_tells_by_how_many_days_a_stage_slowed_here() -> None:
    looks = _looks(North=_slots(50), South=_slots(100), West=_slots(100))
    north = looks["region:North, stage:Proposal"]
    # One end in 20 days before, one in 40 now: 20 days longer. 100 stays of 500 begin in 91 days,
    # so 20 days are 100 / 91 x 500 x 20 of bookings that come later.
    assert north.p_value < 1e-3
    assert north.effect.estimate == pytest.approx(20, abs=1)
    assert north.money is not None
    assert north.money.estimate == pytest.approx(-11_000, rel=0.06)
    assert "deals stay 40 days in Proposal, 20 before" in north.claim
    assert looks["region:South, stage:Proposal"].p_value > 0.05


def test_days_of_deals_that_still_wait_count() -> None:
    waiting = [_slot(6000.0, 100.0), *_slots(100)[1:]]
    north = _looks(North=waiting, South=_slots(100), West=_slots(100))
    assert north["region:North, stage:Proposal"].direction == "up"


@pytest.mark.parametrize(("days", "is_looked_at"), [(310, True), (290, False)])
def test_looks_where_15_ends_were_to_come(days: float, is_looked_at: bool) -> None:
    # At the usual one end in 20 days, 300 deal-days make 15.
    few = [_slot(days, 15.0), *(_slot(300.0, 15.0) for _ in range(8))]
    looks = _looks(Few=few, South=_slots(100), West=_slots(100))
    assert ("region:Few, stage:Proposal" in looks) is is_looked_at
