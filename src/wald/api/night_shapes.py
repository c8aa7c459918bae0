"""A night as JSON: estimates are plain numbers with their intervals of 95 %."""

from typing import Annotated

from ninja import Field, Schema

_Key = Annotated[str, Field(max_length=200)]


class AskedNight(Schema):
    as_of: _Key = Field("", description="As of this day; default: the last night that was kept.")


class NightSizeShape(Schema):
    low: float
    estimate: float
    high: float


class ToldWithShape(Schema):
    """Another finding of the same story in the same rows."""

    detector: str
    subject: str


class NightFindingShape(Schema):
    """`stands`: share of 200 resamples; `money`: in 13 weeks, null where nobody can say."""

    detector: str
    title: str
    story: str
    metric: str
    subject: str
    where: dict[str, str]
    direction: str
    claim: str
    p_value: float
    q_value: float
    stands: float
    unit: str
    effect: NightSizeShape
    money: NightSizeShape | None
    also: list[ToldWithShape]
    insight: int | None = None
    why: str = ""


class NightDetectorShape(Schema):
    """`looks`: places it looked at; `silent`: why it could not look, empty where it did."""

    detector: str
    title: str
    question: str
    looks: int | None
    silent: str


class NightShape(Schema):
    day: str
    looked_at: str
    slots: int
    currency: str
    booked_in_a_quarter: int
    level: float
    looks: int
    findings: list[NightFindingShape]
    suppressed: list[NightFindingShape]
    detectors: list[NightDetectorShape]
    nights: list[str]
