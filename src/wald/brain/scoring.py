"""How good forecasts of amounts were: error, bias, CRPS, coverage with its band, value added.

WAPE sum|actual - point| / sum|actual|; bias sum(point - actual) / sum|actual|, above zero: said
too much. CRPS after Gneiting & Raftery (2007), JASA 102: 359-378, from equally likely amounts.
The band of a coverage is the central 95 % of the binomial distribution, which takes trials for
independent; the interval beside it takes whole periods, whose weeks and units hang together.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from wald.brain.stats import Interval

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

LEVELS_OF_COVER = (0.5, 0.8, 0.95)


def crps(draws: Floats, actual: Floats) -> Floats:
    """Return the CRPS of rows of rising draws against what came, in the unit of the draws.

    Of one draw it is the absolute error.
    """
    count = draws.shape[1]
    weights = (2 * np.arange(1, count + 1) - count - 1) / count**2
    far = np.abs(draws - actual[:, None]).mean(axis=1)
    return np.asarray(far - draws @ weights)


def bounds(draws: Floats, share: float) -> tuple[Floats, Floats]:
    """Return the bounds of the central interval that holds `share` of rows of rising draws."""
    return quantile(draws, (1 - share) / 2), quantile(draws, (1 + share) / 2)


def quantile(draws: Floats, share: float) -> Floats:
    """Return a quantile of each row of rising draws; each draw stands for the middle of its part.

    Definition 5 of Hyndman & Fan (1996), American Statistician 50: 361-365.
    """
    count = draws.shape[1]
    place = min(max(share * count - 0.5, 0.0), count - 1.0)
    first = int(place)
    part = place - first
    above = draws[:, min(first + 1, count - 1)]
    return np.asarray(draws[:, first] * (1 - part) + above * part)


def wape(points: Floats, actual: Floats) -> float | None:
    """Return the summed errors as a share of the summed amounts, None where nothing came."""
    whole = float(np.abs(actual).sum())
    return float(np.abs(actual - points).sum()) / whole if whole else None


def bias(points: Floats, actual: Floats) -> float | None:
    whole = float(np.abs(actual).sum())
    return float((points - actual).sum()) / whole if whole else None


@dataclass(frozen=True, slots=True)
class Coverage:
    """Of `tries` intervals said to hold `share`, `hits` held what came; for a true `share` it
    would be `low` to `high` of them in 95 of 100 such series, if tries were independent.

    `around` is the interval of the share of hits over periods, None of a single period.
    """

    share: float
    tries: int
    hits: int
    low: int
    high: int
    around: Interval | None

    @property
    def is_in_band(self) -> bool:
        return self.low <= self.hits <= self.high

    @property
    def held(self) -> float:
        return self.hits / self.tries


def coverage(share: float, hits: Flags, periods: Sequence[str]) -> Coverage | None:
    """Return how often intervals held; `periods` names the period of each. None without tries."""
    if not len(hits):
        return None
    low, high = band(share, len(hits))
    wide = mean_of_periods(hits.astype(float), np.ones(len(hits)), periods)
    around = None if wide is None else Interval(max(0, wide.low), wide.estimate, min(1, wide.high))
    return Coverage(share, len(hits), int(hits.sum()), low, high, around)


def band(share: float, tries: int) -> tuple[int, int]:
    """Return the central 95 % of the number of hits of `tries` at a true `share`."""
    from scipy.stats import binom

    low, high = binom.ppf([0.025, 0.975], tries, share)
    return int(low), int(high)


def mean_of_periods(values: Floats, weights: Floats, periods: Sequence[str]) -> Interval | None:
    """Return sum(values) / sum(weights) with its 95 % interval over periods.

    The jackknife that leaves out one period after the other, with Student's t: trials of a period
    may hang together in any way, periods may not. None where there is one period, or nothing
    weighs. Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 11.
    """
    names, place = np.unique(np.asarray(periods), return_inverse=True)
    top, below = np.bincount(place, values), np.bincount(place, weights)
    left = below.sum() - below
    if len(names) < 2 or not (left > 0).all():
        return None
    without = (top.sum() - top) / left
    spread = np.sqrt((len(names) - 1) / len(names) * ((without - without.mean()) ** 2).sum())
    estimate = float(top.sum() / below.sum())
    reach = float(student(0.975, len(names) - 1) * spread)
    return Interval(estimate - reach, estimate, estimate + reach)


def shown(one: Floats, other: Floats, periods: Sequence[str], tries: int = 1) -> Interval | None:
    """Return the same as `added`, to be claimed by: an interval above 0 shows that `one` is better.

    Of `tries` methods the best was looked for, so the interval is wider: all of theirs hold 95 %
    of the time together (Bonferroni).
    """
    found = added(one, other, periods)
    if found is None:
        return None
    degrees = len(set(periods)) - 1
    wider = student(1 - 0.025 / tries, degrees) / student(0.975, degrees)
    reach = float((found.high - found.estimate) * wider)
    return Interval(found.estimate - reach, found.estimate, found.estimate + reach)


def student(shares: Floats | float, degrees: float) -> Floats:
    """Return quantiles of Student's t."""
    from scipy.special import stdtrit

    return np.asarray(stdtrit(degrees, shares))


def added(one: Floats, other: Floats, periods: Sequence[str]) -> Interval | None:
    """Return by which share the losses of `one` are below those of `other`, trial by trial alike.

    0.2: a fifth less is lost. None of a single period, or where the other lost nothing.
    """
    if len(one) != len(other):
        raise ValueError(f"{len(one)} losses cannot be compared with {len(other)}")
    return mean_of_periods(other - one, other, periods)
