"""discounts_for_threshold: silent on a line, loud just over the amount, not if it was so."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.night_world import night_on
from wald.brain.agreed import Agreed, Threshold
from wald.brain.clause_deals import JUST
from wald.brain.detector import Look, Row
from wald.brain.detectors.discounts_for_threshold import DETECTOR
from wald.facts.parts import Snapshot

CLAUSE = Threshold("reps", "large deals", Decimal(40_000), "EUR", date(2025, 12, 25))  # two slots
NIGHT = replace(night_on(Snapshot(Path("nowhere"), ())), agreed=Agreed(thresholds=(CLAUSE,)))


def _row(size: str, slot: int, mean: float, deals: float) -> Row:
    z = 100 * mean
    return {
        "clause": "reps: large deals",
        "size": size,
        "slot": slot,
        "deals": deals,
        "z": deals * z,
        "squares": deals * (z * z + 100 * 100),
        "spread": deals * 800.0,
        "points": deals * (1000 + 8 * z),
        "list": deals * 50_000.0,
    }


def _looks(now: float, before: float = 0, deals: float = 10) -> list[Look]:
    rows = []
    for slot in range(9):
        for size in "0123456":
            is_just = size == JUST
            mean = (now if slot < 2 else before) if is_just else (0.05, -0.05)[slot % 2]
            rows.append(_row(size, slot, mean, deals if is_just else 10))
    return list(DETECTOR.judge(rows, NIGHT))


def test_is_silent_where_deals_over_the_amount_cost_what_others_do() -> None:
    assert [one.p_value > 0.5 for one in _looks(0)] == [True]


def test_tells_the_clause_and_what_it_costs() -> None:
    (found,) = _looks(1.5)
    # 1.5 deviations of 8 points more on 10 deals of 50,000 a quarter: 60,000.
    assert found.p_value < 1e-6
    assert found.subject == "clause:reps: large deals"
    assert found.effect.estimate == pytest.approx(0.12, abs=0.005)
    assert found.money is not None
    assert found.money.estimate == pytest.approx(-60_000, rel=0.04)
    assert "deals just over 40,000 EUR were sold 22.0% below list, 10.0% before" in found.claim


def test_what_was_so_before_the_clause_is_not_bought_with_it() -> None:
    assert [one.p_value for one in _looks(1.5, before=1.5)] == [1.0]


@pytest.mark.parametrize(("deals", "count"), [(8, 1), (7, 0)])
def test_looks_where_fifteen_deals_lie_just_over(deals: float, count: int) -> None:
    assert len(_looks(0, deals=deals)) == count
