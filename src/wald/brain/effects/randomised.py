"""Randomised: units were drawn into those with a decision and those without, before it was made.

What they are after is regressed on what they were before and on the draw (McKenzie 2012, Journal of
Development Economics 99: 210-221), each unit once; the error is the robust one with the correction
HC2 (MacKinnon and White 1985, Journal of Econometrics 29: 305-325), with as many degrees of freedom
as the smaller group leaves. Beside it stands the chance under drawing anew, the exact test of
Fisher (1935): of so many draws, how many show as large a difference?

Assumes that nobody without it was touched by it. The power is worked out before (`power`).
"""

import numpy as np
from numpy.random import Generator

from wald.brain.effects.comparing import interval
from wald.brain.effects.differences import points, trend
from wald.brain.effects.estimate import LEVEL, CannotTell, Estimate
from wald.brain.effects.panel import Bools, Floats, Panel, means

KEY = "randomised"
LEAST = 3  # units in each group
_DRAWS = 1999


def randomised(panel: Panel, chance: Generator, *, level: float = LEVEL) -> Estimate | CannotTell:
    """Return how much better those drawn did than those not drawn, given what they were before."""
    was, becomes = means(panel, slice(0, panel.before)), means(panel, slice(panel.before, None))
    there = ~np.isnan(was) & ~np.isnan(becomes)
    use = panel.of(there)
    treated, others = int(use.is_treated.sum()), int((~use.is_treated).sum())
    if min(treated, others) < LEAST:
        reason = (
            f"Of those drawn {treated} and of the others {others} have rows before and after; "
            f"{LEAST} each are needed."
        )
        return CannotTell(KEY, reason, waits=True)
    step, error = _step(was[there], becomes[there], use.is_treated)
    found = interval(step, error**2, max(min(treated, others) * 2 - 3, 1), level)
    return Estimate(
        KEY, found.low, found.estimate, found.high, treated, others, panel.before, panel.after,
        trend=trend(use),
        points=points(use),
        chance=_chance(was[there], becomes[there], use.is_treated, chance),
    )  # fmt: skip


def drawn_units(units: int, treated: int, chance: Generator) -> Bools:
    """Return which of so many units the decision is to reach: each set of `treated` is as likely
    as any other."""
    drawn = np.zeros(units, dtype=np.bool_)
    drawn[chance.permutation(units)[:treated]] = True
    return drawn


def _step(was: Floats, becomes: Floats, is_treated: Bools) -> tuple[float, float]:
    design = np.column_stack([np.ones(len(was)), is_treated.astype(np.float64), was - was.mean()])
    if np.ptp(was) == 0:
        design = design[:, :2]
    inverse = np.linalg.pinv(design.T @ design)
    beta = inverse @ design.T @ becomes
    left = becomes - design @ beta
    leverage = np.einsum("ij,jk,ik->i", design, inverse, design)
    meat = (design * (left**2 / np.maximum(1 - leverage, 1e-9))[:, None]).T @ design
    return float(beta[1]), float(np.sqrt(max((inverse @ meat @ inverse)[1, 1], 0.0)))


def _chance(was: Floats, becomes: Floats, is_treated: Bools, chance: Generator) -> float:
    """Return the share of new draws that show as large a difference of what is left after `was`."""
    slope = float(np.cov(was, becomes)[0, 1] / max(was.var(ddof=1), 1e-300))
    left = becomes - slope * (was - was.mean())
    left -= left.mean()
    count, total = int(is_treated.sum()), len(left)
    order = chance.permuted(np.tile(left, (_DRAWS, 1)), axis=1)
    scale = 1 / count + 1 / (total - count)
    seen = abs(float(left[is_treated].sum())) * scale
    drawn = np.abs(order[:, :count].sum(axis=1)) * scale
    return float((1 + (drawn >= seen - 1e-12).sum()) / (_DRAWS + 1))
