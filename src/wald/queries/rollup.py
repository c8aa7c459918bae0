"""The roll-up of a period: what everybody in the hierarchy of a day said, beside their deals.

Facts are as of the day; numbers said here count whenever they were said, unless a day is asked for.
Only those whose rows somebody sees are shown and summed.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from wald.heart.cadence import Cadence, Category, RollUp, Standing, standing
from wald.heart.rollup import Call, Own, Sum, added, is_odd, rolled, sums
from wald.heart.seating import Node
from wald.kernel.actor import Actor
from wald.kernel.period import Period, before, period_of
from wald.kernel.policy import Reach
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.forecast_calendars import Calendars
from wald.queries.forecast_levels import Level
from wald.queries.rollup_deals import Changed, Facts, changed_since, facts_of
from wald.queries.rollup_model import Adding, Figures, ModelFigure, ModelFigures, model_figures
from wald.queries.rollup_notes import notes_of, problems_of
from wald.queries.rollup_stage import (
    AskedRollUp,
    Stage,
    is_asked,
    may_speak,
    own_node,
    stage_of,
    standing_calls,
)

SUREST = Category.COMMIT.value
_NO_FIGURES = Figures(None, None)


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody with everybody below them. `deals` are rolled up as the calendar says; `ages` are
    days since the number that stands was said; `version` is the newest entry made here.

    `changed` is how deals of the surest category changed since the number for it was said.
    """

    node: Node
    total: Sum
    deals: Mapping[str, Decimal]
    calls: Mapping[str, Call]
    ages: Mapping[str, int]
    is_stale: bool
    changed: Changed | None
    model: ModelFigure | None
    level: Level | None  # of the model, as it adds up with everybody's
    others: Decimal | None  # what of it stands on no line below
    version: int
    is_asked: bool  # does the calendar want numbers of them?
    may_submit: bool
    may_override: bool
    doubts: tuple[str, ...]

    @property
    def gap(self) -> Decimal | None:
        """Return what is missing to the quota by what is closed; below zero it is exceeded."""
        return None if self.total.quota is None else self.total.quota - self.total.closed

    @property
    def chance(self) -> float | None:
        """Return the chance to make the quota, by what adds up."""
        return None if self.level is None else self.level.chance(self.total.quota)

    @property
    def committed_gap(self) -> Decimal | None:
        """Return what is missing to the quota by the commit that stands."""
        call = self.calls.get(SUREST)
        amount = None if call is None else call.amount
        if self.total.quota is None or amount is None:
            return None
        return self.total.quota - amount


@dataclass(frozen=True, slots=True)
class RollUpPage:
    """`nobody` are deals and bookings of the period that belong to nobody in the hierarchy."""

    period: Period
    earlier: str
    later: str
    as_of: date
    known: datetime | None
    currency: str
    calendars: Calendars
    cadence: Cadence  # of who asks
    standing: Standing
    lines: tuple[Line, ...]
    above: tuple[Node, ...]  # of the part asked for, from the top down
    total: Sum | None  # of everything seen, where several stand at the top
    everybody: Figures | None  # the model's, of everybody, where several stand at the top
    adding: Adding | None  # how the model's figures were made to add up
    nobody: Own | None
    names: Mapping[str, str]
    notes: tuple[str, ...]
    problems: tuple[Problem, ...]

    @property
    def categories(self) -> tuple[Category, ...]:
        return self.cadence.categories

    @property
    def is_cumulative(self) -> bool:
        return self.cadence.roll_up is RollUp.CUMULATIVE


