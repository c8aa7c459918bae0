"""What is like something, and what followed: candidates from the database, ranked by the brain."""

from dataclasses import dataclass

from wald.brain.recall import Face, Match, alike
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.memory.draft import Draft
from wald.queries.search import READS, eyes_of
from wald.records.stores import decisions as decision_store
from wald.records.stores import insights as insight_store
from wald.records.stores.decisions import KeptDecision
from wald.records.stores.insights import KeptInsight
from wald.records.stores.search import hits

_CANDIDATES = 60  # of each kind that are looked at closely


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
    found = hits(
        " ".join(sorted(face.words, key=lambda word: (-len(word), word))),
        eyes=eyes,
        kinds=kinds,
        limit=_CANDIDATES,
        database=database,
        any_word=True,
    )
    likely: dict[tuple[str, int], KeptInsight | KeptDecision] = {}
    faces = []
    if "insight" in kinds:
        numbers = [hit.number for hit in found if hit.kind == "insight"]
        for one in insight_store.insights_like(
            numbers, face.metric, eyes=eyes, limit=_CANDIDATES, database=database
        ):
            likely["insight", one.insight_id] = one
            faces.append(insight_face(one))
    if "decision" in kinds:
        numbers = [hit.number for hit in found if hit.kind == "decision"]
        for kept in decision_store.decisions_like(
            numbers, face.metric, eyes=eyes, limit=_CANDIDATES, database=database
        ):
            likely["decision", kept.decision_id] = kept
            faces.append(decision_face(kept))
    return tuple(
        _similar(match, likely[match.face.kind, match.face.number])
        for match in alike(face, faces, most=most)
    )


def insight_face(kept: KeptInsight) -> Face:
    insight = kept.insight
    return Face(
        "insight",
        kept.insight_id,
        f"{insight.claim} {insight.subject}",
        insight.metric,
        insight.question.where,
        frozenset({f"insight:{kept.insight_id}"}),
    )


def decision_face(kept: KeptDecision) -> Face:
    one = kept.decision
    links = {*one.links, *([f"insight:{one.insight_id}"] if one.insight_id else [])}
    text = " ".join((one.question, one.choice, one.why))
    number = kept.decision_id
    return Face("decision", number, text, one.metric, one.population, frozenset(links))


def draft_face(draft: Draft) -> Face:
    """Return how a decision that is being written is recognised."""
    links = {*draft.links, *([f"insight:{draft.insight_id}"] if draft.insight_id else [])}
    text = " ".join((draft.question, draft.choice, draft.why, *draft.options))
    return Face("decision", 0, text, draft.metric, draft.population, frozenset(links))


def _similar(match: Match, one: object) -> Similar:
    if isinstance(one, KeptInsight):
        return Similar(match, insight=one)
    return Similar(match, decision=one if isinstance(one, KeptDecision) else None)
