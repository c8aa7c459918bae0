"""What reps last committed to, added up over a team and over everybody.

Reads     submitted, booked
Tells     a point of each unit of which somebody committed; who did not counts as closed so far
Unable    where no rep committed to the period by the day
Source    docs/forecast/rep_commit.md
"""

import numpy as np

from wald.brain.forecast import Forecaster, Known, Told, Unable
from wald.brain.history import so_far
from wald.brain.submitted import last_said


def forecast(known: Known, rng: np.random.Generator) -> Told | Unable:
    said, closed = last_said(known), so_far(known)
    leads = {unit.lead for unit in known.units if unit.level != "rep"}
    reps = [unit for unit in known.units if unit.level == "rep" and unit.lead not in leads]
    if not any(unit.lead in said for unit in reps):
        return Unable("No rep has committed to an amount for this period yet.")
    told = {unit.key: np.array([said[unit.lead]]) for unit in reps if unit.lead in said}
    for unit in known.units:
        own = [one for one in reps if one.owners <= unit.owners]
        if unit.level == "rep" or not any(one.key in told for one in own):
            continue
        beyond = sum(told[one.key][0] - closed.of(one.key)[0] for one in own if one.key in told)
        told[unit.key] = np.array([closed.of(unit.key)[0] + beyond])
    return told


FORECASTER = Forecaster(
    key="rep_commit",
    title="Rep commit",
    says="What reps last committed to, added up.",
    is_simple=True,
    forecast=forecast,
    source="docs/forecast/rep_commit.md",
)
