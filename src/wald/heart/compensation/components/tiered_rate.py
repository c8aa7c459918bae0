"""Tiered rate: what is sold in a tier is paid at the tier's rate, or everything at the last one.

Terms   tiers, each from an attainment or an amount upward, first from 0; method; side
Inputs  running credit of the counter; quota of its window where tiers start at attainments
Pays    marginal: each slice at its tier's rate. whole: all credit at the rate of the tier
        reached (retroactive). interpolated: all credit at a rate between two tiers' rates
Laws    marginal: more credit never pays less and no jumps; nothing pays nothing
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/tiered_rate.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import (
    ONE,
    ZERO,
    Figure,
    if_passed,
    if_reached,
    least,
    most,
)
from wald.kernel.problem import Problem


class Method(Enum):
    MARGINAL = "marginal"
    WHOLE = "whole"
    INTERPOLATED = "interpolated"


class Side(Enum):
    """Which tier a value exactly on a bound belongs to."""

    UPPER = "upper"  # the tier that starts there
    LOWER = "lower"


class Bounds(Enum):
    ATTAINMENT = "attainment"  # credit / quota, 1 = 100 %
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Tier:
    starts_at: Decimal
    rate: Decimal  # pay per unit of credit


@dataclass(frozen=True, slots=True)
class TieredRate:
    tiers: tuple[Tier, ...]
    method: Method = Method.MARGINAL
    bounds: Bounds = Bounds.ATTAINMENT
    side: Side = Side.UPPER


def check(terms: TieredRate) -> Iterator[Problem]:
    if not terms.tiers or terms.tiers[0].starts_at != 0:
        yield Problem("tiers[0]", "no tier covers the first sale", "start the first tier at 0")
    for i, (lower, upper) in enumerate(pairwise(terms.tiers), start=1):
        if upper.starts_at <= lower.starts_at:
            yield Problem(f"tiers[{i}]", "starts below the tier before it", "sort the tiers")
    for i, tier in enumerate(terms.tiers):
        if tier.rate < 0:
            yield Problem(f"tiers[{i}].rate", "takes pay away", "use a clawback component")
        if tier.rate > 1:
            fix = "write a share: 0.08 for 8 %"
            yield Problem(f"tiers[{i}].rate", f"{tier.rate} pays more than was sold", fix)


def pay(terms: TieredRate, case: Given) -> Paid:
    starts = _starts(terms, case)
    rates = [
        case.term(tier.rate, f"tiers[{i}].rate", f"rate of tier {i + 1}")
        for i, tier in enumerate(terms.tiers)
    ]
    if terms.method is Method.MARGINAL:
        return Paid(tuple(_slices(terms, starts, rates, case)))
    reached = case.goal.to_date
    rate = _reached(starts, rates, reached, terms.side)
    if terms.method is Method.INTERPOLATED:
        rate = _between(starts, rates, reached)
    return Paid(tuple(_whole(rate, case)))


def _starts(terms: TieredRate, case: Given) -> list[Figure]:
    starts = [
        case.term(tier.starts_at, f"tiers[{i}].starts_at", f"start of tier {i + 1}")
        for i, tier in enumerate(terms.tiers)
    ]
    quota = case.goal.quota
    if terms.bounds is Bounds.AMOUNT or quota is None:
        return starts
    return [(quota * start).called(start.label) for start in starts]


def _slices(
    terms: TieredRate, starts: Sequence[Figure], rates: Sequence[Figure], case: Given
) -> Iterator[PayLine]:
    """Yield, per tier, what of the credit between `before` and `to_date` lies inside it."""
    before, after = most(case.own.before, ZERO), most(case.own.to_date, ZERO)
    unit = "quota" if terms.bounds is Bounds.ATTAINMENT else "credit"
    for i, (start, rate) in enumerate(zip(starts, rates, strict=True)):
        ceiling = starts[i + 1] if i + 1 < len(starts) else None
        base = _inside(after, start, ceiling) - _inside(before, start, ceiling)
        if base:
            tier = terms.tiers[i]
            at = f"{tier.starts_at:.0%} of quota" if unit == "quota" else f"{tier.starts_at:,f}"
            yield PayLine(f"from {at}", base.called("credit in the tier"), rate)


def _inside(value: Figure, floor: Figure, ceiling: Figure | None) -> Figure:
    top = value if ceiling is None else least(value, ceiling)
    return most(top - floor, ZERO)


def _reached(
    starts: Sequence[Figure], rates: Sequence[Figure], reached: Figure, side: Side
) -> Figure:
    rate = rates[0]
    choose = if_reached if side is Side.UPPER else if_passed
    for start, above in list(zip(starts, rates, strict=True))[1:]:
        rate = choose(reached, start, above, rate)
    return rate.called("rate reached")


def _between(starts: Sequence[Figure], rates: Sequence[Figure], reached: Figure) -> Figure:
    """The rate on the straight line between two tiers' starts; the last rate beyond the last."""
    for (low, high), (rate, following) in zip(pairwise(starts), pairwise(rates), strict=True):
        if reached < high:
            part = most(reached - low, ZERO) / (high - low)
            return (rate + (following - rate) * part).called("rate between two tiers")
    return rates[-1].called("rate of the last tier")


def _whole(rate: Figure, case: Given) -> Iterator[PayLine]:
    if not case.pays_to_date:
        if case.own.period:
            yield PayLine("rate reached, on the credit of the period", case.own.period, rate)
        return
    yield PayLine("rate reached, on all credit to date", case.own.to_date, rate)
    if case.own_to_date:
        earned = case.own_to_date.called("earned before")
        yield PayLine("less what was earned before", earned, -ONE)


def edges(terms: TieredRate) -> Iterator[Decimal]:
    if terms.bounds is Bounds.ATTAINMENT:
        yield from (tier.starts_at for tier in terms.tiers[1:])


COMPONENT = Component(
    key="tiered_rate",
    title="Tiered rate",
    terms=TieredRate,
    check=check,
    pay=pay,
    example=TieredRate(
        (Tier(Decimal(0), Decimal("0.05")), Tier(Decimal(1), Decimal("0.08"))),
    ),
    source="docs/compensation/tiered_rate.md",
    edges=edges,
    needs_quota=lambda terms: terms.bounds is Bounds.ATTAINMENT,
)
