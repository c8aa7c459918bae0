"""How leaves of a sum departed from their expectation, and which cells did beyond chance.

A leaf's departure is twice the difference over the sum of both, between -2 and 2: under a cause
all leaves of a cell depart alike, whatever their size (the ripple effect). How far leaves depart by
chance is the median absolute departure, so that a few causes do not widen it. Cells on the side on
which nothing is sought show how far chance and heavy tails reach: a cell has to reach farther
than any of its cut on the other side, and than chance (Bonferroni over all cells).
Departures as AutoRoot has them (Jing and others 2021, IEEE LCN); mirrored decoys as target-decoy
searches have them (Elias and Gygi 2007, Nature Methods 4: 207-214).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.lattice import Cut, Flags, Floats, sums
from wald.brain.place_search import Ground

LEVEL = 0.01  # chance that any cell is told to have departed where none has, tails being normal
_NORMAL = 1.4826  # standard deviations per median absolute deviation
_FINEST = 0.02  # departures below this are nobody's cause
_COMMON = 0.5  # share of all departure from which the whole is told to have moved alike
_CALM = 1e-12


@dataclass(frozen=True, slots=True)
class Departures:
    """Per leaf, 0 where nothing was and nothing was expected; `common` is everybody's, taken off
    where the whole moved alike; `spread` what is left to chance."""

    by_leaf: Floats
    is_live: Flags
    common: float
    spread: float


def departures(value: Floats, expected: Floats) -> Departures:
    """Return how leaves departed; raises ValueError where no leaf has anything."""
    both = np.abs(value) + np.abs(expected)
    is_live = both > 0
    if not is_live.any():
        raise ValueError("no leaf has a value or an expectation")
    by_leaf = np.divide(2 * (value - expected), both, out=np.zeros_like(both), where=is_live)
    there = by_leaf[is_live]
    middle = float(np.median(there))
    is_common = middle**2 >= _COMMON * max(float((there**2).mean()), _CALM)
    common = middle if is_common and abs(middle) >= _FINEST else 0.0
    by_leaf = np.where(is_live, by_leaf - common, 0.0)
    spread = max(_NORMAL * float(np.median(np.abs(by_leaf[is_live]))), _FINEST)
    return Departures(by_leaf, is_live, common, spread)


def sum_ground(found: Departures, *, rises: bool, weight: Floats | None = None) -> Ground:
    """Return what cells of a sum that rose (or fell) explain; `weight` counts leaves anew."""
    sure = np.where(found.is_live, found.spread**-2, 0.0)
    live = found.is_live.astype(np.float64)
    if weight is not None:
        sure, live = sure * weight, live * weight
    toward = found.by_leaf if rises else -found.by_leaf
    columns = (sure, sure * toward, sure * toward**2, live)
    shown = gain(np.array([sure, sure * toward]))
    noise = 0.25 * live.sum()
    whole = max(float(shown.sum() - noise), float(shown.max(initial=0)), _CALM)
    return Ground(columns, gain, _own, whole)


def gain(there: Floats) -> Floats:
    """Return the deviance that one common departure explains, of a normal leaf."""
    sure, moved = there[0], np.maximum(there[1], 0.0)
    return np.asarray(np.divide(moved**2, 2 * sure, out=np.zeros_like(moved), where=sure > 0))


def _own(there: Floats) -> Floats:
    return np.asarray(np.maximum(there[2] - there[3], 0.0) / 2)


def stand_out(cuts: Sequence[Cut], ground: Ground) -> tuple[Flags, ...]:
    """Return which cells of each cut departed beyond chance."""
    from scipy.stats import chi2

    far = float(chi2.isf(LEVEL / max(sum(cut.cells for cut in cuts), 1), 1)) / 2
    found = []
    for cut in cuts:
        there = sums(cut, ground.columns[:2])
        other = float(gain(np.array([there[0], -there[1]])).max(initial=0))
        found.append(gain(there) >= max(far, other))
    return tuple(found)
