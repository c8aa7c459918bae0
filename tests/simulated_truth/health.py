"""Health of deals where the outcome is known: skill, calibration of pooled worlds, and features.

Each world is judged as in use: learned on the first two thirds of its days, scored on later ones.
"""

from collections.abc import Iterator

import numpy as np

from tests.drawn_worlds import PLAIN, drawn_world
from tests.known_worlds import simulated
from wald.brain.additive import learn, score
from wald.brain.chance_judged import Judgement
from wald.brain.forecast import Known, Unable
from wald.brain.win_chance import fit_win_chance, samples_of, standing

EDGES = np.arange(0.1, 1.0, 0.1)
NEW = ("no activity", "active days")  # taken in because they helped on other seeds


def health(first: int, worlds: int, company: str, scale: float, *, plain: bool) -> None:
    """Print skill and AUC by world, then how chances of all worlds came out, by tenths."""
    said, came, weight = [], [], []
    signals = 0
    for seed, known in _worlds(first, worlds, company, scale, plain=plain):
        model = fit_win_chance(known, np.random.default_rng(0))
        if isinstance(model, Unable):
            print(seed, model.reason)
            continue
        signals += model.judgement.has_signal
        print(seed, _told(model.judgement))
        chance, won, counts, less = _later(known)
        print(f"     {' and '.join(NEW)} save {-less:.1%} of the base rate's Brier score")
        said, came, weight = [*said, *chance], [*came, *won], [*weight, *counts]
    print(f"{signals} of {worlds} worlds with a signal")
    place = np.digitize(said, EDGES)
    for tenth in range(10):
        here = place == tenth
        if here.sum() >= 100:
            told = np.average(np.array(said)[here], weights=np.array(weight)[here])
            share = np.average(np.array(came)[here], weights=np.array(weight)[here])
            print(f"  said {told:6.1%}  won {share:6.1%}  {here.sum():6} deal-days")


def _worlds(
    first: int, worlds: int, company: str, scale: float, *, plain: bool
) -> Iterator[tuple[int, Known]]:
    for seed in range(first, first + worlds):
        if plain:
            world = drawn_world(seed, PLAIN)
            yield seed, world.known_on(world.quarters[-1], 6)
        else:
            told = simulated(seed, company=company, scale=scale, has_activities=True)
            yield seed, told.known_on(told.quarters[-1], 6)


def _told(found: Judgement) -> str:
    auc = found.auc
    area = "" if auc is None else f" AUC {auc.estimate:.3f}"
    return (
        f"{found.deals} deals, skill {found.skill.estimate:.1%} [{found.skill.low:.1%}, "
        f"{found.skill.high:.1%}]{area}, lean {found.lean.estimate:+.1%} [{found.lean.low:+.1%}, "
        f"{found.lean.high:+.1%}], {found.bins_held} of {len(found.bins)} bins held"
    )


def _later(known: Known) -> tuple[list[float], list[float], list[float], float]:
    """Return chances of later days, what came, and what the new attributes save of the Brier."""
    before, after = samples_of(known, np.random.default_rng(0))
    found = []
    for names in ((), NEW):
        kept = [one for one in standing(before.rows).column_names if one not in names]
        model = learn(standing(before.rows).select(kept), before.won, before.weight, before.group)
        found.append(score(model, standing(after.rows).select(kept)))
    base = np.average(before.won, weights=before.weight)
    whole = float((after.weight * (base - after.won) ** 2).sum())
    missed = [float((after.weight * (one - after.won) ** 2).sum()) for one in found]
    return (
        found[0].tolist(), after.won.tolist(), after.weight.tolist(),
        (missed[0] - missed[1]) / whole,
    )  # fmt: skip
