"""Decisions: make one, read what came of it, find what was decided before; and search."""

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions import decisions as action
from wald.api.decisions_shapes import (
    AskedDecisions,
    AskedSearch,
    CheckedShape,
    DecidersShape,
    DecisionShape,
    FoundShape,
    NewDecision,
    NewReview,
    ReviewedShape,
)
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.insights_shapes import SimilarShape
from wald.api.shapes import FAULTS, Fault
from wald.kernel.actor import Actor
from wald.memory.draft import Draft
from wald.queries import decisions as desk
from wald.queries import search as search_desk
from wald.queries.plain import Json
from wald.queries.plain_designs import design_json
from wald.queries.plain_knowledge import (
    deciders_json,
    decision_json,
    found_json,
    outcome_json,
    reading_json,
    similar_json,
)
from wald.records.stores.decisions import KeptDecision, Wanted

router = Router(tags=["decisions"])


@router.get("/decisions", response={200: list[DecisionShape], **FAULTS})
def list_decisions(request: HttpRequest, asked: Query[AskedDecisions]) -> list[Json]:
    """What was decided, the newest number first."""
    refuse_unknown(request, AskedDecisions.model_fields)
    wanted = Wanted(
        metric=asked.metric, decided_by=asked.decided_by, state=asked.state, before=asked.before
    )
    found = desk.decision_list(
        actor=asking(request), workspace=workspace(), wanted=wanted, limit=asked.limit
    )
    return [decision_json(one) for one in found.rows]


@router.get("/decisions/calibration", response={200: DecidersShape, **FAULTS})
def calibration(request: HttpRequest) -> Json:
    """How sure the deciders were and how often they were right, by decider and by kind."""
    refuse_unknown(request)
    return deciders_json(desk.deciders(actor=asking(request), workspace=workspace()))


@router.get("/decisions/{int:decision_id}", response={200: DecisionShape, **FAULTS})
def one_decision(request: HttpRequest, decision_id: int) -> Json:
    """One decision: what was expected, and what came of it."""
    refuse_unknown(request)
    return decision_json(_decision(asking(request), decision_id))


@router.get("/decisions/{int:decision_id}/similar", response={200: list[SimilarShape], **FAULTS})
def similar_decisions(request: HttpRequest, decision_id: int) -> list[Json]:
    """Decisions and insights that are like it, and what followed."""
    refuse_unknown(request)
    actor = asking(request)
    _decision(actor, decision_id)
    page = desk.decision_page(
        actor=actor, workspace=workspace(), decision_id=decision_id, on=moment().date()
    )
    return [similar_json(one) for one in page.similar] if page else []


@router.post("/decisions", response={201: DecisionShape, 409: Fault, **FAULTS})
def make_decision(request: HttpRequest, given: NewDecision) -> Status[Json]:
    """Make a decision; its metric is frozen as of today, and measured on its review date."""
    refuse_unknown(request)
    actor = asking(request)
    number = action.decide(actor=actor, workspace=workspace(), draft=_draft(given), at=moment())
    return Status(201, decision_json(_decision(actor, number)))


@router.post("/decisions/check", response={200: CheckedShape, 409: Fault, **FAULTS})
def check_decision(request: HttpRequest, given: NewDecision) -> Json:
    """Say what would be kept, and what was decided before that is like it; keep nothing."""
    refuse_unknown(request)
    actor, draft = asking(request), _draft(given)
    decision, snapshot = action.check(actor=actor, workspace=workspace(), draft=draft, at=moment())
    found = desk.similar_to(actor=actor, workspace=workspace(), draft=draft)
    return {
        "snapshot": reading_json(snapshot.reading),
        "design": design_json(decision.design),
        "population": decision.population,
        "similar": [similar_json(one) for one in found],
    }


@router.post("/decisions/review", response={200: list[ReviewedShape], 409: Fault, **FAULTS})
def review_decisions(request: HttpRequest, given: NewReview) -> list[Json]:
    """Measure every decision whose review date is here; twice changes nothing."""
    refuse_unknown(request)
    found = action.review_due(
        actor=asking(request), workspace=workspace(), at=moment(), only=given.only
    )
    return [
        {**outcome_json(one.outcome), "decision_id": one.decision_id, "case_id": one.case_id}
        for one in found
    ]


@router.get("/search", response={200: list[FoundShape], **FAULTS})
def search(request: HttpRequest, asked: Query[AskedSearch]) -> list[Json]:
    """Insights and decisions in which every word of the text begins a word, best first."""
    refuse_unknown(request, AskedSearch.model_fields)
    found = search_desk.find(
        actor=asking(request), workspace=workspace(), text=asked.text, limit=asked.limit
    )
    return [found_json(one) for one in found]


def _draft(given: NewDecision) -> Draft:
    told = given.model_dump()
    return Draft(**{**told, "options": tuple(given.options), "links": tuple(given.links)})


def _decision(actor: Actor, decision_id: int) -> KeptDecision:
    found = desk.find_decision(actor=actor, workspace=workspace(), decision_id=decision_id)
    if found is None:
        raise Http404(f"There is no decision {decision_id}.")
    return found
