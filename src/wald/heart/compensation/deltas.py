"""Deltas: what was released for periods past, and what they are now known to be worth.

The past is computed anew as it is known now, and what was released is taken off. To say why, the
new inputs are put in one kind after another, in the order of `result.Cause`, and each kind answers
for the change that it makes. What the causes change adds up to the whole by construction: each
begins where the one before ended, the first at what was released, the last at what holds now.
Source: docs/compensation/runs.md
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.fold import PeriodPay
from wald.heart.compensation.result import Cause, Delta
from wald.kernel.period import Period


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    """Where pay is compared: one component of one plan in one payment period."""

    period: Period
    plan: str  # its key: the same in all versions
    component: str
    currency: str = ""  # that the plan pays in; a later version may pay in another


Earned = Mapping[Slot, Decimal]


@dataclass(frozen=True, slots=True)
class Step:
    """The past after one more kind of input is the new one; `why` says of a slot what changed."""

    cause: Cause
    earned: Earned
    why: Callable[[Slot], str]


def earned_in(pays: Iterable[PeriodPay]) -> dict[Slot, Decimal]:
    """Return what was earned in each slot."""
    found: dict[Slot, Decimal] = {}
    for pay in pays:
        for one in pay.components:
            plan = pay.stretch.plan
            slot = Slot(pay.stretch.paid_in, plan.key, one.key, plan.currency)
            found[slot] = EXACT.add(found.get(slot, Decimal(0)), one.earned.value)
    return found


def deltas(released: Earned, steps: Sequence[Step]) -> tuple[Delta, ...]:
    """Return what each step changed, slot by slot, oldest period first."""
    return tuple(_changes(released, steps))


def _changes(released: Earned, steps: Sequence[Step]) -> Iterator[Delta]:
    slots = {slot for earned in (released, *(step.earned for step in steps)) for slot in earned}
    for slot in sorted(slots):
        old = released.get(slot, Decimal(0))
        for step in steps:
            new = step.earned.get(slot, Decimal(0))
            if new != old:
                yield Delta(
                    period=slot.period,
                    component=slot.component,
                    cause=step.cause,
                    old=old,
                    new=new,
                    why=step.why(slot),
                    plan=slot.plan,
                    currency=slot.currency,
                )
            old = new
