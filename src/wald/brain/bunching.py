"""Bunching: do more values lie just above a threshold than a smooth distribution would have there?

The counterfactual is a polynomial fitted to the counts of bins outside the threshold's surroundings
(Saez, 2010; Chetty, Friedman, Olsen and Pistaferri, 2011, QJE 126: 749-804; for notches Kleven and
Waseem, 2013, and Kleven, 2016, Annual Review of Economics 8: 435-464). Here it is the logarithm of
the counts that is a polynomial (Poisson regression, as counts in the tails are small), of that
degree which has the least BIC. Round numbers have dummies of their own: where values heap at every
fifth or tenth, a threshold there is no wonder. What is too much above the threshold is missing in
the hole below it, and what is not missing there comes from all that lies further below: the
counterfactual integrates to the number observed. The interval is from resampled Pearson residuals.
Is there any excess? Two signed roots of likelihood ratios over the residuals' dispersion (never
under 1), by Student's t, one-sided: for the bins above alone, and for these together with the hole.
Assumes that the distribution is smooth but for the threshold and round numbers.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from wald.brain.stats import Interval

Floats: TypeAlias = npt.NDArray[np.floating[Any]]
Bools: TypeAlias = npt.NDArray[np.bool_]

LEAST = 150  # values around the threshold, below which nothing is told
ABOVE, BELOW = 0.05, 0.10  # of the threshold: where the excess lies, and where it comes from
LOWEST, HIGHEST = 0.4, 1.7  # of the threshold: what is looked at
_DEGREES = (2, 3, 4, 5, 6)
RESAMPLES = 200
_STEPS = 30  # of fitting


@dataclass(frozen=True, slots=True)
class Bin:
    """One bin as it is drawn: where it starts, how many were there and would have been."""

    starts_at: float
    count: float
    expected: float
    is_out: bool  # left out of the fit


@dataclass(frozen=True, slots=True)
class Bunching:
    """`excess` values above the threshold beyond `expected` ones; `missing` in the hole below.

    `p_value` None: too few values to tell.
    """

    threshold: float
    values: int
    width: float
    expected: float
    excess: Interval
    missing: float
    p_value: float | None
    degree: int
    bins: tuple[Bin, ...]

    @property
    def share(self) -> Interval:
        """Return the excess over what was expected there: 1 is twice as many."""
        below = max(self.expected, 1e-9)
        return Interval(
            self.excess.low / below, self.excess.estimate / below, self.excess.high / below
        )


@dataclass(frozen=True, slots=True)
class _Ground:
    """The bins, and which of them are the excess, the hole, and below both."""

    starts: Floats
    counts: Floats
    zone: Bools
    hole: Bools
    columns: Floats  # of the polynomial and of round numbers

    @property
    def outside(self) -> Bools:
        return ~(self.zone | self.hole)

    @property
    def below(self) -> Bools:
        found: Bools = self.outside & (self.starts < self.starts[self.hole].min())
        return found


def bunching(
    values: Floats,
    weights: Floats,
    threshold: float,
    chance: np.random.Generator,
    *,
    rounds: Sequence[float] = (),
    is_below: bool = False,
    resamples: int = RESAMPLES,
) -> Bunching:
    """Return the excess of values just above a threshold, with its interval and p-value.

    `weights`: how many have each value. `rounds`: steps of numbers that values heap at, such as 0.1
    and 0.05. `is_below`: the excess is looked for just below, as at a limit above which somebody
    has to approve, or a cap; then all is mirrored. Without `resamples` the interval is unbounded.
    """
    if is_below:
        mirrored = _turned(values, threshold)
        heaps = [_mirrored(step, threshold) for step in rounds]
        return _found(mirrored, weights, threshold, chance, heaps, resamples)
    heaps = [_heap(step) for step in rounds]
    return _found(values, weights, threshold, chance, heaps, resamples)


Heap: TypeAlias = Callable[[Floats, float], Floats]


def _found(
    values: Floats,
    weights: Floats,
    threshold: float,
    chance: np.random.Generator,
    heaps: Sequence[Heap],
    resamples: int,
) -> Bunching:
    inside = (values >= LOWEST * threshold) & (values < HIGHEST * threshold)
    count = int(weights[inside].sum())
    width = _width(count) * threshold
    ground = _ground(values, weights, threshold, width, heaps)
    if count < LEAST:
        nothing = Interval(0.0, 0.0, 0.0)
        return Bunching(threshold, count, width, 0.0, nothing, 0.0, None, 0, ())
    degree = _degree(ground)
    expected = _constrained(ground, ground.counts, degree)
    excess = float((ground.counts - expected)[ground.zone].sum())
    low, high = _interval(ground, expected, degree, chance, resamples)
    return Bunching(
        threshold,
        count,
        width,
        float(expected[ground.zone].sum()),
        Interval(min(low, excess), excess, max(high, excess)),
        float((expected - ground.counts)[ground.hole].sum()),
        _p_value(ground, degree),
        degree,
        tuple(
            Bin(float(start), float(own), float(should), bool(out))
            for start, own, should, out in zip(
                ground.starts, ground.counts, expected, ~ground.outside, strict=True
            )
        ),
    )


def _width(count: int) -> float:
    """Return the width of a bin, by how many values there are."""
    return 0.05 if count < 1000 else 0.025 if count < 10_000 else 0.0125


def _ground(
    values: Floats, weights: Floats, threshold: float, width: float, heaps: Sequence[Heap]
) -> _Ground:
    first = round((LOWEST - 1) * threshold / width)
    last = round((HIGHEST - 1) * threshold / width)
    # A hair below each bound: a value of 1.2 stands at 1.2 however its digits end.
    places = np.floor((values - threshold) / width + 1e-7).astype(int) - first
    number = last - first
    inside = (places >= 0) & (places < number)
    counts = np.bincount(places[inside], weights[inside], minlength=number).astype(float)
    starts = threshold + width * np.arange(first, last)
    near = (starts - threshold) / threshold
    zone = (near > -1e-9) & (near < ABOVE - 1e-9)
    hole = (near < -1e-9) & (near > -BELOW - 1e-9)
    scaled = (starts - starts.mean()) / (np.ptp(starts) / 2)
    columns = [scaled**power for power in range(max(_DEGREES) + 1)]
    columns += [heap(starts, width) for heap in heaps]
    return _Ground(starts, counts, zone, hole, np.column_stack(columns))


def _heap(step: float) -> Heap:
    def holds(starts: Floats, width: float) -> Floats:
        nearest = np.ceil(starts / step - 1e-7) * step
        found: Floats = (nearest < starts + width - 1e-9 * step).astype(float)
        return found

    return holds


def _mirrored(step: float, threshold: float) -> Heap:
    def holds(starts: Floats, width: float) -> Floats:
        ends = 2 * threshold - starts
        nearest = np.floor(ends / step + 1e-7) * step
        found: Floats = (nearest > ends - width + 1e-9 * step).astype(float)
        return found

    return holds


def _turned(values: Floats, threshold: float) -> Floats:
    """Return values mirrored at the threshold; what lies on it is below it."""
    return 2 * threshold - values


def _chosen(ground: _Ground, degree: int) -> Floats:
    """Return the columns of a polynomial of a degree, and of round numbers."""
    most = max(_DEGREES) + 1
    used = [*range(degree + 1), *range(most, ground.columns.shape[1])]
    found: Floats = ground.columns[:, used]
    return found


def _degree(ground: _Ground) -> int:
    """Return the degree with the least BIC outside the threshold's surroundings."""
    counts, scores = ground.counts[ground.outside], []
    for degree in _DEGREES:
        columns = _chosen(ground, degree)[ground.outside]
        if columns.shape[1] >= len(counts):
            continue
        fitted = _fitted(columns, counts)
        penalty = columns.shape[1] * np.log(len(counts))
        scores.append((_deviance(counts, fitted) + penalty, degree))
    return min(scores)[1]


