"""Which combination of values explains that a number changed: a search over the leaves of a table.

A leaf is one row of the finest grid: a value in each dimension. A rate (value of size) is searched
by what exceeds a smoothed recent rate, counts and all; a sum against its expectation is searched by
how alike leaves moved. Nothing there, and a change that no place explains, are answers too.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from wald.kernel.problem import Problem

Where = tuple[tuple[str, str], ...]


class Verdict(StrEnum):
    FOUND = "found"
    NOTHING_THERE = "nothing_there"
    OUTSIDE_THE_DATA = "outside_the_data"
    TOO_LITTLE_DATA = "too_little_data"


@dataclass(frozen=True, slots=True)
class Leaves:
    """Leaves at the moment in question.

    `codes` has a row per leaf and a column per dimension: the place of its value in `labels` of
    that dimension. A rate has `size` (tries per leaf, 0 where none) and its past, a row per
    earlier moment, oldest first, a column per leaf; a sum has `expected` instead.
    """

    dimensions: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]
    codes: NDArray[np.int64]
    value: NDArray[np.float64]
    size: NDArray[np.float64] | None = None
    past_value: NDArray[np.float64] | None = None
    past_size: NDArray[np.float64] | None = None
    expected: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True)
class Cause:
    """A place, and how well it explains the change.

    `share` of the whole change is inside it (over 1 where the rest moved the other way); `score` is
    between 0 and 1 and ranks; `stability` is the share of resamples in which it stands; `asserted`:
    it is claimed as a cause, not only the next best.
    """

    where: Where
    share: float
    score: float
    stability: float
    asserted: bool


@dataclass(frozen=True, slots=True)
class Located:
    """`now` and `before` are the whole's value or rate, and what was to be expected; `notes` say
    what is wrong with the leaves, and what could still be done."""

    verdict: Verdict
    causes: tuple[Cause, ...]
    now: float
    before: float
    notes: tuple[Problem, ...] = ()


def locate(leaves: Leaves, *, top: int = 3, seed: int = 0) -> Located:
    """Return what explains that the whole changed: what is claimed, and the best up to `top`.

    The same leaves and seed give the same answer. Raises ValueError where the shapes do not fit.
    """
    raise NotImplementedError
