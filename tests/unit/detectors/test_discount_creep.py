"""discount_creep: silent while discounts stay, loud where they grow, not where others fell."""

from pathlib import Path

import pytest

from tests.night_world import night_on, rows_of
from wald.brain.detector import Look
from wald.brain.detectors.discount_creep import DETECTOR
from wald.facts.parts import Snapshot

NIGHT = night_on(Snapshot(Path("nowhere"), ()))
WIGGLE = (0.0, 0.0, 0.05, -0.05) * 3


def _slot(mean: float, deals: int = 40) -> dict[str, float]:
    """Return deals that lie `mean` standard deviations of 8 points from their kind, each a
    deviation around it, sold 10 % and `mean` x 8 points below list, for 1,000 at list."""
    z = 100 * mean
    return {
        "deals": deals,
        "z": deals * z,
        "squares": deals * (z * z + 100 * 100),
        "spread": deals * 800,
        "points": deals * (1000 + 8 * z),
        "list": deals * 1000.0,
    }


def _slots(now: float, deals: int = 40) -> list[dict[str, float]]:
    return [_slot(now + one if slot < 2 else one, deals) for slot, one in enumerate(WIGGLE[:9])]


def _looks(**places: list[dict[str, float]]) -> dict[str, Look]:
    return {one.subject: one for one in DETECTOR.judge(rows_of(places), NIGHT)}


def test_is_silent_where_discounts_stay() -> None:
    looks = _looks(North=_slots(0.05), South=_slots(0), West=_slots(-0.05))
    assert min(one.p_value for one in looks.values()) > 0.3


def test_tells_how_much_more_discount_is_given_and_what_it_costs() -> None:
    looks = _looks(North=_slots(1), South=_slots(0), West=_slots(0))
    north = looks["region:North"]
    # One deviation of 8 points more, on 40 deals of 1,000 a quarter: 3,200.
    assert north.p_value < 1e-4
    assert north.effect.estimate == pytest.approx(0.08, abs=0.002)
    assert north.effect.low > 0
    assert north.money is not None
    assert north.money.estimate == pytest.approx(-3200, rel=0.03)
    assert "North: deals of the last half year were sold 18.0% below list" in north.claim


def test_a_place_that_stood_still_while_others_rose_is_no_finding() -> None:
    looks = _looks(North=_slots(0), South=_slots(1), West=_slots(1))
    assert looks["region:North"].p_value > 0.1
    assert looks["everybody"].p_value < 1e-4


@pytest.mark.parametrize(("deals", "is_looked_at"), [(15, True), (14, False)])
def test_looks_where_thirty_deals_closed_in_half_a_year(deals: int, is_looked_at: bool) -> None:
    looks = _looks(Few=_slots(0, deals), South=_slots(0), West=_slots(0))
    assert ("region:Few" in looks) is is_looked_at
