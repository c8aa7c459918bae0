"""Cases, events and delegations as plain JSON values, alike for the command and the API."""

from wald.cases.fold import Event
from wald.cases.words import said
from wald.queries.cases import CasePage
from wald.queries.plain import Json, plain
from wald.records.stores.case_lists import CaseLine
from wald.records.stores.delegations import Delegation


def line_json(line: CaseLine) -> Json:
    """Return a case as a list gives it."""
    return {
        "case_id": line.case_id,
        "kind": line.kind,
        "title": line.title,
        "state": line.state,
        "is_open": line.is_open,
        "assignee": line.assignee or None,
        "queue": line.queue,
        "unit": line.unit or None,
        "person_id": line.person_id or None,
        "opened_by": line.opened_by,
        "opened_at": plain(line.opened_at),
        "due_at": plain(line.due_at),
        "closed_at": plain(line.closed_at),
        "moved_at": plain(line.moved_at),
        "version": line.version,
        "asked": list(line.asked),
    }


def case_json(page: CasePage) -> Json:
    """Return a case with what its fold knows, and the moves that the asker may make now."""
    case = page.case
    return {
        "case_id": page.case_id,
        "kind": case.kind,
        "title": case.title,
        "state": case.state,
        "is_open": case.is_open,
        "assignee": case.assignee or None,
        "queue": case.queue,
        "unit": case.unit or None,
        "person_id": case.person_id or None,
        "opened_by": case.opened_by,
        "opened_at": plain(case.opened_at),
        "due_at": plain(case.due_at),
        "closed_at": plain(case.closed_at),
        "moved_at": plain(case.moved_at),
        "version": case.version,
        "text": case.text,
        "reason": case.reason or None,
        "outcome": case.outcome or None,
        "waits_for": page.waits_for or None,
        "approvers": list(case.approvers),
        "needs": "all" if case.needs_all else "any",
        "votes": [{"name": vote.name, "by": vote.by} for vote in case.votes],
        "watchers": list(case.watchers),
        "links": list(case.links),
        "details": {name: str(value) for name, value in case.details.items()},
        "moves": [move.key for move in page.moves],
    }


def event_json(event: Event) -> Json:
    """Return an event; `words` tells it in a sentence, `text` is what was said in it."""
    texts = (event.text(name) for name in ("text", "reason", "outcome"))
    return {
        "number": event.number,
        "kind": event.kind.value,
        "at": plain(event.at),
        "by": event.by,
        "for": event.for_name or None,
        "words": said(event),
        "text": "\n".join(text for text in texts if text) or None,
        "move": event.text("move") or None,
        "links": list(event.texts("links")),
    }


def delegation_json(one: Delegation) -> Json:
    return {
        "delegation_id": one.delegation_id,
        "owner": one.owner,
        "delegate": one.delegate,
        "starts_on": plain(one.starts_on),
        "ends_on": plain(one.ends_on),
        "why": one.why or None,
        "ended_at": plain(one.ended_at),
    }
