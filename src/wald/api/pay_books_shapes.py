"""What goes in and out of what-ifs, accruals and books as JSON; amounts are decimal strings."""

from ninja import Field, Schema
from pydantic import ConfigDict


class TrialShape(Schema):
    model_config = ConfigDict(extra="forbid")

    over: str = Field(min_length=1, max_length=40, description="A past period: 2025 or 2025-Q1.")
    plan: str = Field("", max_length=200_000, description="The plan, a document in YAML.")
    version: int | None = Field(None, ge=1, le=2**31 - 1, description="Or a version of one.")
    instead_of: str = Field(
        "", max_length=200, description="Instead of which plan; empty: that of its own name."
    )


class AskedBooks(Schema):
    period: str = Field(min_length=1, max_length=40, description="2026-03, 2026-Q1 or 2026.")


class ProblemShape(Schema):
    where: str
    what: str
    fix: str


class PartShape(Schema):
    component: str
    old: str
    new: str
    change: str


class CostShape(Schema):
    old: str
    new: str
    change: str
    credit: str
    margin: str | None


class SpreadShape(Schema):
    least: str
    quarter: str
    half: str
    three_quarters: str
    most: str


class SpreadsShape(Schema):
    old: SpreadShape | None
    new: SpreadShape | None


class PersonChangeShape(Schema):
    person: str
    name: str
    old: str
    new: str
    change: str
    credit: str
    margin: str | None
    attainment: str | None
    components: list[PartShape]


class BendShape(Schema):
    person: str
    component: str
    starts_on: str
    last_day: str
    edge: str
    attained: str


class BendsShape(Schema):
    old: int
    new: list[BendShape]


class LintShape(Schema):
    rule: str
    verdict: str
    certainty: str
    sentence: str


class WhatIfShape(Schema):
    period: str
    old: list[str]
    new: str
    currency: str
    is_cut: bool
    cost: CostShape
    components: list[PartShape]
    spread: SpreadsShape
    people: list[PersonChangeShape]
    close_to_a_bend: BendsShape
    findings: list[LintShape]
    problems: list[ProblemShape]
    doubt: str


class ComponentAccrualShape(Schema):
    component: str
    accrued: str


class PersonAccrualShape(Schema):
    person: str
    name: str
    component: str
    starts_on: str
    last_day: str
    currency: str
    expected: str
    recognised: str
    earned: str
    accrued: str
    low: str
    high: str
    booked: str


class TrackShape(Schema):
    period: str
    accrued: str
    right: str
    error: str
    expected: str
    came: str


class AccrualsShape(Schema):
    period: str
    currency: str
    accrued: str
    low: str
    high: str
    components: list[ComponentAccrualShape]
    people: list[PersonAccrualShape]
    earlier: list[TrackShape]
    problems: list[ProblemShape]


class AccountShape(Schema):
    month: str
    side: str
    account: str
    debit: str
    credit: str


class MonthShape(Schema):
    month: str
    opening: str
    added: str
    amortised: str
    written_off: str
    closing: str


class CommensurateShape(Schema):
    ratio: str | None
    is_met: bool
    limit: str
    renewals: int
    least_renewals: int
    renewal_cost: str
    renewal_amount: str
    first_cost: str
    first_amount: str


class RunTiedShape(Schema):
    run: int
    period: str
    paid: str
    added: str
    expensed: str
    difference: str


class JournalLineShape(Schema):
    month: str
    debit: str
    credit: str
    debit_account: str
    credit_account: str
    amount: str
    currency: str
    contract_id: str
    person_id: str
    name: str
    run: int | None
    why: str


class BooksShape(Schema):
    period: str
    currency: str
    policy: str
    accounts: list[AccountShape]
    roll_forward: list[MonthShape]
    commensurate: CommensurateShape | None
    runs: list[RunTiedShape]
    lines: list[JournalLineShape]
    accrued: str
    doubts: list[str]
    problems: list[ProblemShape]
