"""Clawback: takes back what was paid on a deal that is cancelled, in full or less with its age.

Terms   cancelled, the measure that counts cancellations; method (full, pro_rata); within, days
        from booking in which something is taken back; of, the components whose pay it is
Inputs  credits, deal by deal, of the measure those components pay on, and of `cancelled`
Pays    cancelled credit x what was paid on a unit of the deal's credit x the share for its age
Laws    never takes back more than was paid on the deal; nothing for a deal that was not paid
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/clawback.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from wald.heart.compensation import adjusting, deals
from wald.heart.compensation.component import Component, Counted, Given, Paid, PayLine
from wald.heart.compensation.deals import Credits, RateOn
from wald.heart.compensation.figure import ONE, ZERO, Figure, given, least, most
from wald.kernel.problem import Problem

_MOST_DAYS = 3660


class Method(Enum):
    FULL = "full"
    PRO_RATA = "pro_rata"  # the share of `within` that is left on the day of the cancellation


@dataclass(frozen=True, slots=True)
class Clawback:
    cancelled: str  # a measure; the others pay on one that leaves cancellations out
    method: Method = Method.FULL
    within: int | None = None  # days; a deal cancelled on day `within` or later is kept
    of: tuple[str, ...] = ()


def check(terms: Clawback) -> Iterator[Problem]:
    if not terms.cancelled:
        fix = "name a measure such as one where: event = 'cancelled'"
        yield Problem("cancelled", "no measure counts what is cancelled", fix)
    if terms.within is not None and not 1 <= terms.within <= _MOST_DAYS:
        fix = f"write days from 1 to {_MOST_DAYS}, or leave it out"
        yield Problem("within", f"{terms.within} days take nothing back", fix)
    if terms.method is Method.PRO_RATA and terms.within is None:
        fix = "write within: 365, or method: full"
        yield Problem("within", "pro rata of how many days is not said", fix)
    yield from adjusting.check_of(terms.of)


def pay(terms: Clawback, case: Given) -> Paid:
    rate_on = deals.effective_rates(terms.of, case)
    lines = (
        line
        for deal, found in deals.touched(case, case.measure, terms.cancelled, by=terms.cancelled)
        for line in _deal(terms, case, deal, found, rate_on)
    )
    return Paid(tuple(lines))


def _deal(
    terms: Clawback, case: Given, deal: str, found: Sequence[Credits], rate_on: RateOn
) -> Iterator[PayLine]:
    """Yield a line per cancellation of the payout period; earlier ones use up the credit too."""
    credits, cancellations = found
    credit = left = deals.added(credits, f"credit for deal {deal}")
    if credit <= ZERO:
        return
    rate = most(deals.paid_on(credits, rate_on) / credit, ZERO).called(f"rate paid on deal {deal}")
    for one in cancellations:
        base = most(least(ZERO - one.part, left), left - credit)
        left = left - base
        if one.credit.credited_on not in case.period:
            continue
        age = _age(one, credits)
        share = _share(terms, case, one, age)
        if base and rate and share:
            words = f"deal {deal} cancelled after {age} days"
            cancelled = (ZERO - base).called("cancelled credit")
            yield PayLine(words, cancelled, rate * share, "clawback")


def _age(cancellation: Counted, credits: Credits) -> int:
    """Return the days from booking, or from the deal's first credit, to the cancellation."""
    first = credits[0].credit
    booked = cancellation.credit.booked_on or first.booked_on or first.credited_on
    return (cancellation.credit.credited_on - booked).days


def _share(terms: Clawback, case: Given, one: Counted, age: int) -> Figure:
    """Return the share that is taken back of a deal of this age."""
    if terms.within is None:
        return ONE
    if terms.method is Method.FULL:
        return ONE if age < terms.within else ZERO
    days = given(age, "days from booking", f"credit:{one.credit.credit_id}.age_days")
    within = case.term(Decimal(terms.within), "within", "days in which pay is taken back")
    return most(ONE - days / within, ZERO).called("share for its age")


COMPONENT = Component(
    key="clawback",
    title="Clawback",
    terms=Clawback,
    check=check,
    pay=pay,
    example=Clawback("cancelled", Method.PRO_RATA, 365),
    source="docs/compensation/clawback.md",
    works_on_others=True,
    reads_credits=lambda terms: True,
    names=lambda terms: terms.of,
    reads=lambda terms: (terms.cancelled,),
)
