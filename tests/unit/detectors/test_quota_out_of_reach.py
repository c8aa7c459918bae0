"""quota_out_of_reach: silent at like attainment, loud where quotas rose."""

from pathlib import Path

import pytest

from tests.night_world import night_on, rows_of
from wald.brain.detector import Look
from wald.brain.detectors.quota_out_of_reach import DETECTOR
from wald.facts.parts import Snapshot

NIGHT = night_on(Snapshot(Path("nowhere"), ()))
PEOPLE = 6


def _slot(part: float, quota: float, people: int = PEOPLE) -> dict[str, float]:
    """Return quotas of which `part` was booked, give or take 20 points."""
    scaled = 1e4 * part
    return {
        "quotas": people,
        "part": people * scaled,
        "squares": people * (scaled * scaled + 2000.0**2),
        "quota": people * quota,
        "booked": people * quota * part,
    }


def _slots(part: float, quota: float, people: int = PEOPLE) -> list[dict[str, float]]:
    before = [_slot(1 + one, 1000, people) for one in (0.05, -0.05, 0.05, -0.05, 0)]
    return [_slot(part, quota, people)] * 4 + before


def _looks(**places: list[dict[str, float]]) -> dict[str, Look]:
    return {one.subject: one for one in DETECTOR.judge(rows_of(places), NIGHT)}


def test_is_silent_where_all_reach_about_what_they_did() -> None:
    looks = _looks(North=_slots(0.95, 1000), South=_slots(1, 1000), West=_slots(1.05, 1000))
    assert min(one.p_value for one in looks.values()) == 1.0


def test_tells_of_quotas_that_were_doubled() -> None:
    looks = _looks(North=_slots(0.5, 2000), South=_slots(1, 1000), West=_slots(1, 1000))
    north = looks["region:North"]
    # Half as much of quotas of 6 x 2,000 a quarter: 6,000 that will not come.
    assert north.p_value < 1e-4
    assert north.effect.estimate == pytest.approx(-0.5, abs=0.01)
    assert north.money is not None
    assert north.money.estimate == pytest.approx(-6000, rel=0.02)
    assert "booked 50% of their quotas in the last year" in north.claim
    assert "the mean quota went from 1,000 to 2,000" in north.claim


def test_bookings_that_fall_under_the_same_quotas_are_no_fault_of_quotas() -> None:
    looks = _looks(North=_slots(0.5, 1000), South=_slots(1, 1000), West=_slots(1, 1000))
    assert looks["region:North"].p_value == 1.0


@pytest.mark.parametrize(("people", "is_looked_at"), [(3, True), (2, False)])
def test_looks_where_three_people_have_quotas(people: int, is_looked_at: bool) -> None:
    few = _slots(1, 1000, people)
    assert ("region:Few" in _looks(Few=few, South=few * 1, West=_slots(1, 1000))) is is_looked_at
