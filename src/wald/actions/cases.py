"""What people, and Wald itself, do with cases: open, comment, link, watch, change what is asked."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from wald.actions.act import Entry, act
from wald.actions.case_touch import touched
from wald.cases.case import INVOLVED, CaseKind, Part, kinds
from wald.cases.checks import LONGEST_TEXT, LONGEST_TITLE, may_write, text_problems
from wald.cases.fold import Event, EventKind
from wald.cases.links import link_problems
from wald.cases.opening import Opening, opening_problems
from wald.cases.words import MEANING
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import BadInput, NotAllowed, Problem
from wald.kernel.workspace import Workspace
from wald.queries.case_hours import due_at as due_for
from wald.records.stores import cases as store
from wald.records.stores.users import find_user

Json = dict[str, object]


def open_case(
    *,
    actor: Actor,
    workspace: Workspace,
    kind: str,
    title: str,
    at: datetime,
    assignee: str = "",
    queue: Role | None = None,
    unit: str = "",
    person_id: str = "",
    due_at: datetime | None = None,
    links: Sequence[str] = (),
    body: Mapping[str, object] = {},
    fingerprint: str = "",
) -> int:
    """Open a case; return its number, or that of the open one with the same fingerprint.

    Without `due_at` it is due after the kind's hours of business, without `queue` it is the
    kind's. `body` may hold `text`, `approvers` and `needs` ("all" or "any", for approvals),
    `authors` (who else wrote what is asked for), and details of any other name. Somebody who
    has no account cannot have a case: what Wald itself opens for them goes to the queue.
    Raises BadInput with every Problem.
    """
    actor.must("cases.open")
    known = _kind(kind)
    opening = Opening(
        title, assignee, queue, unit, person_id, due_at, tuple(links), body, fingerprint
    )
    problems = [*opening_problems(opening, known), *_people_problems(opening, actor, workspace)]
    if problems:
        raise BadInput("This case cannot be opened.", problems)
    found = _open_already(fingerprint, workspace)
    if found is not None:
        return found
    due = due_at or due_for(actor=actor, workspace=workspace, kind=known, unit=unit, at=at)
    event = Event(
        1, EventKind.OPENED, at, actor.name, "", _opening_body(opening, known, workspace, due)
    )
    try:
        with act(
            actor=actor, workspace=workspace, at=at, permission="cases.open", action="case.open"
        ) as entry:
            return _create(event, fingerprint, entry, workspace)
    except store.OpenAlready:
        other = _open_already(fingerprint, workspace)
        if other is None:
            raise
        return other


def mark_of(actor: Actor, fingerprint: str) -> str:
    """Return the fingerprint of what somebody's own program found, apart from all others.

    Under a plain one they could take the place of what Wald opens, or ask what others have open.
    """
    told = json.dumps([actor.name, fingerprint])
    return f"by:{hashlib.sha256(told.encode()).hexdigest()[:40]}" if fingerprint else ""


def comment(*, actor: Actor, workspace: Workspace, case_id: int, text: str, at: datetime) -> int:
    """Say something about a case, also a closed one; return the number of the event.

    Comments never conflict: of two people who write at once, one is the next after the other.
    """
    actor.must("cases.work")
    problems = list(text_problems("text", text, LONGEST_TEXT))
    if not text.strip():
        problems.append(Problem("text", "it is empty", "write something"))
    if problems:
        raise BadInput("This comment cannot be kept.", problems)
    with touched(
        actor=actor, workspace=workspace, case_id=case_id, at=at, action="case.comment"
    ) as case:
        case.add(EventKind.COMMENTED, {"text": text.strip()}, for_name=case.stood_in_for)
        case.entry.after = {"comment": text.strip()}
        case.tell(f"{actor.name} commented on case {case_id}: {case.case.title}")
        case.entry.emit("case.commented", {"case": case_id, "kind": case.case.kind})
        return case.case.version


def link(
    *, actor: Actor, workspace: Workspace, case_id: int, links: Sequence[str], at: datetime
) -> int:
    """Link a case to facts, documents, insights, decisions; return the case's version."""
    actor.must("cases.work")
    problems = list(link_problems(links))
    if not links:
        problems.append(Problem("links", "there are none", "write one like opportunity:O1"))
    if problems:
        raise BadInput("These links cannot be kept.", problems)
    with touched(
        actor=actor, workspace=workspace, case_id=case_id, at=at, action="case.link"
    ) as case:
        new = [one for one in dict.fromkeys(links) if one not in case.case.links]
        if new:
            case.add(EventKind.LINKED, {"links": new})
        case.entry.after = {"links": new}
        return case.case.version


def watch(*, actor: Actor, workspace: Workspace, case_id: int, on: bool, at: datetime) -> None:
    """Hear of what happens to a case, or no longer; not of one seen for somebody else."""
    actor.must("cases.work")
    with touched(
        actor=actor, workspace=workspace, case_id=case_id, at=at, action="case.watch"
    ) as case:
        if on and (owner := case.stood_in_for):
            raise NotAllowed(f"Case {case_id}: {actor.name} sees it for {owner}, who hears of it.")
        if (actor.name in case.case.watchers) is not on:
            case.add(EventKind.WATCHED, {} if on else {"ends": True})
        case.entry.after = {"watches": on}


