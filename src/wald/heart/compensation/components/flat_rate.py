"""Flat rate: every unit of credit is paid at one rate.

Terms   rate, pay per unit of credit (0.05 = 5 %)
Inputs  credit of the payout period
Pays    credit x rate
Laws    pay is in proportion to credit; credit that is taken back takes its pay back
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/flat_rate.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.kernel.problem import Problem

_HIGHEST = Decimal(1)  # pay per unit of credit


@dataclass(frozen=True, slots=True)
class FlatRate:
    rate: Decimal  # pay per unit of credit; a personal rate replaces it


def check(terms: FlatRate) -> Iterator[Problem]:
    if terms.rate < 0:
        yield Problem("rate", f"{terms.rate} takes pay away", "use a clawback component")
    if terms.rate > _HIGHEST:
        fix = "write a share: 0.08 for 8 %"
        yield Problem("rate", f"{terms.rate} pays more than was sold", fix)


def pay(terms: FlatRate, case: Given) -> Paid:
    rate = case.own_rate(terms.rate, "rate")
    credit = case.own.period.called("credit of the period")
    return Paid((PayLine(f"{rate.label} on all credit", credit, rate),)) if credit else Paid()


COMPONENT = Component(
    key="flat_rate",
    title="Flat rate",
    terms=FlatRate,
    check=check,
    pay=pay,
    example=FlatRate(Decimal("0.05")),
    source="docs/compensation/flat_rate.md",
)
