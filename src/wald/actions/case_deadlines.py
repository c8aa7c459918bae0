"""What Wald does about deadlines: it reminds before a case is due, and tells those above after.

Both may run as often as one likes: the case itself remembers that it was done, and a case that
is given more time is reminded of and escalated anew.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from wald.actions.act import Entry, act
from wald.cases.fold import Case, Event, EventKind
from wald.kernel.actor import Actor
from wald.kernel.policy import Role
from wald.kernel.workspace import Workspace
from wald.queries.sight import Place, places_on
from wald.records.stores import cases as store
from wald.records.stores.users import User, list_users, names_with_role

SOONEST = timedelta(hours=24)  # before the due time; half of the whole time, if that is shorter
_AT_ONCE = 200  # cases looked up in one query

Told = Callable[[str, int, int | None], None]  # progress: words, done, total


class _Done(Exception):
    """Somebody was quicker; nothing is to be written."""


def remind_due(
    *, actor: Actor, workspace: Workspace, at: datetime, told: Told | None = None
) -> int:
    """Remind who is to act on cases that are due soon; return how many cases that were."""
    actor.must("cases.read_all")
    horizon = at + SOONEST

    def write(entry: Entry, case_id: int, case: Case) -> None:
        if case.reminded_at is not None or not _is_soon(case, at):
            raise _Done
        _add(case_id, case, EventKind.REMINDED, {}, actor=actor, workspace=workspace, at=at)
        names = _waited_for(case) or _of_queue(case, workspace)
        entry.tell(names, f"Case {case_id} is due soon: {case.title}", f"/cases/{case_id}/")

    return _each(
        "case.remind", write, actor, workspace, at, before=horizon, reminded=True, told=told
    )


def escalate_overdue(
    *, actor: Actor, workspace: Workspace, at: datetime, told: Told | None = None
) -> int:
    """Tell the manager above, or sales operations, of cases that are overdue; return how many."""
    actor.must("cases.read_all")
    users = {user.name: user for user in list_users(database=workspace.database)}
    places = places_on(workspace=workspace, on=at.date())

    def write(entry: Entry, case_id: int, case: Case) -> None:
        if case.escalated_at is not None or case.due_at is None or case.due_at >= at:
            raise _Done
        to = _managers(case, users, places) or _operations(case, workspace)
        body = {"told": list(to)}
        _add(case_id, case, EventKind.ESCALATED, body, actor=actor, workspace=workspace, at=at)
        entry.after = body
        words = f"Case {case_id} is overdue: {case.title}"
        entry.tell((*to, *_waited_for(case)), words, f"/cases/{case_id}/")
        entry.emit("case.escalated", {"case": case_id, "kind": case.kind})

    return _each("case.escalate", write, actor, workspace, at, before=at, reminded=False, told=told)


def _each(
    action: str,
    write: Callable[[Entry, int, Case], None],
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    *,
    before: datetime,
    reminded: bool,
    told: Told | None,
) -> int:
    """Write about each case that waits, one transaction each; return how many were written."""
    database, done, last = workspace.database, 0, 0
    while True:
        waiting = store.open_and_due(
            before=before, database=database, reminded=reminded, after_id=last, limit=_AT_ONCE
        )
        if not waiting:
            return done
        for case_id in waiting:
            done += _one(action, write, actor, workspace, at, case_id)
        last = waiting[-1]
        if told is not None:
            told("cases looked at", done, None)


def _one(
    action: str,
    write: Callable[[Entry, int, Case], None],
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    case_id: int,
) -> int:
    try:
        with act(
            actor=actor,
            workspace=workspace,
            at=at,
            permission="cases.work",
            action=action,
            about=f"case:{case_id}",
        ) as entry:
            case = store.locked(case_id, database=workspace.database)
            if case is None or not case.is_open:
                raise _Done
            write(entry, case_id, case)
    except _Done:
        return 0
    return 1


def _add(
    case_id: int,
    case: Case,
    kind: EventKind,
    body: Mapping[str, object],
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
) -> None:
    event = Event(case.version + 1, kind, at, actor.name, "", body)
    store.append(case_id, case, event, database=workspace.database)


def _is_soon(case: Case, at: datetime) -> bool:
    """Is less than a day left, or less than half of the time that a short case has?"""
    if case.due_at is None:
        return False
    return at >= case.due_at - min(SOONEST, (case.due_at - case.opened_at) / 2)


def _waited_for(case: Case) -> tuple[str, ...]:
    voted = {vote.name for vote in case.votes}
    asked = tuple(name for name in case.approvers if name not in voted)
    return asked or ((case.assignee,) if case.assignee else ())


def _of_queue(case: Case, workspace: Workspace) -> tuple[str, ...]:
    """Return who of a queue hears of a case: central queues only, as the others see parts."""
    central = (Role.SALES_OPERATIONS.value, Role.FINANCE.value, Role.ADMINISTRATOR.value)
    if case.queue not in central:
        return ()
    return names_with_role(Role(case.queue), database=workspace.database)


def _managers(case: Case, users: dict[str, User], places: Mapping[str, Place]) -> tuple[str, ...]:
    """Return the nearest manager above each of those waited for who has an account."""
    by_person = {user.person_id: user.name for user in users.values() if user.may_sign_in}
    found = []
    for name in _waited_for(case):
        user = users.get(name)
        person, seen = "" if user is None else user.person_id, set[str]()
        while person and person not in seen:
            seen.add(person)
            place = places.get(person)
            person = "" if place is None else place.manager_id
            if person and person in by_person:
                found.append(by_person[person])
                break
    return tuple(dict.fromkeys(found))


def _operations(case: Case, workspace: Workspace) -> tuple[str, ...]:
    names = names_with_role(Role.SALES_OPERATIONS, database=workspace.database)
    return tuple(name for name in names if name != case.assignee)