def roll_up(
    *, actor: Actor, workspace: Workspace, ask: AskedRollUp, at: datetime
) -> RollUpPage | None:
    """Return the roll-up; None while nothing is loaded. Raises BadInput for a period or unit that
    does not exist. `at` says what is locked now."""
    actor.must("facts.read")
    stage = stage_of(actor=actor, workspace=workspace, ask=ask, at=at)
    if stage is None:
        return None
    facts = facts_of(stage.seen, stage.period, stage.day)
    standing_now = standing_calls(stage)
    nodes = _of_unit(_shown(stage.nodes, facts.own, standing_now), ask.unit)
    mine = own_node(stage, actor)
    cadence = stage.calendars.of(actor.unit or (mine.unit if mine else ""))
    names = [one.value for one in cadence.categories]
    excused = {one.person_id for one in nodes if not is_asked(one, stage.calendars.of(one.unit))}
    totals = sums(nodes, facts.own, standing_now, names, excused)
    figures = model_figures(actor=actor, workspace=workspace, stage=stage, nodes=nodes)
    everybody = actor.reach is Reach.EVERYBODY and not ask.unit
    nobody = _nobody(facts, stage.nodes) if everybody else None
    calendar = stage.seen.terms.calendar
    return RollUpPage(
        period=stage.period,
        earlier=_label(lambda: before(calendar, stage.grain, stage.period)),
        later=_label(lambda: period_of(calendar, stage.grain, stage.period.end)),
        as_of=stage.day,
        known=ask.known,
        currency=stage.seen.terms.currency,
        calendars=stage.calendars,
        cadence=cadence,
        standing=standing(stage.period, cadence, at),
        lines=tuple(_lines(stage, actor, nodes, totals, standing_now, excused, figures)),
        above=_above(stage.nodes, nodes) if ask.unit else (),
        total=_total(nodes, totals, nobody, standing_now, names, excused),
        everybody=figures.everybody if everybody else None,
        adding=figures.adding,
        nobody=nobody,
        names=names_of(stage, standing_now),
        notes=notes_of(stage, facts),
        problems=(*stage.faults, *problems_of(stage.seen, facts)),
    )


def names_of(stage: Stage, standing_now: Mapping[str, Mapping[str, Call]]) -> Mapping[str, str]:
    """Return the names of those shown, and of former leads whose numbers stand."""
    found = {one.person_id: one.name for one in stage.nodes}
    for by_category in standing_now.values():
        for call in by_category.values():
            if call.former and call.former not in found:
                row = stage.seats.row(call.former, stage.day)
                found[call.former] = row.name if row is not None and row.name else call.former
    return found


def _lines(
    stage: Stage,
    actor: Actor,
    nodes: Sequence[Node],
    totals: Mapping[str, Sum],
    standing_now: Mapping[str, Mapping[str, Call]],
    excused: Collection[str],
    figures: ModelFigures,
) -> Iterator[Line]:
    changes = _changes(stage, nodes, standing_now)
    versions: dict[str, int] = {}
    for one in stage.history.entries:
        versions[one.person_id] = max(one.number, versions.get(one.person_id, 0))
    for node in nodes:
        person = node.person_id
        held, cadence = standing_now[person], stage.calendars.of(node.unit)
        ages = {
            name: max(0, (stage.day - call.said.said_at.date()).days)
            for name, call in held.items()
            if call.said is not None
        }
        is_cumulative = cadence.roll_up is RollUp.CUMULATIVE
        may_submit, may_override = may_speak(node, actor)
        own = figures.by_person.get(person, _NO_FIGURES)
        yield Line(
            node=node,
            total=totals[person],
            deals={
                **totals[person].deals,
                **rolled(totals[person].deals, totals[person].closed, is_cumulative),
            },
            calls=held,
            ages=ages,
            is_stale=any(age > cadence.stale_after_days for age in ages.values()),
            changed=changes.get(person),
            model=own.model,
            level=own.level,
            others=own.others,
            version=versions.get(person, 0),
            is_asked=person not in excused,
            may_submit=may_submit,
            may_override=may_override,
            doubts=tuple(_doubts(held)),
        )


def _doubts(held: Mapping[str, Call]) -> Iterator[str]:
    told = {name: call.amount for name, call in held.items() if call.amount is not None}
    if is_odd(told):
        yield "a wider category is below a surer one"
    if any(call.changed_since for call in held.values()):
        yield "another number was said after the override"


