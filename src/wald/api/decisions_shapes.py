"""Decisions as JSON: what is asked for and taken, and what is told."""

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.api.insights_shapes import LARGEST, SimilarShape

_Short = Annotated[str, Field(max_length=500)]
_Key = Annotated[str, Field(max_length=100)]
_Number = Annotated[str, Field(max_length=40)]
_Id = Annotated[int, Field(ge=1, le=LARGEST)]


class AskedDecisions(Schema):
    state: Literal[
        "", "waiting", "measured", "came", "did_not_come", "cannot_tell", "superseded"
    ] = ""
    metric: _Key = ""
    decided_by: str = Field("", max_length=200)
    before: int | None = Field(None, ge=1, le=LARGEST, description="Only with a lower number.")
    limit: int = Field(100, ge=1, le=1000)


class AskedSearch(Schema):
    text: str = Field(max_length=1000, description="Words, or the beginnings of words.")
    limit: int = Field(20, ge=1, le=100)


class NewDecision(Schema):
    """A decision and what is expected of it; changes and shares as texts, so no float rounds
    them. It is never edited later: another one names it in `supersedes`."""

    model_config = ConfigDict(extra="forbid")

    question: _Short
    options: list[_Short] = Field(max_length=20)
    choice: _Short
    why: str = Field(max_length=20_000)
    kind: _Key = "other"
    metric: _Key
    population: str = Field("", max_length=4000, description="A condition over its rows.")
    period: _Key = Field("", description="Over which it is measured; none for a level.")
    baseline: _Key = Field("", description="Compared with; default: the last one as long.")
    low: _Number = Field(description="Expected change, at least: 0.02, or 2 points of a ratio.")
    estimate: _Number
    high: _Number
    confidence: _Number = Field(description="That it comes: 0.7 or 70 %.")
    review_on: _Number = Field(description="The day on which it is measured.")
    insight_id: _Id | None = None
    supersedes: _Id | None = None
    links: list[_Short] = Field([], max_length=50)
    design: _Key = Field("", description="How it is measured; proposed: Wald chooses.")
    unit: _Key = Field("", description="The dimension whose values are compared or drawn.")


class NewReview(Schema):
    model_config = ConfigDict(extra="forbid")

    only: _Id | None = Field(None, description="The number of the one that is wanted.")


class ReadingShape(Schema):
    """The metric read once, and what the figure rests on."""

    value: str | None
    numerator: str | None
    denominator: str | None
    records: int
    currency: str | None
    as_of: str
    known: str
    loads: list[int]
    signature: str
    notes: list[str]


class EffectShape(Schema):
    low: str
    estimate: str
    high: str


class DesignShape(Schema):
    """Chosen before the decision. `least` is the smallest effect that it tells four times in five,
    `pool` and `drawn` say whom a lot was drawn among and on whom it fell."""

    key: str
    title: str
    why: str
    unit: str | None
    months: list[str]
    treated: int
    others: int
    least: str | None
    pool: str
    drawn: list[str]


class SlotShape(Schema):
    """A month: what was, and what would have been without the decision; of a sum per unit."""

    month: str
    value: str | None
    without: str | None
    is_after: bool


class WeightShape(Schema):
    name: str
    weight: str


class MeasuredShape(Schema):
    """What the design said. `trend`: how much faster per month those it reaches moved before."""

    effect: EffectShape | None
    reason: str | None
    treated: int
    others: int
    trend: EffectShape | None
    trend_chance: str | None
    chance: str | None
    low_limit: str | None
    high_limit: str | None
    signals: int
    weights: list[WeightShape]
    notes: list[str]
    chart: list[SlotShape]


class OutcomeShape(Schema):
    """`has_come` null: it cannot be told. `others_change` is a comparison, no proof. `measured` is
    what the decision's design says; null: it has none, and the change is what came of it."""

    measured_at: str
    change: str | None
    has_come: bool | None
    reason: str | None
    waits: bool
    reading: ReadingShape
    others: ReadingShape | None
    others_change: str | None
    earlier: list[str]
    measured: MeasuredShape | None


class ReviewedShape(OutcomeShape):
    decision_id: int
    case_id: int | None


class IntervalShape(Schema):
    low: str
    high: str


class DecisionShape(Schema):
    """`interval`: of a share of rows, between what the change lies, 95 % sure."""

    decision_id: int
    question: str
    options: list[str]
    choice: str
    why: str
    kind: str
    metric: str
    unit: str
    population: str
    period: str | None
    baseline: str | None
    low: str
    estimate: str
    high: str
    confidence: str
    review_on: str
    decided_by: str
    decided_at: str
    insight_id: int | None
    supersedes: int | None
    superseded_by: int | None
    links: list[str]
    state: str
    snapshot: ReadingShape
    snapshot_of_others: ReadingShape | None
    outcome: OutcomeShape | None
    interval: IntervalShape | None
    design: DesignShape | None


class CheckedShape(Schema):
    """What would be frozen, how it would be measured, whom it reaches, and what was decided before
    that is like it."""

    snapshot: ReadingShape
    design: DesignShape | None
    population: str
    similar: list[SimilarShape]


class CalibrationStepShape(Schema):
    confidence: str
    times: int
    came: int


class CalibrationShape(Schema):
    """The parts are null where there are too few outcomes to say."""

    outcomes: int
    came: int
    mean_confidence: str
    says: str
    score: str | None
    reliability: str | None
    resolution: str | None
    uncertainty: str | None
    steps: list[CalibrationStepShape]


class DecidersShape(Schema):
    all: CalibrationShape | None
    by_decider: dict[str, CalibrationShape]
    by_kind: dict[str, CalibrationShape]


class FoundShape(Schema):
    kind: str
    number: int
    title: str
    detail: str
