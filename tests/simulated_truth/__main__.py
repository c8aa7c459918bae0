"""Judge forecasts where the truth is known: `python -m tests.simulated_truth WHAT`.

`value` back-tests every method on worlds of the simulator (quarters, each second week) and on
plain worlds without a signal, and prints WAPE, CRPS and coverage by method. `coverage` draws
worlds from known laws and counts how often 80 % intervals held. `claims` counts how often a
method is said to be better than the best simple one, in worlds of a kind. `health` judges win
chances and shows how those of all worlds came out. Seeds from 900 on (of
claims from 5000 on): none of them was looked at while the model was built.
"""

import argparse
import time
from collections.abc import Iterator

import numpy as np
import pyarrow as pa

from tests.drawn_worlds import PLAIN, Drawn, drawn_world
from tests.known_worlds import History, actual, simulated
from tests.simulated_truth import claims
from tests.simulated_truth.grounds import ground_of
from tests.simulated_truth.health import health
from wald.brain.backtest import backtest
from wald.brain.bookings_ahead import bookings_ahead
from wald.brain.forecast import Unable, forecasters
from wald.brain.scoring import added

LEVELS = ("all", "team", "rep")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("value", "coverage", "claims", "health"))
    parser.add_argument("--first", type=int, default=900)
    parser.add_argument("--worlds", type=int, default=6)
    parser.add_argument("--plain", action="store_true", help="worlds without a signal")
    parser.add_argument(
        "--kind", choices=claims.KINDS, default="calm", help="of worlds, for claims"
    )
    parser.add_argument("--company", default="quiet")
    parser.add_argument("--scale", type=float, default=0.4)
    asked = parser.parse_args()
    started = time.process_time()
    if asked.what == "health":
        health(asked.first, asked.worlds, asked.company, asked.scale, plain=asked.plain)
    elif asked.what == "coverage":
        coverage(asked)
    elif asked.what == "claims":
        seeds = range(asked.first, asked.first + asked.worlds)
        worlds = [claims.judged(claims.trials(asked.kind, seed)) for seed in seeds]
        print(*claims.report(worlds), sep="\n")
    else:
        value(asked)
    print(f"{time.process_time() - started:.0f} s of processor time")


def value(asked: argparse.Namespace) -> None:
    """Print each method's errors beside the model's, over all worlds."""
    trials = []
    for seed in range(asked.first, asked.first + asked.worlds):
        world = _world(asked, seed)
        parts = backtest(ground_of(world), world.quarters[4:], forecasters())
        found = pa.concat_tables([part for part in parts[1:] if part.num_rows]).unify_dictionaries()
        names = pa.array([f"{seed} {one}" for one in found["period"].to_pylist()])
        trials.append(found.append_column("of", names))
    rows = pa.concat_tables(trials).to_pandas()
    for level in LEVELS:
        print(f"\n{level}: method, trials, WAPE, CRPS, 80 % held, CRPS the model saves [95 %]")
        own = rows[rows.level == level]
        keys = ["of", "day", "unit"]
        model = own[own.method == "deal_hazards"].set_index(keys)
        for method, one in own.groupby("method", observed=True):
            both = one.set_index(keys).join(model[["crps"]], rsuffix="_model", how="inner")
            whole = both.actual.abs().sum()
            wape = (both.actual - both.point).abs().sum() / whole
            held = ((both.low_80 <= both.actual) & (both.actual <= both.high_80)).mean()
            periods = both.index.get_level_values("of").tolist()
            saved = added(both.crps_model.to_numpy(), both.crps.to_numpy(), periods)
            told = "" if saved is None else (
                f"{saved.estimate:6.1%} [{saved.low:.1%}, {saved.high:.1%}]"
            )  # fmt: skip
            crps = both.crps.sum() / whole
            print(f"  {method:22} {len(both):6} {wape:7.1%} {crps:7.1%} {held:7.1%} {told}")
        used = own[own.is_used]
        print("  used:", used.groupby("method", observed=True).size().to_dict())


def _world(asked: argparse.Namespace, seed: int) -> History | Drawn:
    if asked.plain:
        return drawn_world(seed, PLAIN)
    return simulated(seed, company=asked.company, scale=asked.scale)


def coverage(asked: argparse.Namespace) -> None:
    """Print how often intervals of the model held, over drawn worlds, by level and distance."""
    places = {level: list(_places(asked, level)) for level in LEVELS}
    for level, found in places.items():
        for weeks in (11, 7, 3, None):
            own = np.array([place for at, place in found if weeks in (at, None)])
            held = [float((abs(own - 0.5) <= share / 2).mean()) for share in (0.5, 0.8, 0.95)]
            told = " ".join(f"{one:6.1%}" for one in held)
            print(f"{level:5} {weeks or 'pooled':>6} weeks left {len(own):6} {told}")


def _places(asked: argparse.Namespace, level: str) -> Iterator[tuple[int, float]]:
    for seed in range(asked.first, asked.first + asked.worlds):
        yield from ((weeks, place) for of, weeks, place in places_of(seed) if of == level)


_kept: dict[int, list[tuple[str, int, float]]] = {}


def places_of(seed: int) -> list[tuple[str, int, float]]:
    """Return the place of what came among the draws, from 0 to 1, by level and weeks left.

    Where draws are equal to what came the place is drawn among them.
    """
    if seed in _kept:
        return _kept[seed]
    world, rng, found = drawn_world(seed), np.random.default_rng(seed), []
    for weeks in (11, 7, 3):
        known = world.known_on(world.quarters[-1], weeks)
        ahead = bookings_ahead(known, rng)
        if isinstance(ahead, Unable):
            continue
        told = ahead.told()
        for unit in known.units:
            came = actual(world.booked, unit, known.period)
            below = float((told[unit.key] < came - 1e-6).mean())
            alike = float((abs(told[unit.key] - came) <= 1e-6).mean())
            found.append((unit.level, weeks, below + rng.random() * alike))
    _kept[seed] = found
    return found


if __name__ == "__main__":
    main()
