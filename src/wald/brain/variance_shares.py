"""How much of the variation of single rows lies in segments, products, periods, people, places.

A mixed model fitted by moments. Fixed parts (segment, product, source, type, period): the variance
of their effects less what chance alone gives them. Random parts (person, manager, territory): for
every level of a factor, the squared sum of residuals less luck is expected to be the variances of
all factors times the weights that levels share (Henderson 1953, method 1, with levels weighed by
what is known of them); solved without negative variances. The intra-class correlation of people
comes with the interval of Viechtbauer (2007), the other shares with a parametric bootstrap.
Assumes that parts add up and that factors are independent; few managers tell little of managers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.deal_weeks import Floats, Ints
from wald.brain.stats import Interval

_DRAWS = 200
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class Crossed:
    """Sums of cells of rows with the same levels. `levels` gives each factor's level of every
    cell; `luck` is the variance by chance of a cell's sum of residuals `r`."""

    r: Floats
    w: Floats
    luck: Floats
    levels: Mapping[str, Ints]


@dataclass(frozen=True, slots=True)
class VarianceShare:
    """A part of the variation of a single row: 1 is all of it."""

    part: str
    share: Interval
    is_fixed: bool
    levels: int


@dataclass(frozen=True, slots=True)
class VarianceShares:
    """`within` is what is left at the single row: luck. `icc` is the share between people, of
    whatever cause; `reliability` how far a usual person's figure tells the person from luck."""

    parts: tuple[VarianceShare, ...]
    within: float
    icc: Interval
    reliability: float


def variance_shares(
    crossed: Crossed,
    fixed: Mapping[str, tuple[float, int]],
    row_variance: float,
    off: Floats,
    error: Floats,
    rng: np.random.Generator,
) -> VarianceShares:
    """Return all shares. `fixed` gives the variance of each fixed part with its levels,
    `row_variance` that of a single row by luck, `off` and `error` each person's figure."""
    names = list(crossed.levels)
    random = components(crossed)
    spreads = _bootstrapped(crossed, random, rng)
    whole = row_variance + sum(v for v, _ in fixed.values()) + float(random.sum())
    whole = max(whole, 1e-300)
    parts = [
        VarianceShare(name, Interval(v / whole, v / whole, v / whole), True, count)
        for name, (v, count) in fixed.items()
    ]
    for place, name in enumerate(names):
        low, high = np.quantile(spreads[:, place], (0.025, 0.975))
        here = float(random[place])
        share = Interval(
            min(float(low), here) / whole, here / whole, min(1.0, max(float(high), here) / whole)
        )
        parts.append(VarianceShare(name, share, False, len(np.unique(crossed.levels[name]))))
    between = between_people(off, error)
    icc = Interval(*(one / (one + row_variance) if one + row_variance else 0.0
                     for one in (between.low, between.estimate, between.high)))  # fmt: skip
    luck = float(np.median(error**2)) if len(error) else 0.0
    seen = between.estimate + luck
    return VarianceShares(
        tuple(parts), row_variance / whole, icc, between.estimate / seen if seen else 0.0
    )


def components(crossed: Crossed) -> Floats:
    """Return the variance of each factor, in the order of `levels`."""
    return np.asarray(_solved(*_known(crossed), crossed.r[:, None])[0])


def between_people(off: Floats, error: Floats) -> Interval:
    """Return the variance among people beyond luck (Paule and Mandel), with the interval of
    Viechtbauer (2007): the variances at which the weighed squares are no surprise."""
    from scipy.stats import chi2

    units = len(off)
    if units < 2:
        return Interval(0.0, 0.0, 0.0)
    low, high = chi2.isf((0.025, 0.975), units - 1)
    found = [_where(off, error, float(at)) for at in (low, units - 1.0, high)]

    return Interval(*found)


def _where(off: Floats, error: Floats, wanted: float) -> float:
    """Return the variance at which the weighed squares are `wanted`, 0 where none is."""

    def squares(beyond: float) -> float:
        weight = 1 / (error**2 + beyond)
        middle = float((weight * off).sum() / weight.sum())
        return float((weight * (off - middle) ** 2).sum())

    if squares(0.0) <= wanted:
        return 0.0
    low, high = 0.0, float(((off - off.mean()) ** 2).sum() / wanted + error.max() ** 2)
    while squares(high) > wanted:
        high *= 2
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if squares(middle) > wanted else (low, middle)
    return (low + high) / 2


def _known(crossed: Crossed) -> tuple[Sequence[Ints], Sequence[Floats], Floats, Sequence[Floats]]:
    """Return per factor: levels, the luck of each level's sum, what factors share, weights."""
    codes: list[Ints] = [
        np.unique(each, return_inverse=True)[1].astype(np.int64) for each in crossed.levels.values()
    ]
    luck: list[Floats] = [np.bincount(code, crossed.luck).astype(np.float64) for code in codes]
    shared: list[Floats] = []
    for code in codes:
        row = []
        for other in codes:
            pair = code.astype(np.int64) * (int(other.max(initial=0)) + 1) + other
            keys, place = np.unique(pair, return_inverse=True)
            sums = np.bincount(place, crossed.w) ** 2
            row.append(np.bincount(keys // (int(other.max(initial=0)) + 1), sums))
        shared.append(np.array(row))
    return codes, luck, crossed.w, shared


def _solved(
    codes: Sequence[Ints], luck: Sequence[Floats], w: Floats, shared: Sequence[Floats], r: Floats
) -> Floats:
    """Return the variances of the factors for each column of residual sums `r`."""
    from scipy.optimize import nnls

    count, draws = len(codes), r.shape[1]
    squares = []
    for code, own in zip(codes, luck, strict=True):
        sums = np.zeros((len(own), draws))
        np.add.at(sums, code, r)
        many = len(own)
        squares.append(sums**2 * (many / max(many - 1, 1)))
    found = np.zeros((draws, count))
    for draw in range(draws):
        now = found[draw]
        for _ in range(_ROUNDS):
            left, right = np.zeros((count, count)), np.zeros(count)
            for place in range(count):
                weight = 1 / np.maximum(luck[place] + now @ shared[place], 1e-300) ** 2
                own = shared[place][place]
                left[place] = (weight * own * shared[place]).sum(axis=1)
                right[place] = float((weight * own * (squares[place][:, draw] - luck[place])).sum())
            scale = np.maximum(np.diag(left), 1e-300)
            now = nnls(left / scale[:, None], right / scale)[0]
        found[draw] = now
    return found


def _bootstrapped(crossed: Crossed, random: Floats, rng: np.random.Generator) -> Floats:
    """Return the variances found in worlds that are as the model says."""
    codes, luck, w, shared = _known(crossed)
    drawn = np.sqrt(crossed.luck)[:, None] * rng.standard_normal((len(w), _DRAWS))
    for place, code in enumerate(codes):
        levels = int(code.max(initial=0)) + 1
        own = np.sqrt(random[place]) * rng.standard_normal((levels, _DRAWS))
        drawn += own[code] * w[:, None]
    drawn -= w[:, None] * (drawn.sum(axis=0) / w.sum())[None, :]
    return _solved(codes, luck, w, shared, drawn)
