"""Insights: list and read them, record one, say what becomes of one, open a case about one."""

from dataclasses import replace
from datetime import UTC

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions import insights as action
from wald.actions import remedies
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.insights_shapes import (
    AskedInsightRows,
    AskedInsights,
    CaseNumber,
    HappeningShape,
    InsightRowsShape,
    InsightShape,
    NewInsight,
    NewInsightCase,
    NewStatus,
    ProposalShape,
    SimilarShape,
)
from wald.api.shapes import FAULTS, Fault
from wald.insights import insight as noun
from wald.kernel.actor import Actor
from wald.kernel.unit import Unit
from wald.queries import insights as desk
from wald.queries import remedies as remedy_desk
from wald.queries.plain import Json
from wald.queries.plain_designs import proposal_json
from wald.queries.plain_knowledge import (
    happening_json,
    insight_json,
    insight_rows_json,
    similar_json,
)
from wald.records.stores.insights import KeptInsight, Wanted

router = Router(tags=["insights"])


@router.get("/insights", response={200: list[InsightShape], **FAULTS})
def list_insights(request: HttpRequest, asked: Query[AskedInsights]) -> list[Json]:
    """What was noticed, the newest number first."""
    refuse_unknown(request, AskedInsights.model_fields)
    is_open = asked.status == "open"
    wanted = Wanted(
        status=noun.Status(asked.status) if asked.status and not is_open else None,
        metric=asked.metric,
        least=None if asked.least is None else asked.least * 100,
        before=asked.before,
        is_open=is_open,
    )
    found = desk.insight_list(
        actor=asking(request), workspace=workspace(), wanted=wanted, limit=asked.limit
    )
    return [insight_json(one) for one in found.rows]


@router.get("/insights/{int:insight_id}", response={200: InsightShape, **FAULTS})
def one_insight(request: HttpRequest, insight_id: int) -> Json:
    """One insight: its claim, its size, its doubt, its query."""
    refuse_unknown(request)
    return insight_json(_insight(asking(request), insight_id))


@router.get("/insights/{int:insight_id}/rows", response={200: InsightRowsShape, **FAULTS})
def insight_rows(request: HttpRequest, insight_id: int, asked: Query[AskedInsightRows]) -> Json:
    """The rows behind it, as of its dates, of those that you may see."""
    refuse_unknown(request, AskedInsightRows.model_fields)
    actor = asking(request)
    query = _insight(actor, insight_id).insight.question
    found = desk.insight_rows(
        actor=actor, workspace=workspace(), query=query, limit=asked.limit, offset=asked.offset
    )
    return insight_rows_json(found)


@router.get("/insights/{int:insight_id}/history", response={200: list[HappeningShape], **FAULTS})
def insight_history(request: HttpRequest, insight_id: int) -> list[Json]:
    """Each time it was seen, and each change of its status, the newest first."""
    refuse_unknown(request)
    actor = asking(request)
    _insight(actor, insight_id)
    found = desk.insight_history(actor=actor, workspace=workspace(), insight_id=insight_id)
    return [happening_json(one) for one in found]


@router.get("/insights/{int:insight_id}/similar", response={200: list[SimilarShape], **FAULTS})
def similar_insights(request: HttpRequest, insight_id: int) -> list[Json]:
    """Insights and decisions that are like it, and what followed."""
    refuse_unknown(request)
    actor = asking(request)
    kept = _insight(actor, insight_id)
    found = desk.similar_to_insight(actor=actor, workspace=workspace(), kept=kept)
    return [similar_json(one) for one in found]


@router.post("/insights", response={200: InsightShape, 201: InsightShape, 409: Fault, **FAULTS})
def record_insight(request: HttpRequest, given: NewInsight) -> Status[Json]:
    """Keep what was noticed; 200: the same finding is known, and was seen once more."""
    refuse_unknown(request)
    actor, at = asking(request), moment()
    actor.must("insights.record")
    number = action.record_insight(
        actor=actor, workspace=workspace(), insight=_noticed(actor, given), at=at
    )
    kept = _insight(actor, number)
    return Status(201 if kept.times_seen == 1 else 200, insight_json(kept))


@router.post(
    "/insights/{int:insight_id}/status", response={200: InsightShape, 409: Fault, **FAULTS}
)
def change_insight_status(request: HttpRequest, insight_id: int, given: NewStatus) -> Json:
    """Look at it, dismiss it with a reason, make it new again."""
    refuse_unknown(request)
    actor = asking(request)
    actor.must("insights.record")
    _insight(actor, insight_id)
    action.move_insight(
        actor=actor,
        workspace=workspace(),
        insight_id=insight_id,
        status=noun.Status(given.status),
        why=given.why,
        version=given.version,
        at=moment(),
    )
    return insight_json(_insight(actor, insight_id))


@router.get("/insights/{int:insight_id}/proposal", response={200: ProposalShape, **FAULTS})
def insight_proposal(request: HttpRequest, insight_id: int) -> Json:
    """What its detector proposes to do, the decision that it would begin with, and whether it came
    back after something was done."""
    refuse_unknown(request)
    actor = asking(request)
    _insight(actor, insight_id)
    found = remedy_desk.proposed_for(
        actor=actor, workspace=workspace(), insight_id=insight_id, on=moment().date()
    )
    if found is None:
        raise Http404(f"There is no insight {insight_id}.")
    return proposal_json(found)


@router.post("/insights/{int:insight_id}/case", response={200: CaseNumber, 409: Fault, **FAULTS})
def open_insight_case(request: HttpRequest, insight_id: int, given: NewInsightCase) -> Json:
    """Open a case about it with the action proposed, or return the one that is open."""
    refuse_unknown(request)
    actor = asking(request)
    actor.must("insights.record")
    _insight(actor, insight_id)
    found = remedies.open_insight_case(
        actor=actor,
        workspace=workspace(),
        insight_id=insight_id,
        assignee=given.assignee,
        at=moment(),
    )
    return {"case_id": found.case_id, "reviews": list(found.reviews), "draft": found.version_id}


def _noticed(actor: Actor, given: NewInsight) -> noun.Insight:
    asked = given.question
    known = None if asked.known is None else asked.known
    if known is not None:
        known = (known if known.tzinfo else known.replace(tzinfo=UTC)).astimezone(UTC)
    query = noun.StoredQuery(asked.metric, (), asked.where, asked.period, asked.as_of, known)
    found = desk.noticed(actor=actor, workspace=workspace(), query=query, at=moment())
    effect = noun.Effect(
        given.low,
        given.estimate,
        given.high,
        found.effect.unit if given.unit is None else Unit(given.unit),
        given.p_value,
        given.confidence,
        found.effect.currency,
    )
    return replace(
        found,
        claim=given.claim,
        source=given.source or noun.PERSON,
        subject=given.subject or found.subject[:300],
        effect=effect,
        evidence=given.evidence or found.evidence,
    )


def _insight(actor: Actor, insight_id: int) -> KeptInsight:
    found = desk.find_insight(actor=actor, workspace=workspace(), insight_id=insight_id)
    if found is None:
        raise Http404(f"There is no insight {insight_id}.")
    return found
