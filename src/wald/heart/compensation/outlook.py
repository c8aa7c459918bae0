"""What more credit would pay: the fold again with it and without it.

The same fold that pays a run answers what an open deal would pay, what it would pay a quarter
later, and what the next tier is worth. Source: docs/compensation/statements.md
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from wald.heart.compensation.carried import Carried
from wald.heart.compensation.component import Counted, Measured, components
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.figure import EXACT, Figure, total
from wald.heart.compensation.fold import (
    ComponentPay,
    Inputs,
    PeriodPay,
    Stretch,
    fold,
    fold_next,
)
from wald.heart.compensation.measuring import counts, measured, part
from wald.heart.compensation.plan import Entry, Plan
from wald.heart.compensation.statement import NextTier
from wald.kernel.period import Calendar, Period

_STEPS = 100_000  # units of the currency: a step of 1,000.00, wide enough for rounding to vanish
_NOISE = 5  # units of the currency that rounding may make of a step


@dataclass(slots=True)
class With:
    """Inputs with more credits, and a memory of what was asked, as folds ask again."""

    inputs: Inputs
    person_id: str
    more: tuple[Credit, ...] = ()
    memory: dict[tuple[object, ...], object] = field(default_factory=dict)

    def also(self, more: Iterable[Credit]) -> "With":
        """Return the same with further credits; what is remembered is shared."""
        return replace(self, more=(*self.more, *more))

    def measured(self, plan: Plan, measure: str, start: date, end: date) -> Figure:
        key = ("measured", id(plan), measure, start, end)
        found = self.memory.get(key)
        if not isinstance(found, Figure):
            found = self.memory[key] = self.inputs.measured(plan, measure, start, end)
        new = measured(plan.measure(measure), self._between(start, end))
        return total((found, new), measure) if new else found

    def quota(self, plan: Plan, measure: str, start: date, end: date) -> Figure | None:
        key = ("quota", id(plan), measure, start, end)
        if key not in self.memory:
            self.memory[key] = self.inputs.quota(plan, measure, start, end)
        found = self.memory[key]
        return found if isinstance(found, Figure) else None

    def credits(self, plan: Plan, measure: str, start: date, end: date) -> tuple[Credit, ...]:
        return tuple(one.credit for one in self.counted(plan, measure, start, end))

    def counted(self, plan: Plan, measure: str, start: date, end: date) -> tuple[Counted, ...]:
        rule = plan.measure(measure)
        new = [
            Counted(one, part(rule, one)) for one in self._between(start, end) if counts(rule, one)
        ]
        found = [*self.inputs.counted(plan, measure, start, end), *new]
        return tuple(sorted(found, key=lambda one: (one.credit.credited_on, one.credit.credit_id)))

    def everyone(self, plan: Plan, measure: str, start: date, end: date) -> Mapping[str, Decimal]:
        found = dict(self.inputs.everyone(plan, measure, start, end))
        new = measured(plan.measure(measure), self._between(start, end))
        own = found.get(self.person_id, Decimal(0))
        return {**found, self.person_id: EXACT.add(own, new.value)} if new else found

    def yearly_target(self, plan: Plan, on: date) -> Figure | None:
        return self.inputs.yearly_target(plan, on)

    def personal(self, plan: Plan, on: date) -> Mapping[str, Decimal]:
        return self.inputs.personal(plan, on)

    def scores(self, plan: Plan, start: date, end: date) -> Mapping[str, Figure]:
        return self.inputs.scores(plan, start, end)

    def _between(self, start: date, end: date) -> tuple[Credit, ...]:
        return tuple(one for one in self.more if start <= one.credited_on < end)


@dataclass(frozen=True, slots=True)
class Gain:
    """What more credit changes in one component's pay of one payment period."""

    paid_in: Period
    component: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Outlook:
    """What credit on a day would pay, in all and where; the periods are those of the payment."""

    on: date
    amount: Decimal
    gains: tuple[Gain, ...]
    unpaid: tuple[str, ...] = ()  # why a period could not be paid with it, in sentences


def outlook(
    person_id: str,
    stretches: Sequence[Stretch],
    inputs: Inputs,
    calendar: Calendar,
    more: Sequence[Credit],
) -> Outlook:
    """Say what further credits would pay; `stretches` reach as far as it shall be told.

    The day is that of the first credit. Raises ValueError without any.
    """
    known = With(inputs, person_id)
    without = list(fold(person_id, stretches, known, calendar))
    with_it = list(fold(person_id, stretches, known.also(more), calendar))
    gains = tuple(_gains(without, with_it))
    amount = sum((one.amount for one in gains), Decimal(0))
    known_before = {one.refused for one in without}
    unpaid = dict.fromkeys(one.refused for one in with_it if one.refused not in known_before)
    return Outlook(min(one.credited_on for one in more), amount, gains, tuple(unpaid))


def _gains(without: Sequence[PeriodPay], with_it: Sequence[PeriodPay]) -> Iterator[Gain]:
    for old, new in zip(without, with_it, strict=True):
        before = {one.key: one.earned.value for one in old.components}
        for one in new.components:
            change = one.earned.value - before.get(one.key, Decimal(0))
            if change:
                yield Gain(new.stretch.paid_in, one.key, change)


