"""Every cell of a table of leaves: each set of dimensions cuts the leaves into cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
_MOST_EMPTY = 8  # cells per leaf up to which codes are combined without looking which occur


@dataclass(frozen=True, slots=True)
class Cut:
    """The leaves cut by some dimensions: `cell` says in which of `cells` each leaf lies."""

    by: tuple[int, ...]
    cell: Ints
    cells: int


def lattice(codes: Ints, deepest: int) -> tuple[Cut, ...]:
    """Return every cut by one to `deepest` dimensions, shallow ones first."""
    leaves, dimensions = codes.shape
    made: dict[tuple[int, ...], Cut] = {(): Cut((), np.zeros(leaves, np.int64), 1)}
    for depth in range(1, min(deepest, dimensions) + 1):
        for by in combinations(range(dimensions), depth):
            made[by] = _finer(made[by[:-1]], codes[:, by[-1]], by)
    return tuple(cut for by, cut in made.items() if by)


def _finer(coarse: Cut, code: Ints, by: tuple[int, ...]) -> Cut:
    width = int(code.max(initial=0)) + 1
    cell = coarse.cell * width + code
    if coarse.cells * width <= _MOST_EMPTY * len(code):
        return Cut(by, cell, coarse.cells * width)
    occurring, dense = np.unique(cell, return_inverse=True)
    return Cut(by, dense.astype(np.int64), len(occurring))


def sums(cut: Cut, columns: Sequence[Floats]) -> Floats:
    """Return the sums of each column by cell: a row per column, a column per cell."""
    return np.array([np.bincount(cut.cell, column, cut.cells) for column in columns])


def place_of(cut: Cut, cell: int, codes: Ints) -> tuple[tuple[int, int], ...]:
    """Return a cell as pairs of dimension and code."""
    leaf = int(np.argmax(cut.cell == cell))
    return tuple((j, int(codes[leaf, j])) for j in cut.by)


def only(cut: Cut, cells: Sequence[int]) -> Cut:
    """Return the cut with the cells named, in this order, and all others as one more."""
    known = np.full(cut.cells, len(cells), np.int64)
    known[list(cells)] = np.arange(len(cells))
    return Cut(cut.by, known[cut.cell], len(cells) + 1)
