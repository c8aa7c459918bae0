"""What goes in and out of statements as JSON; amounts are decimal strings."""

from ninja import Field, Schema
from pydantic import ConfigDict

_PERSON = Field("", max_length=200, description="Their key in the facts; empty: who asks.")
_WHO = Field(min_length=1, max_length=200, description="Their key in the facts.")
_LINE = Field(min_length=1, max_length=20, description="Node of the line's amount, such as n53.")
_RUN = Field(ge=1, le=2**31 - 1, description="Number of the run.")
_DAY = Field("", max_length=40, description="2026-01-31; empty: see the call.")


class AskedPerson(Schema):
    person: str = _PERSON


class AskedForm(AskedPerson):
    form: str = Field("json", max_length=10, description="json, csv or pdf.")
    currency: str = Field(
        "", max_length=3, description="Of who is paid in several: which. Empty: their first."
    )


class AskedStatement(Schema):
    run: int = _RUN
    person: str = _WHO


class AskedLine(AskedStatement):
    line: str = _LINE


class AskedEstimate(Schema):
    deal: str = Field("", max_length=200, description="An open deal.")
    amount: str = Field("", max_length=39, description="Or an amount, a decimal.")
    currency: str = Field("", max_length=3, description="Of the amount; empty: the plan's.")
    person: str = _PERSON
    on: str = _DAY


class NewDisputeShape(Schema):
    model_config = ConfigDict(extra="forbid")

    run: int = _RUN
    person: str = _WHO
    line: str = _LINE
    text: str = Field(min_length=1, max_length=10_000, description="What is wrong, and why.")


class StatementRunShape(Schema):
    run: int
    period: str
    starts_on: str
    released_at: str | None


class StatementShape(Schema):
    """A statement with its derivation; docs/compensation/statements.md says what each part is."""

    model_config = ConfigDict(extra="allow")

    format: str
    arithmetic: dict[str, object]
    run: int
    person: dict[str, str]
    period: dict[str, str]
    currency: str
    pays: list[dict[str, object]]
    deltas: list[dict[str, object]]
    adjustments: list[dict[str, object]]
    paid: str = Field(description="Id of a node.")
    nodes: list[dict[str, object]]
    sha256: str


class DiagnosisShape(Schema):
    kind: str
    sentence: str
    deals: list[str]


class DisputeShape(Schema):
    case: int
    line: str
    title: str
    state: str
    is_open: bool
    opened_by: str
    opened_at: str
    outcome: str


class CaseNumberShape(Schema):
    case: int


class SaidShape(Schema):
    of: str
    what: str
    answer: str


class PlanReadShape(Schema):
    version: int
    plan: str
    accepted_at: str | None
    accepted_by: str | None
    says: list[SaidShape]


class MissingShape(Schema):
    person: str
    name: str
    plan: str
    version: int


class GainShape(Schema):
    period: str
    component: str
    amount: str


class OutlookShape(Schema):
    on: str
    amount: str
    gains: list[GainShape]


class PersonEstimateShape(Schema):
    person: str
    name: str
    why: str
    currency: str
    now: OutlookShape | None
    later: OutlookShape | None
    why_not: list[str]


class EstimateShape(Schema):
    title: str
    amount: str
    currency: str
    on: str
    later_on: str
    people: list[PersonEstimateShape]
    unpaid: list[str]
