"""Before and after: the level of a process before a decision, and after, where nobody is left to
compare with.

The effect is the step in a regression on [1, season, after] whose errors follow an AR(1) process
with variance by the rows behind each slot. The autocorrelation is not plugged in but integrated
out over a grid: each value rho weighs by its restricted likelihood (Harville 1974, Biometrika 61:
383-385) over 1 - rho², as short series show too little of it (Kendall 1954, Biometrika 41:
403-404), and the interval is that of the mixture of t distributions (Zellner and Tiao 1964, JASA
59: 763-778). The chart is the one of individual values and moving ranges, its limits from before
(Wheeler and Chambers 1992, Understanding Statistical Process Control).

Assumes that nothing else changed at the same time, no trend, and errors that are near normal.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wald.brain.effects.estimate import LEVEL, CannotTell, Estimate, drawn
from wald.brain.effects.panel import Floats, Panel, series

KEY = "before_after"
LEAST_BEFORE = 8  # slots with rows; the limits of the chart are provisional under 12
LEAST_AFTER = 2
_PROVISIONAL = 12
_SEASON = 3  # months of a quarter
_LEAST_FOR_SEASON = 12  # slots before, from which the months of a quarter get levels of their own
_RUN = 8  # slots on one side of the centre in a row: a shift (Wheeler's second rule)
_XMR = 2.66  # moving ranges from the centre to a limit
_GRID = np.linspace(-0.9, 0.975, 76)


@dataclass(frozen=True, slots=True)
class _Step:
    """The step at each autocorrelation of the grid: how likely it is, the step, its error. `season`
    is what the month of the quarter adds to each slot."""

    weight: Floats
    step: Floats
    error: Floats
    degrees: int
    season: Floats


def before_after(
    panel: Panel, *, has_season: bool = True, level: float = LEVEL
) -> Estimate | CannotTell:
    """Return the step of the treated units together; of a sum, per unit and slot."""
    treated = panel.of(panel.is_treated)
    values, weights = series(treated)
    there = weights > 0
    before, after = int(there[: panel.before].sum()), int(there[panel.before :].sum())
    if before < LEAST_BEFORE:
        return CannotTell(KEY, f"There are {before} slots with rows before it, {LEAST_BEFORE} are "
                               "needed to know how it varies by itself.")  # fmt: skip
    if after < LEAST_AFTER:
        reason = f"There are {after} slots with rows after it, {LEAST_AFTER} are needed."
        return CannotTell(KEY, reason, waits=True)
    slots = panel.places[there]
    design = _design(slots, panel.before, is_seasonal=has_season and before >= _LEAST_FOR_SEASON)
    found = _steps(values[there], weights[there], slots, design)
    low, middle, high = (_quantile(found, share) for share in (1 - level, 1.0, 1 + level))
    levelled = values.copy()
    levelled[there] -= found.season
    centre, limit = _limits(levelled[: panel.before][there[: panel.before]])
    return Estimate(
        KEY, low, middle, high, int(panel.is_treated.sum()), 0, before, after,
        points=drawn(panel.slots, panel.before, levelled, np.full(len(levelled), centre)),
        low_limit=centre - limit,
        high_limit=centre + limit,
        signals=_signals(levelled[panel.before :][there[panel.before :]], centre, limit),
        notes=tuple(_notes(before, is_levelled=bool(found.season.any()))),
    )  # fmt: skip


def _notes(before: int, *, is_levelled: bool) -> Iterator[str]:
    if before < _PROVISIONAL:
        yield f"The limits rest on {before} slots and are provisional."
    if is_levelled:
        yield "The chart shows each month less what its place in the quarter adds."


def _design(slots: Floats, before: int, *, is_seasonal: bool) -> Floats:
    columns = [np.ones(len(slots)), (slots >= before).astype(np.float64)]
    if is_seasonal:
        for month in range(1, _SEASON):
            column = (slots % _SEASON == month).astype(np.float64)
            columns.append(column - 1 / _SEASON)
    return np.column_stack(columns)


def _steps(values: Floats, weights: Floats, slots: Floats, design: Floats) -> _Step:
    """Fit the regression at every autocorrelation of the grid at once."""
    gaps = np.abs(slots[:, None] - slots[None, :])
    odd = (gaps % 2 == 1)[None]
    rho = _GRID[:, None, None]
    power = np.abs(rho) ** gaps[None]
    covariance = np.where(odd, np.sign(rho) * power, power)
    scale = np.sqrt(weights)
    x: Floats = design * scale[:, None]
    y: Floats = values * scale
    root = np.linalg.cholesky(covariance)
    grid = len(_GRID)
    x = np.asarray(np.linalg.solve(root, np.broadcast_to(x, (grid, *x.shape))))
    y = np.asarray(np.linalg.solve(root, np.broadcast_to(y[:, None], (grid, len(y), 1))))
    inner = np.swapaxes(x, 1, 2) @ x
    inverse = np.linalg.inv(inner)
    beta = inverse @ np.swapaxes(x, 1, 2) @ y
    degrees = len(values) - design.shape[1]
    left = np.maximum(((y - x @ beta)[:, :, 0] ** 2).sum(axis=1), 1e-300)
    logs = (
        -np.log(np.diagonal(root, axis1=1, axis2=2)).sum(axis=1)
        - 0.5 * np.linalg.slogdet(inner)[1]
        - 0.5 * degrees * np.log(left)
        - np.log(1 - _GRID**2)
    )
    weight = np.exp(logs - logs.max())
    weight /= weight.sum()
    step, error = beta[:, 1, 0], np.sqrt(inverse[:, 1, 1] * left / degrees)
    mean = np.tensordot(weight, beta[:, :, 0], axes=1)
    return _Step(weight, step, error, degrees, design[:, 2:] @ mean[2:])


def _quantile(found: _Step, twice: float) -> float:
    """Return the quantile `twice` / 2 of the mixture of t distributions, by halving."""
    from scipy.special import stdtr

    spread = found.error.max() * 50 + 1e-12
    low, high = float(found.step.min() - spread), float(found.step.max() + spread)
    safe = np.maximum(found.error, 1e-300)
    for _ in range(80):
        middle = (low + high) / 2
        below = float(found.weight @ stdtr(found.degrees, (middle - found.step) / safe))
        low, high = (middle, high) if below < twice / 2 else (low, middle)
    return (low + high) / 2


def _limits(values: Floats) -> tuple[float, float]:
    """Return the centre of the values before, and how far its limits are from it."""
    return float(values.mean()), _XMR * float(np.abs(np.diff(values)).mean())


def _signals(after: Floats, centre: float, limit: float) -> int:
    """Count the slots after that are beyond the limits, or in a run on one side of the centre."""
    beyond = np.abs(after - centre) > limit
    side = np.sign(after - centre)
    in_run = np.zeros(len(after), dtype=np.bool_)
    for start in range(len(after) - _RUN + 1):
        if abs(side[start : start + _RUN].sum()) == _RUN:
            in_run[start : start + _RUN] = True
    return int((beyond | in_run).sum())
