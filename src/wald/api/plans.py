"""Plans that are tried and kept nowhere: what the linter says of a text, what texts pay."""

from django.http import HttpRequest
from ninja import Router

from wald.api.door import asking, refuse_unknown
from wald.api.plans_shapes import (
    LintedShape,
    PaidPlainShape,
    PlainPayShape,
    PlanToLintShape,
)
from wald.api.shapes import FAULTS
from wald.queries.plain import Json
from wald.queries.plain_pay import pay_json, pay_of_texts
from wald.queries.plan_texts import finding_json, findings_of

router = Router(tags=["pay"])


@router.post("/plans/lint", response={200: LintedShape, **FAULTS})
def lint_plan(request: HttpRequest, given: PlanToLintShape) -> Json:
    """Prove or refute what a plan should do, with counterexamples. Nothing is kept."""
    refuse_unknown(request)
    found = findings_of(
        actor=asking(request),
        text=given.plan,
        name="plan",
        quota=given.quota,
        margin=given.margin,
        margins=given.margins,
    )
    return {
        "warnings": sum(one.is_warning for one in found),
        "findings": [finding_json(one) for one in found],
    }


@router.post("/pay/plain", response={200: PaidPlainShape, **FAULTS})
def pay_plain(request: HttpRequest, given: PlainPayShape) -> Json:
    """Pay people by plans and rows that come with the call. Nothing is kept."""
    refuse_unknown(request)
    sheets = given.model_dump(include=set(PlainPayShape.SHEETS))
    found = pay_of_texts(
        actor=asking(request),
        plans=given.plans,
        sheets={kind: text for kind, text in sheets.items() if text.strip()},
        period=given.period,
        starts_month=given.starts_month,
    )
    return pay_json(found)
