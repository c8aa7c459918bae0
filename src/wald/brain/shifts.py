"""Has a place's series moved in its last slot, more than elsewhere, and more than it always does?

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

import numpy as np

from wald.brain.places import Floats

PRIOR = 40.0  # degrees of freedom of the dispersion that all places share
ALIKE = 0.05  # a place must have moved itself too: p of its own change, one-sided
_WARM = 1  # slots of a dispersion's residual need as many before them


@dataclass(frozen=True, slots=True)
class Shift:
    """The change of each place: `change` against the rest, with its standard error and degrees of
    freedom, `own` without the rest; p-values are two-sided. NaN where it cannot be told."""

    change: Floats
    error: Floats
    freedom: Floats
    own: Floats
    p_value: Floats
    usual: Floats  # the place's own mean before


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


def shifts(
    own: tuple[Floats, Floats], apart: tuple[Floats, Floats], whole: int | None = 0
) -> Shift:
    """Return the shift of each place from its own series and its series apart from the rest.

    Both are (values, variances) of places × slots. Row `whole`, everybody, has no rest: it is
    judged by its own series and its own dispersion alone. A change against the rest counts only
    where the place itself moved the same way: else it is the rest that moved, and the p-value is
    that of the place's own change, if larger.
    """
    from scipy import stats

    mine, others = told(*own), told(*apart)
    error_own, freedom_own = _errors(mine, whole)
    error, freedom = _errors(others, whole)
    with np.errstate(divide="ignore", invalid="ignore"):
        t_own = mine.difference / error_own
        t_apart = others.difference / error
    p_own = 2.0 * stats.t.sf(np.abs(t_own), freedom_own)
    p_apart = 2.0 * stats.t.sf(np.abs(t_apart), freedom)
    agrees = (np.sign(t_own) == np.sign(t_apart)) & (p_own / 2.0 <= ALIKE)
    p_value = np.where(agrees, p_apart, np.maximum(p_apart, p_own))
    p_value = np.where((np.sign(t_own) != np.sign(t_apart)), 1.0, p_value)
    change = others.difference.copy()
    if whole is not None:
        p_value[whole], change[whole] = p_own[whole], mine.difference[whole]
        error[whole], freedom[whole] = error_own[whole], freedom_own[whole]
    p_value = np.where(np.isfinite(change) & np.isfinite(error), p_value, np.nan)
    return Shift(change, error, freedom, mine.difference, p_value, mine.usual)


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


def log_counts(counts: Floats) -> tuple[Floats, Floats]:
    """Return counts on the scale on which places grow alike, with their variances as if rows were
    independent (Poisson). Half a row is added, so that none is minus infinity."""
    return np.log(counts + 0.5), 1.0 / (counts + 0.5)


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
