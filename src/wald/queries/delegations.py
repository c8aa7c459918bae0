"""Who stands in for whom, and on which days."""

from datetime import date

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores import delegations as store
from wald.records.stores.delegations import Delegation


def stands_in_for(*, actor: Actor, workspace: Workspace, on: date) -> tuple[str, ...]:
    """Return the names of those for whom `actor` may act on a day.

    It does not go on: the delegate of a delegate stands in for nobody but that delegate.
    """
    actor.must("cases.read")
    return store.owners_of(actor.name, on=on, database=workspace.database)


def delegates(*, actor: Actor, workspace: Workspace, on: date) -> tuple[str, ...]:
    """Return the names of those who may act for `actor` on a day."""
    actor.must("cases.read")
    return store.delegates_of(actor.name, on=on, database=workspace.database)


def delegations(*, actor: Actor, workspace: Workspace) -> tuple[Delegation, ...]:
    """Return what the actor gave and was given, newest first; of everybody for who sees users."""
    actor.must("cases.read")
    if actor.may("users.read"):
        return store.all_of_them(database=workspace.database)
    return store.of_somebody(actor.name, database=workspace.database)


def one_delegation(*, actor: Actor, workspace: Workspace, delegation_id: int) -> Delegation | None:
    """Return a delegation that the actor gave or was given, or any for who sees users."""
    actor.must("cases.read")
    found = store.find(delegation_id, database=workspace.database)
    if found is None:
        return None
    is_theirs = actor.name in (found.owner, found.delegate)
    return found if is_theirs or actor.may("users.read") else None
