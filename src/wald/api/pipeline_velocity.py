"""Exit criteria, velocity and pushes of the pipeline."""

from django.http import Http404, HttpRequest
from ninja import Query, Router

from wald.api.door import asking, read_dates, refuse_unknown, workspace
from wald.api.pipeline_velocity_shapes import (
    AskedCriteria,
    AskedCriterionDeals,
    AskedPushedDeals,
    AskedPushes,
    AskedVelocity,
    CriterionDealsShape,
    ExitCriteriaShape,
    PushedDealsShape,
    PushesShape,
    VelocityShape,
)
from wald.api.shapes import FAULTS
from wald.queries import exit_criteria as criteria_desk
from wald.queries import pushes as pushes_desk
from wald.queries import velocity as velocity_desk
from wald.queries.criteria_ground import CriteriaAsk
from wald.queries.criterion_deals import DealsOf, criterion_deals
from wald.queries.pipeline_ground import Which
from wald.queries.plain import Json
from wald.queries.plain_sales_process import (
    criteria_json,
    criterion_deals_json,
    pushed_deals_json,
    pushes_json,
    velocity_json,
)

router = Router()
_NOTHING = "No deals are loaded yet."


@router.get("/pipeline/criteria", response={200: ExitCriteriaShape, **FAULTS})
def exit_criteria(request: HttpRequest, asked: Query[AskedCriteria]) -> Json:
    """Exit criteria as deals kept them, and the chance of each stage beside the expected one."""
    refuse_unknown(request, AskedCriteria.model_fields)
    as_of, known = read_dates(asked.as_of, asked.known)
    ask = CriteriaAsk(as_of, known, Which((), asked.where, "", asked.org))
    found = criteria_desk.exit_criteria(actor=asking(request), workspace=workspace(), ask=ask)
    if found is None:
        raise Http404(_NOTHING)
    return criteria_json(found)


@router.get("/pipeline/criteria/deals", response={200: CriterionDealsShape, **FAULTS})
def exit_criterion_deals(request: HttpRequest, asked: Query[AskedCriterionDeals]) -> Json:
    """The deals of a stage: that went on with evidence, without, or are there and miss it."""
    refuse_unknown(request, AskedCriterionDeals.model_fields)
    as_of, known = read_dates(asked.as_of, asked.known)
    found = criterion_deals(
        actor=asking(request),
        workspace=workspace(),
        ask=CriteriaAsk(as_of, known, Which((), asked.where, "", asked.org)),
        wanted=DealsOf(asked.stage, asked.criterion, asked.side, asked.segment),
        limit=asked.limit,
        offset=asked.offset,
    )
    if found is None:
        raise Http404(_NOTHING)
    return criterion_deals_json(found)


@router.get("/pipeline/velocity", response={200: VelocityShape, **FAULTS})
def pipeline_velocity(request: HttpRequest, asked: Query[AskedVelocity]) -> Json:
    """What the pipeline yields a day, its four parts with intervals, and what each moved."""
    refuse_unknown(request, AskedVelocity.model_fields)
    _, known = read_dates("", asked.known)
    which = Which((), asked.where, "", asked.org)
    ask = velocity_desk.VelocityAsk(asked.period, asked.beside, known, asked.by, which)
    found = velocity_desk.pipeline_velocity(actor=asking(request), workspace=workspace(), ask=ask)
    if found is None:
        raise Http404(_NOTHING)
    return velocity_json(found, which)


@router.get("/pipeline/pushes", response={200: PushesShape, **FAULTS})
def pipeline_pushes(request: HttpRequest, asked: Query[AskedPushes]) -> Json:
    """How closing days moved in a period: how often, how far, back again, and by whom."""
    refuse_unknown(request, AskedPushes.model_fields)
    found = pushes_desk.pipeline_pushes(
        actor=asking(request), workspace=workspace(), ask=_ask(asked)
    )
    if found is None:
        raise Http404(_NOTHING)
    return pushes_json(found)


@router.get("/pipeline/pushes/deals", response={200: PushedDealsShape, **FAULTS})
def pipeline_pushed_deals(request: HttpRequest, asked: Query[AskedPushedDeals]) -> Json:
    """The deals of one kind: pushed, round trips, gone back, pushed three times or more."""
    refuse_unknown(request, AskedPushedDeals.model_fields)
    found = pushes_desk.pushed_deals(
        actor=asking(request),
        workspace=workspace(),
        ask=_ask(asked),
        kind=asked.kind,
        limit=asked.limit,
        offset=asked.offset,
    )
    if found is None:
        raise Http404(_NOTHING)
    return pushed_deals_json(found)


def _ask(asked: AskedPushes) -> pushes_desk.PushesAsk:
    _, known = read_dates("", asked.known)
    return pushes_desk.PushesAsk(asked.period, known, Which((), asked.where, "", asked.org))
