"""What goes in and out of plans that are tried, as JSON; amounts are decimal strings."""

from decimal import Decimal
from typing import Annotated, ClassVar

from ninja import Field, Schema
from pydantic import ConfigDict

from wald.api.shapes import ProblemShape

_LONGEST = 200_000  # characters of a plan
_ROWS = 1_000_000  # characters of rows

_Text = Annotated[str, Field(max_length=_LONGEST)]
_Margin = Annotated[Decimal, Field(gt=0, lt=1, max_digits=12)]


class PlanToLintShape(Schema):
    model_config = ConfigDict(extra="forbid")

    plan: str = Field(min_length=1, max_length=_LONGEST, description="A document in YAML.")
    quota: Decimal | None = Field(
        None, gt=0, max_digits=18, description="Of a year; empty: where 100 % pays the target."
    )
    margin: _Margin | None = Field(None, description="Share of a sale; empty: 0.30.")
    margins: dict[str, _Margin] = Field({}, max_length=100, description="By key of a measure.")


class LintFindingShape(Schema):
    """`certainty`: proved, refuted with this counterexample, or tried at so many points."""

    rule: str
    verdict: str
    certainty: str
    points: int
    sentence: str
    where: str
    numbers: dict[str, str]
    fix: str


class LintedShape(Schema):
    warnings: int
    findings: list[LintFindingShape]


def _rows(what: str) -> str:
    told = f"{what}: CSV with a header, or a JSON list of objects as a text."
    found: str = Field("", max_length=_ROWS, description=told)
    return found


class PlainPayShape(Schema):
    """Columns are those of plain files."""

    model_config = ConfigDict(extra="forbid")
    SHEETS: ClassVar[tuple[str, ...]] = (
        "credits", "quotas", "people", "payments", "scores", "rates"
    )  # fmt: skip

    plans: list[_Text] = Field(min_length=1, max_length=20, description="Documents in YAML.")
    credits: str = Field(
        min_length=1, max_length=_ROWS, description="Who is credited with how much: as the others."
    )
    quotas: str = _rows("Quotas")
    people: str = _rows("Names, roles, managers, days, targets, own rates")
    payments: str = _rows("What was paid of which deal")
    scores: str = _rows("Which share of an objective was reached")
    rates: str = _rows("Exchange rates")
    period: str = Field("", max_length=40, description="2026-Q1, 2026-01; empty: all.")
    starts_month: int = Field(1, ge=1, le=12, description="Month the fiscal year starts in.")


class PlainLineShape(Schema):
    component: str
    period: str
    reason: str
    base: str
    rate: str
    amount: str
    kind: str


class PlainPeriodShape(Schema):
    period: str
    starts_on: str
    ends_on: str
    total: str


class PlainPayeeShape(Schema):
    payee: str
    name: str
    plan: str
    total: str
    currency: str
    lines: list[PlainLineShape]
    balances: dict[str, dict[str, str]]
    periods: list[PlainPeriodShape]


class PaidPlainShape(Schema):
    period: str
    payees: list[PlainPayeeShape]
    problems: list[ProblemShape]
    left_out: list[str]