def _fitted(columns: Floats, counts: Floats, offset: Floats | None = None) -> Floats:
    return np.exp(_clipped(columns @ _weights(columns, counts, offset) + _zero(offset)))


def _zero(offset: Floats | None) -> Floats | float:
    return 0.0 if offset is None else offset


def _clipped(logs: Floats) -> Floats:
    found: Floats = np.clip(logs, -20.0, 20.0)
    return found


def _weights(columns: Floats, counts: Floats, offset: Floats | None = None) -> Floats:
    """Return the weights of a Poisson regression, by iterated least squares."""
    shift = _zero(offset)
    logs = np.log(counts + 0.5)
    weights: Floats = np.linalg.lstsq(columns, logs - shift, rcond=None)[0]
    ridge = 1e-8 * np.eye(columns.shape[1])
    for _ in range(_STEPS):
        means = np.exp(_clipped(columns @ weights + shift))
        gram = columns.T @ (columns * means[:, None]) + ridge
        step: Floats = np.linalg.solve(gram, columns.T @ (counts - means))
        weights = weights + np.clip(step, -2.0, 2.0)
        if np.abs(step).max() < 1e-7:
            break
    return weights


def _constrained(ground: _Ground, counts: Floats, degree: int) -> Floats:
    """Return the counterfactual of every bin; below the hole it is as much higher as the excess
    exceeds what is missing in the hole."""
    columns, outside, below = _chosen(ground, degree), ground.outside, ground.below
    lifted = 0.0
    expected = counts
    for _ in range(_STEPS):
        offset = np.where(below, -lifted, 0.0)
        weights = _weights(columns[outside], counts[outside], offset[outside])
        expected = np.exp(_clipped(columns @ weights))
        gap = float((counts - expected)[~outside].sum())
        base = float(counts[below].sum())
        wanted = float(np.log1p(max(gap, 0.0) / base)) if base > 0 else 0.0
        if abs(wanted - lifted) < 1e-6:
            break
        lifted = wanted
    return expected


