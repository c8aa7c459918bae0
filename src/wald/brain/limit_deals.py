"""Deals whose discount lies near a limit of approval, and those just under it.

Source: docs/insights/discounts_under_limit.md
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from sqlglot import exp

from wald.brain.detector import Night, shard_of, slot_of
from wald.brain.discounts import sold
from wald.brain.places import by_place
from wald.facts.relations import template

NEAR, JUST = Decimal("0.08"), Decimal("0.02")
PLACES = ("region", "team")
LIMIT = "limit"
SUMS = ("deals", "under", "list", "points", "under_list", "under_points")


def compose_limit_deals(night: Night) -> exp.Select:
    """Return the SELECT of SUMS by limit, place, slot and shard; a deal is near one limit."""
    limits = night.agreed.discount_limits
    discount = exp.column("discount", "sold")
    near, just = exp.Case(), exp.Case()
    for low, limit, high in _stretches(limits):
        name = exp.Literal.string(called_limit(limit))
        near = near.when(_within(discount, low, high), name)
        just = just.when(_within(discount, limit - JUST, limit), exp.Literal.number(1))
    nowhere = exp.Literal.string("")
    rows = template(
        """
        SELECT sold.booking_id, sold.booked_on, sold.list, sold.region, sold.team,
               CAST(ROUND(10000 * sold.discount) AS BIGINT) AS points
          FROM sold
        """,
        sold=sold(night, ("region", "team")),
    )
    none = exp.Literal.number(0)
    rows = rows.select(
        exp.alias_(near.else_(nowhere) if limits else nowhere, "limit_of"),
        exp.alias_(just.else_(none) if limits else none, "is_under"),
    )
    found = template(
        """
        SELECT 1 AS deals, told.is_under AS under, told.list, told.points,
               CASE WHEN told.is_under = 1 THEN told.list END AS under_list,
               told.is_under * told.points AS under_points, told.limit_of AS "limit",
               told.region, told.team
          FROM told WHERE told.limit_of <> ''
        """,
        told=rows,
    )
    slot, shard = slot_of("booked_on", night), shard_of("booking_id")
    found = found.select(exp.alias_(slot, "slot"), exp.alias_(shard, "shard"))
    return by_place(found, SUMS, dimensions=PLACES, pairs=(), always=(LIMIT,))


def _stretches(limits: Sequence[Decimal]) -> Iterator[tuple[Decimal, Decimal, Decimal]]:
    """Yield each limit with the ends of what is near it; between two limits they share evenly."""
    for number, limit in enumerate(limits):
        low, high = limit - NEAR, limit + NEAR
        if number:
            low = max(low, (limits[number - 1] + limit) / 2)
        if number + 1 < len(limits):
            high = min(high, (limit + limits[number + 1]) / 2)
        yield low, limit, high


def _within(discount: exp.Expr, low: Decimal, high: Decimal) -> exp.Expr:
    """Above the lower end, up to the upper one, as limits are: what lies on it needs nobody.

    A hair is added: 1 - 0.85 is a little more than 0.15 where shares are doubles.
    """
    hair = Decimal("0.00001")
    ends = [exp.cast(exp.Literal.number(str(one + hair)), "DOUBLE") for one in (low, high)]
    return exp.and_(discount.copy() > ends[0], discount.copy() <= ends[1])


def called_limit(limit: Decimal) -> str:
    return f"{(limit * 100).normalize():f} %"
