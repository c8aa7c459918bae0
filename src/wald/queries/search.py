"""Insights and decisions found by words, with the rights of who asks; and whose they may see."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from wald.kernel.actor import Actor
from wald.kernel.policy import Reach
from wald.kernel.workspace import Workspace
from wald.queries.sight import persons_seen
from wald.records.stores import decisions as decision_store
from wald.records.stores import insights as insight_store
from wald.records.stores.loads import snapshot
from wald.records.stores.search import Eyes, hits

READS: Mapping[str, str] = MappingProxyType(
    {"insight": "insights.read", "decision": "decisions.read"}
)
_LONG_AGO = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Found:
    """An insight or a decision: its words, and `detail`, what has become of it."""

    kind: str
    number: int
    title: str
    detail: str

    @property
    def address(self) -> str:
        return f"/{self.kind}s/{self.number}/"


def find(*, actor: Actor, workspace: Workspace, text: str, limit: int = 20) -> tuple[Found, ...]:
    """Return the insights and decisions in which every word of `text` begins a word, best first.

    Texts without a word, whatever else they hold, find nothing.
    """
    kinds = [kind for kind, permission in READS.items() if actor.may(permission)]
    if not kinds:
        actor.must(READS["insight"])
    eyes = eyes_of(actor=actor, workspace=workspace)
    database = workspace.database
    ranked = hits(text, eyes=eyes, kinds=kinds, limit=limit, database=database)
    numbers = {kind: [hit.number for hit in ranked if hit.kind == kind] for kind in READS}
    insights = insight_store.insights_by_number(numbers["insight"], eyes=eyes, database=database)
    decisions = decision_store.decisions_by_number(
        numbers["decision"], eyes=eyes, database=database
    )
    found = []
    for hit in ranked:
        if hit.kind == "insight" and hit.number in insights:
            one = insights[hit.number]
            found.append(Found("insight", hit.number, one.insight.claim, one.status.title))
        elif hit.kind == "decision" and hit.number in decisions:
            kept = decisions[hit.number]
            found.append(Found("decision", hit.number, kept.decision.question, kept.state))
    return tuple(found)


def eyes_of(*, actor: Actor, workspace: Workspace) -> Eyes:
    """Return whose insights and decisions `actor` sees, by the hierarchy of the data's last day.

    What is about nobody in particular is everybody's who may read; what is about a person,
    only theirs who may see that person's rows. What somebody wrote about several is their own.
    """
    if not actor.may(READS["insight"]):
        actor.must(READS["decision"])
    if actor.reach is Reach.EVERYBODY:
        return Eyes(None)
    own = frozenset({author_mark(actor)})
    if not actor.may("facts.read"):
        return Eyes(own)
    stored = snapshot(database=workspace.database, root=workspace.facts, known=None)
    seen = persons_seen(actor=actor, workspace=workspace, on=stored.reaches or _LONG_AGO)
    return Eyes(None if seen is None else seen | own)


def author_mark(actor: Actor) -> str:
    """Return what stands for a person where an author names people nobody looked up."""
    return actor.person_id or f"user:{actor.name}"
