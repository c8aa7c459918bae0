"""Quotas as JSON: what is asked for and taken, and what is told."""

from typing import Annotated

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.api.insights_shapes import LARGEST

_Key = Annotated[str, Field(max_length=200)]
_Day = Annotated[str, Field(max_length=40)]
_Amounts = dict[str, str]


class AskedPlans(Schema):
    on: _Day = Field("", description="What holds on this day; default: today.")


class AskedPlan(Schema):
    on: _Day = Field("", description="The plan that holds on this day; default: today.")
    version_id: int | None = Field(None, ge=1, le=LARGEST, description="This version of it.")
    seed: int = Field(0, ge=0, le=LARGEST, description="Of the draws of the outlook.")
    limit: int = Field(1000, ge=1, le=10_000, description="Nodes on one page.")
    offset: int = Field(0, ge=0, le=LARGEST)


class AskedSteps(Schema):
    node: _Key = Field(description="EMEA, EMEA/DACH, @ and the key of a person, organization.")
    on: _Day = Field("", description="The plan that holds on this day; default: today.")
    version_id: int | None = Field(None, ge=1, le=LARGEST, description="This version of it.")


class AskedAttainmentShape(Schema):
    period: _Key = Field("", description="Default: the quarter that the data reach into.")
    measure: _Key = Field("", description="A metric that adds up; default: bookings.")
    plan: _Key = Field("", description="Whose quotas; default: those in the data.")
    as_of: _Day = Field("", description="The day asked about; default: the last in the data.")
    known: _Day = Field("", description="An instant: as Wald knew it then; default: now.")
    limit: int = Field(1000, ge=1, le=10_000, description="Nodes on one page.")
    offset: int = Field(0, ge=0, le=LARGEST)


class NewPublication(Schema):
    model_config = ConfigDict(extra="forbid")

    on: _Day = Field("", description="The plan that holds on this day; default: today.")


class PlanNameShape(Schema):
    name: str
    state: str
    number: int | None
    starts_on: str | None


class QuotaGapShape(Schema):
    """The parts that add up to the difference: amounts as decimal strings."""

    below: str
    unsaid: str
    over: str
    own: str
    share: str
    pins: str


class QuotaLineShape(Schema):
    """A node. Of one above all that is seen (`is_whole` false) only what it holds is told."""

    node: str
    title: str
    level: str
    person_id: str | None
    held: str
    hands_down: str | None
    over_assignment: str
    is_whole: bool
    share: str | None
    is_pinned: bool
    gave: str | None
    assigned: _Amounts
    season: _Amounts
    relief: str | None
    proposed: str | None
    difference: str | None
    because: QuotaGapShape | None


class EvennessShape(Schema):
    """Quota / potential over people: coefficient of variation, range, Gini."""

    against: str
    people: int
    left_out: int
    average: str
    variation: str
    lowest: str
    highest: str
    gini: str


class QuotaRangeShape(Schema):
    low: str
    mean: str
    high: str


class QuotaOutlookShape(Schema):
    """What past attainment lets one expect; low and high hold nine tenths of the draws."""

    plan: QuotaRangeShape
    people: QuotaRangeShape
    chance: str
    draws: int
    past_windows: int


class QuotaPlanShape(Schema):
    name: str
    version_id: int
    number: int
    state: str
    starts_on: str
    approved_by: str
    fiscal_year: int
    measure: str
    currency: str | None
    total: str
    people_on: str
    known: str | None
    windows: list[str]
    notes: list[str]
    evenness: EvennessShape | None
    outlook: QuotaOutlookShape | None
    lines: list[QuotaLineShape]
    total_lines: int


class QuotaStepShape(Schema):
    node: str
    sentence: str
    figure: str | None


class ArisingShape(Schema):
    plan: str
    number: int
    fiscal_year: int
    currency: str | None
    line: QuotaLineShape
    steps: list[QuotaStepShape]


class PublishedShape(Schema):
    """`load_id` null: all of it was there already. The load can be taken back."""

    plan: str
    version_id: int
    number: int
    load_id: int | None
    rows: int
    gone: int
    persons: int
    total: str
    currency: str
    measure: str


class AttainedShape(Schema):
    node: str
    title: str
    level: str
    person_id: str | None
    quota: str
    reached: str
    attainment: str | None
    without_quota: str


class AttainmentShape(Schema):
    period: str
    measure: str
    unit: str
    currency: str | None
    plan: str | None
    as_of: str
    known: str | None
    notes: list[str]
    lines: list[AttainedShape]
    total_lines: int
