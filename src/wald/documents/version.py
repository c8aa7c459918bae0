"""A version of a document: a draft until somebody else approves it, and unchangeable from then on.

    draft -> in review -> approved        in review -> sent back -> draft
    a draft, or an approved version that does not hold yet, can be withdrawn

An approved version holds from its first day until the next one does, or until its own last day;
`in_force.py` says which held when. A unit's document is an override: it expires.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum


class State(Enum):
    """What a version is, kept with it."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    SENT_BACK = "sent_back"
    APPROVED = "approved"
    WITHDRAWN = "withdrawn"


class Standing(Enum):
    """What a version is on a day, as people say it."""

    DRAFT = "draft"
    IN_REVIEW = "in review"
    SENT_BACK = "sent back"
    WITHDRAWN = "withdrawn"
    AHEAD = "approved"  # holds from a later day on
    IN_FORCE = "in force"
    SUPERSEDED = "superseded"
    ENDED = "ended"  # on the day that it says itself


OPEN = frozenset({State.DRAFT, State.IN_REVIEW, State.SENT_BACK})


@dataclass(frozen=True, slots=True)
class Bound:
    """What units may change: one value, or with `*` for a key that of every entry.

    Limits are JSON values of the field; None sets none. Without any, every value may be chosen.
    """

    path: str
    lowest: object = None
    highest: object = None
    one_of: tuple[object, ...] | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """`content` is JSON: all of it for the organization, some of it for a unit."""

    version_id: int
    type: str
    name: str
    unit: str  # "": of the organization; a team below a region is "EMEA/DACH"
    number: int
    revision: int  # grows with every change of the draft
    state: State
    text: str
    content: Mapping[str, object]
    schema: int
    owner: str
    reason: str
    local: tuple[Bound, ...]
    author: str
    editors: tuple[str, ...]  # everybody who wrote on it, the author too
    drafted_at: datetime
    starts_on: date
    ends_on: date | None  # first day that it no longer holds
    submitted_at: datetime | None = None
    approved_at: datetime | None = None
    approved_by: str = ""
    withdrawn_at: datetime | None = None
    withdrawn_by: str = ""
    answer: str = ""

    @property
    def label(self) -> str:
        """Return whose version it is, in words."""
        whose = self.unit or "the organization"
        return f"version {self.number} of {whose}"

    @property
    def address(self) -> str:
        return f"/documents/versions/{self.version_id}/"

    @property
    def about(self) -> str:
        return about(self.type, self.name, self.unit)


def about(type: str, name: str, unit: str) -> str:
    """Return what links and the journal call a document."""
    whose = f"@{unit}" if unit else ""
    return f"document:{type}/{name}{whose}"


def units_above(unit: str) -> tuple[str, ...]:
    """Return whose documents hold for a unit: "" first, then region, then team within it."""
    parts = [part for part in unit.split("/") if part]
    return ("", *("/".join(parts[:n]) for n in range(1, len(parts) + 1)))
