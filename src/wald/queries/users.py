"""Who may sign in."""

from wald.kernel.actor import Actor, Door
from wald.kernel.problem import NotAllowed, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import users as store
from wald.records.stores.users import User, list_users


def users(*, actor: Actor, workspace: Workspace) -> tuple[User, ...]:
    """Return everybody who has an account, by name."""
    actor.must("users.read")
    return list_users(database=workspace.database)


def actor_named(*, actor: Actor, workspace: Workspace, name: str) -> Actor:
    """Return a user as an actor in Python, with their rights and rows; Refusal if there is none.

    Only for who sits at the machine: an administrator who signed in is nobody else.
    """
    actor.must("users.change")
    if actor.role is not None:
        raise NotAllowed(f"{actor.name} acts in their own name only.")
    if not store.has_user(name, database=workspace.database):
        raise Refusal(f"There is no user {name!r}; `wald users list` shows who there is.")
    return store.actor_named(name, Door.PYTHON, database=workspace.database)
