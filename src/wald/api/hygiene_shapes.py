"""Hygiene as JSON: amounts as decimal strings, shares of four digits."""

from typing import Annotated

from ninja import Field, Schema

from wald.api.insights_shapes import LARGEST

_Key = Annotated[str, Field(max_length=200)]


class AskedHygiene(Schema):
    as_of: _Key = Field("", description="The day; default: last in the data, not after the load.")
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")
    rule: _Key = Field("", description="Only what this rule finds.")
    severity: _Key = Field("", description="Only low, medium or high findings.")
    owner: _Key = Field("", description="Only deals of this person, by key.")
    team: _Key = Field("", description="Only deals of this team.")
    deal: _Key = Field("", description="Only this deal.")
    order: _Key = Field("", description="value: what most narrows the forecast first.")
    limit: int = Field(100, ge=1, le=10_000, description="Findings on one page.")
    offset: int = Field(0, ge=0, le=LARGEST)


class AskedHygieneRules(Schema):
    as_of: _Key = Field("", description="The day; default: last in the data, not after the load.")


class HygienePartShape(Schema):
    """Each deal counts once in `deals` and `amount`; `without_amount` of them have none.

    `narrows`: by how much the 80 % range of the forecast narrows if all are fixed, null where it
    cannot be told.
    """

    key: str
    title: str
    findings: int
    deals: int
    amount: str
    without_amount: int
    narrows: str | None


class CannotTellShape(Schema):
    why: str
    deals: int


class HygieneRulePartShape(HygienePartShape):
    what: str
    severity: str
    cannot_tell: list[CannotTellShape]


class HygieneProposalShape(Schema):
    value: str
    why: str


class HygieneFindingShape(Schema):
    opportunity_id: str
    name: str
    owner_id: str | None
    owner: str | None
    team: str | None
    stage: str | None
    close_on: str | None
    amount: str | None = Field(description="In the reporting currency; null: not known.")
    rule: str
    severity: str
    words: str
    column: str | None = Field(description="The column of the deal that is wrong.")
    proposal: HygieneProposalShape | None
    cure: str
    narrows: str | None = Field(description="What a fix takes off the 80 % range of the forecast.")


class HygieneNoteShape(Schema):
    key: str
    records: int
    sentence: str


class HygieneNarrowsShape(Schema):
    period: str = Field(description="Whose forecast fixes narrow.")
    unable: str = Field(description="Why nobody can tell; empty where it is told.")


class HygieneShape(Schema):
    as_of: str
    known_at: str | None
    reaches: str | None
    currency: str
    open_deals: int
    open_amount: str
    total: HygienePartShape
    rules: list[HygieneRulePartShape]
    severities: list[HygienePartShape]
    owners: list[HygienePartShape]
    teams: list[HygienePartShape]
    findings: list[HygieneFindingShape]
    narrows: HygieneNarrowsShape
    notes: list[HygieneNoteShape]


class HygieneIntervalShape(Schema):
    low: str
    estimate: str
    high: str


class HygieneGroupShape(Schema):
    won: int
    deals: int
    share: HygieneIntervalShape | None


class HygieneRuleShape(Schema):
    """`difference`: share won of deals found minus that of others; null for too few deals."""

    key: str
    title: str
    what: str
    measures: str
    cure: str
    severity: str
    column: str | None
    source: str
    found: HygieneGroupShape
    others: HygieneGroupShape
    difference: HygieneIntervalShape | None
    verdict: str
    could_not_tell: int


class HygieneRulesShape(Schema):
    """`days`: those of the past on which `deals` were looked at; won within `ahead_days`."""

    as_of: str
    days: list[str]
    ahead_days: int
    deals: int
    rules: list[HygieneRuleShape]
