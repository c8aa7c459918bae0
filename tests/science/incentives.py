"""Excess mass against a known injected one, false alarms on clean companies, power on gamers.

Distributions and seeds are not those that the estimator was built on: attainments are mixtures,
log-normal, Weibull and gamma draws whose parameters are drawn anew in every world.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from tests.science.experiment import Experiment, Figure
from wald.brain.bunching import bunching
from wald.brain.closing_time import Timed, timing
from wald.brain.incentives import FOUND, HINT, Look, judged

_SEED = 2101
_WORLDS = 400
_LARGE = 100_000  # windows of one world, where the estimate's bias is what is judged


def _attainments(chance: np.random.Generator, count: int) -> npt.NDArray[np.float64]:
    """Return attainments of one invented company: smooth, of a shape of its own."""
    kind = chance.integers(4)
    if kind == 0:
        return np.exp(chance.normal(chance.uniform(-0.2, 0.1), chance.uniform(0.25, 0.5), count))
    if kind == 1:
        shape = chance.uniform(4, 10)
        return chance.gamma(shape, chance.uniform(0.8, 1.1) / shape, count)
    if kind == 2:
        return chance.uniform(0.9, 1.2) * chance.weibull(chance.uniform(2, 4), count)
    low = chance.random(count) < chance.uniform(0.2, 0.6)
    drawn = np.where(low, chance.normal(0.6, 0.25, count), chance.normal(1.05, 0.3, count))
    return np.maximum(drawn, 0.0)


def _gamed(
    chance: np.random.Generator, values: npt.NDArray[np.float64], share: float
) -> tuple[npt.NDArray[np.float64], int]:
    """Let a share of everybody be gamers: those of them who end less than a tenth short are just
    above the threshold instead. Return the values and how many moved."""
    made = values.copy()
    is_near = (values >= 0.9) & (values < 1.0) & (chance.random(len(values)) < share)
    made[is_near] = chance.uniform(1.0, 1.0499, int(is_near.sum()))
    return made, int(is_near.sum())


def _mass(share: float) -> Iterator[Figure]:
    chance = np.random.default_rng(_SEED)
    worlds = max(4, round(40 * share))
    for gamers in (0.1, 0.2, 0.5):
        told, moved, held = [], [], 0
        for _ in range(worlds):
            values, count = _gamed(chance, _attainments(chance, _LARGE), gamers)
            found = bunching(values, np.ones(_LARGE), 1.0, chance)
            told.append(found.excess.estimate)
            moved.append(count)
            held += found.excess.low <= count <= found.excess.high
        ratio = sum(told) / sum(moved)
        yield Figure(
            f"Excess mass over the injected one, {gamers:.0%} gamers",
            f"{ratio:.3f}",
            "0.98 to 1.02",
            0.98 <= ratio <= 1.02,
            note=f"{worlds} worlds of {_LARGE:,} windows",
        )
        yield Figure(f"Interval holds it, {gamers:.0%} gamers", f"{held / worlds:.0%}")


def _clean(share: float) -> Iterator[Figure]:
    for count in (300, 1000, 5000):
        chance = np.random.default_rng([_SEED, count])
        worlds = max(20, round(_WORLDS * share))
        found = sum(_tells(chance, count, 0.0)[0] for _ in range(worlds))
        yield Figure(
            f"Clean companies of {count:,} windows and 4 clauses, nothing found",
            f"{1 - found / worlds:.1%}",
            "99 % or more",
            1 - found / worlds >= 0.99,
            note=f"{worlds} companies",
        )


def _powers(share: float) -> Iterator[Figure]:
    for gamers in (0.05, 0.1, 0.2):
        for count in (1000, 5000):
            chance = np.random.default_rng([_SEED, count, round(100 * gamers)])
            worlds = max(10, round(_WORLDS / 2 * share))
            tells = [_tells(chance, count, gamers) for _ in range(worlds)]
            hinted = sum(hint for _, hint in tells) / worlds
            sure = sum(one for one, _ in tells) / worlds
            yield Figure(
                f"Power, {gamers:.0%} gamers, {count:,} windows, FDR 5 %",
                f"{hinted:.0%}",
                note=f"found, all looks together: {sure:.0%}; {worlds} companies",
            )


def _tells(chance: np.random.Generator, count: int, gamers: float) -> tuple[bool, bool]:
    """Return whether anything is found, and whether there is a hint at least, in a company of four
    clauses with two looks each; the gamers are at the first."""
    looks = []
    for clause in range(4):
        values = _attainments(chance, count)
        if clause == 0 and gamers:
            values, _ = _gamed(chance, values, gamers)
        found = bunching(values, np.ones(count), 1.0, chance, resamples=0)
        time = timing(_timed(chance, count), 1.0, 91)
        looks += [Look("bunching", found.p_value, ""), Look("timing", time.p_value, "")]
    told = [one.verdict for one in judged(looks)]
    return FOUND in told, FOUND in told or HINT in told


def _timed(chance: np.random.Generator, count: int) -> list[Timed]:
    """Return bookings of the last two fortnights of people of uneven pace: more near the end, for
    whoever, and nothing of it for a threshold."""
    places = np.round(chance.gamma(4, 0.16, count) / 0.05) * 0.05
    pace = chance.gamma(2, 0.5, count) * (0.5 + places)  # who stands well sells more, always
    earlier, later = chance.poisson(pace), chance.poisson(pace * 2.0)
    both = earlier + later
    found = []
    for place in np.unique(places):
        at = places == place
        sums = (one[at].sum() for one in (earlier, later, later**2, later * both, both**2))
        found.append(Timed(float(place), int(at.sum()), *[float(one) for one in sums]))
    return found


def _figures(share: float) -> Iterator[Figure]:
    yield from _mass(share)
    yield from _clean(share)
    yield from _powers(share)


EXPERIMENT = Experiment(
    key="incentives",
    title="The incentive microscope",
    what=(
        "Attainments of invented companies, each with a smooth shape of its own; gamers who end "
        "less than a tenth short of a threshold stand just above it instead. Judged on seeds "
        "from 2101 on, on which nothing was built: a tenth of those from 2001 on was seen before "
        "the test of an excess was chosen."
    ),
    figures=_figures,
)
