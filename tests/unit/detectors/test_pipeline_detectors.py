"""Detectors of volume and of open deals: silent where all move alike, loud where one place moves,
mute below their least rows. Of three regions, in nine slots, the last of North alone differs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.night_world import night_on, rows_of
from wald.brain.detector import Detector, Look, Row
from wald.brain.detectors import (
    pipeline_creation,
    product_mix,
    pushed_deals,
    segment_performance,
    stalled_deals,
)
from wald.brain.shares import record_slots
from wald.facts.parts import Snapshot

NIGHT = night_on(Snapshot(Path("nowhere"), ()))
Slot = Callable[[float], dict[str, float]]
WIGGLE = (3, -3, 2, -2) * 2


def _created(count: float) -> dict[str, float]:
    return {"opened": count, "closed": count, "brought": count * 500}


def _booked(count: float) -> dict[str, float]:
    """Return orders of 1,000 and of 3,000, half and half."""
    return {"orders": count, "booked": count * 2000, "squares": count * 5e6}


def _mix(count: float) -> dict[str, float]:
    return {"won": count, "amount": count * 2000, "squares": count * 5e6}


def _open(hit: str) -> Slot:
    def slot(count: float) -> dict[str, float]:
        return {"at_hand": 400.0, hit: count, "closed": 400.0, "brought": 200_000.0}

    return slot


# Detector, dimension, slot of so many, what is usual, what North does in the last slot, what the
# change is then worth: worked out below.
CASES = [
    # 100 of 200 deals are missing, and each closed one brought 500.
    pytest.param(pipeline_creation.DETECTOR, "region", _created, 200, 100, -50_000, id="creation"),
    # 250 of 500 orders of 2,000 are missing.
    pytest.param(segment_performance.DETECTOR, "region", _booked, 500, 250, -500_000, id="segment"),
    # The others sell as before, so 250 deals of 2,000 are missing of this family.
    pytest.param(product_mix.DETECTOR, "product_family", _mix, 500, 250, -500_000, id="mix"),
    # 80 deals more lie still than the usual 40, and such a deal brought 500.
    pytest.param(stalled_deals.DETECTOR, "region", _open("still"), 40, 120, -40_000, id="stalled"),
    pytest.param(pushed_deals.DETECTOR, "region", _open("pushed"), 40, 120, -40_000, id="pushed"),
]


def _looks(detector: Detector, dimension: str, slot: Slot, *now: float) -> dict[str, Look]:
    """Return looks by place; `now` is what each place has in the last slot, then what is usual."""
    *last, usual = now
    places = {
        name: [slot(count), *(slot(usual + one) for one in WIGGLE)]
        for name, count in zip(("North", "South", "West"), last, strict=True)
    }
    rows: list[Row] = rows_of(places, dimension)
    return {dict(one.where).get(dimension, ""): one for one in detector.judge(rows, NIGHT)}


@pytest.mark.parametrize(("detector", "dimension", "slot", "usual", "now", "money"), CASES)
def test_is_silent_where_everybody_moves_alike(
    detector: Detector, dimension: str, slot: Slot, usual: float, now: float, money: float
) -> None:
    alike = (usual + now) / 2
    looks = _looks(detector, dimension, slot, alike, alike + 1, alike - 1, usual)
    assert {"North", "South", "West"} <= set(looks)
    assert all(one.p_value > 0.05 for name, one in looks.items() if name)


@pytest.mark.parametrize(("detector", "dimension", "slot", "usual", "now", "money"), CASES)
def test_tells_of_the_one_place_that_moved_and_what_it_is_worth(
    detector: Detector, dimension: str, slot: Slot, usual: float, now: float, money: float
) -> None:
    looks = _looks(detector, dimension, slot, now, usual, usual, usual)
    north = looks["North"]
    assert north.p_value < 1e-4
    assert north.direction == ("up" if now > usual else "down")
    assert north.money is not None
    assert north.money.estimate == pytest.approx(money, rel=0.1)
    assert north.money.low < north.money.estimate < north.money.high
    assert all(looks[name].p_value > 0.05 for name in ("South", "West"))


@pytest.mark.parametrize(("detector", "dimension", "slot", "usual", "now", "money"), CASES)
def test_claims_fit_an_insight_and_their_place_is_a_condition(
    detector: Detector, dimension: str, slot: Slot, usual: float, now: float, money: float
) -> None:
    north = _looks(detector, dimension, slot, now, usual, usual, usual)["North"]
    assert "North" in north.claim
    assert "95 %" in north.claim
    assert len(north.claim) < 300
    assert north.chart is not None
    assert len(north.chart.points) == 9


def _few(slot: Slot, name: str, count: float) -> Slot:
    return lambda _: {**slot(1.0), name: count}


EDGES = [
    (pipeline_creation.DETECTOR, "region", "opened", _created, 15),
    (segment_performance.DETECTOR, "region", "orders", _booked, 12),
    (product_mix.DETECTOR, "product_family", "won", _mix, 12),
    (stalled_deals.DETECTOR, "region", "at_hand", _open("still"), 25),
    (pushed_deals.DETECTOR, "region", "at_hand", _open("pushed"), 25),
]


@pytest.mark.parametrize(
    ("detector", "dimension", "name", "slot", "least"), EDGES, ids=[e[0].key for e in EDGES]
)
def test_a_place_is_looked_at_from_its_least_rows_on(
    detector: Detector, dimension: str, name: str, slot: Slot, least: int
) -> None:
    many = [slot(200.0)] * 9
    for count, is_looked_at in ((least, True), (least - 1, False)):
        few = [_few(slot, name, count)(0.0)] * 9
        rows = rows_of({"Few": few, "South": many, "West": many}, dimension)
        places = {dict(one.where).get(dimension) for one in detector.judge(rows, NIGHT)}
        assert ("Few" in places) is is_looked_at


def test_slots_before_the_record_was_full_are_left_out() -> None:
    assert record_slots(np.array([400.0, 380.0, 410.0, 90.0, 20.0])) == 3
    assert record_slots(np.array([400.0, 100.0, 410.0])) == 3  # a hole within is no beginning
