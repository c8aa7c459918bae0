"""Calibration as JSON: shares of four digits."""

from typing import Annotated

from ninja import Field, Schema

from wald.api.documents_shapes import VersionShape

_Key = Annotated[str, Field(max_length=200)]


class AskedCalibration(Schema):
    as_of: _Key = Field("", description="The day; default: the last in the data.")


class ChanceMeasuredShape(Schema):
    """`open_yet` is the share of which it is not known yet; `spread` how much more than by chance
    the shares of quarter years vary."""

    low: str
    estimate: str
    high: str
    deals: int
    closed: int
    open_yet: str
    spread: str


class StageCalibratedShape(Schema):
    key: str
    stage: str
    title: str
    segments: list[str] = Field(description="Empty: everybody without a chance of their own.")
    agreed: str | None
    measured: ChanceMeasuredShape | None = Field(description="Null: too few deals closed.")
    a_year_before: ChanceMeasuredShape | None = Field(description="As measured a year before.")
    came_since: ChanceMeasuredShape | None
    p_value: float | None
    is_off: bool = Field(description="Out of line, all stages judged together at 5 %.")
    proposed: str | None


class StageRecordShape(Schema):
    """By how much chances missed what came in the last year, on average over deals."""

    deals: int
    agreed_missed_by: str
    measured_missed_by: str


class StagesCalibratedShape(Schema):
    as_of: str
    known_at: str | None
    reaches: str | None
    document: str = Field(description="The sales process in force; empty: none.")
    stages: list[StageCalibratedShape]
    record: StageRecordShape | None


class CalibrationWarningShape(Schema):
    where: str
    what: str
    fix: str


class ProposedProcessShape(Schema):
    text: str
    changes: list[str]
    difference: list[str]
    warnings: list[CalibrationWarningShape]
    open_draft: int | None = Field(description="A draft of it that somebody works on already.")


class DraftedChancesShape(Schema):
    version: VersionShape | None = Field(description="Null: there is nothing to draft.")
    why: str


class CalibratedIntervalShape(Schema):
    low: str
    estimate: str
    high: str


class CalibratedShareShape(CalibratedIntervalShape):
    """`spread`: how much more periods vary than chance alone would make them."""

    hits: int
    tries: int
    periods: int
    spread: str


class CategoryCalibratedShape(Schema):
    category: str
    title: str
    deals: int
    won: CalibratedShareShape | None
    of_amount: CalibratedIntervalShape | None = Field(description="Of the amount that was said.")
    against_the_next: str = Field(description="apart, alike or upside down; empty: not told.")


class CategoriesCalibratedShape(Schema):
    as_of: str
    periods: list[str]
    categories: list[CategoryCalibratedShape]
    unsaid: CalibratedIntervalShape | None = Field(
        description="Share of what was won after the day that nobody had said for the quarter."
    )


class QuotaCalibratedShape(Schema):
    team: str = Field(description="Empty: everybody.")
    quotas: int
    reached: CalibratedShareShape | None
    booked_of_asked: str
    says: str


class QuotasCalibratedShape(Schema):
    as_of: str
    windows: int
    everybody: QuotaCalibratedShape | None
    teams: list[QuotaCalibratedShape]
    teams_left_out: int = Field(description="With fewer than three people, or too few quotas.")


class AskedIncentives(Schema):
    as_of: _Key = Field("", description="The day; default: the last in the data.")
    all_rules: bool = Field(False, description="The linter asks every rule: seconds a plan.")


class BunchingShape(Schema):
    """Windows that ended just above the threshold, beyond those expected there."""

    windows: int
    expected: str
    excess: CalibratedIntervalShape
    missing: str = Field(description="Fewer than expected in the tenth below the threshold.")


class ClauseLookShape(Schema):
    key: str
    verdict: str = Field(description="found, hint, nothing, too little, or shown: not judged.")
    p_value: float | None
    words: str


class ClauseLintShape(Schema):
    rule: str
    verdict: str
    sentence: str | None = Field(description="Null: you may not see everybody's pay.")


class ClauseShape(Schema):
    plan: str
    document: str
    component: str
    kind: str
    threshold: str
    window: str | None
    of_teams: bool
    unable: str = Field(description="Why nothing can be told; empty: something can.")
    paid_in_a_year: str | None = Field(description="Null: not known, or not yours to see.")
    bunching: BunchingShape | None
    looks: list[ClauseLookShape]
    linter: list[ClauseLintShape]


class IncentivesShape(Schema):
    as_of: str
    looks: int = Field(description="How many looks were judged together.")
    sees_pay: bool
    currency: str
    clauses: list[ClauseShape]
