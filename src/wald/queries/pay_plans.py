"""By which version of which plan somebody is paid, and who has read and accepted it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from wald.engine.connect import shared
from wald.facts.relations import Scene
from wald.facts.settings import calendar_of, terms_of
from wald.heart.compensation.plan import Plan
from wald.heart.compensation.plan_words import Said, switches
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, period_of
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.queries.pay_basis import basis_now, pay_documents, pinned
from wald.queries.pay_people import People, people_of
from wald.queries.sight import may_see_pay
from wald.records.stores.pay_acceptances import Acceptance, acceptances


@dataclass(frozen=True, slots=True)
class PlanRead:
    """A plan somebody is paid by on a day; `acceptance` None: they have not accepted it yet."""

    version_id: int
    name: str
    label: str  # "account_executives, version 3"
    plan: Plan
    acceptance: Acceptance | None

    @property
    def words(self) -> tuple[Said, ...]:
        return switches(self.plan)


@dataclass(frozen=True, slots=True)
class Missing:
    """Somebody who is paid by a version that they have not accepted."""

    person_id: str
    name: str
    label: str
    version_id: int


def plans_of(
    *, actor: Actor, workspace: Workspace, person_id: str, at: datetime
) -> tuple[PlanRead, ...]:
    """Return the plans that somebody is paid by today. Raises NotAllowed."""
    actor.must("pay.read")
    on = at.date()
    if not may_see_pay(actor=actor, workspace=workspace, person_id=person_id, on=on):
        raise NotAllowed(f"{actor.name} may not see what {person_id} is paid.")
    people = _people(workspace, at, frozenset({person_id}))
    number_of = _newest(workspace)
    accepted = {
        one.version_id: one for one in acceptances(database=workspace.database, person_id=person_id)
    }
    return tuple(
        PlanRead(number_of(plan), plan.key, plan.version, plan, accepted.get(number_of(plan)))
        for plan in _plans(people, person_id, on)
    )  # fmt: skip


def missing_acceptances(*, actor: Actor, workspace: Workspace, at: datetime) -> tuple[Missing, ...]:
    """Return who is paid by a version today that they have not accepted, by name."""
    actor.must("pay.read_all")
    people = _people(workspace, at, None)
    number_of = _newest(workspace)
    done = {(one.person_id, one.version_id) for one in acceptances(database=workspace.database)}
    found = [
        Missing(person, people.names.get(person, person), plan.version, number_of(plan))
        for person in people.chains
        for plan in _plans(people, person, at.date())
        if (person, number_of(plan)) not in done
    ]
    return tuple(sorted(found, key=lambda one: (one.name, one.person_id, one.label)))


def _people(workspace: Workspace, at: datetime, persons: frozenset[str] | None) -> People:
    on = at.date()
    basis = basis_now(workspace, last_day=on, at=at)
    stored = pinned(basis, database=workspace.database, root=workspace.facts)
    engine = shared("", workspace.facts)
    engine.attach(stored)
    scene = Scene(stored, AsOf(on), terms_of(basis.settings))
    year = period_of(calendar_of(basis.settings), Grain.YEAR, on)
    return people_of(workspace, engine, scene, basis, year, persons)


def _plans(people: People, person_id: str, on: date) -> Iterable[Plan]:
    """Return the plan of each chain of somebody on a day; where none holds, that it ends with."""
    chains = (chain for chain in people.chains.get(person_id, ()) if chain)
    held = (next((one for one in chain if on in one.days), chain[-1]) for chain in chains)
    return {one.plan.version: one.plan for one in held}.values()


def _newest(workspace: Workspace) -> Callable[[Plan], int]:
    """Return what gives, of the versions a plan is made of, the one approved last: who accepts
    that one accepts the plan as it has become with it."""
    approved = {
        one.version_id: (one.approved_at.timestamp() if one.approved_at else 0.0, one.version_id)
        for one in pay_documents(workspace)
    }
    return lambda plan: max(plan.documents, key=lambda number: approved[number])
