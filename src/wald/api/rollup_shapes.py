"""Roll-up, submissions and overrides as JSON; amounts are decimal strings."""

from typing import Annotated

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.api.insights_shapes import LARGEST
from wald.api.shapes import ProblemShape

_Key = Annotated[str, Field(max_length=200)]
_Day = Annotated[str, Field(max_length=40)]
_Number = Annotated[str, Field(max_length=40)]
_Amounts = dict[str, str]


class AskedForecast(Schema):
    period: _Day = Field("", description="2026-Q3 or 2026-07; default: what the data reach into.")
    as_of: _Day = Field("", description="The day asked about; default: the last in the data.")
    known: _Day = Field("", description="An instant: as Wald knew it then; default: now.")


class AskedLines(AskedForecast):
    unit: _Key = Field("", description="A person's key, a team or a region; default: all seen.")
    limit: int = Field(1000, ge=1, le=10_000, description="Lines on one page.")
    offset: int = Field(0, ge=0, le=LARGEST)


class AskedForecastRows(AskedForecast):
    person: _Key = Field("", description="Whose; default: everybody seen; `nobody`: nobody's.")
    what: _Day = Field(
        description="closed, commit, most_likely, best_case, pipeline, omitted, none."
    )
    limit: int = Field(100, ge=1, le=10_000, description="Rows on one page.")
    offset: int = Field(0, ge=0, le=LARGEST)


class NewSubmissionShape(Schema):
    model_config = ConfigDict(extra="forbid")

    period: _Day
    amounts: dict[_Day, _Number] = Field(
        max_length=10,
        description="By category: all that will be booked in the period, what is closed included.",
    )
    currency: str = Field("", max_length=3, description="Default: the reporting currency.")
    note: str = Field("", max_length=2000)
    person: _Key = Field("", description="Whose number; default: one's own.")
    version: int | None = Field(None, ge=0, le=LARGEST, description="The version looked at.")


class NewOverrideShape(Schema):
    model_config = ConfigDict(extra="forbid")

    person: _Key
    period: _Day
    category: _Day
    amount: _Number | None = Field(description="null takes the override back.")
    reason: str = Field(min_length=1, max_length=2000)
    currency: str = Field("", max_length=3, description="Default: the reporting currency.")
    version: int | None = Field(None, ge=0, le=LARGEST, description="The version looked at.")


class WrittenEntryShape(Schema):
    key: str
    kind: str
    person: str
    period: str
    version: int
    category: str
    amount: str | None
    currency: str
    note: str
    is_late: bool
    said_at: str
    by: str
    replaced: str | None
    replaced_currency: str


class WrittenForecastShape(Schema):
    """`is_new` false: the same was written by the same person just before, and stands."""

    version: int
    is_new: bool
    entries: list[WrittenEntryShape]


class SaidNumberShape(Schema):
    """`amount` is in the reporting currency, null without a rate; `given` as it was said."""

    key: str
    kind: str
    person: str
    seat: str
    category: str
    said_at: str
    amount: str | None
    given: str | None
    currency: str
    by: str
    by_person: str
    note: str
    is_late: bool
    replaced: str | None
    replaced_currency: str
    replaced_key: str


class ForecastEntryShape(SaidNumberShape):
    by_name: str
    team: str
    is_former_lead: bool
    stands: bool
    is_overridden: bool


class CallShape(Schema):
    amount: str | None
    said: SaidNumberShape | None
    said_by_former_lead: str | None
    override: SaidNumberShape | None
    age_days: int | None


class BelowShape(Schema):
    """What stands for those directly below, and for how many of them nothing does."""

    amount: str
    silent: int


class ForecastSumShape(Schema):
    quota: str | None
    closed: str
    below: dict[str, BelowShape]
    unpriced: int


class ChangedShape(Schema):
    deals: int
    amount: str


class ModelFigureShape(Schema):
    low: str
    middle: str
    high: str
    method: str


class ReconciledFigureShape(Schema):
    """What adds up, in whole cents, with its 80 % interval. `others`: what of it stands on no line
    below. `weight_of_said`: how much a unit of money more that its lead said would add."""

    low: str
    amount: str
    high: str
    others: str | None
    chance_of_quota: str | None
    weight_of_said: str | None


class FiguresShape(Schema):
    model: ModelFigureShape | None
    reconciled: ReconciledFigureShape | None


class ReconcilingErrorShape(Schema):
    """Summed errors as a share of what came, over earlier periods told from what was known then."""

    way: str
    level: str
    error: str
    periods: int


class ReconcilingShape(Schema):
    """`method`: bottom_up, mint_shrink or with_people; `why` it is used."""

    method: str
    why: str
    errors: list[ReconcilingErrorShape]


class ForecastLineShape(ForecastSumShape, FiguresShape):
    person: str
    name: str
    parent: str
    depth: int
    team: str
    region: str
    role: str
    has_left: bool
    is_asked: bool
    deals: _Amounts
    calls: dict[str, CallShape]
    is_stale: bool
    changed_since: ChangedShape | None
    gap: str | None
    committed_gap: str | None
    version: int
    may_submit: bool
    may_override: bool
    doubts: list[str]


class DeadlineShape(Schema):
    week: int
    at: str
    is_lock: bool


class ForecastStandingShape(Schema):
    """`gate` is early, open, locked or over; `until` is when that changes."""

    gate: str
    until: str | None
    week: int
    deadline: DeadlineShape | None


class NobodysShape(Schema):
    quota: str | None
    closed: str | None
    deals: _Amounts


class RollUpShape(Schema):
    period: str
    starts_on: str
    ends_on: str
    as_of: str
    currency: str
    calendar: str | None
    roll_up: str
    categories: list[str]
    standing: ForecastStandingShape
    lines: list[ForecastLineShape]
    total_lines: int
    above: list[str]
    reconciled: ReconcilingShape | None
    everybody: FiguresShape | None
    total: ForecastSumShape | None
    nobody: NobodysShape | None
    notes: list[str]
    problems: list[ProblemShape]


class ForecastHistoryShape(Schema):
    person: str
    name: str
    has_left: bool
    period: str
    as_of: str
    currency: str
    standing: ForecastStandingShape
    version: int
    may_submit: bool
    may_override: bool
    entries: list[ForecastEntryShape]


class ForecastRowShape(Schema):
    kind: str
    key: str
    opportunity: str
    name: str
    owner: str
    category: str
    amount: str | None
    on: str | None


class ForecastRowsShape(Schema):
    person: str | None
    what: str
    categories: list[str]
    period: str
    as_of: str
    currency: str
    amount: str
    total: int
    rows: list[ForecastRowShape]
