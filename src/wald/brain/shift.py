"""Did a figure shift in the last year, and where? One place against everybody else.

Each month is a residual with its sampling variance. At every split of the last year the months
after are compared with those before; spread is what the months show within both sides, never
less than sampling alone, with neighbours' correlation widening it (Student's t). The best of
several splits is told with the price of having looked at all of them (Bonferroni), places with
the price of having looked at all places (Holm 1979). Assumes that months within a side differ by
chance around one level, and a season that repeats. Of quiet companies it tells of a shift of
everybody in under 1 of 100, of any place in under 1 of 100: docs/reference/science.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np

from wald.brain.apart import sure
from wald.brain.deal_weeks import Floats, Ints
from wald.brain.stats import Interval
from wald.brain.xmr import correlation

LEVEL = 0.01
AFTER, BEFORE = 2, 6  # months on either side of a split, at least
LEAST_ROWS = 30  # on either side of a split
RECENT = 12  # months in which a split may lie
_YEARS_OF_SEASON = 24


@dataclass(frozen=True, slots=True)
class Series:
    """Months in their order. `off` is a residual a month, `variance` what sampling alone gives
    it; a month without rows has an infinite one. `month` counts months since any January; `skew`
    is that of a single row."""

    key: str
    off: Floats
    variance: Floats
    month: Ints
    rows: Floats
    skew: float = 0.0


@dataclass(frozen=True, slots=True)
class Against:
    """A place against all others, and the months of these others alone."""

    place: Series
    rest: Series


@dataclass(frozen=True, slots=True)
class Shift:
    """`place` is the first month after; `effect` what the level moved by. `p_value` holds the
    price of the splits, `is_real` that of the places too."""

    key: str
    place: int
    effect: Interval
    p_value: float
    is_real: bool


def judged_shifts(places: Sequence[Series], level: float = LEVEL) -> tuple[Shift, ...]:
    """Return the best split of each place that can be judged, the surest first."""
    found = sorted(
        (one for one in map(best_split, places) if one is not None), key=lambda one: one.p_value
    )
    told, stands = [], True
    for place, one in enumerate(found):
        stands = stands and one.p_value * (len(found) - place) <= level
        told.append(Shift(one.key, one.place, one.effect, one.p_value, stands))
    return tuple(told)


def judged_together(
    everybody: Series | None, places: Sequence[Against]
) -> tuple[tuple[Shift, ...], tuple[Shift, ...]]:
    """Return the shift of everybody and those of places. Where without the surest place nothing
    shifted, it was the place and not everybody."""
    system = judged_shifts([] if everybody is None else [everybody])
    found = judged_shifts([one.place for one in places])
    if system and system[0].is_real and found and found[0].is_real:
        rest = next(one.rest for one in places if one.place.key == found[0].key)
        alone = best_split(rest)
        if alone is None or alone.p_value > LEVEL:
            system = (replace(system[0], is_real=False),)
    return system, found


def best_split(series: Series) -> Shift | None:
    """Return the split of the last year that parts the months most; None of too few months."""
    from scipy.stats import t

    known = np.flatnonzero(np.isfinite(series.variance) & (series.variance > 0))
    splits = [
        i
        for i in range(BEFORE, len(known) - AFTER + 1)
        if known[i] >= len(series.off) - RECENT
        and min(series.rows[known[:i]].sum(), series.rows[known[i:]].sum()) >= LEAST_ROWS
    ]
    if not splits:
        return None
    off, weight = series.off[known], 1 / series.variance[known]
    season = _season(series.month[known])
    fits = [_fit(off, weight, season, i) for i in splits]
    best = max(range(len(splits)), key=lambda i: abs(fits[i][0]) / fits[i][1])
    effect, error, degrees = fits[best]
    after = float(series.rows[known[splits[best] :]].sum())
    lean = np.array([series.skew / sqrt(after)])
    away = float(np.abs(sure(np.array([effect / error]), lean))[0])
    chance = 2 * float(t.sf(away, degrees))
    wide = float(t.isf(0.025, degrees)) * error
    return Shift(
        series.key,
        int(known[splits[best]]),
        Interval(effect - wide, effect, effect + wide),
        min(1.0, chance * len(splits)),
        False,
    )


def _season(month: Ints) -> Floats:
    """Return columns for the month's place in the quarter, where two years are there."""
    if len(month) < _YEARS_OF_SEASON:
        return np.zeros((len(month), 0))
    return np.stack([month % 3 == place for place in (1, 2)], axis=1).astype(np.float64)


def _fit(off: Floats, weight: Floats, season: Floats, split: int) -> tuple[float, float, float]:
    """Return the step at a split, its standard error and degrees of freedom."""
    months = len(off)
    after = (np.arange(months) >= split).astype(np.float64)
    columns = np.column_stack([np.ones(months), after, season])
    degrees = months - columns.shape[1]
    # What months differ by beyond sampling weighs on all alike: found first, then weighed anew.
    beyond = 0.0
    for _ in range(3):
        own = 1 / (1 / weight + beyond)
        inverse = np.linalg.pinv(columns.T @ (columns * own[:, None]))
        left = off - columns @ (inverse @ (columns.T @ (own * off)))
        ratio = float((own * left**2).sum()) / degrees
        beyond = max(0.0, beyond + (ratio - 1) / float(own.mean()))
    memory = max(0.0, min(correlation(left * np.sqrt(own)), 0.8))
    scale = max(1.0, ratio) * (1 + memory) / (1 - memory)
    inverse = np.linalg.pinv(columns.T @ (columns * own[:, None]))
    effect = float((inverse @ (columns.T @ (own * off)))[1])
    return effect, sqrt(float(inverse[1, 1]) * scale), float(degrees)
