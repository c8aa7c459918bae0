"""Which API keys there are; of none can more be shown than its prefix."""

from datetime import datetime

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.plain import plain
from wald.records.stores import keys as store
from wald.records.stores.keys import Key


def keys(*, actor: Actor, workspace: Workspace, everybody: bool = False) -> tuple[Key, ...]:
    """Return the actor's keys, or everybody's, newest first. Raises NotAllowed."""
    actor.must("keys.keep")
    if everybody:
        actor.must("users.change")
    return store.list_keys(user=None if everybody else actor.name, database=workspace.database)


def one_key(*, actor: Actor, workspace: Workspace, key_id: int) -> Key | None:
    """Return one of the actor's keys, for administrators anybody's."""
    actor.must("keys.keep")
    found = store.find_key(key_id, database=workspace.database)
    if found is None or not (found.user == actor.name or actor.may("users.change")):
        return None
    return found


def key_json(key: Key, at: datetime) -> dict[str, object]:
    """Return a key as the command and the API give it."""
    return {
        "key_id": key.key_id,
        "user": key.user,
        "name": key.name,
        "prefix": key.prefix,
        "scopes": list(key.scopes),
        "state": key.state(at),
        "created_at": plain(key.created_at),
        "expires_at": plain(key.expires_at),
        "last_used_at": plain(key.last_used_at),
        "revoked_at": plain(key.revoked_at),
    }
