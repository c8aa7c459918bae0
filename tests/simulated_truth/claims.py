"""How often a method is said to be better than the best simple one, where it is and where not.

Twelve quarters a world, of which eight are scored, each told 13, 7 weeks and 1 before its end. In
null worlds neither how deals stand nor how many there are tells anything; in worlds with a signal
later stages are won more often.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from tests.drawn_worlds import Law, drawn_world
from tests.null_worlds import NULLS, null_world, smaller
from tests.simulated_truth.grounds import ground_of
from wald.brain.backtest import backtest
from wald.brain.combining import COMBINED, Choice, choose
from wald.brain.forecast import LEVELS, forecasters
from wald.brain.record import record_of

KINDS = (*NULLS, "signal")
WEEKS = (13, 7, 1)  # to the end, at which a method is chosen
_METHODS = forecasters()
_TITLES = {key: one.title for key, one in _METHODS.items()} | {COMBINED: "The combination"}
_SIMPLE = frozenset(key for key, one in _METHODS.items() if one.is_simple)


@dataclass(frozen=True, slots=True)
class World:
    """What came of one world: CRPS by level and method as a share of what came, on the trials that
    the model told of, and what is chosen after the last quarter, by level and weeks."""

    crps: Mapping[tuple[str, str], float]
    choices: Mapping[tuple[str, int], Choice]


def trials(kind: str, seed: int) -> tuple[pa.Table, ...]:
    """Return the trials of one world, a table per quarter."""
    law = smaller(replace(Law(), a_day=1.8))
    world = null_world(seed, NULLS[kind]) if kind in NULLS else drawn_world(seed, law)
    return backtest(ground_of(world), world.quarters[4:], _METHODS, every=6)


def judged(found: Sequence[pa.Table]) -> World:
    """Return what is said of a world after its last quarter."""
    record = record_of(found, found[-1]["ends_on"][0].as_py())
    choices = {}
    for level in LEVELS:
        losses = {method: own for (method, of), own in record.losses.items() if of == level}
        for weeks in WEEKS:
            choices[level, weeks] = choose(losses, list(losses), _SIMPLE, weeks, _TITLES)
    return World(_errors(found), choices)


def is_claimed(choice: Choice) -> bool:
    """Is a method said to be better than the best simple one?"""
    return choice.over is not None and choice.over.low > 0


def report(worlds: Sequence[World]) -> Iterable[str]:
    """Yield lines: the methods of each level, the best first, and how many claims were made."""
    from scipy.stats import binomtest

    for level in LEVELS:
        methods = {method for one in worlds for of, method in one.crps if of == level}
        means = {m: np.mean([w.crps[level, m] for w in worlds if (level, m) in w.crps])
                 for m in methods}  # fmt: skip
        yield f"{level}: " + ", ".join(f"{m} {means[m]:.1%}" for m in sorted(means, key=means.get))
        for weeks in WEEKS:
            chosen = [one.choices[level, weeks] for one in worlds]
            claims = sum(map(is_claimed, chosen))
            band = binomtest(claims, len(worlds)).proportion_ci()
            used = Counter(one.method for one in chosen)
            yield (
                f"  {weeks:2} weeks left: better {claims} of {len(worlds)}"
                f" [{band.low:.0%}, {band.high:.0%}], used {dict(used)}"
            )


def _errors(found: Sequence[pa.Table]) -> Mapping[tuple[str, str], float]:
    rows = pa.concat_tables(one for one in found if one.num_rows).unify_dictionaries()
    table = rows.to_pandas()
    told = {}
    for level in LEVELS:
        own = table[table.level == level]
        keys = ["day", "unit"]
        shared = own[own.method == "deal_hazards"][keys]
        for method, one in own.groupby("method", observed=True):
            both = one.merge(shared, on=keys)
            if len(both):
                told[level, str(method)] = float(both.crps.sum() / both.actual.sum())
    return told
