"""What a rate was to be expected to be in each leaf, and which cells moved beyond chance.

Expected: the leaf's recent rate, earlier moments counting half per step back, drawn by as many
tries as a prior to what its values show one by one (main effects by iterative proportional fitting:
Deming and Stephan 1940, Annals of Mathematical Statistics 11: 427-444). So a mix that changed moves
no rate. Deviance is Poisson's, by counts (Neill 2009, International Journal of Forecasting 25:
498-517). Whether a cell moved is asked with its past's own doubt; earlier moments, judged the same
way, say how far cells of a cut usually move beyond chance (over-dispersion, at least 1); all cells
share one level (Bonferroni). Among cells that moved, those are preferred that explain most beside
leaves drawn to the whole's rate: what was bad already when it got worse is the likelier cause.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.lattice import Cut, Flags, Floats, Ints, sums
from wald.brain.place_search import Ground

PAD = 10.0  # successes by which what a value shows is drawn to the whole's
LEVEL = 0.05  # chance that any cell is told to have moved where none has
LEAST_TRIES = 5  # of a cell now, below which it is not asked
_FITS = 6  # rounds of fitting
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
class Memory:
    """`half_life` are the moments after which an earlier one counts half, `prior` the tries at the
    rate of its values that each leaf's past counts as having."""

    half_life: float
    prior: float


@dataclass(frozen=True, slots=True)
class Step:
    """One moment against its past: columns of value, size, expected value, the past's weighted
    value and size; `effective` times those two is what they count as. `drawn` is what was to be
    expected where leaves are drawn to the whole's rate instead of that of their values."""

    columns: tuple[Floats, ...]
    effective: float
    drawn: Floats


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


def step(rates: Rates, codes: Ints, at: int, memory: Memory) -> Step:
    """Return moment `at` against the moments before it; the last is the one after the past."""
    weight = 0.5 ** (np.arange(at)[::-1] / memory.half_life)
    by_moment = rates.past_size[:at].sum(axis=1)
    squares = max(float((weight**2 * by_moment).sum()), _CALM)
    effective = float((weight * by_moment).sum()) / squares
    past_value, past_size = weight @ rates.past_value[:at], weight @ rates.past_size[:at]
    is_now = at == len(rates.past_size)
    value = rates.value if is_now else rates.past_value[at]
    size = rates.size if is_now else rates.past_size[at]
    usual = _main_effects(past_value, past_size, codes)
    prior = memory.prior
    expected = size * (past_value + prior * usual) / (past_size + prior)
    whole = past_value.sum() / max(float(past_size.sum()), _CALM)
    drawn = size * (past_value + prior * whole) / (past_size + prior)
    return Step((value, size, expected, past_value, past_size), effective, drawn)


def _main_effects(value: Floats, size: Floats, codes: Ints) -> Floats:
    """Return the rate of each leaf as a product of what its values show, each drawn to 1 by as
    many successes as PAD."""
    start = max(float(value.sum()) / max(float(size.sum()), _CALM), _CALM)
    rate = np.full(len(value), start)
    for _ in range(_FITS):
        for code in codes.T:
            shown = np.bincount(code, value) + PAD
            rate = rate * (shown / (np.bincount(code, size * rate) + PAD))[code]
    return np.asarray(np.minimum(rate, 1 - 1e-6))


def rate_ground(value: Floats, expected: Floats, *, rises: bool) -> Ground:
    """Return what cells of a rate that rose (or fell) explain."""

    def gain(there: Floats) -> Floats:
        return _poisson(there[0], there[1], rises=rises)

    shown = gain(np.array([value, expected]))
    # A leaf of chance alone shows a quarter on either side, less where little was expected.
    noise = 0.25 * np.minimum(expected, 1.0).sum()
    whole = max(float(shown.sum() - noise), float(shown.max(initial=0)), _CALM)
    return Ground((value, expected), gain, gain, whole)


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


def moved(cuts: Sequence[Cut], rates: Rates, codes: Ints, memory: Memory) -> Moved:
    """Return how far cells and the whole moved, and how far chance reaches."""
    from scipy.stats import chi2

    moments = len(rates.past_size)
    now = step(rates, codes, moments, memory)
    earlier = [step(rates, codes, at, memory) for at in range(max(1, moments - _PLACEBOS), moments)]
    cells = [_apart(cut, now) for cut in cuts]
    asked = sum(int((one != 0).sum()) for one in cells)
    whole, p_value = _whole(now, earlier)
    far = float(chi2.isf(LEVEL / max(asked, 1), 1))
    of_past = float(rates.size.sum()) / max(now.effective * float(now.columns[4].sum()), _CALM)
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


def _apart(cut: Cut, at: Step) -> Floats:
    """Return each cell's distance from its past, 0 where it is too small to be asked."""
    cell = sums(cut, at.columns)
    return np.where(cell[1] >= LEAST_TRIES, _distance(cell, at.effective), 0.0)


def _distance(cell: Floats, effective: float) -> Floats:
    """Return the signed root of the deviance from what was expected, the past's doubt taken in."""
    value, size = np.maximum(cell[0], 0.0), np.maximum(cell[1], _CALM)
    expected = np.maximum(cell[2], _CALM)
    rate = np.minimum(expected / size, 1.0)
    past = effective * np.maximum(cell[4] * rate, _CALM)  # successes its past counts as
    wider = expected * (1 - rate) * (1 + expected / past)
    deviance = 2 * _poisson(value, expected) * expected / np.maximum(wider, _CALM)
    return np.asarray(np.sign(value - expected) * np.sqrt(deviance))


def _widening(placebos: Sequence[Floats]) -> float:
    """Return by how much squares of distances exceeded 1 at an earlier moment, at least 1: of all
    moments at the lower quartile, as some of them may have had causes of their own."""
    means = [float((one[one != 0] ** 2).mean()) for one in placebos if (one != 0).any()]
    return max(1.0, float(np.quantile(means, _CALM_MOMENTS))) if means else 1.0


def _whole(now: Step, earlier: Sequence[Step]) -> tuple[float, float]:
    from scipy.stats import chi2, f

    def signed(at: Step) -> float:
        total = np.array([[column.sum()] for column in at.columns])
        return float(_distance(total, at.effective)[0])

    far = signed(now)
    usual = [signed(one) ** 2 for one in earlier]
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
