"""Closed to date over the share of a period that was usually closed by this day.

Reads     booked
Tells     a point of each unit that has closed something
Unable    without a period before, or where less than a twentieth was usually closed by this day
Source    docs/forecast/closed_linearity.md
"""

import numpy as np

from wald.brain.forecast import Forecaster, Known, Told, Unable
from wald.brain.history import past_so_far, past_totals, so_far

_LATEST = 8  # periods that say how linear a period is
_LEAST = 0.05  # a share; below, every deal is multiplied by more than twenty
_OWN = 4.0  # periods that the share of everybody counts as much as, in that of a team


def forecast(known: Known, rng: np.random.Generator) -> Told | Unable:
    if not known.before:
        return Unable("No period before this one is in the data from its first day on.")
    totals, by_then, closed = past_totals(known), past_so_far(known), so_far(known)
    whole, early = totals.of("all")[-_LATEST:].sum(), by_then.of("all")[-_LATEST:].sum()
    overall = early / whole if whole > 0 else 0.0
    if overall < _LEAST:
        return Unable(f"By this day {max(overall, 0.0):.0%} of a period was usually closed.")
    told = {}
    for unit in known.units:
        now = closed.of(unit.key)[0]
        share = overall
        if unit.level == "team":
            own_whole = totals.of(unit.key)[-_LATEST:]
            own_early = by_then.of(unit.key)[-_LATEST:]
            weight = _OWN * own_whole.sum() / max(1, len(own_whole))
            if own_whole.sum() + weight > 0:
                share = (own_early.sum() + overall * weight) / (own_whole.sum() + weight)
        if now > 0 and share >= _LEAST:
            told[unit.key] = np.array([now / share])
    return told or Unable("Nothing is closed in this period yet.")


FORECASTER = Forecaster(
    key="closed_linearity",
    title="Closed over linearity",
    says="What is closed so far, over the share that was usually closed by this day.",
    is_simple=True,
    forecast=forecast,
    source="docs/forecast/closed_linearity.md",
)
