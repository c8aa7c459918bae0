"""Pay looked at deal by deal: which deals a payout period touches, and at which rate each was paid.

No component keeps what it paid on a deal. Where somebody has to know (a cap per deal, a clawback,
a hold until the customer pays), the deal was paid at the effective rate of the payout period in
which it was credited: what was earned in it over the credit of it. Source:
docs/compensation/clawback.md
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from datetime import date

from wald.heart.compensation.adjusting import earned_by
from wald.heart.compensation.component import Counted, Given
from wald.heart.compensation.figure import ZERO, Figure, total
from wald.heart.compensation.ledger import ledger_of

Credits = Sequence[Counted]
RateOn = Callable[[date], Figure]


def touched(case: Given, *measures: str, by: str = "") -> Iterator[tuple[str, list[Credits]]]:
    """Yield the deals with a credit in the payout period, each with all its credits of each of
    the measures, in their order.

    `by`: the measure that the credit in the payout period is of, "" for any of them.
    Credits of days on which the component was not yet in force do not count: it paid nothing then.
    """
    ledgers = {key: ledger_of(case.counted[key]) for key in measures}
    looked = [ledgers[by]] if by else ledgers.values()
    deals = {one.credit.deal_id for each in looked for one in each.within(case.period)}
    finders = [ledgers[key].of_deal for key in measures]
    for deal in sorted(deals):
        yield deal, [find(deal) for find in finders]


def before(credits: Credits, case: Given) -> Credits:
    """Return the credits of earlier payout periods, of credits given oldest first."""
    start = case.period.start
    if not credits or credits[0].credit.credited_on >= start:
        return ()
    if credits[-1].credit.credited_on < start:
        return credits
    return tuple([one for one in credits if one.credit.credited_on < start])


def added(credits: Credits, label: str) -> Figure:
    if len(credits) == 1:
        return credits[0].part.called(label)
    return total([one.part for one in credits], label)


def effective_rates(of: tuple[str, ...], case: Given) -> RateOn:
    """Return what gives, for a day, the pay per unit of credit of the payout period it lies in.

    Credit is that of the component's own measure: the one that the named components pay on. Zero
    where a payout period had no credit, and on days outside all of them.
    """
    spans = [(past.period, past.others) for past in case.past] + [(case.period, case.earned)]
    starts = [period.start for period, _ in spans]
    own = ledger_of(case.counted[case.measure])
    rates: dict[int, Figure] = {}
    by_day: dict[date, Figure] = {}

    def rate(i: int) -> Figure:
        if i not in rates:
            period, earned = spans[i]
            credit = own.credit_of(period)
            label = f"effective rate of {period.label}"
            rates[i] = (earned_by(of, earned) / credit).called(label) if credit else ZERO
        return rates[i]

    def rate_on(day: date) -> Figure:
        if day not in by_day:
            i = bisect_right(starts, day) - 1
            by_day[day] = rate(i) if i >= 0 and day in spans[i][0] else ZERO
        return by_day[day]

    return rate_on


def paid_on(credits: Credits, rate_on: RateOn) -> Figure:
    """Return what was paid on a deal for these credits."""
    if len(credits) == 1:
        (one,) = credits
        return (one.part * rate_on(one.credit.credited_on)).called("paid on the deal")
    paid = [one.part * rate_on(one.credit.credited_on) for one in credits]
    return total(paid, "paid on the deal")
