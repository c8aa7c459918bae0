"""Rows of a plain file to leaves: what stands in a cell, at which moment, of which case."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wald.brain.localise import Leaves
from wald.engine.plain_tables import PlainTable, Texts
from wald.kernel.problem import BadInput, Problem

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
HALF_LIFE = 1.0  # moments after which an earlier one counts half, where a sum has no expectation
_MOST_TOLD = 20


@dataclass(frozen=True, slots=True)
class Measured:
    """The columns of a file that are asked about, as numbers; `time` are places in `moments`."""

    dimensions: tuple[str, ...]
    texts: tuple[Texts, ...]
    value: Floats
    count: Floats | None
    expected: Floats | None
    time: Ints
    moments: tuple[str, ...]
    case: Texts | None


def measured(
    table: PlainTable,
    *,
    value: str,
    count: str,
    expected: str,
    dimensions: Sequence[str],
    time: str,
    each: str,
) -> Measured:
    """Return the columns as numbers; raises BadInput that names cells that are none."""
    if not len(table.rows):
        raise BadInput(
            f"{table.name} has no rows.", [Problem(table.name, "has no rows", "add rows")]
        )
    problems: list[Problem] = []
    columns = {
        name: _numbers(table, name, problems, least=None if name != count else 0.0)
        for name in (value, count, expected)
        if name
    }
    if problems:
        raise BadInput(f"{table.name} has cells that are no numbers.", problems[:_MOST_TOLD])
    moments, at = (
        _moments(table.columns[time]) if time else (("",), np.zeros(len(table.rows), np.int64))
    )
    return Measured(
        tuple(dimensions),
        tuple(table.columns[name] for name in dimensions),
        columns[value],
        columns.get(count),
        columns.get(expected),
        at,
        moments,
        table.columns[each] if each else None,
    )


def _numbers(
    table: PlainTable, name: str, problems: list[Problem], *, least: float | None
) -> Floats:
    cells = table.columns[name]
    numbers = np.zeros(len(cells))
    for at, cell in enumerate(cells):
        try:
            numbers[at] = float(cell)
        except ValueError:
            numbers[at] = np.nan
        low = least is not None and numbers[at] < least
        if (not np.isfinite(numbers[at]) or low) and len(problems) < _MOST_TOLD:
            where = f"{table.name}, row {table.rows[at]}, {name}"
            what = f"{cell!r} is below {least:.0f}" if low else f"{cell!r} is no number"
            problems.append(Problem(where, what, "write it with a point and without separators"))
    return numbers


def _moments(cells: Texts) -> tuple[tuple[str, ...], Ints]:
    """Return the moments in their order (of numbers, or of texts such as 2024-06), and each row's
    place among them."""
    names, at = np.unique(cells.astype(str), return_inverse=True)
    order = _order([str(name) for name in names])
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return tuple(str(names[i]) for i in order), place[at]


def _order(names: list[str]) -> list[int]:
    try:
        keys: list[float] | list[str] = [float(name) for name in names]
    except ValueError:
        keys = names
    return sorted(range(len(names)), key=keys.__getitem__)


def whole_numbers(found: Measured) -> frozenset[str]:
    """Return the dimensions whose values are all whole numbers as they stand."""
    seen = zip(found.dimensions, (set(texts) for texts in found.texts), strict=True)
    return frozenset(name for name, values in seen if all(_is_whole(value) for value in values))


def _is_whole(value: str) -> bool:
    return not value or (value.lstrip("-").isdecimal() and str(int(value)) == value)


def cases(found: Measured) -> Iterator[tuple[str, Ints]]:
    """Yield each case with its rows, in the order in which they stand in the file."""
    if found.case is None:
        yield "", np.arange(len(found.value))
        return
    names, first, at = np.unique(found.case.astype(str), return_index=True, return_inverse=True)
    by_case = np.argsort(at, kind="stable")
    ends = np.cumsum(np.bincount(at))
    for case in np.argsort(first, kind="stable"):
        yield str(names[case]), by_case[ends[case] - np.count_nonzero(at == case) : ends[case]]


def leaves_of(
    found: Measured, rows: Ints, moment: int | None
) -> tuple[Leaves, tuple[Problem, ...]]:
    """Return the leaves of some rows at a moment (None: all rows are of it), and what was odd."""
    notes: list[Problem] = []
    time = found.time[rows]
    if moment is not None:
        rows, time = rows[time <= moment], time[time <= moment]
    kept = [at for at, texts in enumerate(found.texts) if (texts[rows] != "").any()]
    for at in sorted(set(range(len(found.texts))) - set(kept)):
        what, fix = "is empty throughout", "it is left out"
        notes.append(Problem(found.dimensions[at], what, fix))
    names = tuple(found.dimensions[at] for at in kept)
    labels, codes, leaf = _grid([found.texts[at][rows] for at in kept], len(rows))
    past = np.unique(time[time < moment]) if moment is not None else np.zeros(0, np.int64)
    now = time == moment if moment is not None else np.ones(len(rows), bool)

    def at_moments(column: Floats) -> tuple[Floats, Floats]:
        where = (np.searchsorted(past, time[~now]), leaf[~now])
        before = np.zeros((len(past), len(codes)))
        np.add.at(before, where, column[rows][~now])
        return np.asarray(np.bincount(leaf[now], column[rows][now], len(codes)), float), before

    value, past_value = at_moments(found.value)
    if found.count is not None:
        size, past_size = at_moments(found.count)
        notes += _odd_rates(value, size)
        value, past_value = np.where(size > 0, value, 0.0), np.where(past_size > 0, past_value, 0.0)
        made = Leaves(
            names, labels, codes, value, size=size, past_value=past_value, past_size=past_size
        )
        return made, (*notes, *_new_values(made))
    if found.expected is not None:
        expected, _ = at_moments(found.expected)
        return Leaves(names, labels, codes, value, expected=expected), tuple(notes)
    weight = 0.5 ** (np.arange(len(past))[::-1] / HALF_LIFE)
    usual = weight @ past_value / weight.sum() if len(past) else None
    return Leaves(names, labels, codes, value, expected=usual), tuple(notes)


def _grid(texts: Sequence[Texts], rows: int) -> tuple[tuple[tuple[str, ...], ...], Ints, Ints]:
    """Return the labels of each dimension, the codes of each leaf, and each row's leaf."""
    labels, codes = [], np.zeros((rows, len(texts)), np.int64)
    for at, cells in enumerate(texts):
        names, codes[:, at] = np.unique(cells.astype(str), return_inverse=True)
        labels.append(tuple(str(name) for name in names))
    grid, leaf = np.unique(codes, axis=0, return_inverse=True)
    return tuple(labels), grid, leaf.reshape(-1)


