"""What a row's segment, product, source and type let one expect of it, in whatever month.

An additive model of the ratio, fitted to the sums of cells by weighted least squares with months
as effects of their own; each row weighs as its part of the denominator, so what is expected adds up
to what was in every group (indirect standardisation). Levels with few rows are drawn to the middle.
Assumes that effects add up; of a share it is a linear probability model.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.deal_weeks import Floats, Ints

_PRIOR_ROWS = 5.0  # rows by which the effect of a level is drawn to 0
MOST_LEVELS = 60  # of one attribute; rarer ones count as usual


@dataclass(frozen=True, slots=True)
class Cells:
    """Sums of rows with the same attributes and month: counts, numerator, denominator, and their
    squares and products. `codes` gives the level of each attribute, `month` 0 is the first."""

    rows: Floats
    x: Floats
    w: Floats
    xx: Floats
    xw: Floats
    ww: Floats
    codes: Mapping[str, Ints]
    labels: Mapping[str, tuple[str, ...]]
    month: Ints


@dataclass(frozen=True, slots=True)
class CaseMix:
    """`effects` by attribute and label, about `middle`; `months` those of months about it."""

    middle: float
    effects: Mapping[str, Mapping[str, float]]
    months: tuple[float, ...]
    row_variance: float  # of a single row's residual per unit of its denominator
    parts: Mapping[str, tuple[float, int]]  # variance of each attribute's effects, and levels


def fit_case_mix(cells: Cells) -> CaseMix:
    """Return the model; without rows one that expects 0."""
    whole = float(cells.w.sum())
    if whole <= 0:
        return CaseMix(0.0, {name: {} for name in cells.codes}, (), 0.0, {})
    names = list(cells.codes)
    months = int(cells.month.max()) + 1
    codes = [*(_frequent(cells, name) for name in names), cells.month]
    sizes = [*(int(code.max()) + 2 for code in codes[:-1]), months]
    starts = np.concatenate([[1], 1 + np.cumsum(sizes)])
    found = _least_squares(cells, codes, starts, _PRIOR_ROWS * whole / float(cells.rows.sum()))
    parts = [found[starts[i] : starts[i + 1]] for i in range(len(sizes))]
    # A code of -1 is a rare level: it takes the last, empty place of its part.
    each = [part[code] for part, code in zip(parts, codes, strict=True)]
    means = [float((cells.w * one).sum()) / whole for one in each]
    told = found[0] + sum(each)
    left = cells.xx - 2 * told * cells.xw + told**2 * cells.ww
    squares, rows = float(cells.ww.sum()), float(cells.rows.sum())
    used = sum(len(np.unique(code)) for code in codes)
    variance = max(0.0, float(left.sum())) / squares * rows / max(rows - used, 1.0)
    shown = {}
    for place, name in enumerate([*names, "period"]):
        levels = len(np.unique(codes[place]))
        spread = float((cells.ww * (each[place] - means[place]) ** 2).sum()) / squares
        shown[name] = (max(0.0, spread - variance * (levels - 1) / rows), levels)
    return CaseMix(
        float(found[0]) + sum(means),
        {
            name: _by_label(cells, name, codes[i], parts[i] - means[i])
            for i, name in enumerate(names)
        },
        tuple(float(one) for one in parts[-1] - means[-1]),
        variance,
        {name: one for name, one in shown.items() if one[1] > 1},
    )


def expected(cells: Cells, mix: CaseMix) -> Floats:
    """Return what the mix lets one expect of each cell's ratio, in a usual month."""
    told = np.full(len(cells.w), mix.middle)
    for name, code in cells.codes.items():
        effects = mix.effects[name]
        told += np.array([effects.get(label, 0.0) for label in cells.labels[name]])[code]
    return told


def _by_label(cells: Cells, name: str, code: Ints, part: Floats) -> Mapping[str, float]:
    own = {int(c): label for c, label in enumerate(cells.labels[name])}
    return {own[int(c)]: float(part[c]) for c in np.unique(code) if c >= 0}


def _frequent(cells: Cells, name: str) -> Ints:
    """Return the codes of an attribute, -1 where the level is not among the most frequent."""
    code = cells.codes[name]
    rows = np.bincount(code, cells.rows)
    if len(rows) <= MOST_LEVELS:
        return code
    kept = np.argsort(-rows, kind="stable")[:MOST_LEVELS]
    return np.where(np.isin(code, kept), code, -1)


def _least_squares(cells: Cells, codes: Sequence[Ints], starts: np.ndarray, prior: float) -> Floats:
    """Return the middle and all effects; of two levels in a cell only sums are needed."""
    size = int(starts[-1])
    places = [np.zeros(len(cells.w), dtype=np.int64)]
    for code, start, end in zip(codes, starts[:-1], starts[1:], strict=True):
        places.append(np.where(code < 0, end - 1, start + code))
    left, right = np.zeros((size, size)), np.zeros(size)
    for one in places:
        right += np.bincount(one, cells.x, minlength=size)
        for two in places:
            np.add.at(left, (one, two), cells.w)
    ridge = np.full(size, prior)
    ridge[0] = 0.0
    ridge[int(starts[-2]) :] = prior * 1e-3  # months are not drawn to the middle
    return np.asarray(np.linalg.solve(left + np.diag(ridge + 1e-12 * prior), right), np.float64)
