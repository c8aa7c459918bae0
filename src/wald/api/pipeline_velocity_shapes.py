"""Exit criteria, velocity and pushes as JSON: what is asked for, and what is told."""

from typing import Annotated

from ninja import Field, Schema

_Text = Annotated[str, Field(max_length=4000)]
_Key = Annotated[str, Field(max_length=100)]
_FURTHEST = 2**53
_PERIOD = "2017, 2017-Q3, 2017-07; default: the quarter of the last day in the data."


class _AskedDeals(Schema):
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")
    where: _Text = Field("", description="A condition over deals.")
    org: _Key = Field("then", description="Teams as they were `then`, or as they are `now`.")


class AskedCriteria(_AskedDeals):
    as_of: _Key = Field("", description="The day asked about; default: the last in the data.")


class AskedVelocity(_AskedDeals):
    period: _Key = Field("", description=_PERIOD)
    beside: _Key = Field("", description="Another period; default: the one before.")
    by: _Key = Field("team", description="team, region, segment or rep.")


class AskedPushes(_AskedDeals):
    period: _Key = Field("", description=_PERIOD)


class AskedPushedDeals(AskedPushes):
    kind: _Key = Field(description="pushed, round_trip, gone_back, back_and_forth, serial, never, "
                      "once, twice, three_times or more_often.")  # fmt: skip
    limit: int = Field(50, ge=1, le=500, description="Deals on one page, moved most often first.")
    offset: int = Field(0, ge=0, le=_FURTHEST)


class AskedCriterionDeals(AskedCriteria):
    stage: _Key = Field(description="The key of a stage.")
    criterion: _Key = Field("", description="The key of an exit criterion of it.")
    side: _Key = Field("all", description="all, or of a criterion: with, without or missing.")
    segment: _Key = Field("", description="Of which segment the criterion is, if of one alone.")
    limit: int = Field(50, ge=1, le=500, description="Deals on one page, the newest first.")
    offset: int = Field(0, ge=0, le=_FURTHEST)


class CriterionDealShape(Schema):
    opportunity_id: str
    name: str | None
    rep: str | None
    segment: str | None
    stage: str | None
    outcome: str
    amount: str | None
    opened_on: str | None
    closed_on: str | None


class CriterionDealsShape(Schema):
    stage: str
    criterion: str | None
    side: str
    as_of: str
    currency: str
    total: int
    deals: list[CriterionDealShape]


class DoubtedShape(Schema):
    """A figure with its 95 % interval."""

    low: float
    value: float
    high: float


class StageChanceShape(Schema):
    """`segments` empty: everybody else. `measured` null: fewer than ten deals closed."""

    stage: str
    key: str
    segments: list[str]
    deals: int
    expected: str | None
    measured: DoubtedShape | None
    not_over: float | None
    closed: int | None


class EvidenceSideShape(Schema):
    """Deals that came to the end of a stage; `won` and `lost` are of those that went on."""

    deals: int
    there: int
    went_on: int
    won: int
    lost: int
    won_share: DoubtedShape | None


class ExitCriterionShape(Schema):
    """`kept` is the share with evidence of deals that went on, `difference` of the won shares."""

    stage: str
    segments: list[str]
    key: str
    words: str
    evidence: str
    why_not_known: str | None
    with_evidence: EvidenceSideShape | None
    without_evidence: EvidenceSideShape | None
    kept: DoubtedShape | None
    difference: DoubtedShape | None


class ExitCriteriaShape(Schema):
    """`process` null: none is agreed, and the stages are those of the data."""

    as_of: str
    known_at: str | None
    reaches: str | None
    process: str | None
    stages: list[StageChanceShape]
    criteria: list[ExitCriterionShape]
    stages_without_deals: list[str]


class StretchShape(Schema):
    label: str
    first: str
    last: str


class VelocityFiguresShape(Schema):
    """`a_day` null: `why_not_known` says why. `won_a_day` is what was won in the period a day."""

    deals: int
    win_rate: DoubtedShape | None
    amount: DoubtedShape | None
    days: DoubtedShape | None
    not_over: float | None
    closed: int | None
    won: int
    a_day: DoubtedShape | None
    won_a_day: str
    why_not_known: str | None


class VelocityLineShape(Schema):
    """`group` "": everybody. What `moved` adds up to `difference`, exactly. `deals_behind` are
    conditions as of the last day of the period."""

    group: str | None
    now: VelocityFiguresShape
    then: VelocityFiguresShape
    difference: str | None
    moved: dict[str, str] | None
    deals_behind: dict[str, str]


class VelocityShape(Schema):
    period: StretchShape
    beside: StretchShape
    currency: str
    by: str
    known_at: str | None
    reaches: str | None
    lines: list[VelocityLineShape]


class PushCountsShape(Schema):
    deals: int
    pushed: int
    pushes: int
    pushed_days: int
    pulls: int
    round_trips: int
    back_and_forth: int
    gone_back: int
    serial: int
    days: int
    days_a_push: float | None


class PushHabitShape(PushCountsShape):
    """`times` as often as everybody over as many open days, drawn towards 1, with its interval."""

    owner_id: str | None
    name: str
    expected_pushes: float
    times: float
    low: float
    high: float
    stands_out: bool


class PushOutcomeShape(Schema):
    """Deals pushed so often by the end of the period; 4 is four times or more."""

    pushes: int
    won: int
    lost: int
    open: int
    won_share: DoubtedShape | None


class PushesShape(Schema):
    period: StretchShape
    currency: str
    known_at: str | None
    reaches: str | None
    everybody: PushCountsShape
    people_differ: bool
    people: list[PushHabitShape]
    outcomes: list[PushOutcomeShape]


class PushedDealShape(Schema):
    opportunity_id: str
    name: str
    rep: str | None
    stage: str | None
    outcome: str
    close_on: str | None
    amount: str | None
    pushes: int
    pulls: int
    pushed_days: int
    pulled_days: int
    backs: int
    ons: int
    ever: int


class PushedDealsShape(Schema):
    kind: str
    period: StretchShape
    currency: str
    total: int
    deals: list[PushedDealShape]
