"""Quotas as they are read: a plan down its tree, how one figure arose, bottom-up beside top-down.

Who asks sees a node's figures if they see everybody below it. Of the nodes above, what these hold
and hand down is shown, for it explains the figures below; never a neighbour's.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import numpy as np

from wald.facts.metric import metrics
from wald.heart.quota.fairness import Evenness, Outlook, evenness, outlook
from wald.heart.quota.plan import Figure
from wald.heart.quota.reconcile import Gap, gaps
from wald.heart.quota.steps import Step, steps
from wald.heart.quota.tree import Level, path_to
from wald.kernel.actor import Actor
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.queries.document_sight import may_read
from wald.queries.documents import Line as DocumentLine
from wald.queries.documents import central_lines
from wald.queries.kept import kept
from wald.queries.quota_ground import QUOTA_PLAN, NoSuchPlan, Planned, planned
from wald.queries.sight import persons_seen

DRAWS = 1000
_MOST_DRAWN = 1_000_000  # people x draws of an outlook; of more people there are fewer draws
_FEW = 3  # people; of fewer a sum less one's own is a colleague's
_FEWEST_DRAWS = 200
_MOST_PLANS = 200
_SHOWN = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Line:
    """A node as somebody sees it. Of a node above all they see, `is_whole` is false, and only
    what it holds and hands down is told. Amounts are in the plan's currency."""

    key: str
    title: str
    level: Level
    depth: int
    person_id: str
    is_whole: bool
    held: Decimal
    hands_down: Decimal | None  # None: at the ends
    over: Decimal
    share: Decimal | None  # of its neighbours' weights; None where these weigh nothing
    is_pinned: bool
    gave: Decimal
    assigned: tuple[Decimal, ...]  # by window
    season: tuple[Decimal, ...]
    relief: Decimal
    proposed: Decimal | None
    gap: Gap | None
    potential: Decimal | None

    @property
    def total(self) -> Decimal:
        return sum(self.assigned, Decimal(0))

    @property
    def difference(self) -> Decimal | None:
        return None if self.proposed is None else self.held - self.proposed


@dataclass(frozen=True, slots=True)
class PlanPage:
    name: str
    title: str
    version_id: int
    number: int
    state: str
    starts_on: date
    approved_by: str
    approved_at: datetime | None
    fiscal_year: int
    measure: str
    unit: Unit
    currency: str
    total: Decimal
    people_on: date
    known: datetime | None
    windows: tuple[str, ...]
    lines: tuple[Line, ...]
    notes: tuple[str, ...]
    evenness: Evenness | None
    against: str
    outlook: Outlook | None
    digits: int
    is_text_seen: bool  # may the asker read the plan's text?

    def line(self, key: str) -> Line | None:
        return next((line for line in self.lines if line.key == key), None)


@dataclass(frozen=True, slots=True)
class Arising:
    """How one figure arose: its line, and the steps to it."""

    page: PlanPage
    line: Line
    steps: tuple[Step, ...]


def plan_list(*, actor: Actor, workspace: Workspace, on: date) -> tuple[DocumentLine, ...]:
    """Return the quota plans of the organization, and what holds of each on the day."""
    actor.must("documents.read")
    found = central_lines(workspace=workspace, type=QUOTA_PLAN, on=on)
    return found[:_MOST_PLANS]


def plan_page(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    on: date,
    version_id: int | None = None,
    seed: int = 0,
) -> PlanPage:
    """Return a plan as `actor` sees it; `seed` is that of the draws of its outlook.

    Raises NoSuchPlan, and BadInput with every Problem where it cannot be worked out.
    """
    actor.must("documents.read")
    actor.must("facts.read")
    found = planned(actor=actor, workspace=workspace, name=name, on=on, version_id=version_id)
    persons = persons_seen(actor=actor, workspace=workspace, on=found.people_on)
    return _page(found, persons, seed, actor, workspace)


