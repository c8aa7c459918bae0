"""Facts that a forecast cannot use: each named with its count, and what can be told is told."""

from datetime import date
from pathlib import Path

import numpy as np

from tests.forecast_world import seen
from tests.small_world import Rows
from wald.brain.forecast import forecasters
from wald.brain.ground import Ground, known_on
from wald.brain.record import NOTHING
from wald.brain.telling import Telling, tell
from wald.queries.forecast_ground import Wanted, asked_period, read_ground

LAST = date(2024, 3, 21)
SIMPLE = {key: one for key, one in forecasters().items() if one.is_simple}


def silent(words: str, done: int, total: int | None) -> None:
    """Show nothing."""


def told(root: Path, facts: Rows) -> tuple[Ground, Telling, dict[str, str]]:
    view = seen(root, facts)
    wanted = Wanted(day=LAST)
    ground = read_ground(view, wanted, silent)
    _, period = asked_period(view, wanted)
    telling = tell(known_on(ground, LAST, period), NOTHING, SIMPLE)
    view.engine.close()
    return ground, telling, {f"{one.where}: {one.what}": one.fix for one in ground.problems}


def _bookings(**more: object) -> list[dict[str, object]]:
    usual = {"owner_id": "R1", "amount": 10, "currency": "EUR"}
    return [
        {"booking_id": f"B{day}", "booked_on": date(2024, 3, day), **usual, **more}
        for day in range(1, 22)
    ]


def test_three_weeks_of_bookings_tell_why_nothing_can_be_told(tmp_path: Path) -> None:
    ground, telling, faults = told(tmp_path, {"booking": _bookings()})
    assert ground.over == ()
    assert set(telling.unable) == set(SIMPLE)
    assert all(reason.endswith(".") for reason in telling.unable.values())
    assert [level.choice for level in telling.levels] == [None, None, None]
    assert any(one.startswith("history: 0 periods are over") for one in faults)
    assert any(one.startswith("deals: there are none") for one in faults)
    assert any(one.startswith("quotas: there are none") for one in faults)
    assert any(one.startswith("submissions: nobody's are known") for one in faults)


def test_negative_bookings_are_counted_and_lift_no_floor(tmp_path: Path) -> None:
    ground, _, faults = told(tmp_path, {"booking": _bookings(amount=-5)})
    assert "bookings: 21 are negative and count as they are" in faults
    assert ground.booked is not None
    assert sum(ground.booked["amount"].to_pylist()) == -105


def test_a_currency_without_a_rate_leaves_its_bookings_out(tmp_path: Path) -> None:
    ground, _, faults = told(tmp_path, {"booking": _bookings(currency="XYZ")})
    expected = "bookings: 21 have no amount, or no rate for their currency, and are left out"
    assert expected in faults
    assert ground.booked is not None
    assert ground.booked.num_rows == 0


def test_faults_of_deals_are_named_with_their_counts(tmp_path: Path) -> None:
    open_deal = {"outcome": "open", "owner_id": "R1", "currency": "EUR", "stage": "Odd"}
    deals = [
        {"opportunity_id": "O1", "amount": -3, "created_at": "2024-03-01 00:00:00",
         "close_on": date(2024, 3, 30), **open_deal, "stage": "Talks"},
        {"opportunity_id": "O2", "created_at": "2024-03-01 00:00:00", **open_deal},
        {"opportunity_id": "O3", "amount": 8, **open_deal},
        {"opportunity_id": "O4", "amount": 8, "outcome": "won", "currency": "XYZ",
         "created_at": "2024-03-09 00:00:00", "closed_on": date(2024, 3, 2)},
        {"opportunity_id": "O5", "amount": 8, "outcome": "lost"},
    ]  # fmt: skip
    stage = {"stage": "Talks", "position": 1, "outcome": "open", "probability": 0.5}
    _, telling, faults = told(tmp_path, {"opportunity": deals, "stage": [stage]})
    for words in (
        "bookings: there are none, so won deals stand for them",
        "deals: 1 open ones have no amount, or no rate for their currency",
        "deals: 1 open ones have a negative amount",
        "deals: 2 open ones have no expected day",
        "deals: of 1 open ones nobody knows since when",
        "stages: 2 open ones stand in a stage nobody defined",
        "deals: 1 are won or lost on no known day and are left out",
        "currency: 1 deals are in XYZ, which has no rate",
    ):
        assert words in faults, (words, list(faults))
    everybody = telling.level("all")
    assert np.isfinite(everybody.methods[-1].draws).all()
