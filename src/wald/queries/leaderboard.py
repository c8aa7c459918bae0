"""Leaderboards with their doubt: the interval of each figure, and of its place in the order.

Of a rate or a mean: what luck does to so many rows. Of a sum or a count: what another stretch of
the same length would bring by luck alone, rows coming one by one (a compound Poisson sum). Nothing
is taken out of the figures; `verdict` compares people net of their mix.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

import numpy as np
from sqlglot import exp

from wald.brain.apart import DIFFER, all_alike, rank_intervals, standings
from wald.brain.case_mix import CaseMix
from wald.brain.deal_weeks import Floats
from wald.facts.measure import compose_rows
from wald.facts.question import Question
from wald.facts.relations import template
from wald.kernel.unit import Unit
from wald.queries.kept import kept_rows
from wald.queries.measure import View
from wald.queries.verdict import bounds_of
from wald.queries.verdict_ground import Ground, people_of

BOARDS = ("rep", "team", "region", "manager", "territory")
_SUMS = """
SELECT SUM(CAST(numerator AS DOUBLE)) AS x,
       SUM(CAST(numerator AS DOUBLE) * CAST(numerator AS DOUBLE)) AS xx
  FROM behind
"""
_ADDS = (Unit.COUNT, Unit.MONEY)


@dataclass(frozen=True, slots=True)
class Leader:
    """The 95 % intervals of a figure, and of its rank: 1 is the highest."""

    low: Decimal
    high: Decimal
    best: int | None
    worst: int | None


@dataclass(frozen=True, slots=True)
class Leaders:
    """By name. `differ` says whether they differ beyond luck, else nobody can be told apart."""

    of: Mapping[str, Leader]
    differ: bool


def leaders(seen: View, question: Question, mean: float) -> Leaders | None:
    """Return the doubt of a breakdown by one of BOARDS, None of what cannot be told; `mean` is the
    rate of everybody."""
    metric = question.metric
    if len(question.by) != 1 or question.by[0] not in BOARDS:
        return None
    if metric.over is not None or metric.numerator.startswith("MEDIAN(") or metric.inherent:
        return None
    chance = np.random.Generator(np.random.PCG64(0))
    if metric.denominator:
        return _of_rates(seen, question, mean, chance)
    return _of_sums(seen, question, chance) if metric.unit in _ADDS and metric.on else None


def _of_rates(seen: View, question: Question, mean: float, chance: np.random.Generator) -> Leaders:
    ground = Ground(
        question=question, period=question.period, who=question.by[0], titles="", cluster="",
        mix=(), factors=(), first=None,
    )  # fmt: skip
    names, _, about, _ = people_of(seen, ground, CaseMix(mean, {}, (), 0.0, {}))
    found = standings(about, chance)
    least, most = bounds_of(about)
    low = np.clip(found.adjusted - 1.96 * found.error, least, most)
    high = np.clip(found.adjusted + 1.96 * found.error, least, most)
    return _told(names, low, high, found.best_rank, found.worst_rank, found.differ)


def _of_sums(seen: View, question: Question, chance: np.random.Generator) -> Leaders:
    name = question.by[0]
    rows = template(_SUMS, behind=compose_rows(question)).select(exp.column(name), copy=False)
    known = rows.where(exp.column(name).is_(exp.null()).not_(), copy=False)
    table = kept_rows(seen.engine, seen.snapshot, known.group_by(exp.column(name)).order_by(name))
    names = tuple(str(one) for one in table[name].to_pylist())
    x, xx = (np.array(table[key].to_pylist(), dtype=np.float64) for key in ("x", "xx"))
    x, error = np.nan_to_num(x), np.sqrt(np.nan_to_num(xx))
    judged = error > 0
    best, worst = np.full(len(x), np.nan), np.full(len(x), np.nan)
    best[judged], worst[judged] = rank_intervals(x[judged], error[judged], chance)
    differ = all_alike(x[judged], error[judged]) <= DIFFER
    return _told(names, np.maximum(x - 1.96 * error, 0), x + 1.96 * error, best, worst, differ)


def _told(
    names: tuple[str, ...], low: Floats, high: Floats, best: Floats, worst: Floats, differ: bool
) -> Leaders:
    return Leaders(
        MappingProxyType(
            {
                name: Leader(
                    Decimal(f"{low[i]:.6f}"),
                    Decimal(f"{high[i]:.6f}"),
                    None if np.isnan(best[i]) else int(best[i]),
                    None if np.isnan(worst[i]) else int(worst[i]),
                )
                for i, name in enumerate(names)
            }
        ),
        differ,
    )
