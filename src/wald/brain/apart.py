"""Who stands where among colleagues: what luck explains, what usual differences do, who is apart.

Each person's residuals (what they did less what their mix of deals lets one expect) are summed.
How far chance alone moves such a sum is taken from the rows: pooled with the person's own where
that is larger, with what rows of one cluster (an account's deals, a team's people) share, and with
the skew of the rows (Wilson and Hilferty 1931). People differ anyway: the spread among colleagues
(DerSimonian and Laird 1986) is part of the limits, which makes them those of a funnel plot with
over-dispersion (Spiegelhalter 2005). Who is apart is found by leaving the most extreme out one by
one (generalized ESD, Rosner 1983), at a level for all people together. Assumes that usual people
differ like draws of a normal distribution. Errors: of 12,000 people in 400 usual teams 0.03 % were
named without cause (docs/reference/science.md).
"""

from dataclasses import dataclass

import numpy as np

from wald.brain.deal_weeks import Flags, Floats

LEVEL = 0.01  # of naming anybody without cause, over all people together
DIFFER = 0.05  # of saying that people differ
FEW = 6  # units under which the spread among them cannot be told from luck
LEAST_ROWS = 4  # of a unit that is judged: a year of quarters
_OWN = 30.0  # rows that the pooled variance counts for
_MOST_APART = 0.1  # of all units, at most, are looked at as apart,
_MOST_STEPS = 40  # and no more than so many
_MOST_SKEW = 3.0


@dataclass(frozen=True, slots=True)
class Tallies:
    """Sums over the rows of each unit; a row adds `x` to the numerator and `w` to the
    denominator, and `r` = x less what is expected of it. Sums with `c` add up the clusters' sums,
    squared or multiplied: `crr` is the sum over clusters of their squared sums of r."""

    rows: Floats
    x: Floats
    w: Floats
    r: Floats
    rr: Floats
    rrr: Floats
    rw: Floats
    ww: Floats
    crr: Floats
    crw: Floats
    cww: Floats


@dataclass(frozen=True, slots=True)
class Standings:
    """One entry a unit. `off` is how far its figure lies from the expected; `error` its standard
    error by luck; `limit` the half width of the funnel; `usual` the figure drawn to the others
    with `usual_error`; `p_value` and `is_apart` about being apart, NaN where not judged."""

    figure: Floats  # as counted
    adjusted: Floats  # as it would be with everybody's mix
    off: Floats
    error: Floats
    limit: Floats
    usual: Floats
    usual_error: Floats
    p_value: Floats
    is_judged: Flags
    is_apart: Flags
    spread: float  # standard deviation among units beyond luck
    differ_p: float  # chance of such differences by luck alone, 1 where one unit is there
    best_rank: Floats  # 95 % interval of the rank, 1 is the highest figure
    worst_rank: Floats
    overall: float
    reach: float  # of the funnel, in standard deviations

    @property
    def differ(self) -> bool:
        return self.differ_p <= DIFFER


def standings(sums: Tallies, rng: np.random.Generator) -> Standings:
    """Judge every unit with LEAST_ROWS rows; units without a denominator are not judged."""
    whole = float(sums.w.sum())
    overall = float(sums.x.sum()) / whole if whole else 0.0
    weighed = np.where(sums.w > 0, sums.w, np.nan)
    off = np.nan_to_num(sums.r / weighed)
    variance = _variance(sums, off)
    error = np.sqrt(variance) / np.where(sums.w > 0, sums.w, np.inf)
    is_judged = (sums.rows >= LEAST_ROWS) & (sums.w > 0) & (error > 0)
    skew = _skew(sums)
    spread = np.sqrt(_spread(off[is_judged], error[is_judged]))
    p_value, is_apart = _apart(off, error, skew, is_judged)
    share = spread**2 / np.maximum(spread**2 + error**2, 1e-300)
    centre = _centre(off, error, spread, is_judged)
    usual = centre + share * (off - centre)
    usual_error = np.where(is_judged, np.sqrt(share) * error, spread)
    best, worst = _ranks(usual, usual_error, is_judged, rng)
    return Standings(
        sums.x / weighed,
        overall + off,
        off,
        error,
        np.sqrt(error**2 + spread**2) * _quantile(int(is_judged.sum())),
        overall + usual,
        usual_error,
        p_value,
        is_judged,
        is_apart,
        float(spread),
        _differ(off[is_judged], error[is_judged], skew[is_judged], rng),
        best,
        worst,
        overall,
        _quantile(int(is_judged.sum())),
    )


