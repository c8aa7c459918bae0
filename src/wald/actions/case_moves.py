"""What changes whose a case is, in which state it is, and by when: assign, take, move, snooze.

A move or an assignment says which `version` of the case it rests on. Where somebody moved,
assigned or changed the case after that, it is refused with Stale, and what changed is said.
"""

from datetime import UTC, datetime

from wald.actions.case_touch import Touched, touched
from wald.actions.cases import worker_problems
from wald.cases.case import INVOLVED, QUEUE_ROLES, Move, Part, title_of
from wald.cases.checks import ends_vote, in_queue, may_hand_on, may_move, move_problems
from wald.cases.fold import EventKind, fold
from wald.cases.opening import due_problems
from wald.cases.words import MEANING
from wald.kernel.actor import Actor
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.queries.case_hours import due_at as due_for
from wald.records.stores import cases as store
from wald.records.stores.users import find_user

_ASSIGNERS = frozenset({Part.OPENER, Part.ASSIGNEE, Part.ASKED, Part.QUEUE, Part.OPERATIONS})
_TAKERS = frozenset({Part.QUEUE, Part.OPERATIONS, Part.ASKED})
_GIVERS = frozenset({Part.ASSIGNEE, Part.OPERATIONS})
_WHOSE = frozenset({EventKind.ASSIGNED, EventKind.MOVED})
_WHEN = frozenset({EventKind.DUE, EventKind.MOVED})


def move_case(
    *,
    actor: Actor,
    workspace: Workspace,
    case_id: int,
    move: str,
    at: datetime,
    reason: str = "",
    outcome: str = "",
    version: int | None = None,
) -> int:
    """Make a move of the case's kind, in one's own name or for whom one stands in.

    Return the case's version. A vote needs `version`: nobody agrees to what they have not seen.
    Raises BadInput with every Problem, NotAllowed with the reason, Stale.
    """
    actor.must("cases.work")
    with touched(
        actor=actor,
        workspace=workspace,
        case_id=case_id,
        at=at,
        action="case.move",
        why=reason.strip(),
    ) as case:
        case.must_be_fresh(version, MEANING)
        made = case.kind.move(move)
        problems = list(
            move_problems(case.case, case.kind, made, move, reason=reason, outcome=outcome)
        )
        if made is not None and made.is_vote and version is None:
            fix = f"look at it, then give version {case.case.version}"
            problems.append(Problem("version", "it is missing", fix))
        if problems or made is None:
            raise BadInput(f"Case {case_id} cannot be moved like this.", problems)
        found = may_move(case.case, made, case.person)
        if isinstance(found, str):
            raise NotAllowed(f"Case {case_id}: {found}.")
        body = _move_body(case, made, found.for_name, reason.strip(), outcome.strip())
        body["due"] = _new_due(case, made, actor, workspace, at)
        _write_move(case, made, body, found.for_name)
        return case.case.version


def assign(
    *,
    actor: Actor,
    workspace: Workspace,
    case_id: int,
    to: str,
    at: datetime,
    version: int | None = None,
) -> int:
    """Give a case to somebody who may work on cases; return the case's version."""
    actor.must("cases.work")
    problems = worker_problems("to", to, workspace)
    if problems:
        raise BadInput(f"Case {case_id} cannot be assigned like this.", problems)
    with touched(
        actor=actor, workspace=workspace, case_id=case_id, at=at, action="case.assign"
    ) as case:
        case.must_be_fresh(version, _WHOSE)
        case.must_be_open()
        for_name = case.must_stand(_ASSIGNERS)
        _must_leave_the_choice(case, to)
        if to != case.case.assignee:
            _hand_over(case, to, for_name)
        return case.case.version


def take(
    *, actor: Actor, workspace: Workspace, case_id: int, at: datetime, version: int | None = None
) -> int:
    """Take a case that nobody has; return its version. Raises Stale if somebody else has it."""
    actor.must("cases.work")
    with touched(
        actor=actor, workspace=workspace, case_id=case_id, at=at, action="case.take"
    ) as case:
        case.must_be_open()
        if case.case.assignee == actor.name:
            return case.case.version
        case.must_be_fresh(version, _WHOSE)
        if case.case.assignee:
            has = case.case.assignee
            raise Stale(f"{has} has case {case_id}; ask them, or assign it.", [f"{has} has it."])
        for_name = case.must_stand(_TAKERS)
        _must_leave_the_choice(case, actor.name)
        _hand_over(case, actor.name, for_name)
        return case.case.version


