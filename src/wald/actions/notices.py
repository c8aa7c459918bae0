"""What people do with their notices: read them, and say how they want to hear."""

from collections.abc import Collection
from datetime import datetime, time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wald.actions.act import act
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.notices import choice_json
from wald.records.stores import notices as store
from wald.records.stores.notices import ByMail, Choice


def mark_read(
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    notice_ids: Collection[int] | None = None,
) -> int:
    """Mark the actor's own notices as read, with None all; return how many were unread."""
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="notices.keep",
        action="notice.read",
        about="notices",
    ) as entry:
        count = store.mark_read(
            actor.name, at=at, notice_ids=notice_ids, database=workspace.database
        )
        entry.after = {"read": count}
    return count


def choose(
    *,
    actor: Actor,
    workspace: Workspace,
    by_mail: str,
    zone: str,
    digest_at: str,
    quiet_from: str,
    quiet_until: str,
    at: datetime,
) -> Choice:
    """Say how the actor wants to hear; times as 07:30. Raises BadInput with every Problem."""
    actor.must("notices.keep")
    chosen = _read(by_mail, zone, digest_at, quiet_from, quiet_until)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="notices.keep",
        action="notice.choose",
        about="notices",
    ) as entry:
        before = store.choice_of(actor.name, database=workspace.database)
        store.save_choice(actor.name, chosen, database=workspace.database)
        entry.before, entry.after = choice_json(before), choice_json(chosen)
    return chosen


def unsubscribe(*, actor: Actor, workspace: Workspace, at: datetime) -> None:
    """Send the actor no more mail; in Wald itself the notices are still there."""
    actor.must("notices.keep")
    now = choice_json(store.choice_of(actor.name, database=workspace.database))
    words = {name: str(value) for name, value in now.items()} | {"by_mail": ByMail.NONE.value}
    choose(actor=actor, workspace=workspace, at=at, **words)


def _read(by_mail: str, zone: str, digest_at: str, quiet_from: str, quiet_until: str) -> Choice:
    problems: list[Problem] = []
    known = [one.value for one in ByMail]
    if by_mail not in known:
        fix = f"choose among {', '.join(known)}"
        problems.append(Problem("by_mail", f"there is no {by_mail!r}", fix))
    if not _is_zone(zone):
        fix = "name one of the IANA time zones, such as Europe/Berlin"
        problems.append(Problem("zone", f"{zone!r} is no time zone", fix))
    morning = _time(digest_at, "digest_at", problems)
    first = _time(quiet_from, "quiet_from", problems)
    last = _time(quiet_until, "quiet_until", problems)
    if (not quiet_from) != (not quiet_until):
        where = "quiet_until" if quiet_from else "quiet_from"
        problems.append(Problem(where, "quiet hours have a beginning and an end", "give both"))
    if problems:
        raise BadInput("These choices cannot be kept.", problems)
    return Choice(ByMail(by_mail), zone, morning or Choice().digest_at, first, last)


def _time(text: str, where: str, problems: list[Problem]) -> time | None:
    if not text:
        return None
    try:
        if len(text) == len("07:30"):
            return time.fromisoformat(text)
    except ValueError:
        pass
    problems.append(Problem(where, f"{text!r} is no time of the clock", "write it as 07:30"))
    return None


def _is_zone(zone: str) -> bool:
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return bool(zone)