def _changes(
    stage: Stage, nodes: Sequence[Node], standing_now: Mapping[str, Mapping[str, Call]]
) -> Mapping[str, Changed]:
    """Return by person what changed in their surest deals since they said their number."""
    if not stage.seen.snapshot.has("opportunity"):
        return {}
    said_on = {}
    for node in nodes:
        call = standing_now[node.person_id].get(SUREST)
        if call is not None and call.said is not None:
            said_on[node.person_id] = call.said.said_at.date()
    days = list(said_on.values())
    found = changed_since(stage.seen, stage.period, stage.day, days, frozenset({SUREST}))
    parents = {node.person_id: node.parent for node in nodes}
    gathered: dict[str, tuple[set[str], Decimal]] = {}
    for day, by_owner in found.items():
        for owner, deals in by_owner.items():
            for person in _upward(owner, parents):
                if said_on.get(person) == day:
                    keys, amount = gathered.get(person, (set(), Decimal(0)))
                    gathered[person] = (keys | set(deals), amount + sum(deals.values()))
    asked = {person for person, day in said_on.items() if day in found}
    still = {person: (set[str](), Decimal(0)) for person in asked}
    return {
        person: Changed(frozenset(keys), amount)
        for person, (keys, amount) in {**still, **gathered}.items()
    }


def _upward(person: str, parents: Mapping[str, str]) -> Iterator[str]:
    while person in parents:
        yield person
        person = parents[person]


def _shown(
    nodes: Sequence[Node],
    own: Mapping[str, Own],
    standing_now: Mapping[str, Mapping[str, Call]],
) -> tuple[Node, ...]:
    """Leave out who is not here, or does not sell, and has no figure and nobody below."""
    kept_ones: set[str] = set()
    for node in reversed(nodes):
        person = node.person_id
        has_figure = person in own or bool(standing_now[person])
        sells = node.is_here and node.role != "operations"
        if person in kept_ones or has_figure or sells:
            kept_ones |= {node.person_id, node.parent}
    return tuple(node for node in nodes if node.person_id in kept_ones)


def _of_unit(nodes: Sequence[Node], unit: str) -> tuple[Node, ...]:
    """Keep a person, or those of a team or region, with everybody below. Raises BadInput."""
    if not unit:
        return tuple(nodes)
    found: dict[str, Node] = {}
    for node in nodes:
        if node.parent in found or unit in (node.person_id, node.team, node.region, node.unit):
            found[node.person_id] = node
    if not found:
        fix = "give a person's key, a team or a region as the page shows them"
        problem = Problem("unit", f"{unit[:60]!r} is nobody and no unit that you see", fix)
        raise BadInput("There is no such part of the roll-up.", [problem])
    top = min(node.depth for node in found.values())
    return tuple(_at_top(node, found, top) for node in found.values())


def _above(every: Sequence[Node], nodes: Sequence[Node]) -> tuple[Node, ...]:
    """Return who is above the first of some nodes, as far as they are seen."""
    by_person, found = {node.person_id: node for node in every}, []
    at = by_person[nodes[0].person_id].parent if nodes else ""
    while at in by_person:
        found.append(by_person[at])
        at = by_person[at].parent
    return tuple(reversed(found))


def _at_top(node: Node, found: Mapping[str, Node], top: int) -> Node:
    parent = node.parent if node.parent in found else ""
    return replace(node, parent=parent, depth=node.depth - top)


def _nobody(facts: Facts, nodes: Sequence[Node]) -> Own | None:
    """Return what belongs to nobody in the hierarchy, None for nothing."""
    there = {node.person_id for node in nodes}
    lost = [own for person, own in facts.own.items() if person not in there]
    if not lost:
        return None
    quotas = [own.quota for own in lost if own.quota is not None]
    names = dict.fromkeys(name for own in lost for name in own.deals)
    nothing = Decimal(0)
    return Own(
        quota=sum(quotas, nothing) if quotas else None,
        closed=sum((own.closed or nothing for own in lost), nothing),
        deals={name: sum((o.deals.get(name, nothing) for o in lost), nothing) for name in names},
        unpriced=sum(own.unpriced for own in lost),
    )


def _total(
    nodes: Sequence[Node],
    totals: Mapping[str, Sum],
    nobody: Own | None,
    standing_now: Mapping[str, Mapping[str, Call]],
    categories: Sequence[str],
    excused: Collection[str],
) -> Sum | None:
    """Return the sum of all that is shown, None where one line says it already."""
    tops = [node for node in nodes if not node.parent]
    if len(tops) + (nobody is not None) < 2:
        return None
    children = [node.person_id for node in tops]
    return added(nobody or Own(), children, totals, standing_now, categories, excused)


def _label(of: Callable[[], Period]) -> str:
    try:
        return of().label
    except (ValueError, OverflowError):
        return ""  # the calendar ends there
