"""Difference in differences: how much more those with a decision changed than the others.

Each unit counts once, with its value before and its value after, so that slots of one unit may hang
together as they like (`comparing.difference` names the papers). A ratio's units weigh by their
rows; a sum is told per unit and slot. The pre-trend test compares the slopes that both sides had
before, by unit too; where it speaks, the others are no measure of what would have been. A test that
is silent is no proof: with few units it finds only steep trends (Roth 2022, American Economic
Review: Insights 4: 305-322), so its interval is told with it.

Assumes that without the decision both sides would have changed alike, and no spill-over.
"""

import numpy as np

from wald.brain.effects.comparing import difference, variances_of
from wald.brain.effects.estimate import LEVEL, CannotTell, Estimate, Point, Trend, drawn
from wald.brain.effects.panel import Floats, Panel, means, series

KEY = "differences"
LEAST_OTHERS = 3  # units: two tell no spread of their own
LEAST_BEFORE = 2
_FOR_TREND = 4  # slots before, from which a slope is worth a look


def differences(panel: Panel, *, level: float = LEVEL) -> Estimate | CannotTell:
    """Return how much more the treated units changed than the others."""
    cut = panel.before
    was, becomes = means(panel, slice(0, cut)), means(panel, slice(cut, None))
    there = ~np.isnan(was) & ~np.isnan(becomes)
    use = panel.of(there)
    treated, others = int(use.is_treated.sum()), int((~use.is_treated).sum())
    if panel.after < 1 or treated < 1:
        reason = "None of the units that the decision reaches has rows before and after it."
        return CannotTell(KEY, reason, waits=True)
    if others < LEAST_OTHERS or cut < LEAST_BEFORE:
        reason = (
            f"There are {others} others with rows before and after and {cut} slots before; "
            f"{LEAST_OTHERS} and {LEAST_BEFORE} are needed."
        )
        return CannotTell(KEY, reason)
    change = (becomes - was)[there]
    variances = _variances(use, change, _rows(use))
    found = difference(change, variances, use.is_treated, level)
    if found is None:
        return CannotTell(KEY, "There are too few units to know how much they vary by themselves.")
    return Estimate(
        KEY, found.low, found.estimate, found.high, treated, others, cut, panel.after,
        trend=trend(use),
        points=points(use),
        notes=_notes(treated),
    )  # fmt: skip


def trend(panel: Panel) -> Trend | None:
    """Return how much faster the treated moved before; None where that cannot be told."""
    if panel.before < _FOR_TREND:
        return None
    values = panel.values[:, : panel.before]
    rows = np.ones_like(values) if panel.below is None else panel.below[:, : panel.before]
    rows = np.where(np.isnan(values), 0.0, rows)
    safe = np.where(np.isnan(values), 0.0, values)
    slots = np.arange(panel.before, dtype=np.float64)
    total = np.maximum(rows.sum(axis=1, keepdims=True), 1e-300)
    off = slots[None, :] - (rows * slots).sum(axis=1, keepdims=True) / total
    spread = (rows * off**2).sum(axis=1)
    there = spread > 0
    slope = (rows * off * safe).sum(axis=1)[there] / spread[there]
    use = panel.of(there)
    found = difference(slope, _variances(use, slope, spread[there]), use.is_treated)
    if found is None:
        return None
    return Trend(found.low, found.estimate, found.high, found.p_value)


def points(panel: Panel) -> tuple[Point, ...]:
    """Return the treated together, and what they would be had they changed like the others."""
    inside, outside = panel.of(panel.is_treated), panel.of(~panel.is_treated)
    one, two = series(inside)[0], series(outside)[0]
    both = ~np.isnan(one[: panel.before]) & ~np.isnan(two[: panel.before])
    apart = one[: panel.before] - two[: panel.before]
    shift = float(apart[both].mean()) if both.any() else float("nan")
    return drawn(panel.slots, panel.before, one, two + shift)


def _rows(panel: Panel) -> Floats:
    """Return the rows that each unit's change rests on: few before or few after make it few."""
    if panel.below is None:
        return np.ones(len(panel.units))
    was = panel.below[:, : panel.before].sum(axis=1)
    becomes = panel.below[:, panel.before :].sum(axis=1)
    return np.asarray(was * becomes / (was + becomes), dtype=np.float64)


def _variances(panel: Panel, values: Floats, rows: Floats) -> Floats:
    """Return how much each unit varies; of a sum, all alike."""
    if panel.below is None:
        return np.ones(len(panel.units))
    return variances_of(values, rows, per_row(panel), panel.is_treated)


def per_row(panel: Panel) -> float:
    """Return the variance that one row of a ratio adds, from how its slots before vary."""
    if panel.below is None:
        return 0.0
    values, rows = panel.values[:, : panel.before], panel.below[:, : panel.before]
    safe = np.where(np.isnan(values), 0.0, values)
    total = np.maximum(rows.sum(axis=1, keepdims=True), 1e-300)
    mean = (rows * safe).sum(axis=1, keepdims=True) / total
    spare = float(np.maximum((rows > 0).sum(axis=1) - 1, 0).sum())
    return float((rows * (safe - mean) ** 2).sum()) / spare if spare else 0.0


def _notes(treated: int) -> tuple[str, ...]:
    if treated > 1:
        return ()
    return ("It reaches one unit: the interval takes it to vary by itself as the others do.",)
