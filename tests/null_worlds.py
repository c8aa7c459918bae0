"""Worlds in which neither how open deals stand nor how many there are tells what will be booked.

Deals come in waves, so that the pipeline swells and shrinks; they are lost by chance alone. Wins
come at a rate that knows nothing of the pipeline: each falls on an open deal drawn blindly (on a
new one where none is open), and books an amount of its own.
"""

from dataclasses import dataclass, replace
from datetime import timedelta

import numpy as np

from tests.drawn_worlds import _EPOCH, STAGES, STARTS, Drawn, Law, _number, _tables
from wald.brain.forecast import grid
from wald.kernel.period import Grain, Period, months_calendar, periods

_WORLD = Law(quarters=12, reps=4, teams=2)


@dataclass(frozen=True, slots=True)
class Blind:
    """`wins` a day; `wave` and `shock` are spreads of logarithms, of the deals that come over
    about two months and of the wins of a whole quarter."""

    wins: float = 0.6
    comes: float = 1.8
    wave: float = 0.6
    shock: float = 0.0


NULLS = {"calm": Blind(wave=0.0), "waves": Blind(), "shaken": Blind(shock=0.2)}


def null_world(seed: int, law: Blind = NULLS["waves"]) -> Drawn:
    """Draw twelve quarters of a world by its law."""
    rng = np.random.default_rng(seed)
    last = _EPOCH + timedelta(days=int(_number(STARTS) + 92 * _WORLD.quarters))
    quarters = tuple(periods(months_calendar(), Grain.QUARTER, STARTS, last))[: _WORLD.quarters]
    return _lived(law, quarters, rng)


def _lived(law: Blind, quarters: tuple[Period, ...], rng: np.random.Generator) -> Drawn:
    first, last = _number(quarters[0].start) - 120, _number(quarters[-1].last_day)
    span = np.arange(first, last + 1)
    comes = rng.poisson(law.comes * np.exp(law.wave * _waves(len(span), rng)))
    wins = rng.poisson(law.wins * _tide(law, span, quarters, rng))
    opened = np.repeat(span, np.maximum(comes, wins > 0))  # there is always one to be won
    count = len(opened)
    closed, won = np.full(count, 10**9), np.zeros(count, dtype=bool)
    rep, stage = rng.integers(0, _WORLD.reps, count), rng.integers(0, STAGES, count)
    amount, due = np.exp(rng.normal(10, 0.6, count)), opened + rng.integers(20, 120, count)
    looks = {_number(day) for one in quarters for day in grid(one)}
    shots = []
    for place, day in enumerate(span):
        here = np.flatnonzero((opened <= day) & (closed > 10**8))
        lucky = rng.choice(here, min(int(wins[place]), len(here)), replace=False)
        closed[lucky], won[lucky] = day, True
        rest = np.setdiff1d(here, lucky)
        closed[rest[rng.random(len(rest)) < 0.02]] = day
        if int(day) in looks:
            still = np.flatnonzero((opened <= day) & (closed > day))
            nothing = np.zeros(len(still), dtype=np.int64)
            shots.append((still, np.full(len(still), day), stage[still], due[still],
                          opened[still], nothing, nothing))  # fmt: skip
    parts = [np.concatenate(part) for part in zip(*shots, strict=True)]
    paid = np.exp(rng.normal(10, 0.6, count))
    return _tables(_WORLD, quarters, parts, (opened, rep, amount, closed, won, paid))


def _waves(days: int, rng: np.random.Generator) -> np.ndarray:
    """Return a slow wave around 0 with a spread of 1, a value a day."""
    keeps = np.exp(-1 / 60)
    steps, found = rng.standard_normal(days) * np.sqrt(1 - keeps**2), np.zeros(days)
    found[0] = rng.standard_normal()
    for day in range(1, days):
        found[day] = keeps * found[day - 1] + steps[day]
    return found


def _tide(
    law: Blind, span: np.ndarray, quarters: tuple[Period, ...], rng: np.random.Generator
) -> np.ndarray:
    """Return the factor on the wins of each day, that of its quarter."""
    ends = np.array([_number(one.last_day) for one in quarters])
    turn = np.minimum(np.searchsorted(ends, span), len(quarters) - 1)
    return np.exp(law.shock * rng.standard_normal(len(quarters)))[turn]


def smaller(world: Law) -> Law:
    """Return a law of drawn worlds as long and with as many people as these."""
    return replace(world, quarters=_WORLD.quarters, reps=_WORLD.reps, teams=_WORLD.teams)
