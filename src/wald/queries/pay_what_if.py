"""What another plan would have paid over a past period, against the plans in force at the time.

Both sides are the fold of a run on the facts as they are known now; only the plan differs. Only
people whose pay the asker may see are in it, and totals are of those alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from wald.facts.settings import calendar_of
from wald.heart.compensation.eligibility import DatedPlan
from wald.heart.compensation.fold import PeriodPay
from wald.heart.compensation.lint.finding import Finding
from wald.heart.compensation.lint.run import lint
from wald.heart.compensation.paying import Payee, pays_of
from wald.heart.compensation.plan import MeasureRule, Plan
from wald.heart.compensation.settling import is_paid_in
from wald.heart.compensation.what_if import Bend, Comparison, PersonChange, bends, compared
from wald.kernel.actor import Actor
from wald.kernel.period import Calendar, Period, grain_of, read_period
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.pay_basis import Basis, basis_now
from wald.queries.pay_people import plans_in
from wald.queries.pay_reading import Reading, Span, read
from wald.queries.pay_what_if_margins import beside, margins_of
from wald.queries.pay_what_if_plans import Tried, sides_of
from wald.queries.sight import may_see_pay, persons_with_pay_seen
from wald.records.stores.settings import load_settings

Told = Callable[[str, int, int | None], None]
# Measures beside those of a plan: what people were credited with, its margin, and how much of it
# has one.
_CREDIT, _MARGIN, _WITH_MARGIN = "what_if_credit", "what_if_margin", "what_if_with_margin"
_BESIDE = (
    MeasureRule(_CREDIT),
    MeasureRule(_MARGIN, value="margin"),
    MeasureRule(_WITH_MARGIN, where="margin IS NOT NULL"),
)


@dataclass(frozen=True, slots=True)
class WhatIf:
    """`bends`: by person, where they ended close to a bend of the new plan; `lost`: who cannot be
    paid, and why; `hidden`: the plan pays people whose pay the asker may not see."""

    period: Period
    old: tuple[str, ...]  # versions that were in force
    plan: Plan
    comparison: Comparison
    names: Mapping[str, str]
    bends: Mapping[str, tuple[Bend, ...]]
    old_bends: int
    findings: tuple[Finding, ...]
    lost: tuple[Problem, ...]
    is_cut: bool

    def name(self, person_id: str) -> str:
        return self.names.get(person_id, person_id)


@dataclass(frozen=True, slots=True)
class BothSides:
    """One person's pay under both plans, figure by figure."""

    person_id: str
    name: str
    period: Period
    currency: str
    change: PersonChange
    old: tuple[PeriodPay, ...]
    new: tuple[PeriodPay, ...]
    bends: tuple[Bend, ...]


@dataclass(frozen=True, slots=True)
class _Trial:
    """Both sides of a trial: which plans count on each, over which days."""

    plan: Plan
    old: tuple[str, ...]
    new: tuple[str, ...]
    before: Basis
    after: Basis
    span: Span
    calendar: Calendar

    def involved(self, payee: Payee | None) -> bool:
        """Is somebody paid, in the days of the trial, by what stands on one side alone?"""
        days, changed = self.span.period, {*self.old} ^ {*self.new}
        return payee is not None and any(
            one.plan.version in changed and days.start < one.days.end and one.days.start < days.end
            for chain in payee.chains
            for one in chain
        )


@dataclass(frozen=True, slots=True)
class _Side:
    """What people are paid in the period on one side, by the plan that is compared alone."""

    pays: Mapping[str, tuple[PeriodPay, ...]]
    credit: Mapping[str, Decimal]
    margin: Mapping[str, Decimal | None]


