"""Insights as JSON: what is asked for and taken, and what is told."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.api.shapes import AnswerShape, Cell

LARGEST = 2**53 - 1  # a number that every reader of JSON keeps
_Text = Annotated[str, Field(max_length=4000)]
_Key = Annotated[str, Field(max_length=100)]
_Size = Annotated[Decimal, Field(max_digits=30, decimal_places=12, allow_inf_nan=False)]
_Share = Annotated[Decimal, Field(ge=0, le=1, max_digits=20, allow_inf_nan=False)]
_Fact = (
    Annotated[str, Field(max_length=4000)]
    | bool
    | Annotated[int, Field(ge=-LARGEST, le=LARGEST)]
    | Annotated[float, Field(allow_inf_nan=False)]
    | None
)
StatusName = Literal["new", "looking", "decided", "dismissed", "gone"]


class AskedInsights(Schema):
    status: StatusName | Literal["open", ""] = Field("", description="open: new or looked at.")
    metric: _Key = ""
    least: int | None = Field(None, ge=0, le=10**12, description="Of so much money, or more.")
    before: int | None = Field(None, ge=1, le=LARGEST, description="Only with a lower number.")
    limit: int = Field(100, ge=1, le=1000)


class AskedInsightRows(Schema):
    limit: int = Field(100, ge=1, le=1000)
    offset: int = Field(0, ge=0, le=10**9)


class QueryShape(Schema):
    """The query behind it: of a metric, or without one of the deals table."""

    model_config = ConfigDict(extra="forbid")

    metric: _Key = ""
    where: _Text = ""
    period: _Key = ""
    as_of: date | None = Field(None, description="Default: as far as the data reach.")
    known: datetime | None = Field(None, description="Default: now.")


class NewInsight(Schema):
    """What was noticed. A detector names itself as `source`."""

    model_config = ConfigDict(extra="forbid")

    claim: str = Field(min_length=1, max_length=500)
    source: _Key = "person"
    subject: str = Field("", max_length=300, description="Such as segment:Retail.")
    question: QueryShape = Field(default_factory=lambda: QueryShape(as_of=None, known=None))
    low: _Size | None = None
    estimate: _Size | None = None
    high: _Size | None = None
    unit: Literal["count", "money", "ratio", "days", "hours", "average"] | None = Field(
        None, description="Of the size; default: the metric's."
    )
    p_value: _Share | None = None
    confidence: _Share | None = None
    evidence: dict[_Key, _Fact] = Field({}, max_length=200)


class NewStatus(Schema):
    """`version` is the one that was read: another one there answers 409 with what changed."""

    model_config = ConfigDict(extra="forbid")

    status: StatusName
    why: str = Field("", max_length=2000, description="Dismissing needs it.")
    version: int = Field(ge=1, le=LARGEST)


class NewInsightCase(Schema):
    model_config = ConfigDict(extra="forbid")

    assignee: str = Field("", max_length=150)


class QueryTold(Schema):
    metric: str | None
    where: str
    period: str
    as_of: str | None
    known: str | None
    search: str
    filters: dict[str, str]


class InsightShape(Schema):
    insight_id: int
    claim: str
    source: str
    subject: str
    metric: str | None
    unit: str
    currency: str | None
    low: str | None
    estimate: str | None
    high: str | None
    p_value: str | None
    confidence: str | None
    evidence: dict[str, Cell]
    question: QueryTold
    fingerprint: str
    status: str
    first_seen_at: str
    last_seen_at: str
    times_seen: int
    recorded_by: str
    version: int


class HappeningShape(Schema):
    number: int
    kind: str
    at: str
    by: str
    why: str


class InsightRowsShape(Schema):
    answer: AnswerShape | None
    problem: str | None
    total_rows: int
    rows_behind: list[dict[str, Cell]]


class SimilarEffectShape(Schema):
    low: str
    estimate: str
    high: str


class SimilarShape(Schema):
    """`change` is what followed, of a decision that was measured, and `effect` what its design says
    of it; `reasons` why it is alike."""

    kind: str
    number: int
    title: str
    detail: str
    choice: str | None
    change: str | None
    effect: SimilarEffectShape | None
    likeness: float
    reasons: list[str]


class BeginningShape(Schema):
    """A decision to begin with; why, and how sure, is for who decides to say."""

    question: str
    options: list[str]
    choice: str
    kind: str
    metric: str
    population: str
    period: str
    low: str
    estimate: str
    high: str
    review_on: str
    design: str
    unit: str


class BackShape(Schema):
    decision_id: int
    gone_at: str | None
    seen_at: str
    words: str


class ProposalShape(Schema):
    """`came_back` tells of a finding that was decided on and is there again."""

    action: str
    title: str
    advice: str
    document: str | None
    decision: BeginningShape
    came_back: BackShape | None


class CaseNumber(Schema):
    """`reviews` are cases of deals to look at, `draft` the version that was drafted of the document
    which would change."""

    case_id: int
    reviews: list[int]
    draft: int | None
