"""Goal bonus: an amount, once in the counter's window, when a goal is reached.

Terms   amount; reaches, the goal; bounds (attainment or amount of credit); side; keeps, whether
        it stays paid when credit falls below the goal again; prorated by days in the plan
Inputs  running credit of the counter, and quota of its window for attainments
Pays    the amount when the goal is reached to date, less what was paid in the window
Laws    paid at most once in a window; without `keeps` it is taken back with the credit
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/goal_bonus.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation import bands
from wald.heart.compensation.bands import Bounds, Side
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ONE, ZERO, if_passed, if_reached
from wald.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class GoalBonus:
    amount: Decimal  # a personal rate of this component replaces it
    reaches: Decimal = Decimal(1)
    bounds: Bounds = Bounds.ATTAINMENT
    side: Side = Side.UPPER  # exactly at the goal: reached (upper) or not yet (lower)
    keeps: bool = True
    prorated: bool = False


def check(terms: GoalBonus) -> Iterator[Problem]:
    if terms.amount <= 0:
        yield Problem("amount", f"{terms.amount} is no bonus", "write an amount above 0")
    if terms.reaches <= 0:
        yield Problem("reaches", f"{terms.reaches} is reached before the first sale", "raise it")
    if terms.bounds is Bounds.ATTAINMENT and terms.reaches > 10:
        fix = "write 1 for 100 %, or bounds: amount"
        yield Problem("reaches", f"{terms.reaches} is no attainment", fix)


def pay(terms: GoalBonus, case: Given) -> Paid:
    if terms.keeps and case.own_to_date:
        return Paid()
    if terms.bounds is Bounds.ATTAINMENT and not case.goal.has_quota:
        return Paid()  # nobody reaches a share of nothing
    mark = case.term(terms.reaches, "reaches", "goal")
    goal = bands.amounts_of([mark], case, terms.bounds)[0].called("goal")
    bonus = case.own_rate(terms.amount, "amount", "bonus")
    if terms.prorated:
        bonus = (bonus * case.present).called("bonus for the days in the plan")
    choose = if_reached if terms.side is Side.UPPER else if_passed
    earned = choose(case.goal.to_date, goal, bonus, ZERO)
    lines = [PayLine("goal reached", earned, ONE)] if earned else []
    taken = case.own_to_date.called("paid before")
    if taken:
        lines.append(PayLine("less what was paid before", taken, -ONE))
    return Paid(tuple(lines))


def edges(terms: GoalBonus) -> Iterator[Decimal]:
    if terms.bounds is Bounds.ATTAINMENT:
        yield terms.reaches


COMPONENT = Component(
    key="goal_bonus",
    title="Goal bonus",
    terms=GoalBonus,
    check=check,
    pay=pay,
    example=GoalBonus(Decimal(5000)),
    source="docs/compensation/goal_bonus.md",
    is_for_no_contract=True,
    edges=edges,
    needs_quota=lambda terms: terms.bounds is Bounds.ATTAINMENT,
)
