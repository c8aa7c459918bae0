"""How leaves of a sum departed from their expectation, and which cells did beyond chance.

A leaf's departure is twice the difference over the sum of both, between -2 and 2: under a cause
all leaves of a cell depart alike, whatever their size (the ripple effect). How far leaves depart by
chance is the median absolute departure of those on the side on which nothing is sought, so that
causes do not widen it. Cells on that side show how far chance and heavy tails reach: a cell has to
explain three times as much as any of its cut over there, and more than chance (Bonferroni).
Departures as AutoRoot has them (Jing and others 2021, IEEE LCN); mirrored decoys as target-decoy
searches have them (Elias and Gygi 2007, Nature Methods 4: 207-214).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.lattice import Cut, Flags, Floats
from wald.brain.place_search import Ground, May

LEVEL = 0.01  # chance that any cell is told to have departed where none has, tails being normal
_NORMAL = 1.4826  # standard deviations per median absolute deviation
_FINEST = 0.02  # departures below this are nobody's cause
_OTHERS = 0.15  # share of leaves on the other side, below which the whole is told to have moved
CLEARER = 1.2  # times what everybody's departing alike explains, causes have to explain
_BEYOND = 3.0  # times the farthest cell of the other side
_WHOLE = 5.0  # deviance of a whole that moved beyond chance, 1 in 600
_CALM = 1e-12


@dataclass(frozen=True, slots=True)
class Departures:
    """Per leaf, 0 where nothing was and nothing was expected; `common` is everybody's, to be taken
    off where nearly all moved to one side; `spread` what is left to chance."""

    by_leaf: Floats
    is_live: Flags
    common: float
    spread: float


def departures(value: Floats, expected: Floats, *, rises: bool) -> Departures:
    """Return how leaves departed; raises ValueError where no leaf has anything."""
    both = np.abs(value) + np.abs(expected)
    is_live = both > 0
    if not is_live.any():
        raise ValueError("no leaf has a value or an expectation")
    by_leaf = np.divide(2 * (value - expected), both, out=np.zeros_like(both), where=is_live)
    there = by_leaf[is_live]
    other = there[there <= 0] if rises else there[there >= 0]
    common = 0.0
    if len(other) < _OTHERS * len(there):
        common = float(np.median(there))
        other = there - common
    spread = max(_NORMAL * float(np.median(np.abs(other))), _FINEST)
    return Departures(by_leaf, is_live, common, spread)


def sum_ground(found: Departures, *, rises: bool, weight: Floats | None = None) -> Ground:
    """Return what cells of a sum that rose (or fell) explain; `weight` counts leaves anew."""
    sure = np.where(found.is_live, found.spread**-2, 0.0)
    live = found.is_live.astype(np.float64)
    if weight is not None:
        sure, live = sure * weight, live * weight
    departed = np.where(found.is_live, found.by_leaf - found.common, 0.0)
    toward = departed if rises else -departed
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


def whole_moved(found: Departures) -> tuple[float, bool]:
    """Return the deviance that everybody's departing alike explains, and whether that is more than
    chance, and enough to be spoken of."""
    there = found.by_leaf[found.is_live]
    mean = float(there.mean())
    explained = len(there) * (mean / found.spread) ** 2 / 2
    return explained, abs(mean) >= _FINEST and explained >= _WHOLE


def standing_out(cuts: Sequence[Cut]) -> May:
    """Return what says which cells of a cut departed beyond chance, of the leaves that are left."""
    from scipy.stats import chi2

    far = float(chi2.isf(LEVEL / max(sum(cut.cells for cut in cuts), 1), 1)) / 2

    def stand_out(_: int, there: Floats) -> Flags:
        other = float(gain(np.array([there[0], -there[1]])).max(initial=0))
        return np.asarray(gain(there) >= max(far, _BEYOND * other))

    return stand_out