def next_tiers(
    person_id: str, stretches: Sequence[Stretch], inputs: Inputs, calendar: Calendar
) -> tuple[NextTier, ...]:
    """Return, per component, the first attainment above at which pay bends or jumps.

    As if the person's time in the plan ended with the last stretch, so that everything pays;
    none for a measure that a further credit cannot be added to.
    """
    if not stretches:
        return ()
    days = [*stretches[:-1], replace(stretches[-1], closes=True)]
    known = With(inputs, person_id)
    begun = _begun(person_id, days, known, calendar)
    last = {one.key: one for one in begun.paid(known)[-1].components}
    found = []
    for entry in days[-1].plan.components:
        if entry.key in last and (entry.attainment_by or entry.measure):
            case = _Case(begun, known, entry, last[entry.key])
            found += list(_next(case))[:1]
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Begun:
    """A fold up to what credit on the last day may change."""

    person_id: str
    before: tuple[PeriodPay, ...]
    carried: Carried
    left: Sequence[Stretch]
    calendar: Calendar

    def paid(self, inputs: Inputs) -> list[PeriodPay]:
        """Return the pay of every stretch, as far as it is not known yet with these inputs."""
        carried = self.carried.copy()
        after = (
            fold_next(self.person_id, one, carried, inputs, self.calendar) for one in self.left
        )
        return [*self.before, *after]


def _begun(
    person_id: str, stretches: Sequence[Stretch], inputs: Inputs, calendar: Calendar
) -> _Begun:
    """Fold what comes before the last stretch: once, as credit on its last day leaves it alone.

    Not where somebody is paid on what everyone does: such a period may reach beyond a stretch.
    """
    entries = (entry for one in stretches for entry in one.plan.components)
    reads_everyone = any(components()[one.component].reads_everyone for one in entries)
    place = 0 if reads_everyone else len(stretches) - 1
    carried = Carried()
    before = tuple(
        fold_next(person_id, one, carried, inputs, calendar) for one in stretches[:place]
    )
    return _Begun(person_id, before, carried, stretches[place:], calendar)


@dataclass(frozen=True, slots=True)
class _Case:
    """One component of the last stretch, and all that is needed to pay it again."""

    begun: _Begun
    known: With
    entry: Entry
    paid: ComponentPay

    @property
    def last(self) -> Stretch:
        return self.begun.left[-1]

    @property
    def plan(self) -> Plan:
        return self.last.plan

    @property
    def goal(self) -> str:
        return self.entry.attainment_by or self.entry.measure

    def pay_with(self, amount: Decimal, like: Credit) -> Decimal:
        """Return the sum of all pay with so much more credit on the last day."""
        more = replace(like, deal_amount=amount)
        paid = self.begun.paid(self.known.also((more,)))
        return sum((one.total.value for one in paid), Decimal(0))


def _next(case: _Case) -> Iterator[NextTier]:
    like = _like(case)
    if like is None:
        return
    unit = case.plan.rounding.unit(case.plan.currency)
    step = unit * _STEPS
    now = case.pay_with(Decimal(0), like)
    for missing, bound, is_amount in sorted(_candidates(case, case.paid.measures[case.goal])):
        back = min(step, missing)
        here = case.pay_with(missing, like)
        before = here - case.pay_with(missing - back, like)
        beyond = case.pay_with(missing + step, like) - here
        if abs(EXACT.multiply(before, EXACT.divide(step, back)) - beyond) > _NOISE * unit:
            gain = here - now
            yield NextTier(case.entry.key, case.goal, bound, missing, gain, step, beyond, is_amount)


def _candidates(case: _Case, goal: Measured) -> Iterator[tuple[Decimal, Decimal, bool]]:
    """Yield how much credit is missing up to each bound above, and the bound: an amount, or an
    attainment of the quota of the window, or of the quota to date, as components take it."""
    quotas = {one.value for one in (goal.quota, goal.quota_to_date) if one is not None}
    kind = components()[case.entry.component]
    found = set()
    for edge in kind.edges(case.entry.terms):
        for quota in quotas:
            missing = EXACT.subtract(EXACT.multiply(edge, quota), goal.to_date.value)
            if missing > 0:
                found.add((missing, edge, False))
    for amount in kind.amounts(case.entry.terms):
        missing = EXACT.subtract(amount, goal.to_date.value)
        if missing > 0:
            found.add((missing, amount, True))
    yield from found


def _like(case: _Case) -> Credit | None:
    """Return a credit that would count for the measure: like the last one that did."""
    plan, rule = case.plan, case.plan.measure(case.goal)
    end = case.last.days.end
    credits = case.known.credits(plan, case.goal, case.paid.window.start, end)
    last = case.last.days.last_day
    plain = Credit("assumed", case.begun.person_id, "assumed", last, Decimal(1), Decimal(1))
    like = replace(credits[-1], share=Decimal(1)) if credits else plain
    like = replace(
        like,
        credit_id="assumed",
        deal_id="assumed",
        credited_on=last,
        deal_amount=Decimal(1),
        is_held=False,
        rule=like.rule or next(iter(rule.rules), ""),
    )
    return like if rule.value == "amount" and counts(rule, like) else None
