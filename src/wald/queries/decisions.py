"""Decisions: the list, one with its past and its like, and how often the deciders were right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from wald.brain.calibration import Calibration, Said, calibration, calibrations
from wald.brain.movement import movement
from wald.brain.stats import Interval
from wald.facts.metric import Metric, metrics
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.memory.draft import Draft
from wald.queries.recall import Similar, draft_face, face_of, similar
from wald.queries.search import eyes_of
from wald.records.stores import decisions as store
from wald.records.stores import insights as insight_store
from wald.records.stores.decisions import KeptDecision, Wanted
from wald.records.stores.insights import KeptInsight

READ = "decisions.read"
ALL = Wanted()


@dataclass(frozen=True, slots=True)
class DecisionList:
    rows: tuple[KeptDecision, ...]
    total: int


@dataclass(frozen=True, slots=True)
class DecisionPage:
    """`days_left` until it is measured: 0 today, less when it is late, None when it is done."""

    kept: KeptDecision
    metric: Metric | None
    insight: KeptInsight | None  # it was made on
    chain: tuple[KeptDecision, ...]  # it and what it superseded or was superseded by
    similar: tuple[Similar, ...]
    days_left: int | None
    movement: Interval | None  # of a share of rows: the change with its 95 % interval


@dataclass(frozen=True, slots=True)
class Deciders:
    """How sure people were and how often they were right: all, by decider, by kind."""

    all: Calibration | None
    by_decider: Mapping[str, Calibration]
    by_kind: Mapping[str, Calibration]


def decision_list(
    *,
    actor: Actor,
    workspace: Workspace,
    wanted: Wanted = ALL,
    limit: int = 50,
    offset: int = 0,
) -> DecisionList:
    """Return the decisions this actor sees, the newest number first."""
    actor.must(READ)
    eyes, database = eyes_of(actor=actor, workspace=workspace), workspace.database
    return DecisionList(
        store.list_decisions(wanted, eyes=eyes, limit=limit, offset=offset, database=database),
        store.count_decisions(wanted, eyes=eyes, database=database),
    )


def find_decision(*, actor: Actor, workspace: Workspace, decision_id: int) -> KeptDecision | None:
    """Return one decision, None where there is none for this actor."""
    actor.must(READ)
    eyes = eyes_of(actor=actor, workspace=workspace)
    return store.find_decision(decision_id, eyes=eyes, database=workspace.database)


def decision_page(
    *, actor: Actor, workspace: Workspace, decision_id: int, on: date
) -> DecisionPage | None:
    """Return a decision with all there is to it on a day, None where this actor has none."""
    actor.must(READ)
    database = workspace.database
    eyes = eyes_of(actor=actor, workspace=workspace)
    chain = store.chain(decision_id, eyes=eyes, database=database)
    kept = next((one for one in chain if one.decision_id == decision_id), None)
    if kept is None:
        return None
    insight = None
    if kept.decision.insight_id is not None and actor.may("insights.read"):
        number = kept.decision.insight_id
        insight = insight_store.find_insight(number, eyes=eyes, database=database)
    others = _without(
        similar(actor=actor, workspace=workspace, face=face_of(kept), most=12),
        {one.decision_id for one in chain},
        kept.decision.insight_id,
    )
    return DecisionPage(
        kept=kept,
        metric=metrics().get(kept.decision.metric),
        insight=insight,
        chain=chain,
        similar=others[:5],
        movement=movement_of(kept),
        days_left=None if kept.outcome is not None else (kept.decision.review_on - on).days,
    )


def movement_of(kept: KeptDecision) -> Interval | None:
    """Return how far chance alone may have moved it, where it was measured and that is known."""
    if kept.outcome is None:
        return None
    return movement(kept.decision.unit, kept.snapshot.reading, kept.outcome.reading)


def similar_to(*, actor: Actor, workspace: Workspace, draft: Draft) -> tuple[Similar, ...]:
    """Return what is like a decision that is being written, and what followed."""
    actor.must(READ)
    return _without(
        similar(actor=actor, workspace=workspace, face=draft_face(draft), most=8),
        {draft.supersedes or 0},
        draft.insight_id,
    )


def deciders(*, actor: Actor, workspace: Workspace) -> Deciders:
    """Return how often what was expected has come, of the decisions this actor sees."""
    actor.must(READ)
    eyes = eyes_of(actor=actor, workspace=workspace)
    told = store.told(eyes=eyes, database=workspace.database)
    said = [(by, kind, Said(confidence, came, n)) for by, kind, confidence, came, n in told]
    return Deciders(
        all=calibration([one for _, _, one in said]),
        by_decider=calibrations((by, one) for by, _, one in said),
        by_kind=calibrations((kind, one) for _, kind, one in said),
    )


def _without(
    found: Iterable[Similar], decisions: set[int], insight_id: int | None
) -> tuple[Similar, ...]:
    return tuple(
        one
        for one in found
        if not (one.decision is not None and one.decision.decision_id in decisions)
        and not (one.insight is not None and one.insight.insight_id == insight_id)
    )
