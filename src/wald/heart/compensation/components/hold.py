"""Hold: what was earned on deals is held, and released in the share that the customer has paid.

Terms   collected, the measure of what customers paid; by (deal, total); of
Inputs  credits of the measure the others pay on, and of `collected`; what is held
Pays    minus what was earned in the payout period; plus what is released of all that was earned
Laws    paid + held = earned; never releases more than was earned, whatever customers pay
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/hold.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from wald.heart.compensation import adjusting, deals
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.deals import Credits
from wald.heart.compensation.figure import ONE, ZERO, Bare, Figure, least, most, total
from wald.kernel.problem import Problem


class By(Enum):
    DEAL = "deal"  # each deal's pay by what was collected on it
    TOTAL = "total"  # all pay by all that was collected over all that was credited


@dataclass(frozen=True, slots=True)
class Hold:
    collected: str  # a measure: what came in, in the same terms as the component's own
    by: By = By.DEAL
    of: tuple[str, ...] = ()


def check(terms: Hold) -> Iterator[Problem]:
    if not terms.collected:
        fix = "name a measure that counts payments, such as one where: event = 'paid'"
        yield Problem("collected", "no measure says what customers paid", fix)
    yield from adjusting.check_of(terms.of)


def pay(terms: Hold, case: Given) -> Paid:
    """What was earned in a payout period without any credit is on no deal, and is not held."""
    held = case.balance.get("held", ZERO)
    earned = adjusting.earned_by(terms.of, case.earned) if case.own.period else ZERO
    due = _by_deal(terms, case) if terms.by is By.DEAL else _by_total(terms, case, held)
    released = case.money(due).called("released")
    lines = []
    if earned:
        words = "held until the customer pays"
        lines.append(PayLine(words, earned.called("earned on credit"), -ONE, "hold"))
    if released:
        words = "paid by customers" if released > ZERO else "paid back to customers"
        lines.append(PayLine(words, released, ONE, "release"))
    balance = {"held": (held + earned - released).called("held")}
    rest = (due - released).called("rounding")
    if rest and terms.by is By.DEAL:
        balance["rounding"] = rest
    return Paid(tuple(lines), balance)


def _by_deal(terms: Hold, case: Given) -> Figure:
    rate_on = deals.effective_rates(terms.of, case)

    def due(credits: Credits, collected: Credits) -> Figure:
        if not credits and not case.explained:
            return ZERO
        if not collected and not case.explained and deals.added(credits, "credit") > ZERO:
            return ZERO  # nothing of it was collected
        share = _share(credits, collected)
        return deals.paid_on(credits, rate_on) * share if share or case.explained else ZERO

    def changes() -> Iterator[Figure]:
        for deal, (credits, collected) in deals.touched(case, case.measure, terms.collected):
            if not case.explained and not collected and _is_all_sold(credits):
                continue  # nothing of it was ever collected
            was = due(deals.before(credits, case), deals.before(collected, case))
            change = due(credits, collected) - was
            if change or case.explained:
                yield change.called(f"released for deal {deal}")

    return total([case.balance.get("rounding", ZERO), *changes()])


def _is_all_sold(credits: Credits) -> bool:
    """Is every credit above zero?"""
    return all([one.part.value > 0 for one in credits])


def _by_total(terms: Hold, case: Given, held: Figure) -> Figure:
    """Return what is due of everything earned on credit so far, less what was paid of it."""
    earlier = total(adjusting.earned_by(terms.of, past.others) for past in case.past if past.credit)
    earned = adjusting.earned_by(terms.of, case.earned) if case.own.period else ZERO
    credits, collected = case.counted[case.measure], case.counted[terms.collected]
    return (earlier + earned) * _share(credits, collected) - (earlier - held)


def _share(credits: Credits, collected: Credits) -> Figure:
    """Return which share of the credit was collected; all of it where nothing is owed."""
    booked = deals.added(credits, "credit")
    if booked <= ZERO:
        return ONE
    share = deals.added(collected, "collected") / booked
    if type(share) is Bare:
        return ONE if share >= ONE else ZERO if share < ZERO else share
    return most(least(share, ONE), ZERO).called("share collected")


COMPONENT = Component(
    key="hold",
    title="Hold until cash",
    terms=Hold,
    check=check,
    pay=pay,
    example=Hold("cash"),
    source="docs/compensation/hold.md",
    works_on_others=True,
    reads_credits=lambda terms: True,
    names=lambda terms: terms.of,
    reads=lambda terms: (terms.collected,),
)
