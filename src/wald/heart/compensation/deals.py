"""Pay looked at deal by deal: which deals a payout period touches, and at which rate each was paid.

No component keeps what it paid on a deal. Where somebody has to know (a cap per deal, a clawback,
a hold until the customer pays), the deal was paid at the effective rate of the payout period in
which it was credited: what was earned in it over the credit of it. Source:
docs/compensation/clawback.md
"""

from collections.abc import Callable, Iterable
from datetime import date
from functools import cache

from wald.heart.compensation.adjusting import earned_by
from wald.heart.compensation.component import Counted, Given
from wald.heart.compensation.figure import ZERO, Figure, total

Credits = tuple[Counted, ...]
RateOn = Callable[[date], Figure]


def touched(case: Given, *measures: str) -> dict[str, dict[str, Credits]]:
    """Return the deals with a credit in the payout period: by deal, all their credits by measure.

    Credits of days on which the component was not yet in force do not count: it paid nothing then.
    """
    deals: dict[str, dict[str, list[Counted]]] = {
        one.credit.deal_id: {key: [] for key in measures}
        for key in measures
        for one in case.counted[key]
        if one.credit.credited_on in case.period
    }
    for key in measures:
        for one in case.counted[key]:
            if one.credit.deal_id in deals:
                deals[one.credit.deal_id][key].append(one)
    return {
        deal: {key: tuple(found) for key, found in credits.items()}
        for deal, credits in sorted(deals.items())
    }


def before(credits: Iterable[Counted], case: Given) -> Credits:
    """Return the credits of earlier payout periods."""
    return tuple(one for one in credits if one.credit.credited_on < case.period.start)


def added(credits: Iterable[Counted], label: str) -> Figure:
    return total((one.part for one in credits), label)


def effective_rates(of: tuple[str, ...], case: Given) -> RateOn:
    """Return what gives, for a day, the pay per unit of credit of the payout period it lies in.

    Credit is that of the component's own measure: the one that the named components pay on. Zero
    where a payout period had no credit, and on days outside all of them.
    """
    spans = [(past.period, past.others) for past in case.past] + [(case.period, case.earned)]

    @cache
    def rate(i: int) -> Figure:
        period, earned = spans[i]
        own = case.counted[case.measure]
        credit = added((one for one in own if one.credit.credited_on in period), "credit")
        if not credit:
            return ZERO
        return (earned_by(of, earned) / credit).called(f"effective rate of {period.label}")

    def rate_on(day: date) -> Figure:
        found = next((i for i, (period, _) in enumerate(spans) if day in period), None)
        return ZERO if found is None else rate(found)

    return rate_on


def paid_on(credits: Iterable[Counted], rate_on: RateOn) -> Figure:
    """Return what was paid on a deal for these credits."""
    return total(
        (one.part * rate_on(one.credit.credited_on) for one in credits), "paid on the deal"
    )
