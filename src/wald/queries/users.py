"""Who may sign in."""

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores.users import User, list_users


def users(*, actor: Actor, workspace: Workspace) -> tuple[User, ...]:
    """Return everybody who has an account, by name."""
    actor.must("users.read")
    return list_users(database=workspace.database)
