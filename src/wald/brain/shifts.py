"""Has a place's series moved of late, more than elsewhere, and more than it always does?

Each place has an estimate for every slot, on a scale on which places move alike, and its variance
if rows were independent. The last slot is compared with the weighted mean of those before, as the
difference between the place and all the rest: what moves everybody moves no difference. Rows hang
together (accounts, sellers, seasons), so variances are multiplied by a dispersion, never under 1.
It is estimated from how well each earlier slot was told by the slots before it (recursive
residuals: Brown, Durbin and Evans 1975, JRSS B 37: 149-192), which counts slow drift too, and
drawn towards that of all places (moderated t: Smyth 2004, SAGMB 3: 3). Assumes that a place's
errors are alike from slot to slot.
Source: docs/insights/README.md
"""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from wald.brain.places import Floats, Ints

PRIOR = 40.0  # degrees of freedom of the dispersion that all places share
ALIKE = 0.05  # a place must have moved itself too: p of its own change, one-sided
WINDOWS = (1, 2, 4)  # slots: what began this quarter, and what has lasted for half a year, or one


@dataclass(frozen=True, slots=True)
class Shift:
    """The change of each place against the rest, with its standard error and degrees of freedom.

    `window` is how many slots the change is seen best over, the last one included; p-values are
    two-sided, and pay for having tried each window. NaN where it cannot be told.
    """

    change: Floats
    error: Floats
    freedom: Floats
    p_value: Floats
    window: Ints


@dataclass(frozen=True, slots=True)
class Told:
    """The last slot against the slots before: difference, variance, residuals' chi-square."""

    difference: Floats
    variance: Floats
    chi_square: Floats
    freedom: Floats
    usual: Floats


def told(values: Floats, variances: Floats) -> Told:
    """Compare the first column of places × slots with the others, which are older and older.

    NaN marks a slot that tells nothing; variances are those of independent rows.
    """
    places, slots = values.shape
    known = np.isfinite(values) & np.isfinite(variances) & (variances > 0)
    weight = np.where(known, 1.0 / np.where(known, variances, 1.0), 0.0)
    weighted = np.where(known, values, 0.0) * weight
    chi, freedom = np.zeros(places), np.zeros(places)
    # Of every slot what the older ones say of it: sums from the oldest on.
    older = np.cumsum(weight[:, ::-1], axis=1)[:, ::-1] - weight
    older_sum = np.cumsum(weighted[:, ::-1], axis=1)[:, ::-1] - weighted
    with np.errstate(divide="ignore", invalid="ignore"):
        expected = older_sum / older
        spread = variances + 1.0 / older
        residual = values - expected
    usable = known & (older > 0)
    for slot in range(1, slots):
        use = usable[:, slot]
        chi += np.where(use, residual[:, slot] ** 2 / np.where(use, spread[:, slot], 1.0), 0.0)
        freedom += use
    now = usable[:, 0]
    return Told(
        np.where(now, residual[:, 0], np.nan),
        np.where(now, spread[:, 0], np.nan),
        chi,
        freedom,
        np.where(older[:, 0] > 0, expected[:, 0], np.nan),
    )


Series: TypeAlias = tuple[Floats, Floats]  # values and variances, places × slots


def shifts(
    own: Series, apart: Series, whole: int | None = 0, windows: tuple[int, ...] = WINDOWS
) -> Shift:
    """Return the shift of each place from its own series and its series apart from the rest.

    Row `whole`, everybody, has no rest: it is judged by its own series and its own dispersion
    alone. A change against the rest counts only where the place itself moved the same way: else it
    is the rest that moved, and the p-value is that of the place's own change, if larger. The last
    slots of each of `windows` are tried together; p is that of the clearest, times how many were
    tried (Bonferroni).
    """
    most = own[0].shape[1]
    tried = [one for one in windows if one == 1 or most >= one * 2 + 1]
    each = [_shifted(_recent(own, one), _recent(apart, one), whole) for one in tried]
    p = np.array([one.p_value for one in each])
    best = np.argmin(np.where(np.isfinite(p), p, np.inf), axis=0)
    rows = np.arange(p.shape[1])

    def chosen(name: str) -> Floats:
        return np.asarray(np.array([getattr(one, name) for one in each])[best, rows])

    return Shift(
        chosen("change"),
        chosen("error"),
        chosen("freedom"),
        np.minimum(chosen("p_value") * len(tried), 1.0),
        np.array(tried)[best],
    )


