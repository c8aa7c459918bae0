"""deal_splitting: silent where customers always bought twice, loud where they begin to."""

from pathlib import Path

import pytest

from tests.night_world import night_on, rows_of
from wald.brain.detector import Look
from wald.brain.detectors.deal_splitting import DETECTOR
from wald.facts.parts import Snapshot

NIGHT = night_on(Snapshot(Path("nowhere"), ()))


def _slots(pairs: float, deals: float = 60) -> list[dict[str, float]]:
    def slot(count: float) -> dict[str, float]:
        return {"deals": deals, "pairs": count, "passed": 40_000.0 * count}

    return [slot(pairs)] * 2 + [slot(one) for one in (1, 2, 1, 0, 1, 2, 0)]


def _looks(**places: list[dict[str, float]]) -> dict[str, Look]:
    return {one.subject: one for one in DETECTOR.judge(rows_of(places), NIGHT)}


def test_is_silent_where_some_always_buy_twice() -> None:
    looks = _looks(North=_slots(1), South=_slots(2), West=_slots(1))
    assert min(one.p_value for one in looks.values()) > 0.1


def test_tells_where_deals_are_split_and_how_much_nobody_approved() -> None:
    north = _looks(North=_slots(10), South=_slots(1), West=_slots(1))["region:North"]
    # 10 of 60 against 1 of 60: nine pairs of 40,000 a quarter more than usual.
    assert north.p_value < 1e-5
    assert north.effect.estimate == pytest.approx(0.15, abs=0.005)
    assert north.money is not None
    assert north.money.estimate == pytest.approx(-360_000, rel=0.03)
    assert "17% of the deals opened in the last half year follow another" in north.claim


def test_nothing_ever_split_is_no_look() -> None:
    none = [{"deals": 60.0, "pairs": 0.0, "passed": 0.0}] * 9
    assert _looks(North=none, South=none, West=none) == {}


@pytest.mark.parametrize(("deals", "is_looked_at"), [(15, True), (14, False)])
def test_looks_where_thirty_deals_were_opened(deals: float, is_looked_at: bool) -> None:
    looks = _looks(Few=_slots(1, deals), South=_slots(1), West=_slots(1))
    assert ("region:Few" in looks) is is_looked_at
