"""How far whole periods, and teams within them, stray together from what their deals say.

Deals of one period share a market, so drawing each on its own makes intervals too narrow: 200
deals at 25 % then vary by 21 % where a common shock of 0.35 logits makes it 33 %. Each earlier
period, at the same distance from its end, gives one residual; what exceeds the chance of single
deals is the variance of the shock (moments, with a prior of a few periods), and the mean of the
residuals, shrunk to 0, is a bias that is taken out. Assumes that periods differ by chance alone.
Source: docs/forecast/deal_hazards.md
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.deal_weeks import Floats, Ints

_PRIOR_SPREAD, _PRIOR_PERIODS = 0.2, 4.0  # logits, and as many periods as it counts for
_TEAM_SPREAD, _TEAM_PRIOR = 0.15, 8.0  # the same for teams beyond their period
_MEAN_SPREAD = 0.15  # logits by which the model as a whole may be off
_MOST = 1.0  # logits; beyond, a shock is a fault of the data


@dataclass(frozen=True, slots=True)
class Past:
    """The deals of one earlier period, as far from its end: chance, amount, team, did it win."""

    chance: Floats
    amount: Floats
    team: Ints
    won: Floats


@dataclass(frozen=True, slots=True)
class Shock:
    """Shifts of the logit of every chance. `degrees` of freedom: how well `spread` is known."""

    mean: float
    spread: float
    team_spread: float
    degrees: float
    periods: int


def fit_shock(past: Sequence[Past]) -> Shock:
    """Return the shock of the periods given; the prior alone where there are none."""
    shifts, noises = _shifts([(one.chance, one.amount, one.won) for one in past])
    spread = _spread(shifts, noises, _PRIOR_SPREAD, _PRIOR_PERIODS)
    weight = 1 / (noises + spread**2)
    mean = float((weight * shifts).sum() / (weight.sum() + _MEAN_SPREAD**-2))
    beyond, beyond_noise = _teams(past, shifts)
    return Shock(
        mean,
        spread,
        _spread(beyond, beyond_noise, _TEAM_SPREAD, _TEAM_PRIOR),
        _PRIOR_PERIODS + len(shifts),
        len(shifts),
    )


def drawn(shock: Shock, teams: int, draws: int, rng: np.random.Generator) -> Floats:
    """Return shifts of the logit, a row per draw and a column per team; a row is one future.

    The common part is stratified, so that few draws have its mean and spread.
    """
    from scipy.stats import t

    places = (rng.permutation(draws) + rng.random(draws)) / draws
    common = shock.mean + shock.spread * t.ppf(places, df=shock.degrees)
    own = shock.team_spread * rng.standard_normal((draws, teams))
    return np.asarray(np.clip(common[:, None] + own, -3 * _MOST, 3 * _MOST))


def shifted(chance: Floats, shift: Floats) -> Floats:
    """Return chances with their logits shifted."""
    odds = chance / np.maximum(1 - chance, 1e-12) * np.exp(shift)
    return np.asarray(odds / (1 + odds))


def _shifts(parts: Sequence[tuple[Floats, Floats, Floats]]) -> tuple[Floats, Floats]:
    """Return per part the shift that explains its residual, and the variance by chance alone."""
    found, noises = [], []
    for chance, amount, won in parts:
        slope = float((amount * chance * (1 - chance)).sum())
        if slope <= 0:
            continue
        noise = float((amount**2 * chance * (1 - chance)).sum()) / slope**2
        found.append(np.clip(float((amount * (won - chance)).sum()) / slope, -2 * _MOST, 2 * _MOST))
        noises.append(noise)
    return np.array(found), np.array(noises)


def _teams(past: Sequence[Past], shifts: Floats) -> tuple[Floats, Floats]:
    parts, of = [], []
    for place, one in enumerate(past[: len(shifts)]):
        for team in np.unique(one.team):
            here = one.team == team
            parts.append(
                (shifted(one.chance[here], shifts[place]), one.amount[here], one.won[here])
            )
            of.append(place)
    return _shifts(parts)


def _spread(shifts: Floats, noises: Floats, prior: float, weight: float) -> float:
    """Return the standard deviation beyond chance, drawn to the prior as if by more periods."""
    if not len(shifts):
        return prior
    sure = (prior**2 / (noises + prior**2)) ** 2  # a noisy period tells little of the spread
    beyond = float((sure * (shifts**2 - noises)).sum())
    return float(
        min(_MOST, np.sqrt(max(0.0, (weight * prior**2 + beyond) / (weight + sure.sum()))))
    )
