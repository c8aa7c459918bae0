"""What is like something, and what followed: candidates from the database, ranked by the brain."""

from collections.abc import Mapping
from dataclasses import dataclass

from wald.brain.recall import Face, Match, alike, decision_face, insight_face
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.memory.draft import Draft
from wald.queries.search import READS, eyes_of
from wald.records.stores.decisions import KeptDecision, decision_faces, decisions_by_number
from wald.records.stores.insights import KeptInsight, insight_faces, insights_by_number
from wald.records.stores.likely import likely

_CANDIDATES = 60  # by their words, that are looked at closely
_OF_METRIC = 15  # of each kind, that are on the same metric
_FACES = {"insight": insight_faces, "decision": decision_faces}


@dataclass(frozen=True, slots=True)
class Similar:
    """One that is alike, and either what was noticed or what was decided and came of it."""

    match: Match
    insight: KeptInsight | None = None
    decision: KeptDecision | None = None


def similar(
    *, actor: Actor, workspace: Workspace, face: Face, most: int = 5
) -> tuple[Similar, ...]:
    """Return the insights and decisions that are most like `face`, as this actor may see them."""
    kinds = [kind for kind, permission in READS.items() if actor.may(permission)]
    if not kinds:
        actor.must(READS["decision"])
    eyes = eyes_of(actor=actor, workspace=workspace)
    database = workspace.database
    found = likely(face.words, eyes=eyes, kinds=kinds, limit=_CANDIDATES, database=database)
    faces: list[Face] = []
    for kind in kinds:
        numbers = [number for of_kind, number in found if of_kind == kind]
        faces += _FACES[kind](numbers, face.metric, eyes=eyes, limit=_OF_METRIC, database=database)
    matches = alike(face, faces, most=most)
    chosen = {kind: [one.face.number for one in matches if one.face.kind == kind] for kind in READS}
    insights: Mapping[int, KeptInsight] = {}
    decisions: Mapping[int, KeptDecision] = {}
    if chosen["insight"]:
        insights = insights_by_number(chosen["insight"], eyes=eyes, database=database)
    if chosen["decision"]:
        decisions = decisions_by_number(chosen["decision"], eyes=eyes, database=database)
    return tuple(
        Similar(match, insight=insights.get(match.face.number))
        if match.face.kind == "insight"
        else Similar(match, decision=decisions.get(match.face.number))
        for match in matches
    )


def face_of(kept: KeptInsight | KeptDecision) -> Face:
    """Return what a kept insight or decision is recognised by."""
    if isinstance(kept, KeptInsight):
        insight = kept.insight
        return insight_face(
            kept.insight_id, insight.claim, insight.subject, insight.metric, insight.question.where
        )
    one = kept.decision
    return decision_face(
        kept.decision_id, one.question, one.choice, one.why, one.metric, one.population,
        one.links, one.insight_id,
    )  # fmt: skip


def draft_face(draft: Draft) -> Face:
    """Return how a decision that is being written is recognised."""
    links = {*draft.links, *([f"insight:{draft.insight_id}"] if draft.insight_id else [])}
    text = " ".join((draft.question, draft.choice, draft.why, *draft.options))
    return Face("decision", 0, text, draft.metric, draft.population, frozenset(links))
