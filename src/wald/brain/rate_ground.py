"""What a rate was to be expected to be in each leaf, and which cells moved beyond chance.

Expected: the leaf's recent rate, earlier moments counting half per step back, drawn to the whole's
by as many tries as PRIOR. Deviance is Poisson's, by counts. Whether a cell moved is asked of its
own past without any drawing; earlier moments, judged the same way, say how far cells of a cut
usually move beyond chance (over-dispersion, at least 1); all cells share one level (Bonferroni).
Expectation-based Poisson scan: Neill (2009), International Journal of Forecasting 25: 498-517.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.lattice import Cut, Flags, Floats, sums
from wald.brain.place_search import Ground

HALF_LIFE = 1.0  # moments after which an earlier one counts half
PRIOR = 200.0  # tries at the whole's rate that each leaf's past counts as having
LEVEL = 0.05  # chance that any cell is told to have moved where none has
LEAST_TRIES = 5  # of a cell now, below which it is not asked
_PLACEBOS = 6  # earlier moments that say how far cells usually move
_CALM_MOMENTS = 0.25  # share of earlier moments that are trusted to have had no cause
_CALM = 1e-9


@dataclass(frozen=True, slots=True)
class Rates:
    """Now and earlier moments, oldest first, a column per leaf."""

    value: Floats
    size: Floats
    past_value: Floats
    past_size: Floats


@dataclass(frozen=True, slots=True)
class Recent:
    """The past of each leaf as one weighted sum; `effective` times a sum is what it counts as."""

    value: Floats
    size: Floats
    effective: float


@dataclass(frozen=True, slots=True)
class Moved:
    """How far each cell of each cut is from its own past, and the whole: signed, in standard
    deviations, 0 where not asked; `widening` is the over-dispersion per cut, `far` what chance
    does not reach in any cell; `p_value` is the whole's. `margin` is by how much cells have to
    explain more than everybody's moving alike does: where all move alike, no cell's deviance
    exceeds the whole's by more than its own chance."""

    cells: tuple[Floats, ...]
    widening: tuple[float, ...]
    far: float
    whole: float
    p_value: float
    margin: float


def recent(rates: Rates, until: int) -> Recent:
    """Return the past before moment `until`, recent moments counting more."""
    weight = 0.5 ** (np.arange(until)[::-1] / HALF_LIFE)
    by_moment = rates.past_size[:until].sum(axis=1)
    squares = max(float((weight**2 * by_moment).sum()), _CALM)
    whole = float((weight * by_moment).sum())
    return Recent(
        weight @ rates.past_value[:until], weight @ rates.past_size[:until], whole / squares
    )


def rate_ground(rates: Rates, *, rises: bool) -> Ground:
    """Return what cells of a rate that rose (or fell) explain."""
    past = recent(rates, len(rates.past_size))
    usual = past.value.sum() / past.size.sum()
    expected = rates.size * (past.value + PRIOR * usual) / (past.size + PRIOR)

    def gain(there: Floats) -> Floats:
        return _poisson(there[0], there[1], rises=rises)

    shown = gain(np.array([rates.value, expected]))
    # A leaf of chance alone shows a quarter on either side, less where little was expected.
    noise = 0.25 * np.minimum(expected, 1.0).sum()
    whole = max(float(shown.sum() - noise), float(shown.max(initial=0)), _CALM)
    return Ground((rates.value, expected), gain, gain, whole)


def redrawn(rates: Rates, chance: np.random.Generator) -> Rates:
    """Return the rates with their successes drawn anew, each leaf at the rate it showed."""

    def anew(value: Floats, size: Floats) -> Floats:
        rate = np.divide(value, size, out=np.zeros_like(size), where=size > 0)
        tries = np.round(size).astype(np.int64)
        return chance.binomial(tries, np.clip(rate, 0, 1)).astype(np.float64)

    return Rates(
        anew(rates.value, rates.size),
        rates.size,
        anew(rates.past_value, rates.past_size),
        rates.past_size,
    )


