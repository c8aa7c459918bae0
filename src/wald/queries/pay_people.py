"""Who is paid, by which version of which plan, on which days; what is their own: targets, rates."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlglot import exp

from wald.agreements.pay_terms import PayTerms
from wald.documents.document import document_types
from wald.documents.in_force import Stretch as InForce
from wald.documents.in_force import stretches as stretches_in_force
from wald.documents.resolve import value_of
from wald.documents.version import Version
from wald.engine.connect import Engine, run
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.facts.settings import calendar_of
from wald.heart.compensation.component import components
from wald.heart.compensation.eligibility import DatedPlan, rings, stretches_of, without_plan
from wald.heart.compensation.fold import Stretch
from wald.heart.compensation.inputs import OwnTerms
from wald.heart.compensation.plan import Plan
from wald.heart.compensation.plan_check import PEOPLE
from wald.kernel.period import Calendar, Grain, Period, period_of
from wald.kernel.problem import Problem
from wald.kernel.workspace import Workspace
from wald.queries.pay_basis import PLANS, TERMS, Basis, pay_documents
from wald.queries.pay_units import plans_of_units


@dataclass(frozen=True, slots=True)
class People:
    """Payees with their chains of stretches; `with_days`: whose stretches break within a month."""

    chains: Mapping[str, tuple[tuple[Stretch, ...], ...]]
    names: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    with_days: frozenset[str] = frozenset()
    terms: Mapping[str, tuple[OwnTerms, ...]] = field(default_factory=dict)
    everybody: Mapping[str, tuple[tuple[Stretch, ...], ...]] = field(default_factory=dict)

    def currency(self, person_id: str) -> str:
        """Return the currency somebody is paid in: that of their last plan."""
        return self.chains[person_id][0][-1].plan.currency

    def currencies(self, person_id: str) -> tuple[str, ...]:
        """Return the currencies of all plans of somebody, that they are paid in last."""
        last = self.currency(person_id)
        chains = self.chains[person_id]
        return (*sorted({one.plan.currency for own in chains for one in own} - {last}), last)

    def days(self, person_id: str, version: str) -> tuple[Period, ...]:
        """Return the days on which a version holds for somebody, joined where they touch."""
        found: list[Period] = []
        for chain in self.chains.get(person_id, ()):
            for one in chain:
                if one.plan.version != version:
                    continue
                if found and found[-1].end == one.days.start:
                    found[-1] = Period(found[-1].start, one.days.end, found[-1].label)
                else:
                    found.append(one.days)
        return tuple(found)

    def members(self, plan: Plan) -> frozenset[str]:
        """Return who is in a version of the organization, whatever units change in it."""
        return frozenset(
            person
            for person, chains in self.everybody.items()
            if any(_shared(one.plan) == _shared(plan) for chain in chains for one in chain)
        )

    def members_on(self, plan: Plan, period: Period) -> frozenset[str]:
        """Return who is in a version of the organization on some day of a period."""
        return frozenset(
            person
            for person, chains in self.everybody.items()
            if any(
                _shared(one.plan) == _shared(plan)
                and one.days.start < period.end
                and period.start < one.days.end
                for chain in chains
                for one in chain
            )
        )


def _shared(plan: Plan) -> str:
    return plan.agreed or plan.version


def plans_in(workspace: Workspace, basis: Basis) -> tuple[DatedPlan, ...]:
    """Return the versions of plans that a basis rests on, with the days on which each holds and
    the units for which.

    Raises Refusal where one of them is gone or is not what it was.
    """
    return _agreed(workspace, basis)[0]


def _agreed(
    workspace: Workspace, basis: Basis
) -> tuple[tuple[DatedPlan, ...], tuple[Problem, ...]]:
    """Return plans with their days and units, and what of overrides does not hold."""
    if basis.tried is not None:
        return basis.tried, ()
    found = [
        plans_of_units(versions, basis.known)
        for versions in _by_name(workspace, basis, PLANS).values()
    ]
    plans = tuple(plan for dated, _ in found for plan in dated)
    return plans, tuple(problem for _, problems in found for problem in problems)


def people_of(
    workspace: Workspace,
    engine: Engine,
    scene: Scene,
    basis: Basis,
    days: Period,
    persons: frozenset[str] | None,
) -> People:
    """Return who is paid for some days, and by what.

    Stretches reach from the first of them to the end of the last payment period within them.
    """
    plans, passed = _agreed(workspace, basis)
    some = None if any(_reads_everyone(one.plan) for one in plans) else persons
    rows = _rows(engine, scene, some)
    calendar = calendar_of(basis.settings)
    chains, problems = stretches_of(rows, plans, calendar, days)
    terms, foreign = _terms_in(workspace, basis, chains)
    own = {one: found for one, found in chains.items() if persons is None or one in persons}
    return People(
        chains=own,
        names={str(row["person_id"]): str(row["name"]) for row in rows},
        problems=(
            *problems,
            *foreign,
            *((*passed, *_of_everybody(rows, plans, days)) if some is None else ()),
        ),
        with_days=frozenset(one for one, found in own.items() if _breaks(found, calendar)),
        everybody=chains,
        terms=terms,
    )


def _terms_in(
    workspace: Workspace, basis: Basis, chains: Mapping[str, tuple[tuple[Stretch, ...], ...]]
) -> tuple[dict[str, tuple[OwnTerms, ...]], tuple[Problem, ...]]:
    """Return what is each payee's own, by days; and whose target is in another currency."""
    found: dict[str, list[OwnTerms]] = {}
    problems = []
    for stretch in _in_force(workspace, basis, TERMS):
        content = value_of(document_types()[TERMS], stretch.version)
        if not isinstance(content, PayTerms) or content.person not in chains:
            continue
        until = stretch.until or date.max
        paid_in = {
            one.plan.currency
            for chain in chains[content.person]
            for one in chain
            if one.days.start < until and stretch.since < one.days.end
        }
        if content.target_incentive is not None and paid_in - {content.currency}:
            what = f"their own target is in {content.currency}, their plan pays in another currency"
            fix = "agree on new terms in the currency of the plan"
            problems.append(Problem(f"person {content.person}", what, fix))
        label = f"{stretch.version.name}, version {stretch.version.number}"
        days = Period(stretch.since, until, label)
        own = OwnTerms(days, content.target_incentive, content.rate_by_component)
        found.setdefault(content.person, []).append(own)
    return {person: tuple(own) for person, own in found.items()}, tuple(problems)


