"""stage_chances: silent near what was agreed, loud where a stage promises what it does not keep."""

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from tests.night_world import night_on
from wald.brain.agreed import Agreed
from wald.brain.detector import Look, Row
from wald.brain.detectors.stage_chances import DETECTOR
from wald.facts.parts import Snapshot


def _looks(agreed: str, won: int, deals: int = 400) -> list[Look]:
    """Return the looks at a stage of which so many of 400 deals were won, a quarter of them in each
    slot, all within eight weeks; 100,000 lie open in it."""
    rows: list[Row] = []
    for slot in range(4):
        for outcome, count in (("won", won), ("lost", deals - won)):
            sums = {"deals": count / 4, "open_amount": 0.0}
            rows.append({"stage": "Offer", "outcome": outcome, "span": 1, "slot": slot, **sums})
    rows.append(
        {"stage": "Offer", "outcome": "", "span": 0, "slot": 0, "deals": 5, "open_amount": 1e5}
    )
    chances = Agreed(stage_chances={"Offer": Decimal(agreed)})
    return list(DETECTOR.judge(rows, replace(night_on(Snapshot(Path("x"), ())), agreed=chances)))


def test_is_silent_within_five_points_of_what_was_agreed() -> None:
    assert [one.p_value for one in _looks("0.54", won=200)] == [1.0]


def test_tells_what_the_pipeline_is_worth_less() -> None:
    (found,) = _looks("0.75", won=200)
    # A half of 100,000 open instead of three quarters.
    assert found.p_value < 1e-9
    assert found.direction == "down"
    assert found.effect.estimate == pytest.approx(-0.25, abs=0.01)
    assert found.money is not None
    assert found.money.estimate == pytest.approx(-25_000, rel=0.03)
    assert found.claim.startswith("Offer: 50% of the deals that enter it are won in the end")


def test_a_stage_that_nobody_agreed_on_is_not_looked_at() -> None:
    rows: list[Row] = []
    assert list(DETECTOR.judge(rows, night_on(Snapshot(Path("x"), ())))) == []


@pytest.mark.parametrize(("deals", "count"), [(60, 1), (56, 0)])
def test_looks_where_sixty_deals_closed(deals: int, count: int) -> None:
    assert len(_looks("0.5", won=deals // 2, deals=deals)) == count