def moved(cuts: Sequence[Cut], rates: Rates) -> Moved:
    """Return how far cells and the whole moved, and how far chance reaches."""
    from scipy.stats import chi2

    moments = len(rates.past_size)
    now = _step(rates.value, rates.size, recent(rates, moments))
    earlier = [
        _step(rates.past_value[at], rates.past_size[at], recent(rates, at))
        for at in range(max(1, moments - _PLACEBOS), moments)
    ]
    cells = [_apart(cut, now) for cut in cuts]
    asked = sum(int((one != 0).sum()) for one in cells)
    whole, p_value = _whole(now, earlier)
    far = float(chi2.isf(LEVEL / max(asked, 1), 1))
    of_past = float(rates.size.sum()) / max(now.effective * float(now.columns[3].sum()), _CALM)
    return Moved(
        tuple(cells),
        tuple(_widening([_apart(cut, step) for step in earlier]) for cut in cuts),
        far**0.5,
        whole,
        p_value,
        far * (1 + of_past) / 2,
    )


def stand_out(found: Moved, *, rises: bool) -> tuple[Flags, ...]:
    """Return which cells of each cut moved beyond chance in one direction."""
    side = 1.0 if rises else -1.0
    return tuple(
        side * one >= found.far * np.sqrt(wide)
        for one, wide in zip(found.cells, found.widening, strict=True)
    )


@dataclass(frozen=True, slots=True)
class _Step:
    """One moment against its past: columns of leaves, and the effective size of the past."""

    columns: tuple[Floats, ...]  # value, size, past value, past size
    effective: float
    usual: float


def _step(value: Floats, size: Floats, past: Recent) -> _Step:
    usual = max(past.value.sum() / max(past.size.sum(), _CALM), _CALM)
    return _Step((value, size, past.value, past.size), past.effective, float(usual))


def _apart(cut: Cut, step: _Step) -> Floats:
    """Return each cell's distance from its past, 0 where it is too small to be asked."""
    cell = sums(cut, step.columns)
    return np.where(cell[1] >= LEAST_TRIES, _distance(cell, step), 0.0)


def _doubt(value: Floats, size: Floats, effective: float) -> Floats:
    """Return the variance of a rate's logarithm."""
    return np.maximum(1 - value / size, 0.0) / (effective * value)


def _distance(cell: Floats, step: _Step) -> Floats:
    """Return the signed root of the deviance from the past, the past's own doubt taken in."""
    one = 1.0 / step.effective  # a try at the usual rate, for cells without a past
    value, size = cell[2] + step.usual * one, cell[3] + one
    rate = np.minimum(value / size, 1 - 1e-6)
    expected = np.maximum(cell[1] * rate, _CALM)
    variance = expected * (1 - rate)
    wider = variance + expected**2 * _doubt(value, size, step.effective)
    deviance = 2 * _poisson(cell[0], expected) * expected / np.maximum(wider, _CALM)
    return np.asarray(np.sign(cell[0] - expected) * np.sqrt(deviance))


def _widening(placebos: Sequence[Floats]) -> float:
    """Return by how much squares of distances exceeded 1 at an earlier moment, at least 1: of all
    moments at the lower quartile, as some of them may have had causes of their own."""
    means = [float((one[one != 0] ** 2).mean()) for one in placebos if (one != 0).any()]
    return max(1.0, float(np.quantile(means, _CALM_MOMENTS))) if means else 1.0


def _whole(now: _Step, earlier: Sequence[_Step]) -> tuple[float, float]:
    from scipy.stats import chi2, f

    def signed(step: _Step) -> float:
        total = np.array([[column.sum()] for column in step.columns])
        return float(_distance(total, step)[0])

    far = signed(now)
    usual = [signed(step) ** 2 for step in earlier]
    if not usual:
        return far, float(chi2.sf(far**2, 1))
    return far, float(f.sf(far**2 / max(1.0, float(np.mean(usual))), 1, len(usual)))


def _poisson(value: Floats, expected: Floats, *, rises: bool | None = None) -> Floats:
    """Return the log-likelihood ratio of counts to expected ones; of one direction, if given."""
    safe = np.maximum(expected, _CALM)
    ratio = np.log(np.maximum(value, _CALM) / safe)
    deviance = np.maximum(value * ratio - (value - safe), 0.0)
    if rises is None:
        return np.asarray(deviance)
    return np.where((value > expected) == rises, deviance, 0.0)
