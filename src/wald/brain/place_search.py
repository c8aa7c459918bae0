"""A search for the few cells that explain most of what leaves did beside what was expected.

Leaves' deviance from what was expected is a log-likelihood ratio; of a cell, that of one common
shift of its leaves. Deviances of cells that share no leaf add up, so a set of cells explains the
sum, as a share of what all leaves show beyond noise. Cells of one cut are claimed together where
each explains enough more, then the search goes on among the leaves that are left. It prefers
purity (one shift explains what a cell's leaves did) and few dimensions.
The scan over cells is Neill's (2012), JRSS B 74: 337-360; that leaves of a cause move alike is the
ripple effect of HotSpot (Sun and others 2018, IEEE Access 6: 10909-10923).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.lattice import Cut, Flags, Floats, sums

# Which cells of a cut can be claimed: by the cut's place and the sums of the leaves that are left.
May = Callable[[int, Floats], Flags]
_TOGETHER, _ROUNDS = 4, 6  # cells claimed at once, and how often the search goes on


@dataclass(frozen=True, slots=True)
class Ground:
    """`columns` add up over leaves; of their sums `gain` is the deviance one common shift explains
    and `own` what the cell's leaves show beyond noise. `whole` is that of all leaves."""

    columns: tuple[Floats, ...]
    gain: Callable[[Floats], Floats]
    own: Callable[[Floats], Floats]
    whole: float


@dataclass(frozen=True, slots=True)
class Taste:
    """`more` is the share of the whole that one more cell has to explain, `depth_price` the part of
    what a cell explains that each dimension costs, `purity` the least share of its own leaves'
    deviance that a cell explains."""

    more: float
    depth_price: float
    purity: float


@dataclass(frozen=True, slots=True)
class Pick:
    """A cell by its cut and number; `score` is the share of the whole it explains, less its
    depth."""

    cut: int
    cell: int
    score: float


def claimed(cuts: Sequence[Cut], ground: Ground, taste: Taste, may: May) -> tuple[Pick, ...]:
    """Return the cells that are claimed as causes, best first."""
    left = np.ones(len(ground.columns[0]))
    found: list[Pick] = []
    for _ in range(_ROUNDS):
        columns = tuple(column * left for column in ground.columns)
        new = _best_set(cuts, columns, ground, taste, may)
        if not new or sum(pick.score for pick in new) < taste.more:
            break
        found += new
        for pick in new:
            left[cuts[pick.cut].cell == pick.cell] = 0.0
    return tuple(pick for pick in found if not _is_inside_another(pick, found, cuts))


def _is_inside_another(pick: Pick, found: Sequence[Pick], cuts: Sequence[Cut]) -> bool:
    """Was a wider cell claimed later, because the rest of it moved too?"""
    mine = cuts[pick.cut].cell == pick.cell
    wider = (one for one in found if set(cuts[one.cut].by) < set(cuts[pick.cut].by))
    return any((cuts[one.cut].cell[mine] == one.cell).all() for one in wider)


def _best_set(
    cuts: Sequence[Cut],
    columns: tuple[Floats, ...],
    ground: Ground,
    taste: Taste,
    may: May,
) -> list[Pick]:
    best: tuple[float, list[Pick]] = (0.0, [])
    for at, cut in enumerate(cuts):
        there = sums(cut, columns)
        gain = np.where(may(at, there), ground.gain(there), 0.0)
        own = np.maximum(ground.own(there), gain)
        gain[gain < taste.purity * own] = 0.0
        top = _largest(gain, _TOGETHER)
        scores = gain[top] / ground.whole * (1 - taste.depth_price * len(cut.by))
        worth = np.cumsum(scores) - taste.more * np.arange(len(top))
        if len(top) and worth.max() > best[0]:
            many = int(worth.argmax()) + 1
            picks = [Pick(at, int(top[i]), float(scores[i])) for i in range(many)]
            best = (float(worth.max()), picks)
    return best[1]


def ranked(cuts: Sequence[Cut], ground: Ground, taste: Taste, many: int) -> tuple[Pick, ...]:
    """Return the best cells, each on its own, whether or not they may be claimed."""
    found: list[Pick] = []
    for at, cut in enumerate(cuts):
        gain = ground.gain(sums(cut, ground.columns))
        part = (1 - taste.depth_price * len(cut.by)) / ground.whole
        found += [Pick(at, i, float(gain[i]) * part) for i in _largest(gain, many)]
    return tuple(sorted(found, key=lambda pick: -pick.score)[:many])


def _largest(gain: Floats, many: int) -> Sequence[int]:
    many = min(many, len(gain))
    top = np.argpartition(-gain, many - 1)[:many]
    top = top[np.lexsort((top, -gain[top]))]
    return [int(i) for i in top if gain[i] > 0]
