"""Verdicts as JSON: what is asked for, and what is told."""

from typing import Annotated

from ninja import Field, Schema

_Text = Annotated[str, Field(max_length=4000)]
_Key = Annotated[str, Field(max_length=100)]


class AskedVerdict(Schema):
    by: _Key = Field("person", description="person, team, region, manager, territory, segment, "
                     "product_family or lead_source.")  # fmt: skip
    period: _Key = Field("", description="2017, 2017-Q3, first..last; default: the last year.")
    where: _Text = Field("", description="A condition over the rows of the metric.")
    as_of: _Key = Field("", description="The day asked about; default: the last in the data.")
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")
    limit: int = Field(100, ge=1, le=500, description="People on one page, the highest first.")
    offset: int = Field(0, ge=0, le=2**53)


class VerdictIntervalShape(Schema):
    """An estimate with its 95 % interval."""

    low: float
    estimate: float
    high: float


class DifferShape(Schema):
    """`p_value`: how often luck alone makes people differ as much; `spread`: their standard
    deviation beyond luck; `detectable`: how far apart one is named four times of five."""

    beyond_luck: bool
    p_value: float
    spread: float
    detectable: float | None


class VerdictFoundShape(Schema):
    """`who` holds keys of people or `dimension:value` of places; empty: everybody."""

    verdict: str
    who: list[str]
    effect: VerdictIntervalShape | None
    p_value: float
    since: str | None


class LookedAtShape(Schema):
    """The best split of a place's last year; `is_real` holds the price of all looks."""

    place: str
    since: str
    effect: VerdictIntervalShape
    p_value: float
    is_real: bool


class VariancePartShape(Schema):
    part: str
    share: VerdictIntervalShape
    fixed: bool
    levels: int


class VarianceShape(Schema):
    """Shares of the variation of single rows; `between` is the intra-class correlation."""

    between: VerdictIntervalShape
    reliability: float
    single_rows: float
    parts: list[VariancePartShape]


class BehaviourPointShape(Schema):
    label: str
    rows: int
    value: float
    centre: float
    low: float
    high: float
    signals: list[str]


class BehaviourChartShape(Schema):
    """A process behaviour chart; `memory` is the correlation that limits were widened by."""

    provisional: bool
    memory: float
    season: bool
    range_limit: float
    points: list[BehaviourPointShape]


class StandingShape(Schema):
    """`value` as counted, `adjusted` with everybody's mix, `usual` drawn to the others as far as
    it is luck. Ranks and `p_value` null: too few rows to be judged."""

    key: str
    name: str
    rows: int
    value: float
    adjusted: VerdictIntervalShape
    usual: VerdictIntervalShape
    limits: list[float]
    best_rank: int | None
    worst_rank: int | None
    p_value: float | None
    stands_out: bool


class VerdictShape(Schema):
    """`verdict` is system_shifted, segment_shifted, person_stands_out, place_stands_out, no_signal
    or too_little_data; null where tables are empty, and `lacks` names them."""

    metric: str
    unit: str
    currency: str | None
    by: str
    period: str | None
    as_of: str
    known_at: str | None
    verdict: str | None
    words: str | None
    sentence: str
    also: list[str]
    behind: list[str]
    notes: list[str]
    lacks: list[str]
    adjusted_for: list[str]
    rows: int
    overall: float | None
    differ: DifferShape | None
    found: list[VerdictFoundShape]
    looked_at: list[LookedAtShape]
    variance: VarianceShape | None
    chart: BehaviourChartShape | None
    total: int
    standings: list[StandingShape]
