"""A quota plan worked out from what it rests on: versions, overrides, people, what was measured."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from wald.agreements.quota_plan import QuotaPlan, digits_of
from wald.documents.document import document_types
from wald.documents.in_force import in_force
from wald.documents.resolve import Passed, resolve, value_of
from wald.documents.version import State, Version, units_above
from wald.heart.quota.agreed import OF_NODES
from wald.heart.quota.plan import Figure, Ground, Terms, Window, worked_out
from wald.heart.quota.presence import DayCount, Month, months_of
from wald.heart.quota.season import EVEN, Season, given_season
from wald.heart.quota.seats import Counting, rings, seats_of
from wald.heart.quota.split import in_units
from wald.heart.quota.tree import Hierarchy, Node, Tree, names_of, tree_of
from wald.heart.quota.weights import Weighing
from wald.kernel.actor import Actor
from wald.kernel.period import Grain, Period, year_periods
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.queries import quota_people as people
from wald.queries.document_sight import may_read
from wald.queries.kept import kept
from wald.queries.measure import View, view
from wald.records.stores import documents as store

T = TypeVar("T")
QUOTA_PLAN = "quota_plan"
_LENGTHS = {Grain.MONTH: 1, Grain.QUARTER: 3, Grain.YEAR: 12}


class NoSuchPlan(Refusal):
    """No quota plan of that name holds on the day, or there is no such version."""


@dataclass(frozen=True, slots=True)
class Planned:
    """A version of a quota plan worked out. `known` is when its facts were known: when the newest
    of its versions was approved; None: now, of a draft. `potentials` are what persons could
    sell, by `against`, "" where nothing is known of it."""

    version: Version
    plan: QuotaPlan
    overrides: tuple[Version, ...]
    passed: tuple[Passed, ...]
    people_on: date
    known: datetime | None
    ground: Ground
    figures: Mapping[str, Figure]
    potentials: Mapping[str, Fraction]
    against: str
    past: tuple[tuple[float, ...], ...]
    reaches: date | None  # the last day of the data, as known
    key: tuple[object, ...]  # what decides all of it

    @property
    def is_draft(self) -> bool:
        return self.version.state is not State.APPROVED


@dataclass(frozen=True, slots=True)
class _Agreed:
    """A plan and what its units say instead."""

    version: Version
    plan: QuotaPlan
    units: tuple[tuple[str, QuotaPlan], ...] = ()
    overrides: tuple[Version, ...] = ()
    passed: tuple[Passed, ...] = ()


def planned(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    on: date,
    version_id: int | None = None,
) -> Planned:
    """Return the plan that holds on a day, or one version of it, worked out.

    Raises NoSuchPlan, and BadInput with every Problem where it cannot be worked out.
    """
    actor.must("documents.read")
    actor.must("facts.read")
    versions = store.versions_of(QUOTA_PLAN, name, database=workspace.database)
    agreed = _agreed(versions, name, on, version_id)
    known = _known(agreed)
    seen = view(actor=actor, workspace=workspace, known=known)
    texts = [(one.version_id, one.text) for one in (agreed.version, *agreed.overrides)]
    key = (people.everybody(seen), "quota plan", agreed.version.state, tuple(texts))
    try:
        return kept(key, lambda: _worked_out(seen, agreed, known, key))
    except BadInput as fault:
        # What cannot be met is told with figures of the text, such as those of pins.
        if may_read(actor, agreed.version, database=workspace.database):
            raise
        raise Refusal(
            f"The quota plan {name} cannot be worked out; who may read its text sees why."
        ) from fault


def _agreed(versions: Sequence[Version], name: str, on: date, version_id: int | None) -> _Agreed:
    type = document_types()[QUOTA_PLAN]
    if version_id is not None:
        found = next((one for one in versions if one.version_id == version_id), None)
        if found is None or found.unit:
            raise NoSuchPlan(f"There is no version {version_id} of the quota plan {name}.")
        if found.state is not State.APPROVED:
            return _Agreed(found, _plan(value_of(type, found)))
        versions = [one for one in versions if one.unit or one.version_id == version_id]
        on = max(on, found.starts_on)
    central = in_force([one for one in versions if not one.unit], on)
    held = resolve(type, versions, "", on)
    if central is None or held is None:
        raise NoSuchPlan(
            f"No quota plan {name} holds on {on}; `wald documents list` shows what there is."
        )
    names = sorted({one.unit for one in versions if one.unit})
    resolved = [(unit, resolve(type, versions, unit, on)) for unit in names]
    overrides = [in_force([one for one in versions if one.unit == unit], on) for unit in names]
    return _Agreed(
        central,
        _plan(held.content),
        tuple((unit, _plan(one.content)) for unit, one in resolved if one),
        tuple(one for one in overrides if one),
        tuple(passed for _, one in resolved if one for passed in one.passed),
    )


def _known(agreed: _Agreed) -> datetime | None:
    if agreed.version.state is not State.APPROVED:
        return None
    moments = [one.approved_at for one in (agreed.version, *agreed.overrides)]
    return max((moment for moment in moments if moment is not None), default=None)


def _worked_out(
    seen: View, agreed: _Agreed, known: datetime | None, key: tuple[object, ...]
) -> Planned:
    plan, calendar = agreed.plan, seen.terms.calendar
    try:
        months = months_of(calendar, plan.fiscal_year)
    except ValueError as error:
        raise BadInput(
            "The quota plan cannot be worked out.",
            [Problem("fiscal_year", str(error), "choose a year of the fiscal calendar")],
        ) from error
    if plan.proration.day_count is DayCount.THIRTY and calendar.starts_month is None:
        what, fix = "months of this fiscal calendar are whole weeks", "write day_count: actual"
        raise BadInput("Days cannot be counted.", [Problem("proration.day_count", what, fix)])
    first = months[0].period.start
    people_on = plan.proration.people_on or max(agreed.version.starts_on, first)
    tree = _tree(seen, plan, months, people_on)
    potentials, against = _potentials(seen, plan, people_on)
    ground = _ground(seen, agreed, tree, months, people_on, potentials)
    return Planned(
        version=agreed.version,
        plan=plan,
        overrides=agreed.overrides,
        passed=(*agreed.passed, *_elsewhere(agreed, tree)),
        people_on=people_on,
        known=known,
        ground=ground,
        figures=worked_out(ground),
        potentials=potentials,
        against=against,
        past=people.past_attainment(seen, plan.fiscal_year, people_on)
        if plan.measure == "bookings"
        else (),
        reaches=seen.snapshot.reaches,
        key=key,
    )


def _tree(seen: View, plan: QuotaPlan, months: Sequence[Month], people_on: date) -> Tree:
    rows = people.people_rows(seen, people_on)
    year = Period(months[0].period.start, months[-1].period.end, str(plan.fiscal_year))
    if plan.hierarchy is Hierarchy.MANAGERS:
        problems = tuple(rings(rows, people_on))
        if problems:
            raise BadInput("The hierarchy has a ring.", problems)
    counting = Counting(
        people_on=people_on,
        hierarchy=plan.hierarchy,
        roles=frozenset(plan.sellers),
        hire=plan.proration.hire,
        leave=plan.proration.leave,
        transfer=plan.proration.transfer,
        last_day=plan.proration.last_day,
    )
    return tree_of(seats_of(rows, year, counting))


def _ground(
    seen: View,
    agreed: _Agreed,
    tree: Tree,
    months: tuple[Month, ...],
    people_on: date,
    potentials: Mapping[str, Fraction],
) -> Ground:
    plan, digits = agreed.plan, digits_of(agreed.plan)
    known = potentials
    if plan.weights is Weighing.BOOKINGS:
        before = str(plan.fiscal_year - 1)
        known = people.measured_by_person(seen, plan.measure, before, people_on)
    return Ground(
        tree=tree,
        calendar=seen.terms.calendar,
        months=months,
        windows=_windows(seen, plan),
        terms=_terms(seen, agreed, people_on),
        units=in_units(plan.total, digits),
        digits=digits,
        weighing=plan.weights,
        known=known,
        shares=_entries(
            agreed, tree, lambda one: [(s.node, Fraction(s.share)) for s in one.shares]
        ),
        pins=_entries(
            agreed, tree, lambda one: [(p.node, in_units(p.amount, digits)) for p in one.pins]
        ),
        proposals=_entries(
            agreed,
            tree,
            lambda one: [
                (p.node, in_units(p.amount, digits)) for p in one.proposals if p.amount is not None
            ],
        ),
        day_count=plan.proration.day_count,
        relief=plan.proration.relief,
    )


def _windows(seen: View, plan: QuotaPlan) -> tuple[Window, ...]:
    calendar, length = seen.terms.calendar, _LENGTHS[plan.windows]
    found = year_periods(calendar, calendar.year(plan.fiscal_year), plan.windows)
    return tuple(
        Window(period, range(place * length, (place + 1) * length))
        for place, period in enumerate(found)
    )


def _terms(seen: View, agreed: _Agreed, people_on: date) -> Mapping[str, Terms]:
    measured, plan = EVEN, agreed.plan
    if Season.MEASURED in {one.season for one in (plan, *(own for _, own in agreed.units))}:
        measured = people.season_of(
            seen, plan.measure, plan.fiscal_year, plan.season_years, people_on
        )
    found = {"": _terms_of(plan, measured)}
    if plan.hierarchy is Hierarchy.UNITS:
        found |= {unit: _terms_of(own, measured) for unit, own in agreed.units}
    return MappingProxyType(found)


def _terms_of(plan: QuotaPlan, season: tuple[Fraction, ...]) -> Terms:
    if plan.season is Season.GIVEN:
        season = given_season({one.period: one.share for one in plan.season_shares})
    over = {one.level: one.over_assignment for one in plan.levels}
    return Terms(MappingProxyType(over), season, tuple(one.share for one in plan.ramp))


def _entries(
    agreed: _Agreed, tree: Tree, told: Callable[[QuotaPlan], Iterable[tuple[str, T]]]
) -> Mapping[str, T]:
    """Return entries by node: the organization's, and for nodes within a unit the unit's own."""
    found = dict(told(agreed.plan))
    known = names_of(tree)
    for unit, own in agreed.units:
        for name, value in told(own):
            if _is_within(known.get(name, ()), unit):
                found[name] = value
    return MappingProxyType(found)


def _elsewhere(agreed: _Agreed, tree: Tree) -> Iterator[Passed]:
    """Yield what units say of nodes that do not lie within them: it is not theirs to say."""
    known, resolved = names_of(tree), {"": agreed.plan, **dict(agreed.units)}
    for unit, own in agreed.units:
        above = next(one for one in reversed(units_above(unit)[:-1]) if one in resolved)
        for kind in OF_NODES:
            entries = zip(getattr(own, kind), getattr(resolved[above], kind), strict=True)
            for one, other in entries:
                if one != other and not _is_within(known.get(one.node, ()), unit):
                    why = f"{one.node} does not lie within {unit}"
                    yield Passed(agreed.version.version_id, unit, f"{kind}.{one.name}", why)


def _is_within(nodes: Iterable[Node], unit: str) -> bool:
    return any(node.key == unit or node.key.startswith(f"{unit}/") for node in nodes)


def _potentials(seen: View, plan: QuotaPlan, people_on: date) -> tuple[Mapping[str, Fraction], str]:
    """Return what persons could sell, and what says so."""
    given = {one.person: Fraction(one.amount) for one in plan.potentials}
    if plan.potential_metric:
        metric = plan.potential_metric
        period = "" if people.is_level(metric) else str(plan.fiscal_year - 1)
        measured = people.measured_by_person(seen, metric, period, people_on)
        return MappingProxyType({**measured, **given}), metric
    if given:
        return MappingProxyType(given), "the plan's potentials"
    before = str(plan.fiscal_year - 1)
    measured = people.measured_by_person(seen, plan.measure, before, people_on)
    return measured, f"{plan.measure} of {before}" if measured else ""


def _plan(content: object) -> QuotaPlan:
    if not isinstance(content, QuotaPlan):
        raise TypeError(f"a quota plan is expected, not {type(content).__name__}")
    return content


def money_of(units: int, planned: Planned) -> Decimal:
    """Return minor units as an amount of the plan's currency."""
    return Decimal(units).scaleb(-planned.ground.digits)
