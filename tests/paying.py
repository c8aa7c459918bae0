"""People who are paid, from plain inputs: for tests of statements."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from wald.heart.compensation.credit import Credit, Kind
from wald.heart.compensation.fold import Stretch, fold
from wald.heart.compensation.inputs import Known
from wald.heart.compensation.plan import Plan
from wald.heart.compensation.result import Adjustment, Delta, PersonPay
from wald.kernel.period import Grain, Period, months_calendar, periods

CALENDAR = months_calendar()


def months(first: date, last: date) -> list[Period]:
    """The months from `first` up to, not including, `last`."""
    return list(periods(CALENDAR, Grain.MONTH, first, last))


def stretches(plan: Plan, first: date, last: date) -> list[Stretch]:
    return [Stretch(one, one, plan) for one in months(first, last)]


def numbered(days: Sequence[Stretch]) -> list[Stretch]:
    """The same with a version of its own for each plan, as documents give them."""
    plans = {id(one.plan): one.plan for one in days}
    versions = {
        key: replace(plan, version=f"{plan.key}, version {place}")
        for place, (key, plan) in enumerate(plans.items(), start=1)
    }
    return [replace(one, plan=versions[id(one.plan)]) for one in days]


def credit(number: int, on: date, amount: str, share: str = "1", **more: object) -> Credit:
    kind = Kind.DIRECT if share == "1" else Kind.SPLIT
    deal = f"D{number}"
    return Credit(
        f"c{number}", "max", deal, on, Decimal(amount), Decimal(share), kind, rule="deals", row=more
    )


def pay_of(
    known: Known,
    days: Sequence[Stretch],
    *,
    last: int,
    deltas: Sequence[Delta] = (),
    adjustments: Sequence[Adjustment] = (),
    paid_before: str = "0",
    run_id: int = 7,
) -> PersonPay:
    """Pay of Max for the last `last` stretches; those before are of the year, or older."""
    paid = list(fold("max", days, known, CALENDAR))
    pays, before = paid[-last:], paid[:-last]
    start, end = pays[0].stretch.paid_in, pays[-1].stretch.paid_in
    year = start.start.year
    return PersonPay(
        person_id="max",
        name="Max",
        run_id=run_id,
        period=Period(start.start, end.end, f"{start.label} to {end.label}"),
        currency=pays[0].stretch.plan.currency,
        plans=tuple(dict.fromkeys(one.stretch.plan.version for one in pays)),
        pays=tuple(pays),
        earlier=tuple(one for one in before if one.stretch.days.start.year == year),
        older=tuple(one for one in before if one.stretch.days.start.year != year),
        deltas=tuple(deltas),
        adjustments=tuple(adjustments),
        credits={one.credit_id: one for one in known.all_credits},
        paid_before=Decimal(paid_before),
        quotas=tuple(known.quotas),
    )
