"""Manager override: a rate on what the team sells, credited to the manager by roll-up.

Terms   rate; starts_at, the attainment of the team's quota from which it pays; reaches_back,
        whether everything is paid once it is reached
Inputs  credit of its measure, which counts roll-up credits only; the manager's quota for it
Pays    credit x rate; with a start: what lies above it, or all credit to date once it is reached
Laws    more credit never pays less; credit that is taken back takes its pay back
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/manager_override.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation import adjusting, bands
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ZERO, if_reached, most
from wald.kernel.problem import Problem

_MOST_ATTAINMENT = Decimal(10)


@dataclass(frozen=True, slots=True)
class ManagerOverride:
    rate: Decimal  # pay per unit of roll-up credit; a personal rate replaces it
    starts_at: Decimal = Decimal(0)  # attainment of the team's quota, 1 = 100 %
    reaches_back: bool = False


def check(terms: ManagerOverride) -> Iterator[Problem]:
    yield from adjusting.check_rate("rate", terms.rate)
    if not 0 <= terms.starts_at <= _MOST_ATTAINMENT:
        fix = "write a share: 0.8 for 80 %"
        yield Problem("starts_at", f"{terms.starts_at} is no attainment", fix)
    if terms.reaches_back and not terms.starts_at:
        fix = "give it starts_at, or leave reaches_back out"
        yield Problem("reaches_back", "an override from the first sale has nothing behind it", fix)


def pay(terms: ManagerOverride, case: Given) -> Paid:
    rate = case.own_rate(terms.rate, "rate", "override")
    if not terms.starts_at:
        credit = case.own.period.called("credit of the team")
        return Paid((PayLine("override on all credit", credit, rate),)) if credit else Paid()
    quota = case.goal.quota or ZERO
    start = (quota * case.term(terms.starts_at, "starts_at", "start")).called("start of override")
    if not terms.reaches_back:
        base = most(case.own.to_date - start, ZERO) - most(case.own.before - start, ZERO)
        words = f"override above {terms.starts_at:.0%} of quota"
        return Paid((PayLine(words, base.called("credit above the start"), rate),) if base else ())
    credit = case.own.to_date if case.pays_to_date else case.own.period
    base = if_reached(case.goal.to_date, start, credit, ZERO)
    lines = [PayLine("override on all credit, start reached", base, rate)] if base else []
    return Paid((*lines, *bands.less_earned(case)))


def edges(terms: ManagerOverride) -> Iterator[Decimal]:
    if terms.starts_at:
        yield terms.starts_at


COMPONENT = Component(
    key="manager_override",
    title="Manager override",
    terms=ManagerOverride,
    check=check,
    pay=pay,
    example=ManagerOverride(Decimal("0.01")),
    source="docs/compensation/manager_override.md",
    edges=edges,
    needs_quota=lambda terms: terms.starts_at > 0,
)