def arising(
    *,
    actor: Actor,
    workspace: Workspace,
    name: str,
    node: str,
    on: date,
    version_id: int | None = None,
) -> Arising:
    """Return how the figure of a node arose: a unit, the whole key of a seat, or @ and a person.

    Of a person with several seats the first. Raises NoSuchPlan where there is no such node, or
    not for this actor.
    """
    actor.must("documents.read")
    actor.must("facts.read")
    found = planned(actor=actor, workspace=workspace, name=name, on=on, version_id=version_id)
    persons = persons_seen(actor=actor, workspace=workspace, on=found.people_on)
    page = _page(found, persons, None, actor, workspace)
    wanted = "" if node == Level.ORGANIZATION.value else node
    line = next(
        (
            one
            for one in page.lines
            if one.is_whole and (one.key == wanted or f"@{one.person_id}" == wanted)
        ),
        None,
    )
    if line is None:
        raise NoSuchPlan(f"The quota plan {name} has nothing called {node} that you may see.")
    told = steps(found.ground, found.figures, line.key, _small(found, persons))
    return Arising(page, line, told)


def _small(found: Planned, persons: frozenset[str] | None) -> frozenset[str]:
    """Return the units of fewer than three people that the asker does not see all of: what such a
    unit holds, less one's own, is a colleague's."""
    if persons is None:
        return frozenset()
    people: dict[str, set[str]] = {}
    for seat in found.ground.tree.seats:
        for unit in path_to(found.ground.tree, seat.key)[:-1]:
            people.setdefault(unit.key, set()).add(seat.person_id)
    return frozenset(key for key, who in people.items() if len(who) < _FEW and not who <= persons)


def plans_of_person(
    *, actor: Actor, workspace: Workspace, person_id: str, on: date
) -> tuple[Arising, ...]:
    """Return how the quotas of somebody arose: of every plan that holds on the day, every seat."""
    actor.must("documents.read")
    actor.must("facts.read")
    made: list[Arising] = []
    for line in plan_list(actor=actor, workspace=workspace, on=on):
        if line.holds is None:
            continue
        found = planned(actor=actor, workspace=workspace, name=line.name, on=on)
        persons = persons_seen(actor=actor, workspace=workspace, on=found.people_on)
        page = _page(found, persons, None, actor, workspace)
        hidden = _small(found, persons)
        made += [
            Arising(page, one, steps(found.ground, found.figures, one.key, hidden))
            for one in page.lines
            if one.person_id == person_id
        ]
    return tuple(made)


def _page(
    found: Planned,
    persons: frozenset[str] | None,
    seed: int | None,
    actor: Actor,
    workspace: Workspace,
) -> PlanPage:
    plan, version = found.plan, found.version
    lines = tuple(_lines(found, persons))
    is_whole = bool(lines) and lines[0].is_whole
    return PlanPage(
        name=version.name,
        title=f"{version.name} {plan.fiscal_year}",
        version_id=version.version_id,
        number=version.number,
        state=version.state.value,
        starts_on=version.starts_on,
        approved_by=version.approved_by,
        approved_at=version.approved_at,
        fiscal_year=plan.fiscal_year,
        measure=plan.measure,
        unit=metrics()[plan.measure].unit,
        currency=plan.currency,
        total=plan.total,
        people_on=found.people_on,
        known=found.known,
        windows=tuple(window.period.label for window in found.ground.windows),
        lines=lines,
        notes=tuple(_notes(found)) if is_whole else (),
        evenness=evenness(_pairs(lines)),
        against=found.against,
        outlook=_kept_outlook(found, seed) if is_whole and seed is not None else None,
        digits=found.ground.digits,
        is_text_seen=may_read(actor, version, database=workspace.database),
    )


def _lines(found: Planned, persons: frozenset[str] | None) -> Iterator[Line]:
    tree = found.ground.tree
    seen: dict[str, tuple[bool, bool]] = {}  # all below seen, some below seen
    for node in reversed(tree.nodes):
        if node.seat:
            is_seen = persons is None or node.person_id in persons
            seen[node.key] = (is_seen, is_seen)
        else:
            below = [seen[child.key] for child in tree.children.get(node.key, ())]
            seen[node.key] = (all(all_ for all_, _ in below), any(some for _, some in below))
    between = gaps(tree, found.figures)
    depths: dict[str, int] = {}
    for node in tree.nodes:
        depths[node.key] = depths[node.parent] + 1 if node.key else 0
        is_whole, is_some = seen[node.key]
        if is_some:
            yield _line(found, node.key, depths[node.key], is_whole, between.get(node.key))


