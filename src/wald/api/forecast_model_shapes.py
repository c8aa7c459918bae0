"""Model forecasts as JSON: amounts as decimal strings without cents, shares of four digits."""

from typing import Annotated

from ninja import Field, Schema

from wald.api.insights_shapes import LARGEST
from wald.api.shapes import ProblemShape

_Key = Annotated[str, Field(max_length=200)]
_Grain = Annotated[str, Field(max_length=20)]


class AskedModel(Schema):
    unit: _Key = Field("", description="all, team:NAME or rep:KEY; default: the widest you see.")
    grain: _Grain = Field("", description="quarter or month; default: quarter.")
    limit: int = Field(1000, ge=1, le=10_000, description="Units on one page.")
    offset: int = Field(0, ge=0, le=LARGEST)


class AskedRecord(Schema):
    level: _Grain = Field("", description="all, team or rep; default: the widest you see.")
    grain: _Grain = Field("", description="quarter or month; default: quarter.")


class ForecastMethodShape(Schema):
    key: str
    title: str
    says: str
    is_simple: bool
    source: str


class _Bounds(Schema):
    low_50: str | None
    high_50: str | None
    low_80: str | None
    high_80: str | None
    low_95: str | None
    high_95: str | None


class ForecastUnitShape(_Bounds):
    """A unit with what is used for it. `middle`: as likely more as less."""

    unit: str
    level: str
    title: str
    closed: str
    quota: str | None
    method: str | None
    middle: str | None
    chance_of_quota: str | None


class MethodSaysShape(_Bounds):
    """What one method says; `wape` and `crps`: how far off it was before, about as far from the
    end, as shares of what came."""

    method: str
    title: str
    is_simple: bool
    is_used: bool
    point: str
    middle: str
    share: str | None
    chance_of_quota: str | None
    wape: str | None
    crps: str | None
    trials: int


class ShownUnitShape(ForecastUnitShape):
    open: str | None
    not_yet_created: str | None
    parts_of: str | None
    methods: list[MethodSaysShape]


class UnableShape(Schema):
    method: str
    why: str


class ModelForecastShape(Schema):
    """`is_fresh`: it rests on the facts as they are now."""

    period: str
    starts_on: str
    ends_on: str
    day: str
    weeks_left: int
    made_at: str
    is_fresh: bool
    currency: str | None
    periods_scored: int
    why: str
    shown: ShownUnitShape | None
    units: list[ForecastUnitShape]
    total_units: int
    unable: list[UnableShape]
    problems: list[ProblemShape]


class BandShape(Schema):
    low: str
    estimate: str
    high: str


class ScoreShape(Schema):
    wape: str | None
    bias: str | None
    crps: str | None
    trials: int


class WeekScoreShape(ScoreShape):
    weeks_left: int


class HeldShape(Schema):
    """Of `tries` intervals said to hold the share `said`, `hits` did; 95 of 100 such series lie
    within the band if it is true."""

    said: str
    held: str
    tries: int
    hits: int
    band_low: int
    band_high: int
    around: BandShape | None


class WeekCoverageShape(HeldShape):
    weeks_left: int


class AddedShape(Schema):
    baseline: str
    title: str
    less_off: BandShape | None
    trials: int


class MethodRecordShape(ScoreShape):
    method: str
    title: str
    is_simple: bool
    weeks: list[WeekScoreShape]
    coverage: list[HeldShape]
    coverage_by_week: list[WeekCoverageShape]
    added: list[AddedShape]


class PastPeriodShape(Schema):
    period: str
    actual: str
    said: str
    low_80: str
    high_80: str
    held: bool


class LeanShape(Schema):
    """`role`: rep or manager; above 0 they say too much, as a share of their usual period."""

    person_id: str
    name: str
    role: str
    periods: int
    raw: str
    lean: BandShape
    verdict: str


class HelpedShape(Schema):
    person_id: str
    name: str
    periods: int
    trials: int
    less_off: BandShape | None
    verdict: str


class TrackRecordShape(Schema):
    level: str
    levels: list[str]
    periods: list[str]
    units: int
    made_at: str
    is_fresh: bool
    currency: str | None
    methods: list[MethodRecordShape]
    past: list[PastPeriodShape]
    people: list[LeanShape]
    overrides: list[HelpedShape]
    problems: list[ProblemShape]
