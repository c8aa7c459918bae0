"""Tiered rate: what is sold in a tier is paid at the tier's rate, or everything at the last one.

Terms   tiers, each from an attainment or an amount upward, first from 0; method; bounds; side
Inputs  running credit of the counter; quota of its window where tiers start at attainments
Pays    marginal: each slice at its tier's rate. whole: all credit at the rate of the tier
        reached (retroactive). interpolated: all credit at a rate between two tiers' rates
Laws    marginal: more credit never pays less and no jumps; nothing pays nothing
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/tiered_rate.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation import bands
from wald.heart.compensation.bands import Bounds, Method, Side
from wald.heart.compensation.component import Component, Given, Paid
from wald.kernel.problem import Problem


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
    starts = [tier.starts_at for tier in terms.tiers]
    most = bands.MOST_ATTAINMENT if terms.bounds is Bounds.ATTAINMENT else None
    yield from bands.check_starts(starts, "tiers", from_zero=True, most=most)
    for i, tier in enumerate(terms.tiers):
        if tier.rate < 0:
            yield Problem(f"tiers[{i}].rate", "takes pay away", "use a clawback component")
        if tier.rate > 1:
            fix = "write a share: 0.08 for 8 %"
            yield Problem(f"tiers[{i}].rate", f"{tier.rate} pays more than was sold", fix)


def pay(terms: TieredRate, case: Given) -> Paid:
    marks = [
        case.term(tier.starts_at, f"tiers[{i}].starts_at", f"start of tier {i + 1}")
        for i, tier in enumerate(terms.tiers)
    ]
    rates = [
        case.term(tier.rate, f"tiers[{i}].rate", f"rate of tier {i + 1}")
        for i, tier in enumerate(terms.tiers)
    ]
    starts = bands.amounts_of(marks, case, terms.bounds)
    credit = case.goal.to_date
    if terms.method is Method.WHOLE:
        rate = bands.reached(starts, rates, credit, terms.side)
        return Paid(tuple(bands.on_everything("rate of the tier reached", rate, case)))
    if terms.method is Method.INTERPOLATED:
        rate = bands.between(starts, rates, credit).called("rate between two tiers")
        return Paid(tuple(bands.on_everything("rate between two tiers", rate, case)))
    names = [_name(tier, terms.bounds) for tier in terms.tiers]
    own = case.own
    return Paid(tuple(bands.slices(names, starts, rates, own.before, own.to_date)))


def _name(tier: Tier, bounds: Bounds) -> str:
    if bounds is Bounds.AMOUNT:
        return f"from {tier.starts_at:,f}"
    return f"from {(tier.starts_at * 100).normalize():f} % of quota"


def edges(terms: TieredRate) -> Iterator[Decimal]:
    if terms.bounds is Bounds.ATTAINMENT:
        yield from (tier.starts_at for tier in terms.tiers[1:])


def amounts(terms: TieredRate) -> Iterator[Decimal]:
    if terms.bounds is Bounds.AMOUNT:
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
    amounts=amounts,
    needs_quota=lambda terms: terms.bounds is Bounds.ATTAINMENT,
)
