"""Forecasts of everybody, teams and reps made to add up, and people's own among them.

A method that tells each unit on its own is reconciled by its past misses: MinT with a shrunk
covariance, by hierarchicalforecast; from the bottom up where earlier periods are few.
Wickramasuriya, Athanasopoulos and Hyndman (2019), JASA 114: 804-819. Spreads are those of periods
that were left out in turn. Submissions of reps and managers are forecasts like others, each with
the lean and variance its author showed before: all are combined by generalised least squares, and
the weight of each is told.
Source: docs/forecast/reconciled.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from wald.brain.deal_weeks import Floats
from wald.brain.forecast import Unit

ENOUGH = 8  # earlier periods from which MinT is tried
_LEAN_PRIOR, _SPREAD_PRIOR = 2.0, 3.0  # periods that count for no lean, and for what people show
_NOTHING, _MOST = 1e-3, 0.95  # misses that add up to nothing, of so many units
_MINT, _BOTTOM_UP = "mint_shrink", "bottom_up"


@dataclass(frozen=True, slots=True)
class Tree:
    """Keys of units, sums first; `adds` has a row per key and a column per rep, 1 where it adds."""

    keys: tuple[str, ...]
    adds: Floats


@dataclass(frozen=True, slots=True)
class Coherent:
    """Points that add up, with their standard deviations; `degrees` of freedom of those."""

    points: Mapping[str, float]
    spreads: Mapping[str, float]
    degrees: float
    method: str
    says: str

    def interval(self, key: str, share: float) -> tuple[float, float]:
        """Return the central interval of a unit, by Student's t."""
        from scipy.stats import t

        reach = float(t.ppf((1 + share) / 2, self.degrees)) * self.spreads[key]
        return self.points[key] - reach, self.points[key] + reach


@dataclass(frozen=True, slots=True)
class Record:
    """How somebody's forecasts erred before: lean is what to add, both shrunk by few periods."""

    lean: float
    variance: float
    periods: int


@dataclass(frozen=True, slots=True)
class Statement:
    """What one source (a method, a rep, a manager) says of one unit, and its record there."""

    source: str
    unit: str
    said: float
    record: Record

    @property
    def unbent(self) -> float:
        """Return what was said, with the lean taken out."""
        return self.said + self.record.lean


@dataclass(frozen=True, slots=True)
class Fused:
    """`weights` tells for each unit what each statement adds to it, per unit of money said."""

    coherent: Coherent
    statements: tuple[Statement, ...]
    weights: Mapping[str, Floats]


def tree(units: Sequence[Unit]) -> Tree:
    """Return how reps add up to teams and all. Teams without a rep of their own are left out."""
    reps = [unit for unit in units if unit.level == "rep"]
    place = {unit.key: index for index, unit in enumerate(reps)}
    rows, keys = [], []
    for unit in units:
        if unit.level == "rep":
            continue
        row = np.array([float(unit.level == "all" or one.owners <= unit.owners) for one in reps])
        if row.any():
            rows.append(row)
            keys.append(unit.key)
    bottom = np.eye(len(reps))
    return Tree((*keys, *place), np.vstack([*rows, bottom]) if rows else bottom)


def reconcile(shape: Tree, points: Floats, misses: Floats) -> Coherent:
    """Return points that add up. `points` in the order of the keys; `misses` has a column per
    earlier period, what came minus what was said; the mean miss, shrunk, is added first."""
    periods, says = misses.shape[1], ""
    turn = mint(shape, misses) if periods >= ENOUGH else None
    method = _BOTTOM_UP if turn is None else _MINT
    if periods < ENOUGH:
        says = f"{periods} earlier periods are too few to weigh levels: reps are added up."
    elif turn is None:
        says = "The misses of earlier periods do not tell levels apart: reps are added up."
    whole = _added(shape, turn, points + _leans(misses))
    spreads = np.sqrt((_left_out(shape, misses, method) ** 2).mean(axis=1))
    return _coherent(shape, whole, spreads, max(periods - 1.0, 2.0), method, says)


def record(misses: Floats, *, others: float | None = None) -> Record:
    """Return the lean and variance of past misses (what came minus what was said).

    With few periods the lean is drawn to none, and the variance to `others`, that of people alike.
    """
    periods = len(misses)
    if not periods:
        return Record(0.0, others if others is not None else 0.0, 0)
    lean = float(misses.mean()) * periods / (periods + _LEAN_PRIOR)
    around = float(((misses - lean) ** 2).mean())
    if others is None:
        return Record(lean, around, periods)
    share = periods / (periods + _SPREAD_PRIOR)
    return Record(lean, share * around + (1 - share) * others, periods)