def _recent(series: Series, window: int) -> Series:
    """Return the series with its last `window` slots taken together."""
    if window == 1:
        return series
    values, variances = series
    known = np.isfinite(values[:, :window]) & (variances[:, :window] > 0)
    weight = np.where(known, 1.0 / np.where(known, variances[:, :window], 1.0), 0.0)
    total = weight.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.where(known, values[:, :window] * weight, 0.0).sum(axis=1) / total
        variance = 1.0 / total
    some = total > 0
    mean, variance = np.where(some, mean, np.nan), np.where(some, variance, np.nan)
    return (
        np.column_stack([mean, values[:, window:]]),
        np.column_stack([variance, variances[:, window:]]),
    )


def _shifted(own: Series, apart: Series, whole: int | None) -> Shift:
    from scipy.special import stdtr

    mine, others = told(*own), told(*apart)
    error_own, freedom_own = _errors(mine, whole)
    error, freedom = _errors(others, whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        t_own = mine.difference / error_own
        t_apart = others.difference / error
    p_own = 2.0 * stdtr(freedom_own, -np.abs(t_own))
    p_apart = 2.0 * stdtr(freedom, -np.abs(t_apart))
    is_same_way = np.sign(t_own) == np.sign(t_apart)
    p_value = np.where(p_own / 2.0 <= ALIKE, p_apart, np.maximum(p_apart, p_own))
    p_value = np.where(is_same_way, p_value, 1.0)
    change = others.difference.copy()
    if whole is not None:
        p_value[whole], change[whole] = p_own[whole], mine.difference[whole]
        error[whole], freedom[whole] = error_own[whole], freedom_own[whole]
    p_value = np.where(np.isfinite(change) & np.isfinite(error), p_value, np.nan)
    return Shift(change, error, freedom, p_value, np.ones(len(change), dtype=np.int64))


def _errors(found: Told, whole: int | None) -> tuple[Floats, Floats]:
    """Return standard errors with the dispersion in them, and their degrees of freedom."""
    each = np.arange(len(found.freedom)) != (-1 if whole is None else whole)
    shared = found.freedom[each].sum()
    pooled = max(1.0, found.chi_square[each].sum() / shared) if shared else 1.0
    prior = min(PRIOR, shared)
    freedom = prior + found.freedom
    dispersion = np.ones(len(freedom))
    some = freedom > 0
    dispersion[some] = (prior * pooled + found.chi_square[some]) / freedom[some]
    if whole is not None:
        freedom[whole] = found.freedom[whole]
        if freedom[whole]:
            dispersion[whole] = found.chi_square[whole] / freedom[whole]
    dispersion = np.maximum(dispersion, 1.0)
    freedom = np.where(freedom > 0, freedom, np.nan)
    return np.sqrt(found.variance * dispersion), freedom


def log_counts(counts: Floats, expected: Floats | None = None) -> Series:
    """Return counts over what was expected (None: their own mean before) on the log scale, with
    variances as if rows were independent (Poisson).

    The variance is half that of the count and half that of what was expected: a difference over
    its square root is then the signed root of the deviance, to a few percent, also of small counts
    (McCullagh and Nelder 1989, 2.4). Half a row is added, so that none is minus infinity.
    """
    if expected is None:
        mean = counts[:, 1:].mean(axis=1, keepdims=True) if counts.shape[1] > 1 else counts
        usual = np.broadcast_to(mean, counts.shape)
        value = np.log(counts + 0.5)
    else:
        usual, value = expected, np.log((counts + 0.5) / (expected + 0.5))
    return value, 0.5 / (counts + 0.5) + 0.5 / (usual + 0.5)


def log_amounts(rows: Floats, amounts: Floats, squares: Floats) -> tuple[Floats, Floats]:
    """Return sums of amounts on the log scale, with variances of a compound Poisson sum.

    The spread of single amounts is that of the place over all slots: one large deal must not tell
    both that a slot is high and that it is sure. Slots without rows tell nothing.
    """
    total, square, count = amounts.sum(1), squares.sum(1), rows.sum(1)
    with np.errstate(divide="ignore", invalid="ignore"):
        spread = count * square / (total * total)  # mean square over squared mean, 1 or more
        values = np.where(amounts > 0, np.log(amounts), np.nan)
        variances = np.where(rows > 0, spread[:, None] / rows, np.nan)
    return values, variances
