"""Guarantee: pay of a payout period is at least an amount; what is added is never taken back.

Terms   amount, each payout period; lasts, for how many; of; prorated by days in the plan
Inputs  what the components before it earned in the payout period
Pays    the guarantee less what was earned, where that is above zero
Laws    with it, pay of those components is never below the guarantee; more credit never pays less
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/guarantee.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation import adjusting
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ONE, ZERO, most
from wald.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class Guarantee:
    amount: Decimal  # a personal rate of this component replaces it
    lasts: int | None = None  # payout periods from the person's first
    of: tuple[str, ...] = ()
    prorated: bool = True


def check(terms: Guarantee) -> Iterator[Problem]:
    yield from adjusting.check_amount("amount", terms.amount, "guarantee")
    yield from adjusting.check_count("lasts", terms.lasts, "payout periods with a guarantee")
    yield from adjusting.check_of(terms.of)


def pay(terms: Guarantee, case: Given) -> Paid:
    if terms.lasts is not None and len(case.past) >= terms.lasts:
        return Paid()
    amount = case.own_rate(terms.amount, "amount", "guarantee")
    guaranteed = case.money(adjusting.in_the_plan(amount, case, prorated=terms.prorated))
    added = most(guaranteed - adjusting.earned_by(terms.of, case.earned), ZERO)
    return Paid((PayLine("up to the guarantee", added, ONE, "guarantee"),)) if added else Paid()


COMPONENT = Component(
    key="guarantee",
    title="Guarantee",
    terms=Guarantee,
    check=check,
    pay=pay,
    example=Guarantee(Decimal(2500)),
    source="docs/compensation/guarantee.md",
    is_for_no_contract=True,
    needs_measure=lambda terms: False,
    pays_on_nothing=lambda terms: True,
    works_on_others=True,
    names=lambda terms: terms.of,
)
