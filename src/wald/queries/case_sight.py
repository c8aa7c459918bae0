"""Which cases somebody may see, and what they are to a case: decided here, for every door.

A case is seen by who opened it, who has it, who was asked or watches, the people of its queue,
those above whoever has it or whom it concerns, those standing in for one of them, and whoever
may read all cases.
"""

from datetime import date

from wald.cases.case import QUEUE_ROLES
from wald.cases.checks import Person
from wald.kernel.actor import Actor
from wald.kernel.policy import Reach
from wald.kernel.workspace import Workspace
from wald.queries.sight import below, names_below, places_on
from wald.records.stores.case_lists import CaseSight
from wald.records.stores.delegations import owners_of

_LATEST = date.max


def sight(*, actor: Actor, workspace: Workspace, on: date | None) -> CaseSight:
    """Return what decides which cases `actor` sees on a day.

    Without a day the hierarchy is the latest, and nobody is stood in for.
    """
    actor.must("cases.read")
    owners = () if on is None else owners_of(actor.name, on=on, database=workspace.database)
    if actor.may("cases.read_all"):
        names, persons = below_of(actor=actor, workspace=workspace, on=on)
        return CaseSight(
            actor.name,
            is_all=True,
            owners=owners,
            queue=_queue_of(actor),
            names=names,
            persons=persons,
        )
    names, persons = below_of(actor=actor, workspace=workspace, on=on)
    return CaseSight(
        actor.name,
        owners=owners,
        queue=_queue_of(actor),
        queue_unit=actor.unit if actor.reach is Reach.UNIT else None,
        is_queue_below=actor.reach is Reach.BELOW,
        names=names,
        persons=persons,
    )


def person_of(actor: Actor, seen: CaseSight) -> Person:
    """Return who acts, as the checks of a case want to know it."""
    return Person(actor.name, actor.role, actor.unit, seen.owners, seen.names, seen.persons)


def below_of(
    *, actor: Actor, workspace: Workspace, on: date | None
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the users and the persons of the facts below `actor`, without themselves."""
    actor.must("cases.read")
    if actor.role is None or actor.reach not in (Reach.BELOW, Reach.UNIT):
        return frozenset(), frozenset()
    day = on or _LATEST
    names = names_below(actor=actor, workspace=workspace, on=day) or frozenset()
    persons: frozenset[str] = frozenset()
    if actor.reach is Reach.BELOW and actor.person_id:
        persons = below(actor.person_id, places_on(workspace=workspace, on=day))
    return names - {actor.name}, persons - {actor.person_id}


def _queue_of(actor: Actor) -> str:
    """Return the role whose queue is this actor's, "" for none."""
    if actor.role not in QUEUE_ROLES or not actor.may("cases.work"):
        return ""
    return "" if actor.reach is Reach.UNIT and not actor.unit else actor.role.value
