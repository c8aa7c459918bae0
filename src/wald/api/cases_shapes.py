"""Cases as JSON: what is asked for and taken, and what is told."""

from datetime import date, datetime
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

LARGEST = 2**53 - 1  # a number that every reader of JSON keeps
_Name = Annotated[str, Field(max_length=200)]
_Text = Annotated[str, Field(max_length=10_000)]
_Link = Annotated[str, Field(max_length=300)]
_Version = Annotated[int, Field(ge=1, le=LARGEST)]
Whose = Literal["mine", "team", "waiting", "queue", "all"]
KindName = Annotated[str, Field(max_length=50)]
QueueName = Literal[
    "sales_operations", "local_operations", "sales_leader", "manager", "finance", "administrator"
]


class AskedCases(Schema):
    whose: Whose = "all"
    status: Literal["open", "closed", "any"] = "open"
    kind: KindName = Field("", description="A key, such as approval.")
    state: str = Field("", max_length=30)
    assignee: _Name = ""
    overdue: bool = False
    search: str = Field("", max_length=200, description="In the title, or the case's number.")
    link: _Link = Field("", description="Such as opportunity:O1.")
    before: int | None = Field(None, ge=1, le=LARGEST, description="Only with a lower number.")
    limit: int = Field(100, ge=1, le=1000)


class _CaseShape(Schema):
    case_id: int
    kind: str
    title: str
    state: str
    is_open: bool
    assignee: str | None
    queue: str
    unit: str | None
    person_id: str | None
    opened_by: str
    opened_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    moved_at: datetime
    version: int


class CaseLineShape(_CaseShape):
    asked: list[str] = Field(description="Who still has to approve, by name.")


class VoteShape(Schema):
    name: str
    by: str


class CaseShape(_CaseShape):
    """A case as it is now; `moves` are those that the asker may make."""

    text: str
    reason: str | None
    outcome: str | None
    waits_for: str | None
    approvers: list[str]
    needs: Literal["all", "any"]
    votes: list[VoteShape]
    watchers: list[str]
    links: list[str]
    details: dict[str, str]
    moves: list[str]


class CaseEventShape(Schema):
    model_config = ConfigDict(populate_by_name=True)

    number: int
    kind: str
    at: datetime
    by: str
    for_name: str | None = Field(None, alias="for", description="Whom a delegate stood in for.")
    words: str
    text: str | None
    move: str | None
    links: list[str]


class NewCase(Schema):
    model_config = ConfigDict(extra="forbid")

    kind: KindName
    title: str = Field(min_length=1, max_length=300)
    text: _Text = ""
    assignee: _Name = ""
    queue: QueueName | None = Field(None, description="Default: that of its kind.")
    unit: _Name = ""
    person_id: _Name = Field("", description="Of the facts, whom it concerns.")
    due_at: datetime | None = Field(None, description="Default: after the hours of its kind.")
    links: list[_Link] = Field(default_factory=list, max_length=50)
    approvers: list[_Name] = Field(default_factory=list, max_length=20)
    needs: Literal["all", "any"] = "any"
    fingerprint: str = Field(
        "", max_length=100, description="What you have open already stays one."
    )


class NewComment(Schema):
    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(min_length=1, max_length=10_000)]


class NewLinks(Schema):
    model_config = ConfigDict(extra="forbid")

    links: list[_Link] = Field(min_length=1, max_length=50)


class NewAssignee(Schema):
    model_config = ConfigDict(extra="forbid")

    to: _Name
    version: _Version


class SeenVersion(Schema):
    model_config = ConfigDict(extra="forbid")

    version: _Version


class NewQueue(SeenVersion):
    queue: QueueName | None = Field(None, description="Default: the one it came from.")


class NewMove(SeenVersion):
    move: str = Field(max_length=50)
    reason: _Text = ""
    outcome: _Text = ""


class NewDue(SeenVersion):
    due_at: datetime


class NewWords(SeenVersion):
    title: str | None = Field(None, max_length=300)
    text: _Text | None = None


class Watching(Schema):
    model_config = ConfigDict(extra="forbid")

    on: bool


class WatchShape(Schema):
    case_id: int
    on: bool


class DelegationShape(Schema):
    delegation_id: int
    owner: str
    delegate: str
    starts_on: date
    ends_on: date
    why: str | None
    ended_at: datetime | None


class NewDelegation(Schema):
    model_config = ConfigDict(extra="forbid")

    to: _Name
    starts_on: date
    ends_on: date = Field(description="The first day without.")
    owner: _Name = Field("", description="Default: who asks; others only by administrators.")
    why: str = Field("", max_length=500)