def rank_intervals(
    figure: Floats, error: Floats, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the 95 % interval of the rank of each figure, 1 is the highest."""
    return _ranks(figure, error, np.ones(len(figure), dtype=bool), rng)


def all_alike(figure: Floats, error: Floats) -> float:
    """Return the chance of figures differing so much when all are one (Cochran 1954)."""
    from scipy.stats import chi2

    if len(figure) < 2:
        return 1.0
    weight = 1 / error**2
    middle = float((weight * figure).sum() / weight.sum())
    return float(chi2.sf(float((weight * (figure - middle) ** 2).sum()), len(figure) - 1))


def _variance(sums: Tallies, off: Floats) -> Floats:
    """Return the variance by luck of each unit's sum of residuals."""
    own = np.maximum(0.0, sums.rr - 2 * off * sums.rw + off**2 * sums.ww)
    within = np.maximum(0.0, sums.crr - 2 * off * sums.crw + off**2 * sums.cww)
    rows = float(sums.rows.sum())
    freedom = rows / max(rows - np.count_nonzero(sums.rows), 1.0)
    pooled = float(own.sum()) / max(float(sums.ww.sum()), 1e-300) * freedom
    pairs = np.maximum(0.0, sums.cww - sums.ww)
    shared = max(0.0, float((within - own).sum()) / float(pairs.sum())) if pairs.sum() else 0.0
    many = sums.rows / (sums.rows + _OWN)
    alone = own / np.maximum(sums.ww, 1e-300) * sums.rows / np.maximum(sums.rows - 1, 1)
    by_row = np.maximum(pooled, (1 - many) * pooled + many * alone)
    return by_row * sums.ww + shared * pairs


def row_skew(sums: Tallies) -> float:
    """Return the skewness of a single row's residual."""
    rows = max(float(sums.rows.sum()), 1.0)
    second, third = float(sums.rr.sum()) / rows, float(sums.rrr.sum()) / rows
    return third / second**1.5 if second > 0 else 0.0


def _skew(sums: Tallies) -> Floats:
    """Return the skewness of each unit's sum, from that of all rows."""
    clustered = sums.w**2 / np.maximum(sums.cww, 1e-300)
    many = np.maximum(np.minimum(sums.rows, clustered), 1.0)
    return np.clip(row_skew(sums) / np.sqrt(many), -_MOST_SKEW, _MOST_SKEW)


def _spread(off: Floats, error: Floats) -> float:
    """Return the variance among units beyond luck, by moments."""
    if len(off) < 2:
        return 0.0
    weight = 1 / error**2
    whole = float(weight.sum())
    middle = float((weight * off).sum()) / whole
    excess = float((weight * (off - middle) ** 2).sum()) - (len(off) - 1)
    return max(0.0, excess / (whole - float((weight**2).sum()) / whole))


def _centre(off: Floats, error: Floats, spread: float, among: Flags) -> float:
    if not among.any():
        return 0.0
    weight = 1 / (error[among] ** 2 + spread**2)
    return float((weight * off[among]).sum() / weight.sum())


def _apart(off: Floats, error: Floats, skew: Floats, judged: Flags) -> tuple[Floats, Flags]:
    """Return each unit's chance of lying so far out by luck and usual differences, and who is
    apart: the most extreme is left out again and again, the last step that stands counts."""
    p_value = np.full(len(off), np.nan)
    left = np.flatnonzero(judged)
    p_value[left] = _chances(off[left], error[left], skew[left])
    is_apart = np.zeros(len(off), dtype=bool)
    steps = min(max(1, int(len(left) * _MOST_APART)), _MOST_STEPS) if len(left) >= FEW else 1
    gone: list[int] = []
    for _ in range(min(steps, max(len(left) - 1, 0))):
        chances = _chances(off[left], error[left], skew[left])
        extreme = int(np.argmin(chances))
        gone.append(int(left[extreme]))
        # With the others out, whoever comes next is judged among those who are left.
        p_value[gone[-1]] = min(p_value[gone[-1]], chances[extreme])
        if chances[extreme] * len(left) <= LEVEL:
            is_apart[gone] = True
        left = np.delete(left, extreme)
    if np.count_nonzero(judged) == 2 and is_apart.any():
        is_apart = judged.copy()  # of two, nobody can say which is the exception
    return p_value, is_apart


def _chances(off: Floats, error: Floats, skew: Floats) -> Floats:
    """Return for each unit the two-sided chance, against all others."""
    from scipy.stats import t

    units = len(off)
    if units < 2:
        return np.ones(units)
    spread = _spread_without_each(off, error) if units >= FEW else np.zeros(units)
    weight = 1 / (error**2 + spread)
    rest = weight.sum() - weight
    away = off - ((weight * off).sum() - weight * off) / rest
    whole = error**2 + spread + 1 / rest
    lean = skew * (error**2 / whole) ** 1.5
    normal = sure(away / np.sqrt(whole), lean)
    # The spread among few is not known well: Student's t, the fewer the more it weighs.
    share = np.maximum(spread / whole, 1e-9)
    degrees = np.minimum((units - 2) / share**2, 1e6) if units >= FEW else np.full(units, 1e6)
    return np.asarray(2 * t.sf(np.abs(normal), degrees))


def _spread_without_each(off: Floats, error: Floats) -> Floats:
    """Return for each unit the variance among all others beyond luck."""
    weight = 1 / error**2
    zero, one, two = weight.sum() - weight, (weight * off), (weight * off**2)
    first, second = one.sum() - one, two.sum() - two
    squares = (weight**2).sum() - weight**2
    excess = second - first**2 / zero - (len(off) - 2)
    return np.asarray(np.maximum(0.0, excess / np.maximum(zero - squares / zero, 1e-300)))


def straightened(away: Floats, skew: Floats) -> Floats:
    """Return the standard normal number as likely as `away`, of a Pearson III of that skew."""
    lean = np.where(np.abs(skew) < 1e-4, 1e-4, skew)
    root = np.cbrt(np.maximum(lean * away / 2 + 1, 1e-12))
    return np.asarray(6 / lean * (root - 1) + lean / 6)


def sure(away: Floats, skew: Floats) -> Floats:
    """Return the same, but never further out than without skew: how short a tail ends is not
    known well enough to name anybody by it."""
    straight = straightened(away, skew)
    return np.asarray(np.where(np.abs(straight) < np.abs(away), straight, away))


def leaning(normal: Floats, skew: Floats) -> Floats:
    """The other way round: a draw of a Pearson III of that skew from a standard normal one."""
    lean = np.where(np.abs(skew) < 1e-4, 1e-4, skew)
    return np.asarray(2 / lean * ((1 + lean / 6 * (normal - lean / 6)) ** 3 - 1))


def _differ(off: Floats, error: Floats, skew: Floats, rng: np.random.Generator) -> float:
    """Return the chance that luck alone makes units differ as much."""
    if len(off) < 2:
        return 1.0
    draws = max(199, min(1999, 2_000_000 // len(off)))
    weight = 1 / error**2

    def heard(away: Floats) -> Floats:
        middle = (away * weight).sum(axis=-1) / weight.sum()
        return np.asarray((weight * (away - middle[..., None]) ** 2).sum(axis=-1))

    drawn = leaning(rng.standard_normal((draws, len(off))), skew[None, :]) * error[None, :]
    as_much = int((heard(drawn) >= heard(off[None, :])[0]).sum())
    return (as_much + 1) / (draws + 1)


def _quantile(units: int) -> float:
    """Return how many standard deviations wide the funnel is for so many units."""
    from scipy.stats import norm

    return float(norm.isf(LEVEL / 2 / max(units, 1)))


def _ranks(
    usual: Floats, error: Floats, judged: Flags, rng: np.random.Generator
) -> tuple[Floats, Floats]:
    """Return the 95 % interval of each rank: figures drawn anew, and ranked (Marshall and
    Spiegelhalter 1998); from figures drawn to the middle, as far as they are luck."""
    best, worst = np.full(len(usual), np.nan), np.full(len(usual), np.nan)
    here = np.flatnonzero(judged)
    if not len(here):
        return best, worst
    draws = max(200, min(2000, 1_500_000 // len(here)))
    ties = 1e-9 * rng.random((draws, len(here)))
    drawn = usual[here] + error[here] * rng.standard_normal((draws, len(here))) + ties
    order = np.argsort(-drawn, axis=1)
    ranks = np.empty_like(order)
    np.put_along_axis(ranks, order, np.arange(1, len(here) + 1)[None, :], axis=1)
    best[here], worst[here] = np.quantile(ranks, (0.025, 0.975), axis=0)
    return np.floor(best), np.ceil(worst)
