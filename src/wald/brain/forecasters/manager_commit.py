"""What the lead of each team last committed to, added up over everybody.

Reads     submitted, booked
Tells     a point of each team whose lead committed; of everybody what their lead said, else the sum
Unable    where no lead committed to the period by the day
Source    docs/forecast/manager_commit.md
"""

import numpy as np

from wald.brain.forecast import Forecaster, Known, Told, Unable
from wald.brain.history import so_far
from wald.brain.submitted import last_said


def forecast(known: Known, rng: np.random.Generator) -> Told | Unable:
    said, closed = last_said(known), so_far(known)
    told = {
        unit.key: np.array([said[unit.lead]])
        for unit in known.units
        if unit.level != "rep" and unit.lead in said
    }
    if not told:
        return Unable("No manager has committed to an amount for this period yet.")
    if "all" not in told:
        beyond = sum(one[0] - closed.of(key)[0] for key, one in told.items())
        told["all"] = np.array([closed.of("all")[0] + beyond])
    return told


FORECASTER = Forecaster(
    key="manager_commit",
    title="Manager commit",
    says="What the leads of teams last committed to, added up.",
    is_simple=True,
    forecast=forecast,
    source="docs/forecast/manager_commit.md",
)