def change_case(
    *,
    actor: Actor,
    workspace: Workspace,
    case_id: int,
    at: datetime,
    title: str | None = None,
    text: str | None = None,
    version: int | None = None,
) -> int:
    """Change what a case asks for; approvals so far are void. Return the case's version.

    Raises BadInput, NotAllowed, and Stale if somebody moved or changed it after `version`.
    """
    actor.must("cases.work")
    problems = [
        *text_problems("title", title or "", LONGEST_TITLE),
        *text_problems("text", text or "", LONGEST_TEXT),
    ]
    if title is not None and not title.strip():
        problems.append(Problem("title", "it is empty", "say in a few words what it is about"))
    if problems:
        raise BadInput("This case cannot be changed like this.", problems)
    with touched(
        actor=actor, workspace=workspace, case_id=case_id, at=at, action="case.change"
    ) as case:
        case.must_be_fresh(version, MEANING)
        case.must_be_open()
        for_name = case.must_stand(_EDITORS if case.kind.has_votes else INVOLVED)
        if not may_write(case.case, case.person, has_votes=case.kind.has_votes):
            raise NotAllowed(
                f"Case {case_id}: {actor.name} is asked to approve it; say in a comment what "
                "should change."
            )
        given = {"title": title, "text": text}
        body: Json = {name: value.strip() for name, value in given.items() if value is not None}
        case.entry.before = {"title": case.case.title, "text": case.case.text}
        case.add(EventKind.CHANGED, body, for_name=for_name)
        case.entry.after = body
        case.tell(f"{actor.name} changed what case {case_id} asks for: {case.case.title}")
        return case.case.version


# Whoever is asked to approve does not write what they approve.
_EDITORS = frozenset({Part.OPENER, Part.OPERATIONS})


def _kind(key: str) -> CaseKind:
    known = kinds()
    if key not in known:
        fix = f"choose among {', '.join(known)}"
        problem = Problem("kind", f"there is no kind of case {key[:50]!r}", fix)
        raise BadInput("This case cannot be opened.", [problem])
    return known[key]


def _open_already(fingerprint: str, workspace: Workspace) -> int | None:
    return store.open_with(fingerprint, database=workspace.database) if fingerprint else None


def _people_problems(opening: Opening, actor: Actor, workspace: Workspace) -> list[Problem]:
    """Return what is wrong with those who shall work; Wald itself falls back to the queue."""
    problems = []
    for name in opening.names("approvers"):
        problems += worker_problems("approvers", name, workspace)
        if name == actor.name or name in opening.names("authors"):
            fix = "ask somebody who did not write it"
            problems.append(Problem("approvers", f"{name} wrote what is asked for", fix))
    if opening.assignee and actor.role is not None:
        problems += worker_problems("assignee", opening.assignee, workspace)
    return problems


def worker_problems(where: str, name: str, workspace: Workspace) -> list[Problem]:
    """Return what keeps somebody from working on cases."""
    user = None if "\0" in name else find_user(name, database=workspace.database)
    if user is None:
        return [Problem(where, f"there is no user {name[:80]!r}", "name somebody who may sign in")]
    if not user.may_sign_in or user.role is None or "cases.work" not in GRANTS[user.role]:
        return [Problem(where, f"{name} may not work on cases", "name somebody who may")]
    return []


def _opening_body(opening: Opening, kind: CaseKind, workspace: Workspace, due: datetime) -> Json:
    """Return the body of the opening event; it holds all that the case begins with."""
    details, assignee = opening.details, opening.assignee
    if assignee and worker_problems("assignee", assignee, workspace):
        details["meant for"], assignee = assignee, ""
    approvers = opening.names("approvers")
    if kind.has_votes and assignee and not approvers:
        approvers = (assignee,)
    return {
        "kind": kind.key,
        "title": opening.title.strip(),
        "state": kind.states[0],
        "assignee": assignee,
        "queue": (opening.queue or kind.queue).value,
        "unit": opening.unit,
        "person": opening.person_id,
        "due": due.astimezone(UTC).isoformat(),
        "text": opening.text.strip(),
        "approvers": list(dict.fromkeys(approvers)),
        "needs": str(opening.body.get("needs", "any")),
        "authors": list(opening.names("authors")),
        "links": list(dict.fromkeys(opening.links)),
        "details": details,
    }


def _create(event: Event, fingerprint: str, entry: Entry, workspace: Workspace) -> int:
    case_id = store.create(event, fingerprint=fingerprint, database=workspace.database)
    entry.about = f"case:{case_id}"
    entry.after = dict(event.body)
    kind, title = event.text("kind"), event.text("title")
    told = dict.fromkeys((event.text("assignee"), *event.texts("approvers")))
    entry.tell(told, f"{event.by} opened case {case_id} for you: {title}", f"/cases/{case_id}/")
    entry.emit("case.opened", {"case": case_id, "kind": kind, "due": event.text("due")})
    return case_id
