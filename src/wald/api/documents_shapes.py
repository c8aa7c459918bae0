"""Documents as JSON: the shapes that openapi.json tells."""

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict, JsonValue

from wald.api.shapes import ProblemShape

_Key = Annotated[str, Field(max_length=200)]
_Long = Annotated[str, Field(max_length=4000)]
_Text = Annotated[str, Field(max_length=200_000)]
_Number = Annotated[int, Field(ge=1, le=2**31 - 1)]
Standing = Literal[
    "",
    "draft",
    "in review",
    "sent back",
    "withdrawn",
    "approved",
    "in force",
    "superseded",
    "ended",
]


class AskedDocuments(Schema):
    type: _Key = ""
    state: Standing = Field("", description="Of the newest version; or in force, of any.")
    text: _Key = Field("", description="Words of type, name or unit.")
    on: _Key = Field("", description="The day asked about; default: today.")
    limit: int = Field(100, ge=1, le=1000, description="Documents on one page.")
    offset: int = Field(0, ge=0, le=10_000_000, description="How many to leave out first.")


class AskedEffective(Schema):
    unit: _Key = Field("", description="EMEA, or EMEA/DACH for a team; empty: the organization.")
    on: _Key = Field("", description="The day asked about; default: today.")
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")


class AskedDifference(Schema):
    other: int = Field(0, ge=0, le=2**31 - 1, description="Compared with; 0: the one before.")


class TextGiven(Schema):
    model_config = ConfigDict(extra="forbid")

    text: _Text = Field(description="The document in YAML.")


class DraftGiven(TextGiven):
    """`id` and `version` name the draft that the text replaces, as it was read; without them it
    is a new draft, or replaces one that is yours alone."""

    id: _Number | None = None
    version: _Number | None = None


class SeenGiven(Schema):
    """`version` is the one that was read; where there is another now, the answer is 409."""

    model_config = ConfigDict(extra="forbid")

    version: _Number


class ApprovalGiven(SeenGiven):
    why: _Long = ""


class AnswerGiven(SeenGiven):
    reason: _Long = Field(description="Why; the writers read it.")


class DocumentLineShape(Schema):
    type: str
    name: str
    unit: str
    state: str
    newest: int
    in_force: int | None
    starts_on: str | None
    until: str | None


class DocumentsShape(Schema):
    total: int
    documents: list[DocumentLineShape]


class TypeShape(Schema):
    key: str
    title: str
    source: str


class VersionLineShape(Schema):
    """`version` is the revision: it grows with every change of the draft."""

    id: int
    type: str
    name: str
    unit: str
    number: int
    version: int
    state: str
    starts_on: str
    ends_on: str | None
    owner: str
    reason: str
    author: str
    editors: list[str]
    drafted_at: str
    submitted_at: str | None
    approved_at: str | None
    approved_by: str
    withdrawn_at: str | None
    withdrawn_by: str
    answer: str


class BoundShape(Schema):
    path: str
    lowest: JsonValue
    highest: JsonValue
    one_of: list[JsonValue] | None


class VersionShape(VersionLineShape):
    local: list[BoundShape]
    content: dict[str, JsonValue]
    text: str


class VersionStepShape(VersionLineShape):
    """`since` and `until` are the days on which it holds, half-open."""

    standing: str
    since: str | None
    until: str | None


class FieldShape(Schema):
    path: str
    value: JsonValue
    words: str
    origin: str
    version_id: int
    is_local: bool


class PassedShape(Schema):
    version_id: int
    unit: str
    path: str
    why: str


class EffectiveShape(Schema):
    type: str
    name: str
    unit: str
    on: str
    known: str | None
    version_id: int
    content: dict[str, JsonValue]
    fields: list[FieldShape]
    passed: list[PassedShape]


class FindingShape(Schema):
    unit: str
    version_id: int
    why: str
    path: str
    sentence: str


class OverrideShape(Schema):
    unit: str
    version_id: int
    number: int
    standing: str
    starts_on: str
    expires_on: str | None
    owner: str
    reason: str
    findings: list[FindingShape]


class DocumentShape(Schema):
    type: str
    name: str
    unit: str
    on: str
    summary: str
    effective: EffectiveShape | None
    versions: list[VersionStepShape]
    overrides: list[OverrideShape]


class PlanShape(Schema):
    """With `problems` the text cannot be kept; `diff` are the lines of a unified diff."""

    type: str | None
    name: str | None
    unit: str | None
    starts_on: str | None
    is_new: bool
    compared_with: int | None
    problems: list[ProblemShape]
    changes: list[str]
    conflicts: list[FindingShape]
    notes: list[str]
    diff: list[str]


class DifferenceShape(Schema):
    old: int | None
    new: int
    changes: list[str]
    diff: list[str]