def what_if(
    *,
    actor: Actor,
    workspace: Workspace,
    tried: Tried,
    at: datetime,
    told: Told = lambda step, done, total: None,
) -> WhatIf:
    """Compare a plan with what was in force. Raises BadInput with every Problem of the plan,
    Refusal where there is nothing to compare with."""
    actor.must("pay.read")
    trial = _trial(actor, workspace, tried, at)
    last_day = trial.span.period.last_day
    seen = persons_with_pay_seen(actor=actor, workspace=workspace, on=last_day)
    told("Reading what was in force", 0, None)
    before = read(workspace, trial.before, trial.span, persons=seen)
    told("Reading with the new plan", 0, None)
    after = read(workspace, trial.after, trial.span, persons=seen)
    everybody = sorted({*before.payees, *after.payees})
    persons = [
        one
        for one in everybody
        if trial.involved(before.payees.get(one)) or trial.involved(after.payees.get(one))
    ]
    old = _side(trial, before, persons, trial.old, told)
    new = _side(trial, after, persons, trial.new, told)
    return WhatIf(
        period=trial.span.period,
        old=trial.old,
        plan=trial.plan,
        comparison=_compared(old, new),
        names={**before.names, **after.names},
        bends={one: found for one in new.pays if (found := bends(new.pays[one]))},
        old_bends=sum(bool(bends(one)) for one in old.pays.values()),
        findings=_findings(trial, after, new),
        lost=tuple(_lost(before, after, old, new, seen)),
        is_cut=seen is not None,
    )


def both_sides(
    *, actor: Actor, workspace: Workspace, tried: Tried, person_id: str, at: datetime
) -> BothSides:
    """Return both computations of one person. Raises NotAllowed, BadInput, and Refusal where
    neither plan pays them."""
    actor.must("pay.read")
    trial = _trial(actor, workspace, tried, at)
    last_day = trial.span.period.last_day
    if not may_see_pay(actor=actor, workspace=workspace, person_id=person_id, on=last_day):
        raise NotAllowed(f"{actor.name} may not see what {person_id[:80]} is paid.")
    person = frozenset({person_id})
    before, after = (
        read(workspace, basis, trial.span, persons=person, with_credits=True)
        for basis in (trial.before, trial.after)
    )
    if not (
        trial.involved(before.payees.get(person_id)) or trial.involved(after.payees.get(person_id))
    ):
        raise Refusal(f"Neither plan pays {person_id[:80]} in {trial.span.period.label}.")
    old = _side(trial, before, [person_id], trial.old)
    new = _side(trial, after, [person_id], trial.new)
    (change,) = _compared(old, new).people
    pays = new.pays.get(person_id, ())
    return BothSides(
        person_id,
        {**before.names, **after.names}.get(person_id, person_id),
        trial.span.period,
        trial.plan.currency,
        change,
        old.pays.get(person_id, ()),
        pays,
        bends(pays),
    )


def _trial(actor: Actor, workspace: Workspace, tried: Tried, at: datetime) -> _Trial:
    calendar = calendar_of(load_settings(database=workspace.database))
    period = _period(tried.over, calendar, at.date())
    basis = basis_now(workspace, last_day=period.last_day, at=at)
    span = Span.of(period, period.start, calendar)
    in_force = [
        one
        for one in plans_in(workspace, basis)
        if one.days.start < period.end and span.counts_from < one.days.end
    ]
    sides = sides_of(actor, workspace, tried, in_force, period, at)
    rest = [one for one in in_force if one not in sides.old]
    return _Trial(
        sides.plan,
        tuple(dict.fromkeys(one.plan.version for one in sides.old)),
        tuple(dict.fromkeys(one.plan.version for one in sides.new)),
        replace(basis, tried=_measured([*rest, *sides.old])),
        replace(basis, tried=_measured([*rest, *sides.new])),
        span,
        calendar,
    )


def _measured(plans: Iterable[DatedPlan]) -> tuple[DatedPlan, ...]:
    """Let plans measure also what is asked of them here."""
    return tuple(
        replace(one, plan=replace(one.plan, measures=_with_beside(one.plan))) for one in plans
    )


