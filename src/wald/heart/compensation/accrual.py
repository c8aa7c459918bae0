"""What is owed for work done but not paid yet: a window's expected pay, earned as credit comes in.

A plan that pays more above quota pays late in the year for sales of the whole year. So the expense
of a month is not what was paid in it: each component's expected pay of its counter's window is
recognised in proportion to the credit that has come in (by days where a component measures
nothing), and the accrual is what was recognised less what was earned to date.

What is still to come is told by scenarios, each a list of credits after the day. The first is the
one expected; the others give the interval. No chance is used here: `shifted` makes scenarios from
the person's own past months, their pattern begun at each of them in turn.
Source: docs/concepts/commission-accounting.md
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice

from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.fold import ComponentPay, Inputs, PeriodPay, Stretch, fold
from wald.heart.compensation.outlook import With
from wald.heart.compensation.plan import Plan
from wald.kernel.period import Calendar, Period


@dataclass(frozen=True, slots=True)
class Accrued:
    """One component of one person on one day, in the plan's currency, exact.

    `low` and `high` hold the accruals of all scenarios between them.
    """

    person_id: str
    component: str
    window: Period
    expected: Decimal  # pay of the whole window
    share: Decimal  # of it that has been earned by work done
    earned: Decimal  # to date, paid or payable by the plan's own dates
    low: Decimal
    high: Decimal

    @property
    def recognised(self) -> Decimal:
        return EXACT.multiply(self.expected, self.share)

    @property
    def accrued(self) -> Decimal:
        """What is owed beyond what was earned; below zero: paid ahead of the work."""
        return self.recognised - self.earned


@dataclass(frozen=True, slots=True)
class _Seen:
    """A component's pay and credit in the window that holds the day."""

    window: Period
    pay: Decimal
    earned: Decimal
    share: Decimal


def accrued(
    person_id: str,
    stretches: Sequence[Stretch],
    known: Inputs,
    scenarios: Sequence[Sequence[Credit]],
    calendar: Calendar,
    on: date,
) -> tuple[Accrued, ...]:
    """Return the accrual of each component at the end of the day before `on`.

    `stretches` reach to the end of every window that holds the day; `known` holds the credits
    before `on`. Without scenarios nothing more is expected to come.
    """
    futures = []
    asked = With(known, person_id)  # scenarios share what is known already
    for more in scenarios or [()]:
        future = asked.also(more)
        pays = fold(person_id, stretches, future, calendar)
        futures.append(_seen(pays, future, on))
    expected = futures[0]
    found = []
    for key, one in expected.items():
        others = [
            EXACT.multiply(other[key].pay, other[key].share) - one.earned
            for other in futures
            if key in other
        ]
        found.append(
            Accrued(
                person_id,
                key,
                one.window,
                one.pay,
                one.share,
                one.earned,
                min(others),
                max(others),
            )
        )
    return tuple(found)


def shifted(
    months: Sequence[Decimal], ahead: Sequence[Period], *, person_id: str, most: int = 12
) -> Iterator[tuple[Credit, ...]]:
    """Yield scenarios of credit for the months `ahead`: the mean of past `months`, then their
    pattern, begun at each of them in turn.
    """
    if not months or not ahead:
        yield ()
        return
    mean = EXACT.divide(sum(months, Decimal(0)), Decimal(len(months))).quantize(Decimal("0.0001"))
    yield _credits([mean] * len(ahead), ahead, person_id)
    for begin in islice(range(len(months)), most):
        turned = [months[(begin + i) % len(months)] for i in range(len(ahead))]
        yield _credits(turned, ahead, person_id)


def _credits(
    amounts: Iterable[Decimal], ahead: Iterable[Period], person_id: str
) -> tuple[Credit, ...]:
    return tuple(
        Credit(f"expected:{days.label}", person_id, f"expected {days.label}", days.last_day, amount)
        for amount, days in zip(amounts, ahead, strict=True)
    )


def _seen(pays: Iterable[PeriodPay], known: Inputs, on: date) -> Mapping[str, _Seen]:
    """Return each component's pay in the window that holds the last day before `on`."""
    found: dict[str, list[tuple[Plan, ComponentPay]]] = {}
    for pay in pays:
        for one in pay.components:
            if one.window.start < on <= one.window.end:
                found.setdefault(one.key, []).append((pay.stretch.plan, one))
    return {key: _of_window(paid, known, on) for key, paid in found.items()}


def _of_window(paid: Sequence[tuple[Plan, ComponentPay]], known: Inputs, on: date) -> _Seen:
    ones = [one for _, one in paid]
    whole = sum((one.earned.value for one in ones), Decimal(0))
    earned = sum((one.earned.value for one in ones if one.period.end <= on), Decimal(0))
    days = Period(ones[0].period.start, ones[-1].period.end, ones[0].window.label)
    return _Seen(days, whole, earned, _share(paid[-1][0], ones[0].key, known, days, on))


def _share(plan: Plan, key: str, known: Inputs, days: Period, on: date) -> Decimal:
    """Return the share of the work of `days` that is done before `on`: by credit, else by days."""
    measure = next((one.measure for one in plan.components if one.key == key), "")
    if measure:
        whole = known.measured(plan, measure, days.start, days.end).value
        done = known.measured(plan, measure, days.start, on).value
        if whole > 0 and done >= 0:
            return min(Decimal(1), EXACT.divide(done, whole))
    done_days = (min(on, days.end) - days.start).days
    return EXACT.divide(Decimal(done_days), Decimal(days.days))
