"""Draw: pay is brought up to an amount; what was advanced is taken from later earnings, or kept.

Terms   amount, each payout period; recoverable; share of earnings above the draw that may be
        taken; within, for how many payout periods an advance is owed; lasts, for how many the
        draw is paid; of; prorated; forgiven_at_reset; sign of the balance that is shown
Inputs  what the components before it earned in the payout period; what is owed
Pays    the draw less what was earned, where that is above zero; less what is recovered
Laws    owed is never negative; advanced = recovered + forgiven + owed; pay with recovery never
        falls below the draw
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/draw.md
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum

from wald.heart.compensation import adjusting
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ONE, ZERO, Figure, least, most, total
from wald.kernel.problem import Problem


class Sign(Enum):
    """How the balance is shown."""

    OWED = "owed"  # what the person owes, as a positive amount
    BALANCE = "balance"  # the person's account: what they owe is negative


@dataclass(frozen=True, slots=True)
class Draw:
    amount: Decimal  # a personal rate of this component replaces it
    recoverable: bool = True
    share: Decimal = Decimal(1)  # of what is earned above the draw
    within: int | None = None  # payout periods after the advance; then it is forgiven
    lasts: int | None = None  # payout periods from the person's first; then it is only recovered
    of: tuple[str, ...] = ()
    prorated: bool = True
    forgiven_at_reset: bool = False  # with each window of the counter nothing is owed any more
    sign: Sign = Sign.OWED


def check(terms: Draw) -> Iterator[Problem]:
    yield from adjusting.check_amount("amount", terms.amount, "draw")
    yield from adjusting.check_share("share", terms.share)
    yield from adjusting.check_count("within", terms.within, "payout periods to recover in")
    yield from adjusting.check_count("lasts", terms.lasts, "payout periods with a draw")
    yield from adjusting.check_of(terms.of)
    if not terms.recoverable and (terms.within or terms.share != 1 or terms.forgiven_at_reset):
        what = "says how a draw is recovered that is not recovered"
        yield Problem("recoverable", what, "write recoverable: true, or leave the others out")


def pay(terms: Draw, case: Given) -> Paid:
    earned = adjusting.earned_by(terms.of, case.earned)
    draw = ZERO
    if terms.lasts is None or len(case.past) < terms.lasts:
        amount = case.own_rate(terms.amount, "amount", "draw")
        draw = case.money(adjusting.in_the_plan(amount, case, prorated=terms.prorated))
    advance = most(draw - earned, ZERO)
    lines = [PayLine("advance up to the draw", advance, ONE, "advance")] if advance else []
    if not terms.recoverable:
        return Paid(tuple(lines))
    owed = dict(_owed(case.balance))
    lines += _forgiven(terms, case, owed)
    may_take = most(earned - draw, ZERO) * case.term(terms.share, "share", "share to recover")
    taken = case.money(least(total(owed.values(), "owed"), may_take))
    if taken:
        lines.append(PayLine("recovered from what is above the draw", taken, -ONE, "recovery"))
    left = _less(owed, taken)
    if advance:
        left[case.period.start] = advance
    return Paid(tuple(lines), _balance(terms, left))


def _owed(balance: Mapping[str, Figure]) -> Iterator[tuple[date, Figure]]:
    """Yield what is owed, oldest first, by first day of the payout period of the advance."""
    for name, figure in balance.items():
        sign, _, day = name.partition(" from ")
        owed = figure if sign == Sign.OWED.value else ZERO - figure
        yield date.fromisoformat(day) if day else date.min, owed


def _forgiven(terms: Draw, case: Given, owed: dict[date, Figure]) -> Iterator[PayLine]:
    """Yield, and take out of `owed`, what is too old to be recovered in this payout period."""
    for day in list(owed):
        age = sum(past.period.start >= day for past in case.past)
        is_old = terms.within is not None and age > terms.within
        if is_old or (terms.forgiven_at_reset and adjusting.begins_anew(case)):
            words = f"advance of {day} is no longer owed" if day > date.min else "no longer owed"
            yield PayLine(words, owed.pop(day), ZERO, "forgiven")


def _less(owed: Mapping[date, Figure], taken: Figure) -> dict[date, Figure]:
    """Return what is left of each advance; the oldest is recovered first."""
    left: dict[date, Figure] = {}
    for day, figure in owed.items():
        part = least(figure, taken)
        taken = taken - part
        if figure > part:
            left[day] = figure - part
    return left


def _balance(terms: Draw, left: Mapping[date, Figure]) -> dict[str, Figure]:
    """Return one balance, or one for each advance where each has its own time."""
    sign = terms.sign.value
    named = {f"{sign} from {day}": figure for day, figure in left.items()}
    if terms.within is None:
        named = {sign: total(left.values())}
    is_owed = terms.sign is Sign.OWED
    return {name: (f if is_owed else ZERO - f).called(name) for name, f in named.items()}


COMPONENT = Component(
    key="draw",
    title="Draw",
    terms=Draw,
    check=check,
    pay=pay,
    example=Draw(Decimal(3000)),
    source="docs/compensation/draw.md",
    is_for_no_contract=True,
    needs_measure=lambda terms: False,
    pays_on_nothing=lambda terms: True,
    works_on_others=True,
    names=lambda terms: terms.of,
)
