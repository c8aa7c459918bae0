"""Cap: what other components pay on a deal, in a payout period or in a window has an upper bound.

Terms   amount or times_target, one of them; per (deal, period, window); excess (lost, carried);
        of; prorated by days in the plan
Inputs  what the components before it earned; per deal: the credits of the measure they pay on
Pays    minus what is above the cap; carried excess when there is room again
Laws    paid + carried = earned; the cap is never exceeded; it never takes back what was paid
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/cap.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from wald.heart.compensation import adjusting, deals
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ONE, ZERO, Figure, least, most
from wald.kernel.problem import Problem

_MOST_TARGETS = Decimal(20)


class Per(Enum):
    DEAL = "deal"
    PERIOD = "period"  # payout period: `every` of the component's place in the plan
    WINDOW = "window"  # the counter's: `resets`


class Excess(Enum):
    LOST = "lost"  # in a window with `pays: to_date`, at its end: until then less credit uses it up
    CARRIED = "carried"  # paid as soon as there is room


@dataclass(frozen=True, slots=True)
class Cap:
    amount: Decimal | None = None
    times_target: Decimal | None = None  # of the target incentive of the period or window
    per: Per = Per.PERIOD
    excess: Excess = Excess.LOST
    of: tuple[str, ...] = ()
    prorated: bool = False  # the amount; a target is always that of the days in the plan


def check(terms: Cap) -> Iterator[Problem]:
    if (terms.amount is None) == (terms.times_target is None):
        fix = "write one of amount and times_target"
        yield Problem("amount", "the cap must be either an amount or a multiple of target", fix)
    if terms.amount is not None:
        yield from adjusting.check_amount("amount", terms.amount, "cap")
    if terms.times_target is not None and not 0 < terms.times_target <= _MOST_TARGETS:
        fix = f"write a multiple from 0 to {_MOST_TARGETS}: 2 for 200 %"
        yield Problem("times_target", f"{terms.times_target} is no multiple of target", fix)
    yield from adjusting.check_of(terms.of)
    if terms.per is Per.DEAL:
        yield from _check_per_deal(terms)


def _check_per_deal(terms: Cap) -> Iterator[Problem]:
    if terms.amount is None:
        yield Problem("times_target", "a deal has no target incentive", "write an amount")
    if terms.excess is Excess.CARRIED:
        fix = "write excess: lost"
        yield Problem("excess", "a deal above its cap never has room again", fix)
    if terms.prorated:
        yield Problem("prorated", "a deal has no days in the plan", "leave it out")


def pay(terms: Cap, case: Given) -> Paid:
    limit = _limit(terms, case)
    if limit is None:
        return Paid()
    if terms.per is Per.DEAL:
        return Paid(tuple(_deals(terms, case, limit)))
    earned = adjusting.earned_by(terms.of, case.earned)
    if terms.per is Per.WINDOW:
        limit = most(limit - adjusting.paid_in_window(terms.of, case), ZERO)
    due = earned + _waiting(terms, case)
    paid = least(due, limit)
    change = (paid - earned).called("change by the cap")
    words = "above the cap" if change < ZERO else "below the cap again"
    lines = (PayLine(words, change, ONE, "cap"),) if change else ()
    if terms.excess is Excess.LOST:
        return Paid(lines)
    return Paid(lines, {"carried": (due - paid).called("carried")})


def _limit(terms: Cap, case: Given) -> Figure | None:
    """Return the cap of the period or window; None for somebody without a target incentive."""
    if terms.amount is not None:
        amount = case.term(terms.amount, "amount", "cap")
        share = case.window_present if terms.per is Per.WINDOW else case.present
        return case.money(amount * share if terms.prorated else amount)
    target = case.window_target if terms.per is Per.WINDOW else case.target
    if target is None or terms.times_target is None:
        return None
    times = case.term(terms.times_target, "times_target", "multiple of target")
    return case.money((target * times).called("cap"))


def _waiting(terms: Cap, case: Given) -> Figure:
    """Return what was earned above the cap before, and may still be paid or used up."""
    if terms.excess is Excess.CARRIED:
        return case.balance.get("carried", ZERO)
    if terms.per is Per.WINDOW and case.pays_to_date:
        return ZERO - case.own_to_date
    return ZERO


def _deals(terms: Cap, case: Given, limit: Figure) -> Iterator[PayLine]:
    rate_on = deals.effective_rates(terms.of, case)
    for deal, (credits,) in deals.touched(case, case.measure):
        was, now = (
            deals.paid_on(deals.before(credits, case), rate_on),
            deals.paid_on(credits, rate_on),
        )
        over, was_over = most(now - limit, ZERO), most(was - limit, ZERO)
        if change := (was_over - over).called("change by the cap"):
            yield PayLine(f"deal {deal} against its cap", change, ONE, "cap")


COMPONENT = Component(
    key="cap",
    title="Cap",
    terms=Cap,
    check=check,
    pay=pay,
    example=Cap(amount=Decimal(10000)),
    source="docs/compensation/cap.md",
    needs_measure=lambda terms: terms.per is Per.DEAL,
    works_on_others=True,
    reads_credits=lambda terms: terms.per is Per.DEAL,
    names=lambda terms: terms.of,
)
