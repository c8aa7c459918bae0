"""What goes in and out of pay as JSON; amounts are decimal strings."""

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.api.shapes import ProblemShape

_REASON = Field(min_length=1, max_length=4000, description="Why; the journal keeps it.")
_DAY = Field("", max_length=40, description="2026-01-31; empty: see the call.")
_KEY = Field(min_length=1, max_length=200, description="Its key in the facts.")


class AskedRuns(Schema):
    limit: int = Field(100, ge=1, le=1000, description="Runs, newest first.")


class AskedRun(Schema):
    search: str = Field("", max_length=200, description="People by name or key.")
    limit: int = Field(100, ge=1, le=1000, description="People on one page.")
    offset: int = Field(0, ge=0, le=1_000_000_000, description="People to skip.")


class NewRunShape(Schema):
    model_config = ConfigDict(extra="forbid")

    period: str = Field(min_length=1, max_length=40, description="2026-Q1, 2026-01 or 2026.")


class WhyShape(Schema):
    model_config = ConfigDict(extra="forbid")

    why: str = _REASON


class NewHoldShape(Schema):
    """Without `from_on` it holds from today, without `until_on` until it is lifted."""

    model_config = ConfigDict(extra="forbid")

    kind: str = Field(max_length=20, description="deal or payee.")
    subject: str = _KEY
    from_on: str = _DAY
    until_on: str = _DAY
    reason: str = _REASON


class NewAdjustmentShape(Schema):
    """Without `counts_on` it counts today."""

    model_config = ConfigDict(extra="forbid")

    person_id: str = _KEY
    amount: str = Field(min_length=1, max_length=39, description="A decimal; below zero takes.")
    currency: str = Field(min_length=3, max_length=3, description="ISO 4217.")
    reason: str = _REASON
    counts_on: str = _DAY


class DecisionOnAdjustment(Schema):
    """A refusal needs `why`."""

    model_config = ConfigDict(extra="forbid")

    is_approved: bool
    why: str = Field("", max_length=4000)


class QueuedRunShape(Schema):
    job: int


class NumberShape(Schema):
    number: int


class LayerShape(Schema):
    rows: int
    hash: str


class RunShape(Schema):
    """`amounts`: by currency, by what makes them up. Empty to who may not see everybody's pay."""

    run: int
    state: str
    period: str
    starts_on: str
    ends_on: str
    made_at: str
    made_by: str
    released_at: str | None
    released_by: str | None
    withdrawn_at: str | None
    withdrawn_by: str | None
    why: str
    inputs_hash: str
    results_hash: str
    layers: dict[str, LayerShape]
    people: int | None
    amounts: dict[str, dict[str, str]]
    problems: list[ProblemShape]


class PaidPersonShape(Schema):
    """`before`: what the run before paid; null where there is none."""

    person_id: str
    name: str
    currency: str
    pay: str
    deltas: str
    adjustments: str
    carried: str
    paid: str
    before: str | None
    is_withheld: bool


class PaySumShape(Schema):
    name: str
    currency: str
    amount: str
    before: str | None


class DeltaShape(Schema):
    """amount = new - old; `why` in words."""

    period: str
    plan: str
    component: str
    currency: str
    cause: str
    old: str
    new: str
    amount: str
    why: str


class PersonDeltaShape(DeltaShape):
    person_id: str
    name: str


class RunPageShape(RunShape):
    """One page of people of `total`; sums are of all people whose pay the reader may see."""

    total: int
    persons: list[PaidPersonShape]
    sums: list[PaySumShape]
    by_plan: list[PaySumShape]
    by_component: list[PaySumShape]
    by_cause: list[PaySumShape]
    deltas: list[PersonDeltaShape]
    compared_with: int | None
    news: list[str]
    left_out: list[str]


class HoldShape(Schema):
    hold: int
    kind: str
    subject: str
    from_on: str
    until_on: str | None
    reason: str
    placed_at: str
    placed_by: str
    lifted_at: str | None
    lifted_by: str | None
    lifted_because: str | None


class AdjustmentShape(Schema):
    adjustment: int
    person_id: str
    amount: str
    currency: str
    reason: str
    counts_on: str
    state: str
    entered_at: str
    entered_by: str
    decided_by: str | None
    run: int | None
