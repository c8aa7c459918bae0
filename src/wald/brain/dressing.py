"""A point becomes a distribution by how far off its method was before, as far from the end.

Misses of past periods (what came minus what was said, as a share of the unit's usual period) at
about the same number of weeks to the end give the method's lean and spread at a level. Few of
them: the lean is drawn to none, the spread is mixed with that at any distance and with that of
the past periods themselves, and Student's t makes it wider. With many, their own shape takes
the place of t's.
Source: docs/forecast/README.md
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from wald.brain.scoring import student

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

SHARES: Floats = (np.arange(200) + 0.5) / 200  # of the draws that a dressed point has
_NEAR = 2.0  # weeks: misses as far apart in their distance count half as much, and so on
_DOUBT = 2.0  # periods: what the prior lean of none and the prior spread weigh
_MOST = 5.0  # units that those of one period may count as
_ENOUGH = 40  # misses before their own shape says anything
_SHAPE = 100.0  # misses at which it counts as much as t's


@dataclass(frozen=True, slots=True)
class Misses:
    """Past misses of one method at one level: shares of the scale, with their distance and period.

    `weeks` counts the weeks that were left, at least 1; `periods` numbers the periods.
    """

    shares: Floats
    weeks: Ints
    periods: Ints


NONE = Misses(np.empty(0), np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Spread:
    """How a method errs at a distance: lean and spread as shares of the scale.

    `shape` holds the quantiles at SHARES of a miss of lean 0 and spread 1.
    """

    lean: float
    spread: float
    shape: Floats
    periods: int


def spread_at(misses: Misses, weeks: float, prior: float) -> Spread:
    """Return how a method errs `weeks` before the end; `prior` is the spread if nothing is known.

    A miss `w` weeks before the end counts as one at `weeks` after the root of weeks / w: what is
    not yet known grows as a sum of independent days does.
    """
    if not len(misses.shares):
        return Spread(0.0, prior, student(SHARES, _DOUBT), 0)
    weight = 0.5 ** (np.abs(misses.weeks - weeks) / _NEAR)
    moved = misses.shares * np.sqrt(weeks / np.maximum(misses.weeks, 1))
    names, place = np.unique(misses.periods, return_inverse=True)
    near = np.bincount(place, weight)
    means = np.bincount(place, weight * moved) / near
    count = len(names)
    lean = float(means.sum() / (count + _DOUBT))
    squares = (moved - lean) ** 2
    # What is known at any distance comes before what is known at this one.
    anywhere = np.bincount(place, squares) / np.bincount(place)
    first = (prior**2 + anywhere.sum()) / (1 + count)
    here = np.bincount(place, weight * squares) / near
    # A lean that is not yet sure is one more thing that may be wrong.
    doubt = 1 + 1 / (count + _DOUBT)
    spread = float(np.sqrt((_DOUBT * first + here.sum()) / (_DOUBT + count) * doubt))
    # Units of one period say more than one does, but they hang together.
    each = len(moved) / (count * len(np.unique(misses.weeks)))
    shape = student(SHARES, _DOUBT + count * min(max(each, 1.0), _MOST))
    close = np.abs(misses.weeks - weeks) <= 1
    if spread > 0 and close.sum() >= _ENOUGH and count > 1:
        own = np.quantile((moved[close] - lean) / spread, SHARES)
        share = close.sum() / (close.sum() + _SHAPE)
        shape = share * own + (1 - share) * shape
    return Spread(lean, spread, shape, count)


def dressed(points: Floats, scales: Floats, spread: Spread, floors: Floats | None) -> Floats:
    """Return rising draws, a row per point; none below its floor, where there are floors."""
    middle = points + scales * spread.lean
    draws = middle[:, None] + scales[:, None] * spread.spread * spread.shape[None, :]
    return draws if floors is None else np.maximum(draws, floors[:, None])


def prior_spread(totals: Floats, scales: Floats, weeks: float, whole: int) -> float:
    """Return the spread before anything is known of a method: that of the past periods around the
    unit's usual one, less the nearer the end is.

    `totals` has a row per unit and a column per period before; a half where there are none.
    """
    left = float(np.sqrt(min(1.0, weeks / max(1, whole))))
    sold = scales > 0
    if totals.shape[1] < 2 or not sold.any():
        return 0.5 * left
    off = totals[sold] / scales[sold, None] - 1
    return max(0.1, float(np.sqrt((off**2).mean()))) * left


def usual(totals: Floats, latest: int = 4) -> Floats:
    """Return the usual period of each unit: the mean of its latest ones and of all units' mean.

    So somebody new has the usual period of the others, and nobody has none. Rows of units.
    """
    recent = totals[:, -latest:]
    count = recent.shape[1]
    if not count or not len(recent):
        return np.zeros(len(totals))
    others = float(np.abs(recent).mean())
    return np.asarray((np.abs(recent).sum(axis=1) + others) / (count + 1))
