"""Floor: what other components pay in a payout period has a lower bound, zero unless it says more.

Terms   amount; shortage (forgiven, carried): what was raised is given, or taken from later pay;
        of; prorated by days in the plan
Inputs  what the components before it earned in the payout period; what is carried
Pays    up to the floor, where less was earned; minus what is carried, where more was
Laws    paid - carried = earned; pay of those components is never below the floor
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/floor.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from wald.heart.compensation import adjusting
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ONE, ZERO, most
from wald.kernel.problem import Problem


class Shortage(Enum):
    FORGIVEN = "forgiven"
    CARRIED = "carried"  # taken from what is earned above the floor later


@dataclass(frozen=True, slots=True)
class Floor:
    amount: Decimal = Decimal(0)  # 0: what is cancelled never makes pay negative
    shortage: Shortage = Shortage.CARRIED
    of: tuple[str, ...] = ()
    prorated: bool = True


def check(terms: Floor) -> Iterator[Problem]:
    if terms.amount < 0:
        fix = "write 0, or an amount above it"
        yield Problem("amount", f"{terms.amount} lets the person pay the firm", fix)
    yield from adjusting.check_of(terms.of)


def pay(terms: Floor, case: Given) -> Paid:
    amount = case.term(terms.amount, "amount", "floor")
    floor = case.money(adjusting.in_the_plan(amount, case, prorated=terms.prorated))
    earned = adjusting.earned_by(terms.of, case.earned)
    due = earned - case.balance.get("carried", ZERO)
    paid = most(due, floor)
    change = (paid - earned).called("change by the floor")
    words = "up to the floor" if change > ZERO else "less what was raised to the floor before"
    lines = (PayLine(words, change, ONE, "floor"),) if change else ()
    if terms.shortage is Shortage.FORGIVEN:
        return Paid(lines)
    return Paid(lines, {"carried": (paid - due).called("carried")})


COMPONENT = Component(
    key="floor",
    title="Floor",
    terms=Floor,
    check=check,
    pay=pay,
    example=Floor(),
    source="docs/compensation/floor.md",
    needs_measure=lambda terms: False,
    pays_on_nothing=lambda terms: terms.amount > 0,
    works_on_others=True,
    names=lambda terms: terms.of,
)
