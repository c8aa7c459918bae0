"""A case is the fold of its events: what it is now follows from them, and from nothing else.

An event says what it led to (the state, whether the case closed by it), so that a kind that
changes later does not rewrite what was. Events are numbered from 1, without gaps.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from types import MappingProxyType


class EventKind(Enum):
    OPENED = "opened"
    COMMENTED = "commented"
    LINKED = "linked"
    WATCHED = "watched"
    ASSIGNED = "assigned"
    MOVED = "moved"
    CHANGED = "changed"
    DUE = "due"
    REMINDED = "reminded"
    ESCALATED = "escalated"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a case; `for_name` is whom `by` stood in for. `body` is JSON."""

    number: int
    kind: EventKind
    at: datetime
    by: str
    for_name: str = ""
    body: Mapping[str, object] = field(default_factory=dict)

    @property
    def who(self) -> str:
        """Return `max`, or `max for mia`."""
        return f"{self.by} for {self.for_name}" if self.for_name else self.by

    def text(self, name: str) -> str:
        value = self.body.get(name)
        return value if isinstance(value, str) else ""

    def texts(self, name: str) -> tuple[str, ...]:
        value = self.body.get(name)
        return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()

    def instant(self, name: str) -> datetime | None:
        text = self.text(name)
        return datetime.fromisoformat(text) if text else None


@dataclass(frozen=True, slots=True)
class Vote:
    """That `by` agreed, as `name`: themselves, or whom they stood in for."""

    name: str
    by: str


@dataclass(frozen=True, slots=True)
class Case:
    """What a case is now. `version` is the number of its last event."""

    kind: str
    title: str
    state: str
    is_open: bool
    opened_at: datetime
    opened_by: str
    moved_at: datetime
    version: int
    assignee: str = ""
    queue: str = ""  # a Role
    unit: str = ""
    person_id: str = ""
    due_at: datetime | None = None
    reminded_at: datetime | None = None
    escalated_at: datetime | None = None
    closed_at: datetime | None = None
    text: str = ""
    reason: str = ""
    outcome: str = ""
    authors: tuple[str, ...] = ()  # who wrote what is asked for, or on whose behalf
    approvers: tuple[str, ...] = ()
    needs_all: bool = False
    votes: tuple[Vote, ...] = ()
    watchers: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=lambda: MappingProxyType({}))


def fold(events: Iterable[Event]) -> Case:
    """Return the case that these events make. Raises ValueError where their numbers have gaps."""
    waiting = iter(events)
    first = next(waiting, None)
    if first is None:
        raise ValueError("a case begins with an event")
    case = opened(first)
    for event in waiting:
        case = after(case, event)
    return case


def opened(event: Event) -> Case:
    """Return the case that an opening makes. Raises ValueError if the event is none."""
    if event.kind is not EventKind.OPENED or event.number != 1:
        raise ValueError(f"a case begins with its opening, not with {event.kind.value}")
    details = event.body.get("details")
    return Case(
        kind=event.text("kind"),
        title=event.text("title"),
        state=event.text("state"),
        is_open=True,
        opened_at=event.at,
        opened_by=event.by,
        moved_at=event.at,
        version=1,
        assignee=event.text("assignee"),
        queue=event.text("queue"),
        unit=event.text("unit"),
        person_id=event.text("person"),
        due_at=event.instant("due"),
        text=event.text("text"),
        authors=_with((), event.by, *event.texts("authors")),
        approvers=event.texts("approvers"),
        needs_all=event.body.get("needs") == "all",
        links=_with((), *event.texts("links")),
        details=MappingProxyType(dict(details) if isinstance(details, Mapping) else {}),
    )


def after(case: Case, event: Event) -> Case:
    """Return the case with one more event. Raises ValueError where it is not the next one."""
    if event.number != case.version + 1:
        raise ValueError(f"event {event.number} cannot follow event {case.version}")
    return replace(_CHANGES[event.kind](case, event), version=event.number)


def _commented(case: Case, event: Event) -> Case:
    return replace(case, watchers=_with(case.watchers, event.for_name or event.by))


def _linked(case: Case, event: Event) -> Case:
    return replace(case, links=_with(case.links, *event.texts("links")))


def _watched(case: Case, event: Event) -> Case:
    if event.body.get("ends"):
        return replace(case, watchers=tuple(n for n in case.watchers if n != event.by))
    return replace(case, watchers=_with(case.watchers, event.by))


def _assigned(case: Case, event: Event) -> Case:
    """Hand the case over; whoever was asked to approve and hands over is no longer asked.

    Who had it, and in whose name it was handed over, go on watching it.
    """
    given, asked = event.text("assignee"), case.approvers
    hands_over = event.for_name or event.by
    leaves = hands_over if hands_over in asked else case.assignee
    if given:
        asked = _with((), *(given if name == leaves else name for name in asked))
    queue = event.text("queue") or case.queue
    watchers = _with(case.watchers, case.assignee, hands_over)
    return replace(case, assignee=given, queue=queue, approvers=asked, watchers=watchers)


def _moved(case: Case, event: Event) -> Case:
    ends, vote = bool(event.body.get("ends")), event.text("vote")
    to = event.text("to")
    moved = replace(
        case,
        state=to,
        is_open=not ends,
        closed_at=event.at if ends else None,
        moved_at=event.at if to != case.state else case.moved_at,
        votes=(*case.votes, Vote(vote, event.by)) if vote else case.votes,
        reason=event.text("reason"),
        outcome=event.text("outcome"),
    )
    due = event.instant("due")  # a case that is opened again has time again
    return moved if due is None else _due_at(moved, due)


def _changed(case: Case, event: Event) -> Case:
    """Change what is asked for: nobody has agreed to that yet."""
    return replace(
        case,
        title=event.text("title") or case.title,
        text=event.text("text") if "text" in event.body else case.text,
        authors=_with(case.authors, event.by, event.for_name),
        votes=(),
    )


def _due(case: Case, event: Event) -> Case:
    return _due_at(case, event.instant("due"))


def _due_at(case: Case, due: datetime | None) -> Case:
    return replace(case, due_at=due, reminded_at=None, escalated_at=None)


def _reminded(case: Case, event: Event) -> Case:
    return replace(case, reminded_at=event.at)


def _escalated(case: Case, event: Event) -> Case:
    return replace(case, escalated_at=event.at, watchers=_with(case.watchers, *event.texts("told")))


def _opened_twice(case: Case, event: Event) -> Case:
    raise ValueError("a case is opened once")


def _with(names: tuple[str, ...], *new: str) -> tuple[str, ...]:
    """Return the names and the new ones that are not among them, in order."""
    return tuple(dict.fromkeys(name for name in (*names, *new) if name))


_CHANGES: Mapping[EventKind, Callable[[Case, Event], Case]] = MappingProxyType(
    {
        EventKind.OPENED: _opened_twice,
        EventKind.COMMENTED: _commented,
        EventKind.LINKED: _linked,
        EventKind.WATCHED: _watched,
        EventKind.ASSIGNED: _assigned,
        EventKind.MOVED: _moved,
        EventKind.CHANGED: _changed,
        EventKind.DUE: _due,
        EventKind.REMINDED: _reminded,
        EventKind.ESCALATED: _escalated,
    }
)
