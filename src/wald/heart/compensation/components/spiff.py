"""SPIFF: an amount for each unit sold, or for each deal won, of what its measure counts.

Terms   amount; per (unit, deal); at_least, how big a deal must be; split (by share, in full)
Inputs  per unit: the measure of the payout period; per deal: credits of the measure, deal by deal
Pays    units x amount; or deals that count now and did not before, times the amount
Laws    a deal pays once; what is cancelled takes its amount back; nothing pays nothing
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/spiff.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from wald.heart.compensation import deals
from wald.heart.compensation.adjusting import check_amount
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.deals import Credits
from wald.heart.compensation.figure import (
    ONE,
    ZERO,
    Bare,
    Figure,
    given,
    if_passed,
    if_reached,
    total,
)
from wald.kernel.problem import Problem


class Per(Enum):
    UNIT = "unit"
    DEAL = "deal"


class Split(Enum):
    """What a person gets of the amount for a deal that is shared."""

    BY_SHARE = "by_share"
    IN_FULL = "in_full"


@dataclass(frozen=True, slots=True)
class Spiff:
    amount: Decimal  # a personal rate of this component replaces it
    per: Per = Per.UNIT
    at_least: Decimal = Decimal(0)  # of the measure, per deal; 0: any deal above zero
    split: Split = Split.BY_SHARE


def check(terms: Spiff) -> Iterator[Problem]:
    yield from check_amount("amount", terms.amount, "reward")
    if terms.at_least < 0:
        yield Problem("at_least", f"{terms.at_least} is below zero", "write 0 for any deal")
    if terms.per is Per.UNIT and (terms.at_least or terms.split is not Split.BY_SHARE):
        fix = "write per: deal, or leave at_least and split out"
        yield Problem("per", "at_least and split are about deals, not units", fix)


def pay(terms: Spiff, case: Given) -> Paid:
    amount = case.own_rate(terms.amount, "amount", f"for each {terms.per.value}")
    if terms.per is Per.UNIT:
        units = case.own.period.called("units of the period")
        return Paid((PayLine("for each unit", units, amount),)) if units else Paid()
    return Paid(tuple(_deals(terms, case, amount)))


def _deals(terms: Spiff, case: Given, amount: Figure) -> Iterator[PayLine]:
    least = case.term(terms.at_least, "at_least", "smallest deal")
    for deal, (credits,) in deals.touched(case, case.measure):
        was = _counts(terms, least, deals.before(credits, case))
        now = _counts(terms, least, credits)
        if (change := (now - was).called("deals")) and now.value > was.value:
            yield PayLine(f"deal {deal}", change, amount)
        elif change:
            yield PayLine(f"deal {deal} no longer counts", change, amount)


def _counts(terms: Spiff, at_least: Figure, found: Credits) -> Figure:
    """Return how much of a deal counts: nothing, the person's share of it, or one."""
    if not found:
        return ZERO
    value = deals.added(found, "credit of the deal")
    if type(value) is Bare:
        is_one = value >= at_least if terms.at_least else value > ZERO
        return _share(terms, found) if is_one else ZERO
    counted = _share(terms, found)
    if not terms.at_least:
        return if_passed(value, ZERO, counted, ZERO)
    return if_reached(value, at_least, counted, ZERO)


def _share(terms: Spiff, credits: Credits) -> Figure:
    """Return the person's share of a deal: of its credits under one rule, the latest."""
    if terms.split is Split.IN_FULL:
        return ONE
    is_bare = type(credits[0].part) is Bare
    if is_bare and len(credits) == 1:
        return Bare(credits[0].credit.share)
    shares = {one.credit.rule: one.credit for one in credits}
    if is_bare:
        return total(Bare(credit.share) for credit in shares.values())
    return total(
        given(credit.share, f"share of deal {credit.deal_id}", f"credit:{credit.credit_id}.share")
        for credit in shares.values()
    )


COMPONENT = Component(
    key="spiff",
    title="SPIFF",
    terms=Spiff,
    check=check,
    pay=pay,
    example=Spiff(Decimal(50)),
    source="docs/compensation/spiff.md",
    reads_credits=lambda terms: terms.per is Per.DEAL,
)
