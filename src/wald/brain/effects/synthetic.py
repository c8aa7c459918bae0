"""Synthetic control: what the others, weighed to look like it before, say would have been.

Of each unit that a decision reaches, weights of the others, none negative and adding up to 1, make
the combination that lay closest to it before, levels apart (Abadie, Diamond and Hainmueller 2010,
JASA 105: 493-505; with an intercept: Ferman and Pinto 2021, Quantitative Economics 12: 1197-1221).
How far such a combination strays afterwards by itself is read off the others: each is treated in
its turn, its mean gap after over its error before is a placebo, and the interval is the t of their
spread over as many degrees of freedom as there are placebos. As each counts with all its slots,
these may hang together as they like.

Assumes that the treated and the others would stray alike without the decision, and no spill-over.
"""

import numpy as np

from wald.brain.effects.comparing import interval
from wald.brain.effects.estimate import LEVEL, CannotTell, Estimate, drawn
from wald.brain.effects.panel import Floats, Panel

KEY = "synthetic"
LEAST_OTHERS = 12  # placebos, below which their spread tells little
LEAST_BEFORE = 8
_RIDGE = 0.02  # of the mean square of the others: picks one among weights that fit alike
_TOLD = 0.01  # weights below this are not named
_HEAVY = 1e4  # of the row that makes weights add up to 1


def synthetic(panel: Panel, *, level: float = LEVEL) -> Estimate | CannotTell:
    """Return the treated units' mean gap, after, to the others weighed to look like them."""
    cut = panel.before
    use = panel.of(np.asarray(~np.isnan(panel.values).any(axis=1)))
    mine, others = use.values[use.is_treated], use.values[~use.is_treated]
    if panel.after < 1 or len(mine) < 1:
        return CannotTell(KEY, "None of those it reaches has rows in every slot.", waits=True)
    if len(others) < LEAST_OTHERS or cut < LEAST_BEFORE:
        reason = (
            f"There are {len(others)} others with rows in every slot and {cut} slots before; "
            f"{LEAST_OTHERS} and {LEAST_BEFORE} are needed."
        )
        return CannotTell(KEY, reason)
    fits = [_gap(one, others, cut) for one in mine]
    gaps = np.array([gap for gap, _ in fits])
    errors = np.array([_error(gap, cut) for gap in gaps])
    variance = float((errors**2).sum()) / len(mine) ** 2 * _placebo_variance(others, cut)
    found = interval(float(gaps[:, cut:].mean()), variance, len(others), level)
    middle = mine.mean(axis=0)
    left_out = int(panel.is_treated.sum()) - len(mine)
    return Estimate(
        KEY, found.low, found.estimate, found.high, len(mine), len(others), cut, panel.after,
        points=drawn(panel.slots, cut, middle, middle - gaps.mean(axis=0)),
        weights=_told(use.of(~use.is_treated).units, np.mean([w for _, w in fits], axis=0)),
        notes=(f"{left_out} without rows in every slot are left out.",) if left_out else (),
    )  # fmt: skip


def weights_of(mine: Floats, others: Floats) -> Floats:
    """Return the weights, none negative and adding up to 1, with which the others' movement
    (rows: others, columns: slots) comes closest to mine."""
    from scipy.optimize import nnls

    size = max(float(np.sqrt((others**2).mean())), 1e-300)
    count = len(others)
    ridge = np.sqrt(_RIDGE * others.shape[1]) * np.eye(count)
    left = np.vstack([others.T / size, ridge, np.full((1, count), _HEAVY)])
    right = np.concatenate([mine / size, np.full(count, np.sqrt(_RIDGE * others.shape[1]) / count),
                            [_HEAVY]])  # fmt: skip
    found, _ = nnls(left, right)
    return np.asarray(found / found.sum(), dtype=np.float64)


def _gap(mine: Floats, others: Floats, cut: int) -> tuple[Floats, Floats]:
    """Return mine less the weighed others in each slot, 0 on average before; and the weights."""
    was = mine[:cut].mean()
    level = others[:, :cut].mean(axis=1, keepdims=True)
    weights = weights_of(mine[:cut] - was, (others - level)[:, :cut])
    return (mine - was) - weights @ (others - level), weights


def _error(gap: Floats, cut: int) -> float:
    return float(np.sqrt((gap[:cut] ** 2).mean()))


def _placebo_variance(others: Floats, cut: int) -> float:
    """Return the mean square of what the others show after, in units of their errors before."""
    gaps = [_gap(others[one], np.delete(others, one, axis=0), cut)[0] for one in range(len(others))]
    scores = [float(gap[cut:].mean()) / max(_error(gap, cut), 1e-300) for gap in gaps]
    return float(np.mean(np.square(scores)))


def _told(names: tuple[str, ...], weights: Floats) -> tuple[tuple[str, float], ...]:
    """Return the others that count, the heaviest first."""
    named = sorted(zip(names, map(float, weights), strict=True), key=lambda pair: -pair[1])
    return tuple((name, weight) for name, weight in named if weight >= _TOLD)