def _odd_rates(value: Floats, size: Floats) -> Iterator[Problem]:
    empty = int(((size == 0) & (value != 0)).sum())
    if empty:
        fix = "they are left out; give their count"
        yield Problem("the table", f"{empty} leaves have a value and a count of 0", fix)
    over = int((value > size).sum()) - empty
    if over > 0:
        fix = "their rate is over 1, and doubt about it is told too small"
        yield Problem("the table", f"{over} leaves have a value above their count", fix)
    single = int((size == 1).sum())
    if single:
        fix = "on its own such a leaf tells nothing; larger cells are judged"
        yield Problem("the table", f"{single} of {len(size)} leaves have a count of 1", fix)


def _new_values(leaves: Leaves) -> Iterator[Problem]:
    """Yield the values that occur at the moment and never before."""
    if leaves.size is None or leaves.past_size is None or not len(leaves.past_size):
        return
    before = leaves.past_size.sum(axis=0)
    for at, name in enumerate(leaves.dimensions):
        many = len(leaves.labels[at])
        now = np.bincount(leaves.codes[:, at], leaves.size, many) > 0
        known = np.bincount(leaves.codes[:, at], before, many) > 0
        new = [leaves.labels[at][code] for code in np.flatnonzero(now & ~known)]
        if new:
            what = f"{', '.join(new[:5])} was never seen before"
            yield Problem(name, what, "it is judged by what its other values showed")
