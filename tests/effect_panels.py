"""Panels for the tests of effect designs: worlds in which the effect is known."""

import numpy as np
from numpy.random import Generator

from wald.brain.effects.panel import Floats, Panel


def panel_of(above: Floats, treated: int, before: int, below: Floats | None = None) -> Panel:
    """Return a panel whose first `treated` units are those that the decision reaches."""
    units, slots = above.shape
    return Panel(
        tuple(f"unit {one:03}" for one in range(units)),
        tuple(f"month {one:03}" for one in range(slots)),
        above.astype(np.float64),
        None if below is None else below.astype(np.float64),
        np.arange(units) < treated,
        before,
    )


def correlated(chance: Generator, units: int, slots: int, rho: float) -> Floats:
    """Return noise of variance 1 / (1 - rho²) whose slots hang together (AR(1))."""
    noise = np.empty((units, slots))
    noise[:, 0] = chance.normal(size=units) / np.sqrt(1 - rho**2)
    for slot in range(1, slots):
        noise[:, slot] = rho * noise[:, slot - 1] + chance.normal(size=units)
    return noise


def sums_world(
    chance: Generator,
    *,
    units: int,
    treated: int,
    before: int,
    after: int,
    effect: float,
    rho: float = 0.5,
    together: float = 2.0,
    tilt: float = 0.0,
) -> Panel:
    """Return a world of sums: units differ in level, hang together over time, and a common
    movement carries all of them; `tilt` is a trend of the treated alone."""
    slots = before + after
    common = together * correlated(chance, 1, slots, 0.8)
    above = 10 + 3 * chance.normal(size=(units, 1)) + common + correlated(chance, units, slots, rho)
    above[:treated, before:] += effect
    above[:treated] += tilt * np.arange(slots)
    return panel_of(above, treated, before)


def rates_world(
    chance: Generator,
    *,
    units: int,
    treated: int,
    before: int,
    after: int,
    effect: float,
    rho: float = 0.6,
) -> Panel:
    """Return a world of win rates: units of different size, few deals in a slot, each unit and
    everybody together moving by themselves."""
    slots = before + after
    size = chance.gamma(2, 4, size=units)[:, None]
    deals = chance.poisson(size, size=(units, slots)).astype(np.float64)
    own = 0.25 * correlated(chance, units, slots, rho) + 0.3 * chance.normal(size=(units, 1))
    logit = -1 + own + 0.2 * correlated(chance, 1, slots, 0.6)
    share = 1 / (1 + np.exp(-logit))
    share[:treated, before:] = np.clip(share[:treated, before:] + effect, 0, 1)
    won = chance.binomial(deals.astype(np.int64), share).astype(np.float64)
    return panel_of(won, treated, before, deals)


def one_series(
    chance: Generator, *, before: int, after: int, effect: float, rho: float, season: float = 0.0
) -> Panel:
    """Return one process with a step; the last month of a quarter lies `season` higher."""
    values = 10 + correlated(chance, 1, before + after, rho)
    values[:, 2::3] += season
    values[:, before:] += effect
    return panel_of(values, 1, before)


def territories(chance: Generator, units: int, treated: int, before: int, after: int) -> Panel:
    """Return bookings of territories by month: of unequal size, with a common and an own growth, a
    high last month of each quarter, two common movements that each follows in its own measure, and
    months of one territory that hang together. Nothing is done to anybody."""
    slots = before + after
    size = np.exp(0.6 * chance.normal(size=(units, 1)))
    months = np.arange(slots)
    growth = 0.004 * months + 0.002 * chance.normal(size=(units, 1)) * months
    season = 0.25 * (months % 3 == 2)
    loads = 1 + 0.3 * chance.normal(size=(units, 2))
    common = loads @ (0.05 * correlated(chance, 2, slots, 0.7))
    own = 0.15 * correlated(chance, units, slots, 0.4)
    above = 100 * size * np.exp(growth + season + common + own)
    return panel_of(above, treated, before)