def _line(found: Planned, key: str, depth: int, is_whole: bool, gap: Gap | None) -> Line:
    figure, digits = found.figures[key], found.ground.digits
    held, node = figure.held, figure.node

    def money(units: int) -> Decimal:
        return Decimal(units).scaleb(-digits)

    potential = _potential(found, figure)
    return Line(
        key=key,
        title=node.title,
        level=node.level,
        depth=depth,
        person_id=node.person_id,
        is_whole=is_whole,
        held=money(held.held),
        hands_down=None if node.seat else money(held.hands_down),
        over=held.over,
        share=_exact(held.weight / held.weights) if is_whole and held.weights else None,
        is_pinned=held.is_pinned and is_whole,
        gave=money(held.gave) if is_whole else Decimal(0),
        assigned=tuple(money(one) for one in figure.assigned) if is_whole else (),
        season=tuple(money(one) for one in figure.season) if is_whole else (),
        relief=money(figure.relief) if is_whole else Decimal(0),
        proposed=money(figure.proposed) if is_whole and figure.proposed is not None else None,
        gap=gap if is_whole else None,
        potential=_exact(potential) if potential else None,
    )


def _potential(found: Planned, figure: Figure) -> Fraction | None:
    """Return what a seat's person could sell in the part of the year that the seat counts for."""
    whole = found.potentials.get(figure.node.person_id)
    if whole is None or figure.capacity is None:
        return None
    return whole * figure.capacity.part


def _exact(value: Fraction) -> Decimal:
    """Return a quotient as a decimal with six digits, for reading."""
    return (Decimal(value.numerator) / Decimal(value.denominator)).quantize(_SHOWN)


def _pairs(lines: tuple[Line, ...]) -> list[tuple[Decimal, Decimal | None]]:
    """Return quota and potential of each person that is seen; several seats are one person."""
    found: dict[str, tuple[Decimal, Decimal | None]] = {}
    for line in lines:
        if line.person_id:
            quota, potential = found.get(line.person_id, (Decimal(0), None))
            if line.potential is not None:
                potential = (potential or Decimal(0)) + line.potential
            found[line.person_id] = (quota + line.total, potential)
    return list(found.values())


def _kept_outlook(found: Planned, seed: int) -> Outlook | None:
    return kept((*found.key, "outlook", seed), lambda: _outlook(found, seed))


def _outlook(found: Planned, seed: int) -> Outlook | None:
    ends = [found.figures[node.key].assigned for node in found.ground.tree.seats]
    draws = min(DRAWS, max(_FEWEST_DRAWS, _MOST_DRAWN // max(1, len(ends))))
    chance = np.random.Generator(np.random.PCG64(seed))
    return outlook(ends, found.ground.units, found.past, draws=draws, chance=chance)


def _notes(found: Planned) -> Iterator[str]:
    for one in found.passed:
        yield f"The override of {one.unit} does not hold here: {one.why}."
    first, reach = found.ground.months[0].period.start, found.reaches
    if reach is not None and reach + timedelta(days=1) < first:
        yield f"The year before was known up to {reach} only; what was measured of it ends there."
    seats = found.ground.tree.seats
    unknown = sum(1 for node in seats if _is_average(found, node.key))
    if unknown:
        yield (
            f"Of {unknown:,} of {len(seats):,} seats nothing is known to weigh them by; each "
            "weighs as the average of its place."
        )
    idle = sum(1 for node in seats if not found.figures[node.key].held.held)
    if idle:
        yield f"{idle:,} of {len(seats):,} seats hold nothing."


def _is_average(found: Planned, key: str) -> bool:
    brings = found.figures[key].brings
    return brings is not None and brings.is_average
