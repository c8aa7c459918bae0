"""Pay of one person: their stretches in a plan folded in time, component by component.

Nothing is stored between periods but what the fold carries: counters, what was earned, balances.
So a past that changed is folded again and gives an exact difference. The same function pays a
run, tries a plan on history, estimates an open deal and finds what the linter proves.

A component pays at the end of its payout period, and where a version or the person's time in
the plan ends; its counter starts anew with its window. Source: docs/compensation/README.md
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Protocol

from wald.heart.compensation.carried import Carried, Counter, Mark
from wald.heart.compensation.component import (
    Component,
    Counted,
    Given,
    Measured,
    Paid,
    Past,
    components,
)
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import ONE, ZERO, Figure, rounded, total
from wald.heart.compensation.given_sums import Sums, counted
from wald.heart.compensation.plan import Entry, Pays, Plan, Step
from wald.heart.compensation.spans import payout_period, share_of, target_of
from wald.kernel.period import Calendar, Period
from wald.kernel.problem import Refusal
from wald.kernel.value import quick


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days within one payment period in which one version of a plan holds for the person.

    `closes`: nothing of this version follows for the person, so every component pays now.
    """

    days: Period
    paid_in: Period  # the payment period the days lie in
    plan: Plan
    closes: bool = False


class WithoutQuota(Refusal):
    """A stretch cannot be paid: a component pays on attainment, and there is no quota."""

    def __init__(self, person_id: str, component: str, measure: str, window: Period) -> None:
        days = "" if window.end == date.max else f" from {window.start} to {window.last_day}"
        super().__init__(
            f"{person_id} has no quota above zero for {measure}{days}, which {component} needs."
        )
        self.person_id = person_id


class Inputs(Protocol):
    """What a fold needs to know of one person; days from `start` up to, not including, `end`."""

    def measured(self, plan: Plan, measure: str, start: date, end: date) -> Figure: ...
    def quota(self, plan: Plan, measure: str, start: date, end: date) -> Figure | None: ...
    def credits(self, plan: Plan, measure: str, start: date, end: date) -> tuple[Credit, ...]: ...
    def counted(self, plan: Plan, measure: str, start: date, end: date) -> tuple[Counted, ...]: ...
    def everyone(
        self, plan: Plan, measure: str, start: date, end: date
    ) -> Mapping[str, Decimal]: ...
    def yearly_target(self, plan: Plan, on: date) -> Figure | None: ...
    def personal(self, plan: Plan, on: date) -> Mapping[str, Decimal]: ...
    def scores(self, plan: Plan, start: date, end: date) -> Mapping[str, Figure]: ...


@quick
class Line:
    """One line of a statement; `amount` is rounded as the plan says."""

    component: str  # its key in the plan
    reason: str
    base: Figure
    rate: Figure
    amount: Figure
    kind: str = ""


@quick
class ComponentPay:
    """What one component paid in one payout period, and what it carries on."""

    key: str
    component: str
    period: Period  # the payout period, from where it last paid
    window: Period
    measures: Mapping[str, Measured]
    lines: tuple[Line, ...]
    earned: Figure
    balance: Mapping[str, Figure]


@quick
class PeriodPay:
    """What a person is paid by one plan for one stretch.

    `refused` says why nothing of the stretch can be paid; "" where it is paid.
    """

    stretch: Stretch
    components: tuple[ComponentPay, ...]
    total: Figure
    refused: str = ""

    @property
    def lines(self) -> Iterator[Line]:
        for component in self.components:
            yield from component.lines


def fold(
    person_id: str, stretches: Sequence[Stretch], inputs: Inputs, calendar: Calendar, *,
    explained: bool = True,
) -> Iterator[PeriodPay]:  # fmt: skip
    """Yield what the person is paid for each stretch, in order.

    A stretch that cannot be paid, because a component pays on attainment and there is no quota,
    is given without pay and says why; the stretches after it are paid. Not `explained`: figures of
    what looks at each deal do not say how they came about: in a run nobody asks, and it is much.
    """
    carried = Carried(explained=explained)
    for stretch in stretches:
        yield fold_next(person_id, stretch, carried, inputs, calendar)


def fold_next(
    person_id: str, stretch: Stretch, carried: Carried, inputs: Inputs, calendar: Calendar
) -> PeriodPay:
    """Return what is paid for a stretch after those that `carried` comes from, and carry it on."""
    try:
        paid = _paid(person_id, stretch, carried, inputs, calendar)
    except WithoutQuota as why:
        for entry in stretch.plan.components:
            counter = _counter(carried.counters, entry, stretch, calendar)
            counter.paid_up_to = stretch.days.end
        return PeriodPay(stretch, (), ZERO, str(why))
    return _closed(stretch, paid)


