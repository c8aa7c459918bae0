"""Compensation plan: who is credited for what, what is measured, and what each component pays.

Holds     components in their order, each with its switches and its terms; measures; credit rules;
          who is eligible; currency, payment periods, rounding, exchange rates, day count
In force  the version valid on each day of a payment period
Checks    terms, names, expressions, conditions, order, shares, counters, quotas: all at once
Used by   heart.compensation.fold
Source    docs/agreements/compensation_plan.md
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, create_model

from wald.documents.document import DocumentType
from wald.heart.compensation import plan_check, plan_told
from wald.heart.compensation.component import components
from wald.heart.compensation.lint.run import warnings_of
from wald.heart.compensation.plan import (
    CreditRule,
    DayCount,
    Eligibility,
    Entry,
    Every,
    FxDate,
    MeasureRule,
    Pays,
    Plan,
    Rounding,
)
from wald.kernel.problem import Problem

_FROZEN = ConfigDict(frozen=True, extra="forbid")


def _terms() -> dict[str, Any]:
    """Return one field for each component there is: its terms, or nothing."""
    return {key: (one.terms | None, None) for key, one in components().items()}


def _one_component(schema: dict[str, Any]) -> None:
    """Say in the JSON Schema that an entry has the terms of exactly one component."""
    schema["oneOf"] = [{"required": [key]} for key in components()]


# One entry of the plan: switches that every component has, and the terms of one.
PlanComponent = create_model(
    "PlanComponent",
    __config__=_FROZEN | ConfigDict(json_schema_extra=_one_component),
    __doc__="A component in its place in the plan, with the terms of one kind.",
    key=(str, ...),
    measure=(str, ""),
    attainment_by=(str, ""),
    every=(Every, Every.MONTH),
    resets=(Every, Every.YEAR),
    pays=(Pays, Pays.TO_DATE),
    **_terms(),
)


class CompensationPlan(BaseModel):
    model_config = _FROZEN

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")]
    pays: Every = Every.MONTH
    target_incentive: Decimal | None = None
    eligible: Eligibility = Eligibility()
    beside_others: bool = False
    rounding: Rounding = Rounding()
    fx_date: FxDate = FxDate.BOOKED
    day_count: DayCount = DayCount.ACTUAL
    credits: tuple[CreditRule, ...] = Field((CreditRule("direct"),), max_length=100)
    measures: tuple[MeasureRule, ...] = Field((), max_length=100)
    components: tuple[PlanComponent, ...] = Field(min_length=1, max_length=100)  # type: ignore[valid-type]  # made above from the catalogue


def plan_of(content: CompensationPlan, *, key: str, version: str = "") -> Plan:
    """Return what a document says as the plan that pays are computed from."""
    return Plan(
        key=key,
        currency=content.currency,
        components=tuple(_entry(one) for one in content.components),
        measures=content.measures,
        credits=content.credits,
        pays=content.pays,
        eligible=content.eligible,
        beside_others=content.beside_others,
        target_incentive=content.target_incentive,
        rounding=content.rounding,
        fx_date=content.fx_date,
        day_count=content.day_count,
        version=version,
        source=content.model_dump(mode="json", exclude_none=True),
    )


def _entry(one: BaseModel) -> Entry:
    given = {name: getattr(one, name) for name in type(one).model_fields}
    used = [key for key in components() if given[key] is not None]
    kind = used[0] if used else ""  # of several, which is a Problem, the first
    common = {name: value for name, value in given.items() if name not in components()}
    return Entry(component=kind, terms=given[kind] if kind else None, **common)


def check(content: CompensationPlan) -> Iterator[Problem]:
    for i, one in enumerate(content.components):
        used = [key for key in components() if getattr(one, key) is not None]
        if len(used) > 1:
            what = f"has the terms of {len(used)} components: {', '.join(used)}"
            yield Problem(f"components[{i}].{used[1]}", what, "make an entry of each")
    yield from plan_check.check(plan_of(content, key=""))


def summary(content: CompensationPlan) -> str:
    kinds = dict.fromkeys(one.component for one in plan_of(content, key="").components)
    titles = ", ".join(components()[kind].title.lower() for kind in kinds if kind)
    return f"{content.currency}, paid every {content.pays.value}: {titles}"


DOCUMENT = DocumentType(
    key="compensation_plan",
    title="Compensation plan",
    shape=CompensationPlan,
    check=check,
    summary=summary,
    tell=plan_told.tell,
    names=plan_told.names,
    warnings=lambda content: warnings_of(plan_of(content, key="")),
    example=CompensationPlan.model_validate(
        {
            "currency": "EUR",
            "target_incentive": Decimal(60_000),
            "eligible": {"roles": ("rep",)},
            "measures": [{"key": "revenue", "quota": "bookings"}],
            "components": [
                {
                    "key": "commission",
                    "measure": "revenue",
                    "tiered_rate": components()["tiered_rate"].example,
                }
            ],
        }
    ),
    source="docs/agreements/compensation_plan.md",
)