def _in_force(workspace: Workspace, basis: Basis, type: str) -> Iterator[InForce]:
    """Yield the versions of a type that a basis rests on, with the days on which each holds."""
    for versions in _by_name(workspace, basis, type).values():
        yield from stretches_in_force(versions, basis.known)


def _by_name(workspace: Workspace, basis: Basis, type: str) -> dict[str, list[Version]]:
    """Return the versions of a type that a basis rests on, by name in order."""
    wanted = {number for number, _ in basis.documents}
    by_name: dict[str, list[Version]] = {}
    for version in pay_documents(workspace):
        if version.version_id in wanted and version.type == type:
            by_name.setdefault(version.name, []).append(version)
    return dict(sorted(by_name.items()))


def _breaks(chains: Iterable[tuple[Stretch, ...]], calendar: Calendar) -> bool:
    """Does a stretch begin or end within a month?"""
    days = {day for chain in chains for one in chain for day in (one.days.start, one.days.end)}
    return any(period_of(calendar, Grain.MONTH, day).start != day for day in days)


def _of_everybody(
    rows: list[Mapping[str, object]], plans: tuple[DatedPlan, ...], days: Period
) -> tuple[Problem, ...]:
    return (*without_plan(rows, plans, days), *rings(rows, days))


def _reads_everyone(plan: Plan) -> bool:
    return any(components()[one.component].reads_everyone for one in plan.components)


def _rows(
    engine: Engine, scene: Scene, persons: frozenset[str] | None
) -> list[Mapping[str, object]]:
    """Return every window of these people (None: of everybody), by person and day."""
    names = [*PEOPLE, "valid_from", "valid_to"]
    found = scene.labels("person", list(PEOPLE)).subquery("person", copy=False)
    tree = exp.select(*names).from_(found)
    if persons is not None:
        tree = tree.where(among(exp.column("person_id"), persons))
    rows = run(engine, tree).to_pylist()
    return sorted(rows, key=lambda row: (row["person_id"], row["valid_from"]))
