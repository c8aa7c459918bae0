"""The difference of two groups of units, with an interval that knows that they are few."""

from dataclasses import dataclass

import numpy as np

from wald.brain.effects.estimate import LEVEL
from wald.brain.effects.panel import Bools, Floats

FEW = 5  # units on a side below which its own spread cannot be told


@dataclass(frozen=True, slots=True)
class Difference:
    low: float
    estimate: float
    high: float
    p_value: float


def difference(
    values: Floats, variances: Floats, is_treated: Bools, level: float = LEVEL
) -> Difference | None:
    """Return the mean of the treated less that of the others, with its interval.

    `variances` say how much each unit varies, up to a factor; a mean weighs by their inverse, and
    the factor is read off the values of its side (Hartung and Knapp 2001, Statistics in Medicine
    20: 3875-3889), so that the interval is the t of Welch (1947, Biometrika 34: 28-35) where all
    vary alike. With fewer than FEW units on a side one factor is taken for both (Donald and Lang
    2007, Review of Economics and Statistics 89: 221-233). None where no spread can be told. Assumes
    units that do not hang together and are near normal.
    """
    one = _side(values[is_treated], variances[is_treated])
    two = _side(values[~is_treated], variances[~is_treated])
    spare = one.spare + two.spare
    if min(one.spare, two.spare) < 0 or spare < 1:
        return None
    if min(one.spare, two.spare) + 1 < FEW:
        factor = (one.squares + two.squares) / spare
        return interval(one.mean - two.mean, factor * (one.variance + two.variance), spare, level)
    first = one.squares / one.spare * one.variance
    second = two.squares / two.spare * two.variance
    within = first**2 / one.spare + second**2 / two.spare
    degrees = (first + second) ** 2 / within if within > 0 else spare
    return interval(one.mean - two.mean, first + second, degrees, level)


def interval(estimate: float, variance: float, degrees: float, level: float = LEVEL) -> Difference:
    """Return an estimate with its t interval and p-value."""
    from scipy.special import stdtr, stdtrit

    error = float(np.sqrt(variance))
    reach = float(stdtrit(degrees, (1 + level) / 2)) * error
    if error > 0:
        p_value = 2 * float(stdtr(degrees, -abs(estimate) / error))
    else:
        p_value = 1.0 if estimate == 0 else 0.0
    return Difference(estimate - reach, estimate, estimate + reach, p_value)


def variances_of(values: Floats, rows: Floats, per_row: float, is_treated: Bools) -> Floats:
    """Return how much each unit varies: by itself, and by the chance of its few rows.

    The first is what exceeds the second in the spread of the values around the mean of their side
    (moments: DerSimonian and Laird 1986, Controlled Clinical Trials 7: 177-188).
    """
    if per_row <= 0:
        return np.ones(len(values))
    excess, room = 0.0, 0.0
    for side in (is_treated, ~is_treated):
        weights, own = rows[side], values[side]
        if len(own) < 2:
            continue
        mean = float(weights @ own / weights.sum())
        excess += float(weights @ (own - mean) ** 2) - per_row * (len(own) - 1)
        room += float(weights.sum() - (weights**2).sum() / weights.sum())
    by_itself = max(excess / room, 0.0) if room > 0 else 0.0
    return np.asarray(by_itself + per_row / rows, dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Side:
    """`squares` over `spare` is the factor of the variances; times `variance`, the mean's own."""

    mean: float
    squares: float
    spare: int
    variance: float


def _side(values: Floats, variances: Floats) -> _Side:
    weights = 1 / variances
    total = float(weights.sum())
    mean = float(weights @ values) / total if total else 0.0
    squares = float(weights @ (values - mean) ** 2)
    return _Side(mean, squares, len(values) - 1, 1 / total if total else 0.0)
