"""Deals beside the amount from which a clause of a plan pays more for one deal.

Deals are classed by their amount over the clause's, in the clause's own currency where the clause
names several, else in the reporting one. Source: docs/insights/discounts_for_threshold.md
"""

from collections.abc import Sequence

import numpy as np
from sqlglot import exp

from wald.brain.agreed import Threshold
from wald.brain.detector import SLOT_DAYS, Night, shard_of, slot_of
from wald.brain.discounts import beside_kind, sold
from wald.brain.mean_shifts import within
from wald.brain.places import Place, stacked
from wald.facts.relations import template

# Ends of the classes; JUST is the class just over the amount.
ENDS = ("0.7", "0.8", "0.9", "1", "1.1", "1.25", "1.4", "1.6")
JUST = "3"
MOST_SLOTS = 4
MIN_CELLS = 20
SUMS = ("deals", "z", "squares", "spread", "points", "list")


def compose_clause_deals(night: Night) -> exp.Select:
    """Return the SELECT of clause, size (the class), slot, shard and SUMS."""
    own = night.scene.table("booking", ["booking_id", "amount", "currency"])
    rows = template(
        """
        SELECT deal.booking_id, deal.booked_on, deal.z, deal.spread, deal.points, deal.list,
               clause.name AS clause,
               CASE WHEN clause.currency = '' THEN CAST(deal.net AS DOUBLE)
                    ELSE CAST(own.amount AS DOUBLE) END / clause.least AS ratio
          FROM deal JOIN own ON own.booking_id = deal.booking_id
          JOIN clause ON clause.currency IN ('', COALESCE(own.currency, :ours))
        """,
        deal=beside_kind(sold(night), ()),
        own=own,
        clause=_clauses(night),
        ours=exp.Literal.string(night.scene.terms.currency),
    )
    kind = exp.Case()
    ratio = exp.column("ratio", "sized")
    for number, end in enumerate(ENDS):
        below = ratio.copy() < exp.cast(exp.Literal.number(end), "DOUBLE")
        kind = kind.when(below, exp.Literal.string(str(number - 1) if number else ""))
    found = template(
        """
        SELECT sized.clause, sized.booked_on, sized.booking_id, 1 AS deals, sized.z,
               sized.z * sized.z AS squares, sized.spread, sized.points, sized.list FROM sized
        """,
        sized=rows,
    ).select(exp.alias_(kind.else_(exp.Literal.string("")), "size"))
    slot, shard = slot_of("booked_on", night), shard_of("booking_id")
    names = ("clause", "size", "slot", "shard")
    added = [exp.alias_(exp.func("SUM", exp.column(name)), name) for name in SUMS]
    shown = exp.select(
        "clause", "size", exp.alias_(slot, "slot"), exp.alias_(shard, "shard"), *SUMS
    )
    shown = shown.from_(found.subquery("kinds")).where(exp.column("size").neq(""))
    return exp.select(*names, *added).from_(shown.subquery("told")).group_by(*names)


def called_clause(one: Threshold) -> str:
    return f"{one.plan}: {one.clause}"


def _clauses(night: Night) -> exp.Select:
    """Return name, currency ("" where any deal counts, at its reporting amount) and least."""
    thresholds = night.agreed.thresholds
    several = {
        called_clause(one) for one in thresholds if one.currency != night.scene.terms.currency
    }
    rows = [
        exp.select(
            exp.alias_(exp.Literal.string(called_clause(one)), "name"),
            exp.alias_(
                exp.Literal.string(one.currency if called_clause(one) in several else ""),
                "currency",
            ),
            exp.alias_(exp.cast(exp.Literal.number(str(one.amount)), "DOUBLE"), "least"),
        )
        for one in thresholds
        if one.amount > 0
    ]
    nothing = template(
        "SELECT '' AS name, '' AS currency, CAST(1 AS DOUBLE) AS least FROM one WHERE 1 = 0",
        one=template("SELECT 1 AS one"),
    )
    every = exp.union(nothing, *rows, distinct=False) if rows else nothing
    return exp.select("name", "currency", "least").from_(every.subquery("agreed"))


def slots_since(name: str, night: Night) -> int:
    """Return how many slots the clause has held, 1 to MOST_SLOTS; the latter if nobody knows."""
    since = [one.since for one in night.agreed.thresholds if called_clause(one) == name]
    days = min(((night.day - one).days for one in since if one is not None), default=None)
    if days is None:
        return MOST_SLOTS
    return max(1, min(MOST_SLOTS, round(days / SLOT_DAYS)))


def beside_other_sizes(
    places: Sequence[Place], last: int
) -> tuple[float, float, float, float] | None:
    """Return by how much deals just over the amount differ from the line through all sizes, in the
    slots since the clause holds: with error, degrees of freedom and p-value.

    Least squares, weighted by deals: a line over the logarithm of size, a level for before; the
    dispersion is that of cells around it, never under that of deals (McCullagh and Nelder 1989).
    """
    from scipy import stats

    count, added, squares = (stacked(places, name) for name in ("deals", "z", "squares"))
    some = count > 0
    variance = within(count, added, squares)
    sizes = np.array([float(dict(one.where)["size"]) for one in places])
    ends = np.log([float(one) for one in ENDS])
    middle = ((ends[:-1] + ends[1:]) / 2)[sizes.astype(int)]
    is_now = np.arange(count.shape[1]) < last
    is_just = (sizes == float(JUST))[:, None] & is_now[None, :]
    columns = [
        np.ones_like(count),
        middle[:, None] + 0 * count,
        is_now[None, :] + 0 * count,
        is_just,
    ]
    design = np.stack([one[some] for one in columns], axis=1).astype(np.float64)
    freedom = float(len(design) - design.shape[1])
    if freedom < MIN_CELLS or not variance > 0:
        return None
    root = np.sqrt(count[some] / variance)
    left, right = design * root[:, None], added[some] / count[some] * root
    if np.linalg.matrix_rank(left) < design.shape[1]:
        return None
    inverse = np.linalg.inv(left.T @ left)
    fitted = inverse @ left.T @ right
    spread = max(1.0, float(np.square(right - left @ fitted).sum()) / freedom)
    change, error = float(fitted[3]), float(np.sqrt(inverse[3, 3] * spread))
    return change, error, freedom, float(2 * stats.t.sf(abs(change / error), freedom))
