"""What somebody is to know: their notices, and how they want to hear."""

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.plain import plain
from wald.records.stores import notices as store
from wald.records.stores.notices import Choice, Notice


def notices(
    *,
    actor: Actor,
    workspace: Workspace,
    unread_only: bool = False,
    before: int | None = None,
    limit: int = 100,
) -> tuple[Notice, ...]:
    """Return the actor's notices, newest first; with `before` only those with a lower number."""
    actor.must("notices.keep")
    return store.list_notices(
        actor.name,
        database=workspace.database,
        unread_only=unread_only,
        before=before,
        limit=limit,
    )


def choice(*, actor: Actor, workspace: Workspace) -> Choice:
    """Return how the actor wants to hear."""
    actor.must("notices.keep")
    return store.choice_of(actor.name, database=workspace.database)


def notice_json(one: Notice) -> dict[str, object]:
    return {
        "notice": one.notice_id,
        "at": plain(one.at),
        "title": one.title,
        "address": one.address,
        "read_at": plain(one.read_at),
    }


def choice_json(one: Choice) -> dict[str, object]:
    return {
        "by_mail": one.by_mail.value,
        "zone": one.zone,
        "digest_at": f"{one.digest_at:%H:%M}",
        "quiet_from": "" if one.quiet_from is None else f"{one.quiet_from:%H:%M}",
        "quiet_until": "" if one.quiet_until is None else f"{one.quiet_until:%H:%M}",
    }