def _with_beside(plan: Plan) -> tuple[MeasureRule, ...]:
    return (*plan.measures, *_BESIDE, *beside(plan))


def _period(text: str, calendar: Calendar, today: date) -> Period:
    found = read_period(text, calendar)
    if not isinstance(found, Problem) and grain_of(text) is None:
        fix = "write 2025, 2025-Q1 or 2025-03"
        found = Problem("over", f"{text[:40]!r} is no month, quarter or year", fix)
    if isinstance(found, Problem):
        problem = Problem("over", found.what, found.fix)
        raise BadInput("This period cannot be tried.", [problem])
    if found.end > today:
        fix = f"choose a period that ended before {today}"
        problem = Problem("over", f"{found.label} is not over", fix)
        raise BadInput("A plan is tried on a past period.", [problem])
    return found


def _side(
    trial: _Trial,
    reading: Reading,
    persons: Sequence[str],
    versions: Sequence[str],
    told: Told = lambda step, done, total: None,
) -> _Side:
    """Fold people on one side; stretches under other plans are counted and not compared."""
    pays: dict[str, tuple[PeriodPay, ...]] = {}
    credit: dict[str, Decimal] = {}
    margin: dict[str, Decimal | None] = {}
    days = trial.span.period
    for done, payee in enumerate(reading.filled(persons)):
        person = payee.person_id
        told("Computing pay", done, len(persons))
        found = tuple(
            one
            for one in pays_of(payee, trial.calendar)
            if one.stretch.plan.version in versions and is_paid_in(one, days.start, days.end)
        )
        if not found:
            continue
        pays[person] = found
        credit[person] = _added(payee, found, _CREDIT)
        is_known = _added(payee, found, _WITH_MARGIN) == credit[person]
        margin[person] = _added(payee, found, _MARGIN) if is_known else None
    return _Side(pays, credit, margin)


def _findings(trial: _Trial, reading: Reading, side: _Side) -> tuple[Finding, ...]:
    """Ask the linter, with the margins of what people sold."""
    version = trial.plan.version
    found = [
        (reading.payees[person], [one for one in pays if one.stretch.plan.version == version])
        for person, pays in side.pays.items()
    ]

    def added(measure: str) -> Decimal:
        return sum((_added(payee, pays, measure) for payee, pays in found), Decimal(0))

    said = lint(trial.plan, margins=margins_of(trial.plan, added))
    return tuple(one for one in said if one.verdict.value != "not asked")


def _added(payee: Payee, pays: Iterable[PeriodPay], measure: str) -> Decimal:
    """Add up a measure over the days that somebody was paid for."""
    parts = (
        payee.inputs.measured(
            one.stretch.plan, measure, one.stretch.days.start, one.stretch.days.end
        )
        for one in pays
    )
    return sum((one.value for one in parts), Decimal(0))


def _compared(old: _Side, new: _Side) -> Comparison:
    """Compare both sides; credit is what the plan that was in force gave, where it gave any."""
    return compared(old.pays, new.pays, {**new.credit, **old.credit}, {**new.margin, **old.margin})


def _lost(
    before: Reading, after: Reading, old: _Side, new: _Side, seen: frozenset[str] | None
) -> Iterator[Problem]:
    """Yield who is left out by the new plan alone, and what cannot be computed on either side;
    of those seen."""
    for one in after.problems:
        person = one.where.removeprefix("person ")
        if one not in before.problems and (seen is None or person in seen):
            yield one
    for word, side in (("in force", old), ("tried", new)):
        for person, pays in side.pays.items():
            if refused := [pay.refused for pay in pays if pay.refused]:
                what = f"{len(refused)} of {len(pays)} periods are not paid: {refused[0]}"
                fix = "give them a quota, or count their pay as missing"
                yield Problem(f"person {person}", f"{what.rstrip('.')} (plan {word})", fix)