def give_back(
    *,
    actor: Actor,
    workspace: Workspace,
    case_id: int,
    at: datetime,
    queue: Role | None = None,
    version: int | None = None,
) -> int:
    """Give a case back to its queue, or to another one; return its version.

    Whoever has it may, and whoever assigned it, as long as nobody assigned it since.
    """
    actor.must("cases.work")
    if queue is not None and queue not in QUEUE_ROLES:
        fix = f"choose among {', '.join(role.value for role in QUEUE_ROLES)}"
        problem = Problem("queue", f"{queue.title} has no queue", fix)
        raise BadInput(f"Case {case_id} cannot be given back like this.", [problem])
    with touched(
        actor=actor, workspace=workspace, case_id=case_id, at=at, action="case.give_back"
    ) as case:
        case.must_be_fresh(version, _WHOSE)
        case.must_be_open()
        assigned_it = _last_assigner(case) == actor.name
        for_name = "" if assigned_it else case.must_stand(_GIVERS)
        _must_leave_the_choice(case, "")
        to = case.case.queue if queue is None else queue.value
        _must_leave_the_queue(case, to)
        if case.case.assignee or to != case.case.queue:
            _assign(case, "", to, for_name)
        return case.case.version


def set_due(
    *,
    actor: Actor,
    workspace: Workspace,
    case_id: int,
    due_at: datetime,
    at: datetime,
    version: int | None = None,
) -> int:
    """Say by when a case is to be done; return its version."""
    actor.must("cases.work")
    problems = list(due_problems(due_at))
    if not problems and due_at <= at:
        problems.append(Problem("due", "it is not a moment to come", "give a later one"))
    if problems:
        raise BadInput(f"Case {case_id} cannot be due then.", problems)
    with touched(
        actor=actor, workspace=workspace, case_id=case_id, at=at, action="case.due"
    ) as case:
        case.must_be_fresh(version, _WHEN)
        case.must_be_open()
        for_name = case.must_stand(INVOLVED | {Part.ASKED})
        had = case.case.due_at
        case.entry.before = {"due": "" if had is None else had.isoformat()}
        body = {"due": due_at.astimezone(UTC).isoformat()}
        case.add(EventKind.DUE, body, for_name=for_name)
        case.entry.after = body
        return case.case.version


def put_back_due(
    *,
    actor: Actor,
    workspace: Workspace,
    case_id: int,
    at: datetime,
    version: int | None = None,
) -> int:
    """Take back the last due time, if `actor` gave it; return the case's version.

    The case is due again when it was before, which may be over, or never.
    """
    actor.must("cases.work")
    with touched(
        actor=actor, workspace=workspace, case_id=case_id, at=at, action="case.put_back_due"
    ) as case:
        case.must_be_fresh(version, _WHEN)
        case.must_be_open()
        events = store.events(case_id, database=case.database)
        last = max(n for n, event in enumerate(events) if event.kind in _WHEN or n == 0)
        given = events[last]
        if given.kind is not EventKind.DUE or given.by != actor.name:
            raise Refusal(f"Case {case_id}: you did not give it the due time that it has.")
        due = fold(events[:last]).due_at
        case.entry.before = {"due": given.text("due")}
        body = {"due": "" if due is None else due.astimezone(UTC).isoformat()}
        case.add(EventKind.DUE, body, for_name=given.for_name)
        case.entry.after = body
        return case.case.version


