"""Process behaviour charts: a figure over time with the limits that its own movement sets.

XmR: mean ± 2.66 mean moving ranges, upper limit of a range 3.267 of them (Shewhart 1931; Wheeler
1993); 2.66 = 3 / d2(2), d2(2) = 2 / sqrt(pi). Rules: a point outside; eight on one side; three of
four beyond 1.5 sigma. They are not put to the ranges, whose neighbours share a point. Under 12
points limits are provisional: of a quiet series with 6 points every fourth chart signals wrongly
among the next 12 points, with 24 every eleventh. A quiet series that remembers itself moves less
from point to point than it strays: its limits are widened, and runs are not judged. A season is
taken out where the history has three of each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import pi, sqrt

import numpy as np

from wald.brain.deal_weeks import Floats

D2 = 2 / sqrt(pi)  # mean range of two standard normal numbers
LIMIT = 3 / D2  # 2.66
RANGE_LIMIT = 1 + 3 * sqrt(1 - D2**2 / 2) * sqrt(2) / D2  # 3.267: D4 of two
PROVISIONAL = 12  # points under which limits are provisional
LEAST = 4  # points under which there is no chart
_SIDE = 8
_SEASONS = 3  # of each that a season is taken out from
_TWO_SIDED_95 = 1.96


@dataclass(frozen=True, slots=True)
class Signal:
    """A point that a rule names: outside, run or near_limit."""

    place: int
    rule: str


@dataclass(frozen=True, slots=True)
class Xmr:
    """`values` are as given; limits are about `centre` of each point, which holds the season."""

    values: tuple[float, ...]
    centre: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    range_limit: float
    signals: tuple[Signal, ...]
    is_provisional: bool
    memory: float  # correlation of neighbours that limits were widened by, 0 where none
    has_season: bool


def xmr(values: Sequence[float], season: Sequence[int] = (), told: int | None = None) -> Xmr | None:
    """Return the chart of a series in the order of time, None of under LEAST points.

    `season` says which of a few kinds of stretch each point is (1st month of a quarter, 2nd, …);
    `told` is the number of points that limits are made of, all where it is left out.
    """
    series = np.asarray(values, dtype=np.float64)
    own = len(series) if told is None else told
    if own < LEAST or own > len(series):
        return None
    pattern = _pattern(series[:own], np.asarray(season, dtype=np.int64)[: len(series)], own)
    seasonal = np.zeros(len(series)) if pattern is None else pattern
    left = series - seasonal
    mean = float(left[:own].mean())
    moves = float(np.abs(np.diff(left[:own])).mean())
    memory = _memory(left[:own])
    sigma = moves / D2 / sqrt(1 - memory)  # ranges of neighbours that hang together are too short
    signals = _signals(left - mean, sigma, are_runs_judged=memory == 0)
    return Xmr(
        tuple(map(float, series)),
        tuple(map(float, mean + seasonal)),
        tuple(map(float, mean + seasonal - 3 * sigma)),
        tuple(map(float, mean + seasonal + 3 * sigma)),
        RANGE_LIMIT * moves,
        signals,
        own < PROVISIONAL,
        memory,
        pattern is not None,
    )


def correlation(left: Floats) -> float:
    """Return the correlation of neighbours, with the small-sample bias taken out.

    Kendall (1954): the estimate is (1 + 3 r) / n too low.
    """
    points = len(left)
    away = left - left.mean()
    whole = float(away @ away)
    if points < LEAST or whole <= 0:
        return 0.0
    found = float(away[1:] @ away[:-1]) / whole
    return found + (1 + 3 * found) / points


def _memory(left: Floats) -> float:
    """Return the correlation of neighbours where it is more than chance shows, else 0."""
    found = correlation(left)
    return min(found, 0.8) if found > _TWO_SIDED_95 / sqrt(len(left)) else 0.0


def _pattern(series: Floats, season: np.ndarray, own: int) -> Floats | None:
    """Return how far each point lies off the mean for its season; None: too few of each."""
    if not len(season):
        return None
    kinds, counts = np.unique(season[:own], return_counts=True)
    if len(kinds) < 2 or counts.min() < _SEASONS:
        return None
    off = {int(k): float(series[season[:own] == k].mean() - series.mean()) for k in kinds}
    return np.array([off.get(int(k), 0.0) for k in season])


def _signals(away: Floats, sigma: float, *, are_runs_judged: bool) -> tuple[Signal, ...]:
    if sigma <= 0:
        return ()
    found = [Signal(int(i), "outside") for i in np.flatnonzero(np.abs(away) > 3 * sigma)]
    if are_runs_judged:
        found += [Signal(i, "run") for i in _in_a_row(np.sign(away), _SIDE, _SIDE)]
        near = np.where(np.abs(away) > 1.5 * sigma, np.sign(away), 0.0)
        found += [Signal(i, "near_limit") for i in _in_a_row(near, 4, 3)]
    return tuple(sorted(found, key=lambda one: (one.place, one.rule)))


def _in_a_row(sides: Floats, among: int, wanted: int) -> list[int]:
    """Return the places with which `wanted` of the last `among` points lie on one side."""
    return [
        i
        for i in range(among - 1, len(sides))
        if sides[i] != 0 and int((sides[i - among + 1 : i + 1] == sides[i]).sum()) >= wanted
    ]
