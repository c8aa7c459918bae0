"""What a design can find: said before it is used, so that "no effect" and "no power" stay apart.

Of two groups of units the power of the two-sided t test is exact under normal noise (noncentral t,
Cohen 1988, Statistical Power Analysis, chapter 2). How much units vary by themselves is read off
the past: what they did in its last slots, given those before.
"""

import numpy as np

from wald.brain.effects.estimate import LEVEL
from wald.brain.effects.panel import Panel, means

WANTED = 0.8  # chance to find the effect that is expected
_MOST = 1e6


def power(effect: float, spread: float, treated: int, others: int) -> float:
    """Return the chance that an effect is told from none at LEVEL, units varying by `spread`."""
    from scipy.special import nctdtr, stdtrit

    degrees = treated + others - 2
    if degrees < 1 or spread <= 0:
        return 1.0 if spread <= 0 and effect != 0 else 0.0
    off = abs(effect) / (spread * np.sqrt(1 / treated + 1 / others))
    edge = float(stdtrit(degrees, (1 + LEVEL) / 2))
    if off > 30 + edge:
        return 1.0
    return float(1 - nctdtr(degrees, off, edge) + nctdtr(degrees, off, -edge))


def least_effect(spread: float, treated: int, others: int, wanted: float = WANTED) -> float | None:
    """Return the smallest effect found with the chance `wanted`; None where none is."""
    if treated + others < 3 or min(treated, others) < 1:
        return None
    if spread <= 0:
        return 0.0
    low, high = 0.0, spread
    while power(high, spread, treated, others) < wanted:
        high *= 2
        if high > spread * _MOST:
            return None
    for _ in range(60):
        middle = (low + high) / 2
        found = power(middle, spread, treated, others) >= wanted
        low, high = (low, middle) if found else (middle, high)
    return high


def units_needed(effect: float, spread: float, wanted: float = WANTED) -> int | None:
    """Return how many units each of two equal groups needs; None beyond a million."""
    if effect == 0:
        return None
    low, high = 1, 2
    while power(effect, spread, high, high) < wanted:
        low, high = high, high * 2
        if high > _MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        found = power(effect, spread, middle, middle) >= wanted
        low, high = (low, middle) if found else (middle, high)
    return high


def spread_of(panel: Panel, after: int) -> float | None:
    """Return how much units vary in `after` slots given those before, read off the slots before
    the decision; None where these are too few."""
    cut = panel.before - after
    if cut < 1 or after < 1:
        return None
    past = panel.as_if(cut, panel.before)
    was, becomes = means(past, slice(0, cut)), means(past, slice(cut, None))
    there = ~np.isnan(was) & ~np.isnan(becomes)
    if there.sum() < 4:
        return None
    x, y = was[there] - was[there].mean(), becomes[there] - becomes[there].mean()
    slope = float(x @ y / (x @ x)) if x @ x > 0 else 0.0
    return float(np.sqrt(((y - slope * x) ** 2).sum() / (len(x) - 2)))
