"""Shares counted in several periods, and their doubt where periods differ more than chance makes.

The interval is the score interval (Wilson, 1927) with as many tries as were made, divided by
Pearson's chi-square over its degrees of freedom, never under 1 (McCullagh and Nelder, 1989, section
4.5): deals of one period hang together. Shares of amounts have the interval of a ratio of means
over periods (Cochran, 1977, section 6.4), by Student's t.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import erfc, sqrt

import numpy as np

from wald.brain.stats import Interval
from wald.heart.pipeline.long_run import score_interval

FEW = 20  # of which a share is told


@dataclass(frozen=True, slots=True)
class Count:
    """Of `tries` in one period so many `hits`."""

    hits: int
    tries: int


@dataclass(frozen=True, slots=True)
class Share:
    """`spread`: how much more periods vary than by chance; `tries` as many as were made."""

    value: Interval
    hits: int
    tries: int
    periods: int
    spread: float

    @property
    def worth(self) -> float:
        """Return as many independent tries as tell as much."""
        return self.tries / self.spread


def share_of(counts: Sequence[Count], spread: float | None = None) -> Share | None:
    """Return the share over all periods, None with fewer than FEW tries."""
    hits, tries = sum(one.hits for one in counts), sum(one.tries for one in counts)
    if tries < FEW:
        return None
    wider = spread_of(counts) if spread is None else spread
    estimate = hits / tries
    low, high = score_interval(estimate, tries / wider)
    return Share(Interval(low, estimate, high), hits, tries, len(counts), wider)


def spread_of(counts: Sequence[Count]) -> float:
    """Return Pearson's chi-square of the periods over its degrees of freedom, 1 at least."""
    used = [one for one in counts if one.tries]
    hits, tries = sum(one.hits for one in used), sum(one.tries for one in used)
    share = hits / tries if tries else 0.0
    if len(used) < 2 or not 0 < share < 1:
        return 1.0
    away = sum((one.hits - one.tries * share) ** 2 / one.tries for one in used)
    return max(1.0, away / (share * (1 - share)) / (len(used) - 1))


def share_of_sums(parts: Sequence[tuple[float, float]]) -> Interval | None:
    """Return first parts over second ones, None with fewer than three periods."""
    found = np.array([one for one in parts if one[1] > 0], dtype=float)
    if len(found) < 3:
        return None
    from scipy.stats import t

    first, second = found[:, 0], found[:, 1]
    ratio = float(first.sum() / second.sum())
    off = first - ratio * second
    error = float(np.sqrt((off**2).sum() * len(found) / (len(found) - 1))) / float(second.sum())
    wide = float(t.ppf(0.975, len(found) - 1)) * error
    return Interval(max(0.0, ratio - wide), ratio, ratio + wide)


def differ(one: Share, other: Share) -> float:
    """Return the two-sided p-value that two shares are one, with their spread."""
    hits = one.value.estimate * one.worth + other.value.estimate * other.worth
    pooled = hits / (one.worth + other.worth)
    if not 0 < pooled < 1:
        return 1.0
    error = sqrt(pooled * (1 - pooled) * (1 / one.worth + 1 / other.worth))
    return erfc(abs(one.value.estimate - other.value.estimate) / error / sqrt(2))
