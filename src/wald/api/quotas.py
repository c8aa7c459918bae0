"""Quotas: plans worked out, how a figure arose, publishing, and what was reached."""

from datetime import date
from http import HTTPStatus

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions import quotas as action
from wald.api.door import asking, moment, read_dates, refuse_unknown, workspace
from wald.api.quotas_shapes import (
    ArisingShape,
    AskedAttainmentShape,
    AskedPlan,
    AskedPlans,
    AskedSteps,
    AttainmentShape,
    NewPublication,
    PlanNameShape,
    PublishedShape,
    QuotaPlanShape,
)
from wald.api.shapes import FAULTS, Fault
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem
from wald.queries import attainment as attained
from wald.queries import quotas as desk
from wald.queries.plain import Json, plain
from wald.queries.plain_quotas import arising_json, attainment_json, plan_json, published_json
from wald.queries.quota_ground import NoSuchPlan

router = Router(tags=["quotas"])


@router.get("/quotas", response={200: list[PlanNameShape], **FAULTS})
def list_quota_plans(request: HttpRequest, asked: Query[AskedPlans]) -> list[Json]:
    """The quota plans, and which version of each holds."""
    refuse_unknown(request, AskedPlans.model_fields)
    found = desk.plan_list(actor=asking(request), workspace=workspace(), on=_day(asked.on))
    return [
        {
            "name": line.name,
            "state": line.standing.value,
            "number": line.holds.number if line.holds else None,
            "starts_on": plain(line.holds.starts_on) if line.holds else None,
        }
        for line in found
    ]


@router.get("/quotas/{name}", response={200: QuotaPlanShape, **FAULTS})
def one_quota_plan(request: HttpRequest, name: str, asked: Query[AskedPlan]) -> Json:
    """A plan down its tree: what everybody you see holds, and what was proposed."""
    refuse_unknown(request, AskedPlan.model_fields)
    try:
        page = desk.plan_page(
            actor=asking(request),
            workspace=workspace(),
            name=name,
            on=_day(asked.on),
            version_id=asked.version_id,
            seed=asked.seed,
        )
    except NoSuchPlan as refusal:
        raise Http404(str(refusal)) from refusal
    lines = page.lines[asked.offset : asked.offset + asked.limit]
    return {**plan_json(page, lines), "total_lines": len(page.lines)}


@router.get("/quotas/{name}/steps", response={200: ArisingShape, **FAULTS})
def quota_steps(request: HttpRequest, name: str, asked: Query[AskedSteps]) -> Json:
    """How one figure arose, step by step from the total down."""
    refuse_unknown(request, AskedSteps.model_fields)
    try:
        found = desk.arising(
            actor=asking(request),
            workspace=workspace(),
            name=name,
            node=asked.node,
            on=_day(asked.on),
            version_id=asked.version_id,
        )
    except NoSuchPlan as refusal:
        raise Http404(str(refusal)) from refusal
    return arising_json(found)


@router.post(
    "/quotas/{name}/publish",
    response={200: PublishedShape, 201: PublishedShape, 409: Fault, **FAULTS},
)
def publish_quotas(request: HttpRequest, name: str, given: NewPublication) -> Status[Json]:
    """Make quota facts of the plan in force, as one load; 200: it brought nothing new."""
    refuse_unknown(request)
    actor = asking(request)
    actor.must("facts.load")
    try:
        made = action.publish(
            actor=actor, workspace=workspace(), name=name, on=_day(given.on), at=moment()
        )
    except NoSuchPlan as refusal:
        raise Http404(str(refusal)) from refusal
    status = HTTPStatus.OK if made.load_id is None else HTTPStatus.CREATED
    return Status(int(status), published_json(made))


@router.get("/attainment", response={200: AttainmentShape, **FAULTS})
def quota_attainment(request: HttpRequest, asked: Query[AskedAttainmentShape]) -> Json:
    """What was reached of quotas, per person and unit; sums of those below."""
    refuse_unknown(request, AskedAttainmentShape.model_fields)
    as_of, known = read_dates(asked.as_of, asked.known)
    ask = attained.AskedAttainment(asked.period, asked.measure, asked.plan, as_of, known)
    try:
        page = attained.attainment(actor=asking(request), workspace=workspace(), ask=ask)
    except NoSuchPlan as refusal:
        raise Http404(str(refusal)) from refusal
    if page is None:
        raise Http404("Nothing is loaded yet.")
    lines = page.lines[asked.offset : asked.offset + asked.limit]
    return {**attainment_json(page, lines), "total_lines": len(page.lines)}


def _day(text: str) -> date:
    """Return the day asked about; today where none is given. Raises BadInput."""
    if not text:
        return moment().date()
    found = read_day(text, "on")
    if isinstance(found, Problem):
        raise BadInput("This day cannot be read.", [found])
    return found
