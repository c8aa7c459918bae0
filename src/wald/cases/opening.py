"""What a case opens with, and what can be wrong with it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from wald.cases.case import QUEUE_ROLES, CaseKind
from wald.cases.checks import LONGEST_TEXT, LONGEST_TITLE, text_problems
from wald.cases.links import link_problems
from wald.kernel.period import YEARS
from wald.kernel.policy import Role
from wald.kernel.problem import Problem

OWN_WORDS = ("text", "approvers", "needs", "authors")  # of a body; the rest are details
LONGEST_NAME = 200
_LONGEST_FINGERPRINT = 100
_LONGEST_DETAILS = 20_000
_NEEDS = ("all", "any")


@dataclass(frozen=True, slots=True)
class Opening:
    """A case that is asked for. `body` holds `text`, `approvers`, `needs` and details."""

    title: str
    assignee: str
    queue: Role | None
    unit: str
    person_id: str
    due_at: datetime | None
    links: tuple[str, ...]
    body: Mapping[str, object]
    fingerprint: str

    def names(self, word: str) -> tuple[str, ...]:
        value = self.body.get(word, ())
        return tuple(str(one) for one in value) if isinstance(value, list | tuple) else ()

    @property
    def text(self) -> str:
        return str(self.body.get("text", ""))

    @property
    def details(self) -> dict[str, object]:
        return {key: value for key, value in self.body.items() if key not in OWN_WORDS}


def opening_problems(opening: Opening, kind: CaseKind) -> Iterator[Problem]:
    """Yield everything that is wrong, users apart: only the records know those."""
    if not opening.title.strip():
        yield Problem("title", "it is missing", "say in a few words what it is about")
    yield from text_problems("title", opening.title, LONGEST_TITLE)
    yield from text_problems("text", opening.text, LONGEST_TEXT)
    for where, text in (("unit", opening.unit), ("person", opening.person_id)):
        yield from text_problems(where, text, LONGEST_NAME)
    yield from text_problems("fingerprint", opening.fingerprint, _LONGEST_FINGERPRINT)
    yield from link_problems(opening.links)
    if opening.queue is not None and opening.queue not in QUEUE_ROLES:
        known = ", ".join(role.value for role in QUEUE_ROLES)
        yield Problem("queue", f"{opening.queue.title} has no queue", f"choose among {known}")
    if opening.due_at is not None:
        yield from due_problems(opening.due_at)
    yield from _body_problems(opening, kind)


def due_problems(due_at: datetime) -> Iterator[Problem]:
    """Yield what is wrong with a due time."""
    if due_at.tzinfo is None:
        yield Problem("due", "it has no time zone", "write it like 2025-03-31T17:00:00+01:00")
    elif due_at.year not in YEARS:
        years = f"{YEARS.start} to {YEARS.stop - 1}"
        yield Problem("due", "it is far from our time", f"give one in the years {years}")


def _body_problems(opening: Opening, kind: CaseKind) -> Iterator[Problem]:
    body = opening.body
    if not kind.has_votes and ("approvers" in body or "needs" in body):
        yield Problem("approvers", f"a {kind.title.lower()} asks nobody to approve", "leave it out")
    for word in ("approvers", "authors"):
        value = body.get(word, ())
        if not isinstance(value, list | tuple) or not all(isinstance(n, str) for n in value):
            yield Problem(word, "it is no list of names", "give a list of user names")
    if body.get("needs", "any") not in _NEEDS:
        yield Problem("needs", f"{body['needs']!r} is not known", "choose among all, any")
    try:
        written = json.dumps(dict(body), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        yield Problem("body", "it is not JSON", "give texts, numbers, lists and objects only")
        return
    if "\\u0000" in written:
        yield Problem("body", "it holds a NUL character", "take it out")
    if len(written) > _LONGEST_DETAILS + LONGEST_TEXT * 6:
        what = f"it has {len(written):,} characters"
        yield Problem("body", what, f"keep to {_LONGEST_DETAILS:,}; link what is longer")
