"""Same period last year, times how much more the last four quarters booked than the four before.

Reads     booked
Tells     a point of each unit; the growth of everybody where a unit has too little of its own
Unable    where the data do not reach back a year before the period
Source    docs/forecast/same_period_growth.md
"""

import numpy as np

from wald.brain.forecast import Forecaster, Known, Told, Unable
from wald.brain.history import past_totals

_DAYS = 9  # by which the start of the same period may differ: calendars of weeks move
_BOUNDS = (0.5, 2.0)  # of growth; beyond, a year is not like the one before


def forecast(known: Known, rng: np.random.Generator) -> Told | Unable:
    wanted = known.period.start.toordinal() - 365
    year = [p for p in known.before if abs(p.start.toordinal() - wanted) <= _DAYS]
    if not year:
        return Unable("The data do not reach back to the same period of the year before.")
    place = known.before.index(year[-1])
    length = len(known.before) - place  # periods of a year
    totals = past_totals(known)
    overall = _growth(totals.of("all"), length)
    told = {}
    for unit in known.units:
        own = totals.of(unit.key)
        growth = _growth(own, length) if unit.level != "rep" else overall
        told[unit.key] = np.array([own[place] * growth])
    return told


def _growth(totals: np.ndarray, length: int) -> float:
    """Return the last year over the one before, 1 where there is none to compare with."""
    if len(totals) < 2 * length:
        return 1.0
    last, earlier = totals[-length:].sum(), totals[-2 * length : -length].sum()
    return float(np.clip(last / earlier, *_BOUNDS)) if earlier > 0 else 1.0


FORECASTER = Forecaster(
    key="same_period_growth",
    title="Same period last year",
    says="What the same period booked last year, times the growth of the last year.",
    is_simple=True,
    forecast=forecast,
    source="docs/forecast/same_period_growth.md",
)