def _interval(
    ground: _Ground, expected: Floats, degree: int, chance: np.random.Generator, resamples: int
) -> tuple[float, float]:
    """Return the 95 % interval of the excess, from residuals resampled in every bin."""
    outside = ground.outside
    fitted = np.where(outside, expected, ground.counts)
    residuals = ((ground.counts - expected) / np.sqrt(expected))[outside]
    used = _chosen(ground, degree).shape[1]
    residuals = residuals * np.sqrt(outside.sum() / max(outside.sum() - used, 1))
    floor = max(1.0, float(np.sqrt((residuals**2).mean())))
    residuals = residuals / max(float(np.sqrt((residuals**2).mean())), 1e-9) * floor
    found = []
    for _ in range(resamples):
        drawn = chance.choice(residuals, len(fitted))
        counts = np.maximum(fitted + drawn * np.sqrt(np.maximum(fitted, 0.5)), 0.0)
        again = _constrained(ground, counts, degree)
        found.append(float((counts - again)[ground.zone].sum()))
    if not found:
        return -np.inf, np.inf
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _p_value(ground: _Ground, degree: int) -> float:
    """Return the one-sided p-value of no excess: the smaller of two tests, doubled.

    One asks for more in the bins above alone, the other for as much more there as is missing in
    the hole, so that whoever came from near is not overlooked, nor who came from far.
    """
    columns = _chosen(ground, degree)
    means = _fitted(columns, ground.counts)
    zone = ground.zone.astype(float)
    moved = means[ground.zone].sum() / max(float(means[ground.hole].sum()), 1e-9)
    found = [_one_sided(ground, columns, one) for one in (zone, zone - moved * ground.hole)]
    return min(1.0, 2 * min(found))


def _one_sided(ground: _Ground, columns: Floats, column: Floats) -> float:
    """Return the p-value of a column having no weight above zero, by the likelihood ratio."""
    from scipy.stats import t

    within = np.column_stack([columns, column])
    plain = _deviance(ground.counts, _fitted(columns, ground.counts))
    weights = _weights(within, ground.counts)
    means = np.exp(_clipped(within @ weights))
    free = max(len(ground.counts) - within.shape[1], 1)
    spread = max(1.0, float(((ground.counts - means) ** 2 / means).sum()) / free)
    root = np.sqrt(max(plain - _deviance(ground.counts, means), 0.0) / spread)
    return float(t.sf(root if weights[-1] > 0 else -root, free))


def _deviance(counts: Floats, means: Floats) -> float:
    logs = np.where(counts > 0, counts * np.log(np.maximum(counts, 1e-12) / means), 0.0)
    return float(2 * (logs - (counts - means)).sum())
