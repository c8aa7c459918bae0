"""Gate: what other components earned is paid only when a measure, or a component, reaches a mark.

Terms   opens_at, the mark; by (attainment, amount, earned); component, whose earnings are looked
        at by `earned`; side; below (lost, held_in_window, held); of
Inputs  the measure and its quota; what the components before it earned; what is held
Pays    minus what was earned while it is shut; what is held when it opens
Laws    paid + held + lost = earned; what is taken back is taken back through a shut gate too
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/gate.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from wald.heart.compensation import adjusting, bands
from wald.heart.compensation.bands import Side
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ONE, ZERO, Figure, if_passed, if_reached, least, most
from wald.kernel.problem import Problem

_MOST_ATTAINMENT = Decimal(10)


class By(Enum):
    ATTAINMENT = "attainment"  # 1 = 100 %; to date, or of the payout period with `pays: period`
    AMOUNT = "amount"  # of the measure, in the same days
    EARNED = "earned"  # by another component, in the same days


class Below(Enum):
    """What becomes of what is earned while the gate is shut."""

    LOST = "lost"
    HELD_IN_WINDOW = "held_in_window"  # paid when the gate opens, lost with the counter's window
    HELD = "held"  # paid when the gate opens, however long it takes


@dataclass(frozen=True, slots=True)
class Gate:
    opens_at: Decimal
    by: By = By.ATTAINMENT
    component: str = ""
    side: Side = Side.UPPER  # exactly at the mark: open (upper) or shut (lower)
    below: Below = Below.LOST
    of: tuple[str, ...] = ()


def check(terms: Gate) -> Iterator[Problem]:
    if terms.opens_at <= 0:
        fix = "write a mark above 0, or leave the gate out"
        yield Problem("opens_at", f"a gate at {terms.opens_at} is always open", fix)
    if terms.by is By.ATTAINMENT and terms.opens_at > _MOST_ATTAINMENT:
        fix = "write a share: 0.8 for 80 %, or by: amount"
        yield Problem("opens_at", f"{terms.opens_at} is no attainment", fix)
    if (terms.by is By.EARNED) != bool(terms.component):
        fix = "write both by: earned and component, or neither"
        yield Problem("component", "a component opens a gate by what it earned", fix)
    if terms.component and terms.component in terms.of:
        fix = "take it out of `of`, or look at another component"
        yield Problem("component", f"{terms.component} is behind the gate it opens", fix)
    yield from adjusting.check_of(terms.of)


def pay(terms: Gate, case: Given) -> Paid:
    earned = _withheld_from(terms, case)
    held = case.balance.get("held", ZERO)
    lines = []
    if held and terms.below is Below.HELD_IN_WINDOW and adjusting.begins_anew(case):
        lines.append(PayLine("held in the window before, lost", held, ZERO, "lost"))
        held = ZERO
    due = (earned + held).called("earned and held")
    shut = least(due, ZERO)  # what is taken back is not held
    paid = _if_open(terms, case, due, shut)
    if change := (paid - earned).called("change by the gate"):
        words = "the gate is shut" if change < ZERO else "the gate is open: held before"
        lines.append(PayLine(words, change, ONE, "gate"))
    if terms.below is Below.LOST:
        return Paid(tuple(lines))
    return Paid(tuple(lines), {"held": most(due - paid, ZERO).called("held")})


def _withheld_from(terms: Gate, case: Given) -> Figure:
    """Return what the components behind the gate earned; never the one that opens it."""
    behind = {key: paid for key, paid in case.earned.items() if key != terms.component}
    return adjusting.earned_by(terms.of, behind)


def _if_open(terms: Gate, case: Given, then: Figure, otherwise: Figure) -> Figure:
    reached = _reached(terms, case)
    if reached is None:
        return otherwise
    mark = case.term(terms.opens_at, "opens_at", "mark of the gate")
    choose = if_reached if terms.side is Side.UPPER else if_passed
    return choose(reached, mark, then, otherwise)


def _reached(terms: Gate, case: Given) -> Figure | None:
    """Return what is compared with the mark; None without a quota: then the gate stays shut."""
    if terms.by is By.ATTAINMENT:
        return bands.attained(case)
    if terms.by is By.AMOUNT:
        return case.goal.to_date if case.pays_to_date else case.goal.period
    earned = case.earned_to_date if case.pays_to_date else case.earned
    return earned.get(terms.component, ZERO)


def names(terms: Gate) -> Iterator[str]:
    yield from terms.of
    if terms.component:
        yield terms.component


COMPONENT = Component(
    key="gate",
    title="Gate",
    terms=Gate,
    check=check,
    pay=pay,
    example=Gate(Decimal("0.8")),
    source="docs/compensation/gate.md",
    edges=lambda terms: (terms.opens_at,) if terms.by is By.ATTAINMENT else (),
    needs_measure=lambda terms: terms.by is not By.EARNED,
    needs_quota=lambda terms: terms.by is By.ATTAINMENT,
    works_on_others=True,
    names=names,
)
