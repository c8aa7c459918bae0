"""A chance between 0 and 1 as a sum of what each attribute adds, in logits: reasons by themselves.

Logistic regression with a ridge (scikit-learn), chosen among four strengths by cross-validation
over whole groups; a word gets a column where enough rows have it, all others share the mean.
An attribute's contribution is exactly what the score would lose if the attribute were as in the
mean row, so that a reason moves the score when it changes. Assumes that attributes add up.
Source: docs/forecast/win_chance.md
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.deal_weeks import Floats, Ints

_RIDGES = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
_FOLDS = 5
_RARE = 5  # rows; what fewer have gets no column of its own
_UNKNOWN = "(unknown)"


@dataclass(frozen=True, slots=True)
class Additive:
    """`weights` in logits per column; `columns` says of each which attribute it belongs to."""

    levels: Mapping[str, tuple[str, ...]]  # of attributes that are words
    scales: Mapping[str, tuple[float, float]]  # mean and spread of attributes that are numbers
    columns: tuple[str, ...]
    centre: Floats
    weights: Floats
    start: float  # logit of the mean row
    ridge: float


def learn(rows: pa.Table, won: Floats, weight: Floats, group: Ints) -> Additive:
    """Learn from attributes (a column each, words or numbers) and whether each row was won.

    Rows of one `group` hang together: they are never on both sides of a validation.
    """
    levels, scales = _schema(rows)
    matrix = _matrix(rows, levels, scales)
    centre = np.average(matrix, axis=0, weights=weight)
    matrix = matrix - centre
    ridge = _ridge(matrix, won, weight, group)
    weights, start = _fitted(matrix, won, weight, ridge)
    names = [name for name in rows.column_names if name in levels for _ in levels[name]]
    return Additive(levels, scales, (*scales, *names), centre, weights, start, ridge)


def score(model: Additive, rows: pa.Table) -> Floats:
    """Return the chance of each row to be won."""
    logits = model.start + sum(contributions(model, rows).values(), np.zeros(rows.num_rows))
    return np.asarray(1 / (1 + np.exp(-logits)))


def contributions(model: Additive, rows: pa.Table) -> Mapping[str, Floats]:
    """Return what each attribute adds to each row's logit, above that of the mean row."""
    matrix = (_matrix(rows, model.levels, model.scales) - model.centre) * model.weights
    found: dict[str, Floats] = {}
    for place, name in enumerate(model.columns):
        found[name] = found.get(name, np.zeros(rows.num_rows)) + matrix[:, place]
    return found


def _schema(
    rows: pa.Table,
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[float, float]]]:
    levels: dict[str, tuple[str, ...]] = {}
    scales: dict[str, tuple[float, float]] = {}
    for name in rows.column_names:
        if pa.types.is_string(rows[name].type):
            counts = pc.value_counts(pc.fill_null(rows[name], _UNKNOWN)).to_pylist()
            kept = sorted(one["values"] for one in counts if one["counts"] >= _RARE)
            levels[name] = tuple(kept) if len(counts) > 1 else ()
            continue
        values = rows[name].cast(pa.float64()).drop_null().to_numpy()
        values = values[~np.isnan(values)]  # one unknown must not cost the whole attribute
        spread = float(values.std()) if len(values) else 0.0
        if spread > 1e-9:
            scales[name] = (float(values.mean()), spread)
    return levels, scales


def _matrix(
    rows: pa.Table,
    levels: Mapping[str, tuple[str, ...]],
    scales: Mapping[str, tuple[float, float]],
) -> Floats:
    parts = [np.zeros((rows.num_rows, 0))]
    for name, (mean, spread) in scales.items():
        values = np.asarray(rows[name].cast(pa.float64()).to_numpy(), dtype=np.float64)
        parts.append(((np.where(np.isnan(values), mean, values) - mean) / spread)[:, None])
    for name in (name for name in rows.column_names if name in levels):
        words = pc.fill_null(rows[name], _UNKNOWN)
        place = pc.index_in(words, pa.array(levels[name], pa.string()))
        codes = pc.fill_null(place, -1).to_numpy()
        parts.append((codes[:, None] == np.arange(len(levels[name]))[None, :]).astype(np.float64))
    return np.concatenate(parts, axis=1)


def _fitted(matrix: Floats, won: Floats, weight: Floats, ridge: float) -> tuple[Floats, float]:
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    if matrix.shape[1] == 0 or won.min() == won.max():
        mean = float(np.clip(np.average(won, weights=weight), 1e-3, 1 - 1e-3))
        return np.zeros(matrix.shape[1]), float(np.log(mean / (1 - mean)))
    fit = LogisticRegression(C=1 / ridge, solver="newton-cholesky", max_iter=50)
    with threadpool_limits(1):  # several threads quarrel over matrices this narrow
        fit.fit(matrix, won > 0, sample_weight=weight / weight.mean())
    return np.asarray(fit.coef_[0]), float(fit.intercept_[0])


def _ridge(matrix: Floats, won: Floats, weight: Floats, group: Ints) -> float:
    """Return the strength with the least log loss on groups that were left out."""
    fold = _folds(group)
    loss = np.zeros(len(_RIDGES))
    for place, ridge in enumerate(_RIDGES):
        for out in range(_FOLDS):
            inside, outside = fold != out, fold == out
            if not inside.any() or not outside.any():
                continue
            weights, start = _fitted(matrix[inside], won[inside], weight[inside], ridge)
            chance = 1 / (1 + np.exp(-(start + matrix[outside] @ weights)))
            chance = np.clip(chance, 1e-6, 1 - 1e-6)
            came = won[outside]
            each = came * np.log(chance) + (1 - came) * np.log(1 - chance)
            loss[place] -= float((weight[outside] * each).sum())
    return _RIDGES[int(np.argmin(loss))]


def _folds(group: Ints) -> Ints:
    """Return a fold per row: groups by their number, scattered (Knuth's multiplicative hash)."""
    return np.asarray((group.astype(np.uint64) * np.uint64(2654435761) >> np.uint64(7)) % _FOLDS,
                      dtype=np.int64)  # fmt: skip
