"""win_rate_shift: silent where all move alike, loud where one place falls, mute of few."""

from pathlib import Path

import pytest

from tests.night_world import night_on, rows_of
from wald.brain.detector import Look
from wald.brain.detectors.win_rate_shift import DETECTOR
from wald.facts.parts import Snapshot

NIGHT = night_on(Snapshot(Path("nowhere"), ()))


def _slots(now: int, before: int, closed: int = 200) -> list[dict[str, float]]:
    def one(won: int) -> dict[str, float]:
        return {"closed": closed, "won": won, "brought": won * 1000.0}

    return [one(now), *(one(before + wiggle) for wiggle in (2, -2, 1, -1, 2, -2, 1, -1))]


def _looks(**places: list[dict[str, float]]) -> dict[str, Look]:
    return {one.subject: one for one in DETECTOR.judge(rows_of(places), NIGHT)}


def test_is_silent_where_everybody_falls_alike() -> None:
    looks = _looks(North=_slots(40, 60), South=_slots(41, 60), West=_slots(39, 60))
    assert all(looks[f"region:{name}"].p_value > 0.05 for name in ("North", "South", "West"))


def test_tells_of_the_one_place_that_fell() -> None:
    looks = _looks(North=_slots(20, 60), South=_slots(60, 60), West=_slots(61, 60))
    north = looks["region:North"]
    assert north.p_value < 1e-4
    assert north.direction == "down"
    # 10 % instead of the 30 % that the others still have: 20 points of 200 deals, 1,000 each.
    assert north.effect.estimate == pytest.approx(-0.20, abs=0.01)
    assert north.money is not None
    assert north.money.estimate == pytest.approx(-40_000, rel=0.05)
    assert "10 % of the deals" in north.claim


def test_does_not_tell_of_those_that_stayed_while_one_place_fell() -> None:
    looks = _looks(North=_slots(20, 60), South=_slots(60, 60), West=_slots(61, 60))
    assert looks["region:South"].p_value > 0.05


@pytest.mark.parametrize(("closed", "is_looked_at"), [(20, True), (19, False)])
def test_looks_at_a_place_from_20_closed_deals_on(closed: int, is_looked_at: bool) -> None:
    few = _slots(6, 6, closed)
    assert ("region:Few" in _looks(Few=few, South=_slots(60, 60))) is is_looked_at
