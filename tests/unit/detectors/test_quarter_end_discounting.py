"""quarter_end_discounting: silent at the usual rush, loud where it costs more than it did."""

from pathlib import Path

import pytest

from tests.night_world import night_on, rows_of
from wald.brain.detector import Look
from wald.brain.detectors.quarter_end_discounting import DETECTOR
from wald.facts.parts import Snapshot

NIGHT = night_on(Snapshot(Path("nowhere"), ()))
DEALS = 25
USUAL = 0.4  # deviations that the end of a quarter always costs more
WIGGLE = (0.0, 0.0, 0.05, -0.05) * 3


def _part(mean: float) -> tuple[float, float, float, float]:
    z = 100 * mean
    return DEALS, DEALS * z, DEALS * (z * z + 100 * 100), DEALS * (1000 + 8 * z)


def _slot(end: float, rest: float) -> dict[str, float]:
    names = ("deals", "z", "squares", "points")
    ends = {f"end_{name}": one for name, one in zip(names, _part(USUAL + end), strict=True)}
    rests = dict(zip(names, _part(rest), strict=True))
    return {**ends, **rests, "end_list": DEALS * 1000.0, "spread": 2 * DEALS * 800.0}


def _slots(end: float, rest: float = 0) -> list[dict[str, float]]:
    return [
        _slot((end if slot < 2 else 0) + one, (rest if slot < 2 else 0) + one)
        for slot, one in enumerate(WIGGLE[:9])
    ]


def _looks(**places: list[dict[str, float]]) -> dict[str, Look]:
    return {one.subject: one for one in DETECTOR.judge(rows_of(places), NIGHT)}


def test_is_silent_at_the_usual_end_of_a_quarter() -> None:
    looks = _looks(North=_slots(0), South=_slots(0), West=_slots(0))
    assert min(one.p_value for one in looks.values()) > 0.3


def test_tells_what_the_end_of_a_quarter_costs_more_than_it_did() -> None:
    north = _looks(North=_slots(1.2), South=_slots(0), West=_slots(0))["region:North"]
    # 1.2 deviations of 8 points more, on 25 deals of 1,000 at the end of a quarter: 2,400.
    assert north.p_value < 1e-4
    assert north.effect.estimate == pytest.approx(0.096, abs=0.002)
    assert north.money is not None
    assert north.money.estimate == pytest.approx(-2400, rel=0.03)
    assert "12.8 points more discount than in the rest, 3.2 before" in north.claim


def test_what_the_whole_quarter_does_is_no_habit_of_its_end() -> None:
    north = _looks(North=_slots(1.2, 1.2), South=_slots(0), West=_slots(0))["region:North"]
    assert north.p_value == 1.0
