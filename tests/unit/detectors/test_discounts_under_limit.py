"""discounts_under_limit: silent at a habit of old, loud at a new one, and told of its own limit."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.night_world import night_on, rows_of
from wald.brain.agreed import Agreed
from wald.brain.detector import Look
from wald.brain.detectors.discounts_under_limit import DETECTOR
from wald.facts.parts import Snapshot

LIMITS = Agreed(discount_limits=(Decimal("0.15"), Decimal("0.3")))
NIGHT = replace(night_on(Snapshot(Path("nowhere"), ())), agreed=LIMITS)


def _slot(under: float, deals: float = 20) -> dict[str, float]:
    """Return deals near a limit of 15 %: those just under it sold at 14 %, all at 12 %."""
    return {
        "deals": deals,
        "under": under,
        "list": 1000.0 * deals,
        "points": 1200.0 * deals,
        "under_list": 1000.0 * under,
        "under_points": 1400.0 * under,
    }


def _slots(now: float, deals: float = 20) -> list[dict[str, float]]:
    return [_slot(now, deals)] * 2 + [_slot(one, deals) for one in (4, 5, 4, 3, 4, 5, 3)]


def _looks(**places: list[dict[str, float]]) -> dict[str, Look]:
    rows = [{**row, "limit": "15 %"} for row in rows_of(places)]
    return {one.subject: one for one in DETECTOR.judge(rows, NIGHT)}


def test_is_silent_where_discounts_always_gathered_there() -> None:
    looks = _looks(North=_slots(4), South=_slots(5), West=_slots(4))
    assert min(one.p_value for one in looks.values()) > 0.1


def test_tells_where_discounts_gather_now_and_of_which_limit() -> None:
    north = _looks(North=_slots(16), South=_slots(4), West=_slots(4))["limit:15 %, region:North"]
    # 16 of 20 against 4 of 20; 60 points of 20 x 1,000 a quarter sold 2 points lower: 240.
    assert north.p_value < 1e-4
    assert north.effect.estimate == pytest.approx(0.6, abs=0.03)
    assert north.money is not None
    assert north.money.estimate == pytest.approx(-240, rel=0.1)
    assert "of the discounts near the limit of 15 %, 80% lie just under it, 20%" in north.claim
    assert north.condition.startswith("region = 'North' AND amount >= 0.85 * list_amount")


@pytest.mark.parametrize(("deals", "is_looked_at"), [(6, True), (5, False)])
def test_looks_where_twelve_deals_lie_near(deals: float, is_looked_at: bool) -> None:
    looks = _looks(Few=_slots(2, deals), South=_slots(4), West=_slots(4))
    assert ("limit:15 %, region:Few" in looks) is is_looked_at
