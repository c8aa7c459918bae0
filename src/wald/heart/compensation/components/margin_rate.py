"""Margin rate: pay on margin, or on credit at a rate that follows from its share of margin.

Terms   margin, a measure; bands, each from a share of margin upward, with a rate; pays_on
        (margin, credit); share_of (price, cost): what margin is a share of; per (deal, all);
        side; losses (counted, ignored)
Inputs  the component's measure (credit) and `margin`, deal by deal or of all credit together
Pays    margin or credit x the rate of the band its share of margin lies in; below all: nothing
Laws    a deal that comes and goes pays nothing in the end; nothing pays nothing
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/margin_rate.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from wald.heart.compensation import adjusting, bands, deals
from wald.heart.compensation.bands import Side
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ONE, ZERO, Bare, Figure, if_passed, if_reached
from wald.kernel.problem import Problem

Bands = Sequence[tuple[Figure, Figure]]  # where each starts, and its rate


class PaysOn(Enum):
    MARGIN = "margin"
    CREDIT = "credit"


class ShareOf(Enum):
    PRICE = "price"  # margin / price: 20 on 100 is 20 %
    COST = "cost"  # margin / cost: 20 on 80 is 25 %


class Per(Enum):
    DEAL = "deal"
    ALL = "all"  # all credit at its one share: to date, or of the payout period


class Losses(Enum):
    COUNTED = "counted"  # margin below zero takes off, at the rate of the first band
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Band:
    starts_at: Decimal  # share of margin, 0.2 = 20 %
    rate: Decimal


@dataclass(frozen=True, slots=True)
class MarginRate:
    margin: str  # a measure, such as one whose value is amount - cost
    bands: tuple[Band, ...]
    pays_on: PaysOn = PaysOn.MARGIN
    share_of: ShareOf = ShareOf.PRICE
    per: Per = Per.DEAL
    side: Side = Side.UPPER
    losses: Losses = Losses.COUNTED


def check(terms: MarginRate) -> Iterator[Problem]:
    if not terms.margin:
        yield Problem("margin", "no measure says what the margin is", "name a measure")
    if not terms.bands:
        yield Problem("bands", "no band has a rate", "write one that starts at 0")
    for i, band in enumerate(terms.bands):
        yield from adjusting.check_rate(f"bands[{i}].rate", band.rate)
        if i and band.starts_at <= terms.bands[i - 1].starts_at:
            what = "does not start above the one before it"
            yield Problem(f"bands[{i}].starts_at", what, "sort them")
        if band.starts_at < 0:
            yield Problem(f"bands[{i}].starts_at", "starts below zero", "start at 0 or above")
        if band.starts_at > 1 and terms.share_of is ShareOf.PRICE:
            what = f"{band.starts_at} is more than the whole price"
            yield Problem(f"bands[{i}].starts_at", what, "write a share: 0.2 for 20 %")


def pay(terms: MarginRate, case: Given) -> Paid:
    if terms.per is Per.DEAL:
        return Paid(tuple(_deals(terms, case)))
    found = _bands(terms, case)
    own, margin = case.own, case.measures[terms.margin]
    if not case.pays_to_date:
        base, rate = _paid_at(terms, found, own.period, margin.period)
        words = "on the credit of the period"
        return Paid((PayLine(words, base, rate),) if base and rate else ())
    base, rate = _paid_at(terms, found, own.to_date, margin.to_date)
    lines = [PayLine("on all credit to date", base, rate)] if base and rate else []
    return Paid((*lines, *bands.less_earned(case)))


def _deals(terms: MarginRate, case: Given) -> Iterator[PayLine]:
    rates = _bands(terms, case)
    for deal, found in deals.touched(case, case.measure, terms.margin):
        base, rate = _paid_at(terms, rates, *[deals.added(one, "of the deal") for one in found])
        was = [deals.before(one, case) for one in found]
        if not any(was):
            yield from [PayLine(f"deal {deal}", base, rate)] if base and rate else []
            continue
        old, rate_was = _paid_at(terms, rates, *[deals.added(one, "before") for one in was])
        if change := (base * rate - old * rate_was).called("change of the deal's pay"):
            yield PayLine(f"deal {deal} changed", change, ONE)


def _bands(terms: MarginRate, case: Given) -> Bands:
    """Return where each band starts, and its rate."""
    return [
        (
            case.term(band.starts_at, f"bands[{i}].starts_at", f"start of band {i + 1}"),
            case.term(band.rate, f"bands[{i}].rate", f"rate of band {i + 1}"),
        )
        for i, band in enumerate(terms.bands)
    ]


def _paid_at(
    terms: MarginRate, rates: Bands, credit: Figure, margin: Figure
) -> tuple[Figure, Figure]:
    """Return what is paid on, and the rate of the band that the share of margin lies in."""
    base = margin if terms.pays_on is PaysOn.MARGIN else credit
    price, gain = (credit, margin) if credit >= ZERO else (ZERO - credit, ZERO - margin)
    if gain < ZERO:
        counts = terms.pays_on is PaysOn.MARGIN and terms.losses is Losses.COUNTED
        return base, rates[0][1] if counts else ZERO
    whole = price if terms.share_of is ShareOf.PRICE else price - gain
    if type(gain) is Bare:
        return base, bands.share_reached(rates, gain, whole, terms.side)
    choose = if_reached if terms.side is Side.UPPER else if_passed
    found = ZERO
    for start, rate in rates:
        found = choose(gain, whole * start, rate, found)
    return base, found.called("rate for the share of margin")


COMPONENT = Component(
    key="margin_rate",
    title="Margin rate",
    terms=MarginRate,
    check=check,
    pay=pay,
    example=MarginRate("margin", (Band(Decimal(0), Decimal("0.1")),)),
    source="docs/compensation/margin_rate.md",
    may_lower=lambda terms: True,  # pay follows margin, and a sale may lower that
    reads_credits=lambda terms: terms.per is Per.DEAL,
    reads=lambda terms: (terms.margin,),
)