def fuse(shape: Tree, statements: Sequence[Statement]) -> Fused | None:
    """Combine statements about units into points that add up; each counts by its own variance.

    None where they do not cover every rep, alone or with what the others leave over. Assumes that
    one source errs independently of the next.
    """
    place = {key: index for index, key in enumerate(shape.keys)}
    solved = solve(shape, statements)
    if solved is None:
        return None
    told, bottom, covariance = solved.statements, solved.bottom, solved.covariance
    rows = np.array([shape.adds[place[one.unit]] for one in told])
    weights = shape.adds @ covariance @ (rows.T / np.array([one.record.variance for one in told]))
    degrees = max(3.0, float(np.mean([one.record.periods for one in told])) + _SPREAD_PRIOR - 1)
    spreads = np.sqrt(((shape.adds @ covariance) * shape.adds).sum(axis=1))
    fitted = _coherent(shape, shape.adds @ bottom, spreads, degrees, "least_squares", "")
    by_unit = {key: weights[index] for key, index in place.items()}
    return Fused(fitted, told, MappingProxyType(by_unit))


@dataclass(frozen=True, slots=True)
class Solved:
    """Reps as statements tell them together, with the covariance of that."""

    statements: tuple[Statement, ...]
    bottom: Floats
    covariance: Floats


def solve(shape: Tree, statements: Sequence[Statement]) -> Solved | None:
    """Return the reps by generalised least squares; None where statements do not cover them all."""
    place = {key: index for index, key in enumerate(shape.keys)}
    told = tuple(one for one in statements if one.unit in place and one.record.variance > 0)
    if not told:
        return None
    at = np.array([place[one.unit] for one in told])
    precision = 1 / np.array([one.record.variance for one in told])
    said = np.array([one.unbent for one in told])
    by_unit = np.bincount(at, precision, minlength=len(shape.keys))
    reps = shape.adds.shape[1]
    normal = (shape.adds.T * by_unit) @ shape.adds
    if not (by_unit[-reps:] > 0).all() and np.linalg.matrix_rank(normal) < reps:
        return None
    covariance = np.linalg.inv(normal)
    whole = np.bincount(at, precision * said, minlength=len(shape.keys))
    bottom = np.asarray(covariance @ (shape.adds.T @ whole), np.float64)
    return Solved(told, bottom, np.asarray(covariance, np.float64))


def _leans(misses: Floats) -> Floats:
    return np.array([record(row).lean for row in misses])


def _added(shape: Tree, turn: Floats | None, points: Floats) -> Floats:
    """Return points that add up: reps as `turn` makes them of all levels, or as they are."""
    bottom = points[-shape.adds.shape[1] :] if turn is None else turn @ points
    return np.asarray(shape.adds @ bottom)


def _left_out(shape: Tree, misses: Floats, method: str) -> Floats:
    """Return what would have been missed in each period, had it not been learned from.

    What came adds up by itself, so that a reconciled miss is the miss, reconciled.
    """
    found = np.zeros((len(shape.keys), misses.shape[1]))
    for period in range(misses.shape[1]):
        others = np.delete(misses, period, axis=1)
        turn = mint(shape, others) if method == _MINT else None
        found[:, period] = _added(shape, turn, misses[:, period] - _leans(others))
    return found


def mint(shape: Tree, misses: Floats) -> Floats | None:
    """Return the matrix that makes reps of all levels from misses, a row per key, sums first;
    None where it cannot be had."""
    from hierarchicalforecast.methods import MinTrace

    if (np.abs(misses.sum(axis=1)) < _NOTHING).mean() > _MOST:
        return None  # the library takes such for fitted to the past
    fit = MinTrace(method=_MINT)
    try:
        fit.fit(
            S=shape.adds,
            y_hat=np.zeros((len(misses), 1)),
            y_insample=misses,
            y_hat_insample=np.zeros(misses.shape),
        )
    except (np.linalg.LinAlgError, ValueError):
        return None
    turn = np.asarray(fit.P)
    return turn if np.isfinite(turn).all() else None


def _coherent(
    shape: Tree, whole: Floats, spreads: Floats, degrees: float, method: str, says: str
) -> Coherent:
    return Coherent(
        MappingProxyType(dict(zip(shape.keys, map(float, whole), strict=True))),
        MappingProxyType(dict(zip(shape.keys, map(float, spreads), strict=True))),
        degrees,
        method,
        says,
    )
