"""Effect designs judged on worlds in which the effect is known: does the interval hold it as often
as it says, does the pre-trend test cry wolf as often as it says, is the power what was foretold?

Built on seeds below 100, judged on seeds from 2501 on.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.random import Generator

from tests.effect_panels import one_series, panel_of, rates_world, sums_world, territories
from tests.science.experiment import Experiment, Figure
from wald.brain.effects.before_after import before_after
from wald.brain.effects.comparing import difference
from wald.brain.effects.designs import measured
from wald.brain.effects.differences import differences
from wald.brain.effects.estimate import CannotTell, Estimate
from wald.brain.effects.panel import Panel
from wald.brain.effects.power import power, units_needed
from wald.brain.effects.randomised import randomised
from wald.brain.effects.synthetic import synthetic

_TRIALS = 1000
_PLACEBOS = 200
_FIRST_SEED = 2501
_COVERS = (0.93, 0.97)

World = Callable[[Generator], Panel]
Design = Callable[[Panel, Generator], Estimate | CannotTell]


def _figures(share: float) -> Iterator[Figure]:
    trials = max(int(_TRIALS * share), 20)
    for place, (name, world, design, effect) in enumerate(_settings()):
        found = _tried(world, design, trials, _FIRST_SEED + place)
        yield _coverage(name, found, effect)
    yield from _trend_sizes(trials)
    yield from _powers(trials)
    yield from _placebos(max(int(_PLACEBOS * share), 20))
    yield from _published()


def _settings() -> Iterator[tuple[str, World, Design, float]]:
    for before, after, rho in ((24, 3, 0.0), (24, 3, 0.5), (24, 6, 0.8), (12, 3, 0.3)):
        name = f"before and after: {before} months and {after}, autocorrelation {rho}"
        yield name, _alone(before, after, rho), lambda p, _: before_after(p), 1.0
    for units, treated, rho in ((40, 10, 0.0), (40, 10, 0.7), (20, 5, 0.7), (12, 1, 0.7)):
        name = f"differences: {treated} of {units} units, autocorrelation {rho}"
        yield name, _sums(units, treated, 12, 3, rho), lambda p, _: differences(p), 1.0
    yield (
        "differences: win rates of 8 deals a month, 10 of 40 reps",
        _rates(40, 10),
        lambda p, _: differences(p),
        0.05,
    )
    for units, treated, rho in ((31, 1, 0.0), (31, 1, 0.7), (20, 1, 0.7), (31, 3, 0.7)):
        name = f"synthetic control: {treated} of {units} units, autocorrelation {rho}"
        yield name, _sums(units, treated, 24, 6, rho), lambda p, _: synthetic(p), 1.0
    for units, rho in ((40, 0.7), (20, 0.7), (12, 0.3)):
        name = f"by lot: half of {units} units, autocorrelation {rho}"
        yield name, _sums(units, units // 2, 12, 3, rho), randomised, 1.0
    yield "by lot: win rates of 8 deals a month, 20 of 40 reps", _rates(40, 20), randomised, 0.05


def _alone(before: int, after: int, rho: float) -> World:
    return lambda chance: one_series(
        chance, before=before, after=after, effect=1, rho=rho, season=0.5
    )


def _sums(units: int, treated: int, before: int, after: int, rho: float) -> World:
    return lambda chance: sums_world(
        chance, units=units, treated=treated, before=before, after=after, effect=1, rho=rho
    )


def _rates(units: int, treated: int) -> World:
    return lambda chance: rates_world(
        chance, units=units, treated=treated, before=12, after=3, effect=0.05
    )


def _tried(world: World, design: Design, trials: int, seed: int) -> list[Estimate]:
    chance = np.random.default_rng(seed)
    found = [design(world(chance), chance) for _ in range(trials)]
    told = [one for one in found if isinstance(one, Estimate)]
    if len(told) < 0.9 * trials:
        raise ValueError("the design could not tell in a tenth of the worlds")
    return told


def _coverage(name: str, found: list[Estimate], effect: float) -> Figure:
    share = float(np.mean([one.low <= effect <= one.high for one in found]))
    width = float(np.median([one.high - one.low for one in found]))
    low, high = _COVERS
    return Figure(
        f"interval of 95 % holds the effect; {name}",
        f"{share:.1%}, median width {width:.3g}",
        "93 to 97 %",
        low <= share <= high,
        note=f"{len(found)} worlds",
    )


def _trend_sizes(trials: int) -> Iterator[Figure]:
    for units, treated, rho in ((40, 10, 0.0), (40, 10, 0.7), (12, 1, 0.5)):
        found = _tried(_sums(units, treated, 12, 3, rho), lambda p, _: differences(p), trials, 2601)
        doubted = float(np.mean([bool(one.trend and one.trend.is_doubted) for one in found]))
        name = f"pre-trend test cries wolf; {treated} of {units}, autocorrelation {rho}"
        yield Figure(name, f"{doubted:.1%}", "3 to 7 %", 0.03 <= doubted <= 0.07)
    chance = np.random.default_rng(2602)
    seen = [
        differences(
            sums_world(
                chance, units=40, treated=10, before=12, after=3, effect=0, rho=0.3, tilt=0.15
            )
        )
        for _ in range(trials)
    ]
    power_seen = np.mean(
        [isinstance(one, Estimate) and bool(one.trend and one.trend.is_doubted) for one in seen]
    )
    name = "pre-trend test finds a tilt of 0.15 a month, where a month varies by 1.05"
    yield Figure(name, f"{power_seen:.1%}")


def _powers(trials: int) -> Iterator[Figure]:
    for effect, units in ((1.0, 20), (0.7, 40), (0.5, 128)):
        chance = np.random.default_rng(2701)
        hits = 0
        for _ in range(trials):
            values = chance.normal(size=units)
            values[: units // 2] += effect
            found = difference(values, np.ones(units), np.arange(units) < units // 2)
            hits += found is not None and found.p_value < 0.05
        told, seen = power(effect, 1, units // 2, units // 2), hits / trials
        error = 3 * float(np.sqrt(told * (1 - told) / trials))
        yield Figure(
            f"power of {units // 2} against {units // 2} at an effect of {effect} spreads",
            f"told {told:.1%}, simulated {seen:.1%}",
            "within three errors",
            abs(told - seen) <= error,
        )


def _placebos(trials: int) -> Iterator[Figure]:
    """Panels of territories of unequal size that grow, have seasons and hang together; nothing is
    done to anybody."""
    for design, treated in (("differences", 6), ("synthetic", 1), ("before_after", 6)):
        chance = np.random.default_rng(2801)
        held = told = 0
        for _ in range(trials):
            found = measured(design, territories(chance, 30, treated, 24, 3), chance, level=0.9)
            if isinstance(found, Estimate):
                told += 1
                held += found.low <= 0 <= found.high
        yield Figure(
            f"interval of 90 % holds nothing on territories where nothing was done; {design}",
            f"{held / told:.1%} of {told}",
            "at least 85 %",
            held / told >= 0.85,
        )


def _published() -> Iterator[Figure]:
    jersey, pennsylvania = np.array([20.44, 20.44, 21.03]), np.array([23.33, 23.33, 21.17])
    rows = [jersey + off for off in (-1, 0, 1)] + [pennsylvania + off for off in (-1, 0, 1)]
    wage = differences(panel_of(np.array(rows), 3, 2))
    if isinstance(wage, Estimate):
        yield Figure(
            "minimum wage in New Jersey, jobs per store", f"{wage.estimate:.2f}", "2.76 ± 0.02",
            abs(wage.estimate - 2.76) <= 0.02, "2.76, Card and Krueger 1994 (from their means)",
        )  # fmt: skip
    one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    sleep = difference(np.array(one + two), np.ones(20), np.arange(20) < 10)
    if sleep is not None:
        yield Figure(
            "hours of sleep, two groups", f"{sleep.low:.4f} to {sleep.high:.4f}",
            "-3.3655 to 0.2055", abs(sleep.low + 3.3654832) + abs(sleep.high - 0.2054832) < 1e-5,
            "-3.3654832 to 0.2054832, Student 1908 in the manual of R",
        )  # fmt: skip
    from statsmodels.datasets import nile

    flow = np.asarray(nile.load_pandas().data["volume"], dtype=np.float64)[None, :]
    river = before_after(panel_of(flow, 1, 28), has_season=False)
    if isinstance(river, Estimate):
        yield Figure(
            "flow of the Nile after 1898", f"{river.estimate:.0f} ({river.low:.0f} to "
            f"{river.high:.0f})", "-248 in the interval", river.low <= -248 <= river.high,
            "-248, Cobb 1978",
        )  # fmt: skip
    needed = units_needed(0.5, 1)
    yield Figure(
        "units in each group to find half a spread, 80 %", str(needed), "64", needed == 64,
        "64, Cohen 1988, table 2.4.1",
    )  # fmt: skip


EXPERIMENT = Experiment(
    key="effects",
    title="Effects of decisions",
    what=(
        "Every design on 1,000 worlds each in which the effect is known; months of one unit hang "
        "together, units move with a common movement. Built on seeds below 100, judged on seeds "
        "from 2501. Then designs on panels where nothing was done, and published examples."
    ),
    figures=_figures,
)