def _paid(
    person_id: str, stretch: Stretch, carried: Carried, inputs: Inputs, calendar: Calendar
) -> list[ComponentPay]:
    """Pay the components that pay now. Raises WithoutQuota, and has then forgotten the stretch."""
    counters, earned = carried.counters, carried.earned
    paid: list[ComponentPay] = []
    marks: list[tuple[Counter, Mark]] = []
    last_day = stretch.days.last_day
    try:
        for place, entry in enumerate(stretch.plan.components):
            counter = _counter(counters, entry, stretch, calendar)
            whole = payout_period(entry.every, last_day, calendar)
            if not stretch.closes and whole.end != stretch.days.end:
                continue
            later = {one.key for one in stretch.plan.components[place:]}
            before = {key: found for key, found in earned.items() if key not in later}
            marks.append((counter, counter.mark()))
            case = _case(
                person_id, entry, counter, stretch, inputs, whole, before, carried.explained
            )
            one = _pay(entry, case, stretch.plan)
            if case.counted and not carried.explained:
                one = _bare(one)
            paid.append(one)
            _remember(counter, one, case, stretch)
            earned.setdefault(entry.key, []).append((stretch.days.end, one.earned))
    except WithoutQuota:
        for counter, mark in marks:
            counter.back_to(mark)
        for one in paid:
            earned[one.key].pop()
        raise
    return paid


def _counter(
    counters: dict[str, Counter], entry: Entry, stretch: Stretch, calendar: Calendar
) -> Counter:
    window = payout_period(entry.resets, stretch.days.start, calendar)
    counter = counters.get(entry.key)
    if counter is None:
        first = stretch.days.start
        counter = counters[entry.key] = Counter(window, first, first, first)
    elif counter.window != window:
        counter.window, counter.began_on = window, stretch.days.start
        counter.own, counter.targets = [], []
    if counter.seen_to < stretch.days.start:  # days outside the plan are not paid on return
        counter.paid_up_to = stretch.days.start
    counter.seen_to = stretch.days.end
    return counter


def _case(
    person_id: str,
    entry: Entry,
    counter: Counter,
    stretch: Stretch,
    inputs: Inputs,
    whole: Period,
    earned: Mapping[str, list[tuple[date, Figure]]],
    explained: bool,
) -> Given:
    plan, end, rounding = stretch.plan, stretch.days.end, stretch.plan.rounding
    start, last_day = counter.paid_up_to, stretch.days.last_day
    began = counter.past[0].period.start if counter.past else start
    period = Period(start, end, whole.label)
    component = components()[entry.component]
    yearly = inputs.yearly_target(plan, last_day)
    present = share_of(period, whole, plan.day_count) if entry.every.grain else ONE
    target = None if yearly is None else target_of(yearly, entry.every, present)
    window_share = _window_share(counter, plan)
    reads = component.reads(entry.terms)
    wanted = dict.fromkeys([entry.measure, entry.attainment_by, *reads])
    return Given(
        key=entry.key,
        period=period,
        window=counter.window,
        measures={key: _measured(inputs, plan, key, counter, start, end) for key in wanted if key},
        measure=entry.measure,
        attainment_by=entry.attainment_by,
        earned=Sums(earned, start, end),
        earned_to_date=Sums(earned, counter.window.start, end),
        own_to_date=total(counter.own),
        balance=counter.balance,
        past=tuple(counter.past),
        counted=(
            counted(inputs, plan, counter.counted, (began, start, end), wanted)
            if component.reads_credits(entry.terms)
            else {}
        ),
        everyone=(
            inputs.everyone(plan, entry.measure, whole.start, whole.end)
            if component.reads_everyone
            else {}
        ),
        person_id=person_id,
        version=plan.version,
        target=target,
        target_to_date=None if target is None else total([*counter.targets, target], "target"),
        present=present,
        window_target=None if yearly is None else target_of(yearly, entry.resets, window_share),
        window_present=window_share,
        ends_early=end < whole.end and whole.end != date.max,
        personal=inputs.personal(plan, last_day),
        scores=inputs.scores(plan, start, end),
        money_step=None if rounding.step is Step.PAYMENT else rounding.unit(plan.currency),
        is_half_even=rounding.half_even,
        explained=explained,
        pays_to_date=entry.pays is Pays.TO_DATE,
    )


