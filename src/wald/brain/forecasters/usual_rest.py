"""Closed so far, plus what earlier periods usually still booked from this day on.

Reads     booked
Tells     a point of each unit
Unable    without a period before
Source    docs/forecast/usual_rest.md
"""

import numpy as np

from wald.brain.forecast import LEVELS, Forecaster, Known, Told, Unable
from wald.brain.history import likeness, past_so_far, past_totals, so_far

_OTHERS = 1.0  # periods that the mean of a level's units counts as, in that of one


def forecast(known: Known, rng: np.random.Generator) -> Told | Unable:
    if not known.before:
        return Unable("No period before this one is in the data from its first day on.")
    totals, by_then, closed = past_totals(known), past_so_far(known), so_far(known)
    told, weight = {}, likeness(known)
    others = _OTHERS * weight.max()
    for level in LEVELS:
        units = [unit for unit in known.units if unit.level == level]
        rests = [float(weight @ (totals.of(one.key) - by_then.of(one.key))) for one in units]
        usual = sum(rests) / (len(units) * weight.sum()) if units else 0.0
        for unit, rest in zip(units, rests, strict=True):
            mean = (rest + others * usual) / (weight.sum() + others)
            told[unit.key] = np.array([closed.of(unit.key)[0] + mean])
    return told


FORECASTER = Forecaster(
    key="usual_rest",
    title="Usual rest",
    says="Closed so far, plus what earlier periods usually still booked from this day on.",
    is_simple=True,
    forecast=forecast,
    source="docs/forecast/usual_rest.md",
)
