"""Rates of kinds of open deals against a plain loop over every deal."""

from collections import defaultdict

import numpy as np
import pytest

from tests.drawn_worlds import drawn_world
from wald.brain.forecast import Known, Unable
from wald.brain.history import open_on, read_day
from wald.brain.open_rates import told_by


def _by_hand(known: Known) -> float:
    """Return everybody's forecast by stage; every deal of drawn worlds has an amount and a day."""
    won = {
        row["opportunity_id"]: row for row in known.closed.to_pylist() if row["outcome"] == "won"
    }
    opened: dict[tuple[str, bool], float] = defaultdict(float)
    gained: dict[tuple[str, bool], float] = defaultdict(float)
    deals = 0
    for period in known.before:
        day = read_day(known, period)
        assert day is not None
        for row in open_on(known, day).to_pylist():
            cell, deals = (row["stage"], row["close_on"] < period.end), deals + 1
            opened[cell] += row["amount"]
            end = won.get(row["opportunity_id"])
            if end and day < end["closed_on"] < period.end:
                gained[cell] += end["amount"]
    few = 5 * sum(opened.values()) / deals
    told = sum(row["amount"] for row in known.booked.to_pylist()
               if row["booked_on"] >= known.period.start)  # fmt: skip
    for row in known.open.to_pylist():
        cell = (row["stage"], row["close_on"] < known.period.end)
        alike = [one for one in opened if one[1] is cell[1]]
        base = sum(gained[one] for one in alike) / sum(opened[one] for one in alike)
        told += row["amount"] * (gained[cell] + few * base) / (opened[cell] + few)
    return float(told)


@pytest.mark.parametrize("weeks", [13, 5, 1])
def test_open_deals_count_at_the_rates_of_a_loop_over_all(weeks: int) -> None:
    world = drawn_world(31)
    known = world.known_on(world.quarters[-1], weeks)
    found = told_by(known, "stage")
    assert not isinstance(found, Unable)
    assert found["all"] == pytest.approx(np.array([_by_hand(known)]))