def _must_leave_the_choice(case: Touched, to: str) -> None:
    """Of an approval: keep who agrees in the hands of those who were asked.

    Who wrote what is asked for neither chooses nor agrees; no approver gets lost; sales
    operations may hand it from one person to another, never to themselves.
    """
    if not case.kind.has_votes:
        return
    name, now = case.person.name, case.case
    if name in now.authors or to in now.authors:
        who = name if name in now.authors else to
        raise NotAllowed(
            f"Case {case.case_id}: {who} wrote what is asked for; somebody else decides who agrees."
        )
    if to and to in (*now.approvers, *(vote.by for vote in now.votes)):
        raise Refusal(f"{to} is asked already; each approval needs a person of its own.")
    if now.approvers:
        _must_be_asked(case, to)
    elif to and to != name and not _is_of_queue(to, case):
        queue = title_of(now.queue).lower()
        raise Refusal(f"Case {case.case_id} is for {queue}; assign it to one of them.")


def _must_leave_the_queue(case: Touched, to: str) -> None:
    """Raise NotAllowed if an approval is to change its queue by somebody who is not of it."""
    if not case.kind.has_votes or to == case.case.queue or in_queue(case.case, case.person):
        return
    queue = title_of(case.case.queue).lower()
    raise NotAllowed(
        f"Case {case.case_id}: only the people of the queue {queue} give it to another."
    )


def _must_be_asked(case: Touched, to: str) -> None:
    """Raise NotAllowed unless those who were asked, or operations, hand an approval on."""
    if not to:
        raise Refusal(f"Case {case.case_id} was asked of somebody by name; assign it to another.")
    if not may_hand_on(case.case, case.person, to):
        asked = ", ".join(case.case.approvers)
        raise NotAllowed(f"Case {case.case_id}: only who was asked hands it on: {asked}.")


def _is_of_queue(name: str, case: Touched) -> bool:
    user = find_user(name, database=case.database)
    return user is not None and user.role is not None and user.role.value == case.case.queue


def _last_assigner(case: Touched) -> str:
    events = store.events(case.case_id, database=case.database)
    names = [event.by for event in events if event.kind is EventKind.ASSIGNED]
    return names[-1] if names else ""


def _hand_over(case: Touched, to: str, for_name: str) -> None:
    _assign(case, to, case.case.queue, for_name)
    words = f"{case.person.name} assigned case {case.case_id} to {to}: {case.case.title}"
    case.tell(words)


def _assign(case: Touched, to: str, queue: str, for_name: str) -> None:
    before = case.case
    case.entry.before = {"assignee": before.assignee, "queue": before.queue}
    body = {"assignee": to, "was": before.assignee, "queue": queue}
    case.add(EventKind.ASSIGNED, body, for_name=for_name)
    case.entry.after = {"assignee": to, "queue": queue, "for": for_name}
    case.entry.emit("case.assigned", {"case": case.case_id, "kind": before.kind})


def _move_body(
    case: Touched, move: Move, for_name: str, reason: str, outcome: str
) -> dict[str, object]:
    voter = for_name or case.person.name
    is_done = not move.is_vote or ends_vote(case.case, voter)
    to = move.leads if is_done else case.case.state
    return {
        "move": move.key,
        "from": case.case.state,
        "to": to,
        "ends": to in case.kind.ends,
        "vote": voter if move.is_vote else "",
        "reason": reason,
        "outcome": outcome,
    }


def _new_due(case: Touched, move: Move, actor: Actor, workspace: Workspace, at: datetime) -> str:
    """Return by when a case that opens again is due, "" for one that was open."""
    if case.case.is_open or move.leads in case.kind.ends:
        return ""
    unit = case.case.unit
    due = due_for(actor=actor, workspace=workspace, kind=case.kind, unit=unit, at=at)
    return due.astimezone(UTC).isoformat()


def _write_move(case: Touched, move: Move, body: dict[str, object], for_name: str) -> None:
    before = case.case
    case.add(EventKind.MOVED, body, for_name=for_name)
    now = case.case
    case.entry.before = {"state": before.state}
    case.entry.after = {
        "move": move.key,
        "state": now.state,
        "outcome": body["outcome"],
        "for": for_name,
    }
    where = (
        title_of(now.state) if now.state != before.state else f"{title_of(now.state)}, as before"
    )
    case.tell(f"{case.person.name} chose {move.title} for case {case.case_id}: {where}")
    told = {"case": case.case_id, "kind": now.kind, "from": before.state, "to": now.state}
    case.entry.emit("case.moved", {**told, "move": move.key})
    if before.is_open and not now.is_open:
        case.entry.emit("case.closed", told)