def _measured(
    inputs: Inputs, plan: Plan, key: str, counter: Counter, start: date, end: date
) -> Measured:
    """Return a measure: of the days from `start`, and from the window's start up to them.

    A yearly quota of a window without a beginning begins with the person's first day in it.
    """
    window = counter.window
    first = since = window.start
    if since == date.min and plan.measure(key).yearly_quota is not None:
        since = counter.began_on
    before = inputs.measured(plan, key, first, max(first, start)) if first < start else ZERO
    until = end if window.end == date.max else window.end
    return Measured(
        inputs.measured(plan, key, start, end),
        before,
        inputs.quota(plan, key, since, until),
        inputs.quota(plan, key, start, end),
        inputs.quota(plan, key, since, end),
    )


def _window_share(counter: Counter, plan: Plan) -> Figure:
    """Return which share of the counter's window follows the person's first day in it."""
    window = counter.window
    if window.end == date.max:
        return ONE
    return share_of(Period(counter.began_on, window.end, window.label), window, plan.day_count)


def _pay(entry: Entry, case: Given, plan: Plan) -> ComponentPay:
    component: Component[object] = components()[entry.component]
    if component.needs_quota(entry.terms) and not case.goal.has_quota and case.goal.to_date:
        goal = case.attainment_by or case.measure
        raise WithoutQuota(case.person_id, entry.key, goal, case.window)
    paid = component.pay(entry.terms, case)
    lines = tuple(_lines(entry, paid, plan))
    earned = total((line.amount for line in lines), f"earned by {entry.key}")
    return ComponentPay(
        entry.key,
        entry.component,
        case.period,
        case.window,
        case.measures,
        lines,
        earned,
        paid.balance,
    )


def _bare(one: ComponentPay) -> ComponentPay:
    """Return the same pay, of which no figure says how it came about."""
    lines = tuple([
        Line(each.component, each.reason, each.base.bare(), each.rate.bare(), each.amount.bare(),
             each.kind)
        if each.base.parts or each.rate.parts or each.amount.parts else each
        for each in one.lines
    ])  # fmt: skip
    balance = {name: held.bare() for name, held in one.balance.items()}
    same = (one.key, one.component, one.period, one.window, one.measures)
    return ComponentPay(*same, lines, one.earned.bare(), balance)


def _lines(entry: Entry, paid: Paid, plan: Plan) -> Iterator[Line]:
    """Yield the lines of a component, rounded where the plan rounds lines or components."""
    rounding, unit = plan.rounding, plan.rounding.unit(plan.currency)
    exact = []
    for line in paid.lines:
        amount = line.amount
        if rounding.step is Step.LINE:
            amount = rounded(amount, unit, half_even=rounding.half_even)
        exact.append(amount)
        yield Line(entry.key, line.reason, line.base, line.rate, amount, line.kind)
    if rounding.step is Step.COMPONENT:
        yield from _rounding_line(entry.key, exact, unit, rounding.half_even)


def _rounding_line(
    key: str, amounts: Iterable[Figure], unit: Decimal, half_even: bool
) -> Iterator[Line]:
    exact = total(amounts)
    difference = (rounded(exact, unit, half_even=half_even) - exact).called("rounding")
    if difference:
        yield Line(key, "rounding", difference, ONE, difference, "rounding")


def _remember(counter: Counter, one: ComponentPay, case: Given, stretch: Stretch) -> None:
    credit = case.own.period if case.measure else ZERO
    counter.paid_up_to = stretch.days.end
    counter.balance = one.balance
    counter.past.append(Past(case.period, credit, one.earned, case.earned))
    counter.own.append(one.earned)
    if case.target is not None:
        counter.targets.append(case.target)


def _closed(stretch: Stretch, paid: list[ComponentPay]) -> PeriodPay:
    """Return the pay of a stretch, rounded where the plan rounds payments."""
    plan = stretch.plan
    rounding, unit = plan.rounding, plan.rounding.unit(plan.currency)
    if rounding.step is Step.PAYMENT and paid:
        exact = [one.earned for one in paid]
        last = paid[-1]
        same = (last.key, last.component, last.period, last.window, last.measures)
        for line in _rounding_line(last.key, exact, unit, rounding.half_even):
            lines = (*last.lines, line)
            earned = total((one.amount for one in lines), f"earned by {last.key}")
            paid[-1] = ComponentPay(*same, lines, earned, last.balance)
    return PeriodPay(stretch, tuple(paid), total((one.earned for one in paid), "pay"))
