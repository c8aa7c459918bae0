"""The pipeline as JSON: what is asked for, and what is told."""

from typing import Annotated

from ninja import Field, Schema

from wald.api.shapes import Cell

_Text = Annotated[str, Field(max_length=4000)]
_Key = Annotated[str, Field(max_length=100)]
_FURTHEST = 2**53


class AskedPipeline(Schema):
    as_of: _Key = Field("", description="The day asked about; default: the last in the data.")
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")
    by: list[_Key] = Field(["stage"], max_length=10, description="Dimensions, three at most.")
    where: _Text = Field("", description="A condition over deals.")
    period: _Key = Field("", description="Of the expected closing day: 2017, 2017-Q3, 2017-07.")
    org: _Key = Field("then", description="Teams as they were `then`, or as they are `now`.")


class AskedChanges(Schema):
    first: _Key = Field("", alias="from", description="Default: a week before `to`.")
    second: _Key = Field("", alias="to", description="Default: the last day in the data.")
    known_from: _Key = Field("", description="The first day as Wald knew it then; default: known.")
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")
    where: _Text = Field("", description="A condition over deals.")
    period: _Key = Field("", description="Of the expected closing day: 2017, 2017-Q3, 2017-07.")
    org: _Key = Field("then", description="Teams as they were `then`, or as they are `now`.")
    closed_in: _Key = Field("planned", description="The period a closed deal counts in: `planned` "
                            "just before, or `closed`.")  # fmt: skip


class AskedChangedDeals(AskedChanges):
    bar: _Key = Field(description="new, pushed_out, won ...; or start, or finish.")
    limit: int = Field(50, ge=1, le=500, description="Deals on one page, largest part first.")
    offset: int = Field(0, ge=0, le=_FURTHEST)


class PipelineNoteShape(Schema):
    """Something that is not known; `records` says of how many, 0 where it is no count."""

    key: str
    records: int
    note: str


class PipelineShape(Schema):
    """`groups` have one key per dimension, and deals, amount and without_amount."""

    as_of: str
    known_at: str | None
    reaches: str | None
    currency: str
    period: str | None
    org: str
    by: list[str]
    total: dict[str, Cell]
    groups: list[dict[str, Cell]]
    notes: list[PipelineNoteShape]


class PipelineSumShape(Schema):
    deals: int
    amount: str


class PipelineEndShape(PipelineSumShape):
    without_amount: int


class PipelineBarShape(PipelineSumShape):
    bar: str


class PipelineFlowShape(PipelineSumShape):
    """From a category, or the bar a deal came by, to another, or the bar it left by."""

    before: str = Field(alias="from")
    after: str = Field(alias="to")


class PipelineChangesShape(Schema):
    """Start and bars add up to the end, exactly."""

    first: str = Field(alias="from")
    second: str = Field(alias="to")
    known_at: str | None
    reaches: str | None
    currency: str
    period: str | None
    org: str
    closed_in: str
    start: PipelineEndShape
    bars: list[PipelineBarShape]
    end: PipelineEndShape
    difference: str
    round_trips: PipelineSumShape
    flows: list[PipelineFlowShape]
    notes: list[PipelineNoteShape]


class DealSideShape(Schema):
    """A deal on one of the days; null where it was not there, or may not be seen."""

    stage: str | None
    forecast_category: str | None
    close_on: str | None
    owner: str | None
    outcome: str | None
    amount: str | None


class DealChangeShape(Schema):
    field: str
    old: str | None
    new: str | None
    changed_at: str
    changed_by: str | None


class ChangedDealShape(Schema):
    opportunity_id: str
    title: str
    adds: str
    before: DealSideShape
    after: DealSideShape
    moved_later: int
    moved_earlier: int
    changes: list[DealChangeShape]


class ChangedDealsShape(Schema):
    bar: str
    currency: str
    total: int
    deals: list[ChangedDealShape]


class AskedStageHistory(Schema):
    as_of: _Key = Field("", description="The day asked about; default: the last in the data.")
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")
    where: _Text = Field("", description="A condition over deals.")
    org: _Key = Field("then", description="Teams as they were `then`, or as they are `now`.")


class LastingShape(Schema):
    """`curve`: days, the share that is not over after them, and its 95 % interval."""

    median_days: int | None
    median_low: int | None
    median_high: int | None
    curve: list[tuple[int, float, float, float]]
    shares: dict[str, float]


class StageTimesShape(LastingShape):
    stage: str
    position: int
    stays: int
    running: int
    median_days_of_ended: int | None


class CohortShape(Schema):
    """Counts by the position of a stage: who reached it, and who stands there now."""

    opened_in: str
    deals: int
    reached: dict[str, int]
    pending: dict[str, int]
    won: int
    lost: int
    open: int


class UndefinedStageShape(Schema):
    stage: str
    stays: int


class StageHistoryShape(Schema):
    as_of: str
    known_at: str | None
    reaches: str | None
    deals: int
    open_deals: int
    to_close: LastingShape
    stages: list[StageTimesShape]
    cohorts: list[CohortShape]
    out_of_order: int
    undefined_stages: list[UndefinedStageShape]


class AskedCoverage(Schema):
    as_of: _Key = Field("", description="The day asked about; default: the last in the data.")
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")
    chance: float = Field(0.8, gt=0, lt=1, description="Of making the quota.")


class EarlierPeriodShape(Schema):
    """What was open on the same day of an earlier period, and what was booked in its rest."""

    period: str
    open: str
    booked_later: str


class TeamCoverageShape(Schema):
    """`team` null: everybody. `needed` null: too few periods. `made` of `periods` would have."""

    team: str | None
    open: str
    to_book: str | None
    coverage: float | None
    chance: float
    needed: float | None
    made: int | None
    periods: int
    before: list[EarlierPeriodShape]


class CoverageNeededShape(Schema):
    as_of: str
    period: str
    days_left: int
    currency: str
    teams: list[TeamCoverageShape]
