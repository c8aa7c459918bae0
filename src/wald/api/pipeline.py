"""The pipeline as of any day, what changed between two, and the deals of each bar."""

from django.http import Http404, HttpRequest
from ninja import Query, Router

from wald.api.door import asking, read_dates, refuse_unknown, workspace
from wald.api.pipeline_shapes import (
    AskedChangedDeals,
    AskedChanges,
    AskedCoverage,
    AskedPipeline,
    AskedStageHistory,
    ChangedDealsShape,
    CoverageNeededShape,
    PipelineChangesShape,
    PipelineShape,
    StageHistoryShape,
)
from wald.api.shapes import FAULTS
from wald.queries import pipeline as desk
from wald.queries import pipeline_changes as changes_desk
from wald.queries.needed_coverage import NeededAsk, needed_coverage
from wald.queries.pipeline_ground import Which
from wald.queries.plain import Json
from wald.queries.plain_pipeline import changed_deals_json, changes_json, pipeline_json
from wald.queries.plain_stage_history import coverage_json, stage_history_json
from wald.queries.stage_history import StageHistoryAsk, stage_history

router = Router(tags=["pipeline"])
_NOTHING = "No deals are loaded yet."
_NAMES = {"first": "from", "second": "to"}


@router.get("/pipeline", response={200: PipelineShape, **FAULTS})
def pipeline_as_of(request: HttpRequest, asked: Query[AskedPipeline]) -> Json:
    """Deals open on a day, by any dimension: how many, their amount, how many have none."""
    refuse_unknown(request, AskedPipeline.model_fields)
    as_of, known = read_dates(asked.as_of, asked.known)
    which = Which((), asked.where, asked.period, asked.org)
    ask = desk.PipelineAsk(as_of, known, tuple(asked.by), which)
    found = desk.pipeline(actor=asking(request), workspace=workspace(), ask=ask)
    if found is None:
        raise Http404(_NOTHING)
    return pipeline_json(found)


@router.get("/pipeline/process", response={200: StageHistoryShape, **FAULTS})
def sales_process(request: HttpRequest, asked: Query[AskedStageHistory]) -> Json:
    """How long deals take in each stage and to close, what ends it, and how far cohorts came."""
    refuse_unknown(request, AskedStageHistory.model_fields)
    as_of, known = read_dates(asked.as_of, asked.known)
    ask = StageHistoryAsk(as_of, known, Which((), asked.where, "", asked.org))
    found = stage_history(actor=asking(request), workspace=workspace(), ask=ask)
    if found is None:
        raise Http404(_NOTHING)
    return stage_history_json(found)


@router.get("/pipeline/coverage", response={200: CoverageNeededShape, **FAULTS})
def coverage_needed(request: HttpRequest, asked: Query[AskedCoverage]) -> Json:
    """The open pipeline needed to make the quarter's quota, by what earlier quarters became."""
    refuse_unknown(request, AskedCoverage.model_fields)
    as_of, known = read_dates(asked.as_of, asked.known)
    ask = NeededAsk(as_of, known, asked.chance)
    found = needed_coverage(actor=asking(request), workspace=workspace(), ask=ask)
    if found is None:
        raise Http404(_NOTHING)
    return coverage_json(found)


@router.get("/pipeline/changes", response={200: PipelineChangesShape, **FAULTS}, by_alias=True)
def pipeline_changes(request: HttpRequest, asked: Query[AskedChanges]) -> Json:
    """What changed between two days: start and bars add up to the end, exactly."""
    refuse_unknown(request, _names(AskedChanges))
    found = changes_desk.pipeline_changes(
        actor=asking(request), workspace=workspace(), ask=_ask(asked)
    )
    if found is None:
        raise Http404(_NOTHING)
    return changes_json(found)


@router.get("/pipeline/changes/deals", response={200: ChangedDealsShape, **FAULTS})
def pipeline_changed_deals(request: HttpRequest, asked: Query[AskedChangedDeals]) -> Json:
    """The deals of one bar, both their states and what happened between; they add up to it."""
    refuse_unknown(request, _names(AskedChangedDeals))
    found = changes_desk.changed_deals(
        actor=asking(request),
        workspace=workspace(),
        ask=_ask(asked),
        bar=asked.bar,
        limit=asked.limit,
        offset=asked.offset,
    )
    if found is None:
        raise Http404(_NOTHING)
    return changed_deals_json(found)


def _names(shape: type[AskedChanges]) -> list[str]:
    return [_NAMES.get(name, name) for name in shape.model_fields]


def _ask(asked: AskedChanges) -> changes_desk.ChangesAsk:
    first, known_from = read_dates(asked.first, asked.known_from)
    second, known = read_dates(asked.second, asked.known)
    which = Which((), asked.where, asked.period, asked.org)
    return changes_desk.ChangesAsk(first, second, known_from, known, which, asked.closed_in)
