"""Statements of pay, doubts about their lines, acceptance of plans, estimates."""

from decimal import Decimal, InvalidOperation

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router, Status

from wald.actions import pay_statements as action
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.pay_statements_shapes import (
    AskedEstimate,
    AskedForm,
    AskedLine,
    AskedPerson,
    AskedStatement,
    CaseNumberShape,
    DiagnosisShape,
    DisputeShape,
    EstimateShape,
    MissingShape,
    NewDisputeShape,
    PlanReadShape,
    StatementRunShape,
    StatementShape,
)
from wald.api.shapes import FAULTS, Fault
from wald.kernel.actor import Actor
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem
from wald.queries import pay_plans, pay_statements
from wald.queries.pay import NoSuchPay
from wald.queries.pay_estimates import Asked, NoSuchDeal, estimate
from wald.queries.pay_statements import NoSuchLine
from wald.queries.plain import Json
from wald.queries.plain_pay_statements import (
    dispute_json,
    estimate_json,
    finding_json,
    missing_json,
    plan_json,
    statement_run_json,
)
from wald.queries.statement_files import FORMATS, file_of, name_of

router = Router(tags=["pay"])

_MAY_CONFLICT = {409: Fault, **FAULTS}


@router.get("/pay/statements", response={200: list[StatementRunShape], **FAULTS})
def list_statements(request: HttpRequest, asked: Query[AskedPerson]) -> list[Json]:
    """The released runs in which somebody was paid, newest first."""
    refuse_unknown(request, AskedPerson.model_fields)
    actor = asking(request)
    actor.must("pay.read")
    found = pay_statements.statements_of(
        actor=actor,
        workspace=workspace(),
        person_id=_person(actor, asked.person),
        on=moment().date(),
    )
    return [statement_run_json(one) for one in found]


@router.get("/pay/statements/{int:run_id}", response={200: StatementShape, **FAULTS})
def one_statement(request: HttpRequest, run_id: int, asked: Query[AskedForm]) -> HttpResponse:
    """What one person is paid in one run with the derivation of every figure; or as CSV or PDF."""
    refuse_unknown(request, AskedForm.model_fields)
    actor = asking(request)
    actor.must("pay.read")
    if asked.form not in FORMATS:
        fix = f"choose among {', '.join(FORMATS)}"
        problem = Problem("form", f"{asked.form!r} is none", fix)
        raise BadInput("A statement has no such form.", [problem])
    try:
        found = pay_statements.statement(
            actor=actor,
            workspace=workspace(),
            run_id=run_id,
            person_id=_person(actor, asked.person),
            currency=asked.currency,
        )
    except NoSuchPay as refusal:
        raise Http404(str(refusal)) from refusal
    answer = HttpResponse(file_of(found, asked.form), content_type=FORMATS[asked.form])
    if asked.form != "json":
        name = name_of(found, asked.form)
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@router.get("/pay/diagnosis", response={200: list[DiagnosisShape], **FAULTS})
def diagnose_line(request: HttpRequest, asked: Query[AskedLine]) -> list[Json]:
    """What may be behind a line that somebody doubts, in sentences with the deals."""
    refuse_unknown(request, AskedLine.model_fields)
    try:
        found = pay_statements.diagnosis(
            actor=asking(request),
            workspace=workspace(),
            run_id=asked.run,
            person_id=asked.person,
            node=asked.line,
        )
    except (NoSuchPay, NoSuchLine) as refusal:
        raise Http404(str(refusal)) from refusal
    return [finding_json(one) for one in found]


@router.get("/pay/disputes", response={200: list[DisputeShape], **FAULTS})
def list_pay_disputes(request: HttpRequest, asked: Query[AskedStatement]) -> list[Json]:
    """The disputes of a statement that the asker sees, newest first."""
    refuse_unknown(request, AskedStatement.model_fields)
    found = pay_statements.disputes_of(
        actor=asking(request),
        workspace=workspace(),
        run_id=asked.run,
        person_id=asked.person,
        at=moment(),
    )
    return [dispute_json(one) for one in found]


@router.post("/pay/disputes", response={201: CaseNumberShape, **_MAY_CONFLICT})
def dispute_line(request: HttpRequest, given: NewDisputeShape) -> Status[Json]:
    """Dispute a line of a statement; the answer is the case, of one that is open already too."""
    refuse_unknown(request)
    try:
        case_id = action.dispute(
            actor=asking(request),
            workspace=workspace(),
            run_id=given.run,
            person_id=given.person,
            node=given.line,
            text=given.text,
            at=moment(),
        )
    except (NoSuchPay, NoSuchLine) as refusal:
        raise Http404(str(refusal)) from refusal
    return Status(201, {"case": case_id})


@router.get("/pay/plans", response={200: list[PlanReadShape], **FAULTS})
def list_own_plans(request: HttpRequest, asked: Query[AskedPerson]) -> list[Json]:
    """The plans that somebody is paid by today, in words, and whether they accepted them."""
    refuse_unknown(request, AskedPerson.model_fields)
    actor = asking(request)
    actor.must("pay.read")
    found = pay_plans.plans_of(
        actor=actor, workspace=workspace(), person_id=_person(actor, asked.person), at=moment()
    )
    return [plan_json(one) for one in found]


@router.post("/pay/plans/{int:version_id}/acceptance", response={204: None, **_MAY_CONFLICT})
def accept_plan(request: HttpRequest, version_id: int) -> Status[None]:
    """Accept, once and for oneself, the version of the plan that one is paid by."""
    refuse_unknown(request)
    action.accept_plan(
        actor=asking(request), workspace=workspace(), version_id=version_id, at=moment()
    )
    return Status(204, None)


@router.get("/pay/unaccepted", response={200: list[MissingShape], **FAULTS})
def list_unaccepted(request: HttpRequest) -> list[Json]:
    """Who is paid today by a version of a plan that they have not accepted."""
    refuse_unknown(request)
    found = pay_plans.missing_acceptances(actor=asking(request), workspace=workspace(), at=moment())
    return [missing_json(one) for one in found]


@router.get("/pay/estimate", response={200: EstimateShape, **FAULTS})
def estimate_deal(request: HttpRequest, asked: Query[AskedEstimate]) -> Json:
    """What an open deal, or an amount, would pay: on its day, and a quarter later."""
    refuse_unknown(request, AskedEstimate.model_fields)
    asking(request).must("pay.read")
    try:
        found = estimate(
            actor=asking(request), workspace=workspace(), asked=_asked(asked), at=moment()
        )
    except NoSuchDeal as refusal:
        raise Http404(str(refusal)) from refusal
    return estimate_json(found)


def _person(actor: Actor, person: str) -> str:
    """Return whom is asked about: who asks, "" for nobody, where no person is named."""
    if "\0" in person:
        fix = "take it out"
        raise BadInput("There is no such person.", [Problem("person", "it holds NUL", fix)])
    return person or actor.person_id


def _asked(given: AskedEstimate) -> Asked:
    problems, amount = [], None
    if given.amount:
        try:
            amount = Decimal(given.amount)
        except InvalidOperation:
            problems.append(Problem("amount", "it is no number", "write it like 25000.50"))
    day = read_day(given.on, "on") if given.on else None
    if isinstance(day, Problem):
        problems.append(day)
    if problems:
        raise BadInput("This cannot be estimated.", problems)
    on = None if isinstance(day, Problem) else day
    return Asked(given.deal, amount, given.currency, given.person, on)
