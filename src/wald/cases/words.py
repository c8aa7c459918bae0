"""Events in words: for the time line, for notices, and for who has to look again."""

from collections.abc import Iterable

from wald.cases.case import kinds, title_of
from wald.cases.fold import Event, EventKind

# What makes a decision one of yesterday's; comments, links and reminders never do.
MEANING = frozenset({EventKind.ASSIGNED, EventKind.MOVED, EventKind.CHANGED})


def said(event: Event) -> str:
    """Return an event as a sentence without its end: `max for mia moved it to Done`."""
    return f"{event.who} {_WORDS[event.kind](event)}"


def changed_since(
    events: Iterable[Event], version: int, matters: frozenset[EventKind] = MEANING
) -> tuple[str, ...]:
    """Return in sentences what happened after `version` that matters.

    One more vote, while others are still missing, changes nothing that anybody decides.
    """
    return tuple(
        f"{said(event)} on {event.at:%d %b %Y at %H:%M} UTC."
        for event in events
        if event.number > version and event.kind in matters and not _is_partial_vote(event)
    )


def move_title(kind: str, key: str) -> str:
    """Return what the button of a move said; its key, where the kind has lost it."""
    found = kinds()[kind].move(key) if kind in kinds() else None
    return key if found is None else found.title


def _is_partial_vote(event: Event) -> bool:
    is_vote = event.kind is EventKind.MOVED and bool(event.text("vote"))
    return is_vote and event.text("from") == event.text("to")


def _moved(event: Event) -> str:
    if event.text("from") == event.text("to"):
        return "agreed; others still have to"
    return f"moved it from {title_of(event.text('from'))} to {title_of(event.text('to'))}"


def _assigned(event: Event) -> str:
    given, had = event.text("assignee"), event.text("was")
    if given == event.by:
        return f"took it from {had}" if had else "took it"
    if not given:
        return f"gave it back to the queue {title_of(event.text('queue'))}"
    return f"assigned it to {given}" + (f", before {had}" if had else "")


def _due(event: Event) -> str:
    due = event.instant("due")
    return "made it due never" if due is None else f"made it due on {due:%d %b %Y at %H:%M} UTC"


def _linked(event: Event) -> str:
    return f"linked {', '.join(event.texts('links'))}"


def _escalated(event: Event) -> str:
    told = ", ".join(event.texts("told"))
    return f"told {told} that it is overdue" if told else "found it overdue, and nobody to tell"


_WORDS = {
    EventKind.OPENED: lambda event: "opened it",
    EventKind.COMMENTED: lambda event: "commented",
    EventKind.LINKED: _linked,
    EventKind.WATCHED: lambda event: "watches no longer" if event.body.get("ends") else "watches",
    EventKind.ASSIGNED: _assigned,
    EventKind.MOVED: _moved,
    EventKind.CHANGED: lambda event: "changed what is asked for; approvals so far are void",
    EventKind.DUE: _due,
    EventKind.REMINDED: lambda event: "reminded that it is due soon",
    EventKind.ESCALATED: _escalated,
}
