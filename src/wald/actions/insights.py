"""What people and the nightly run do with insights. Every write about them is here."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from wald.actions.act import Entry, act
from wald.facts.measure import columns_for
from wald.facts.metric import metrics
from wald.facts.reading import PARAMETERS
from wald.insights.insight import MOVES, PERSON, Insight, Status, insight_problems
from wald.kernel.actor import Actor
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, Problem, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.language.parse import read_condition
from wald.memory.draft import SOMEBODY, person_in
from wald.queries.measure import Ask, measured, read_ask, view
from wald.queries.search import author_mark, eyes_of
from wald.records.stores import insights as store
from wald.records.stores.insights import KeptInsight
from wald.records.stores.users import names_with_role

RECORD = "insights.record"
LONGEST_WHY = 2000


def record_insight(*, actor: Actor, workspace: Workspace, insight: Insight, at: datetime) -> int:
    """Keep what somebody or a detector noticed; the same finding again is seen once more.

    The stored query is pinned to the day and the knowledge it was asked with, so its rows open
    as they were. Returns the insight's number. Raises BadInput with every Problem.
    """
    actor.must(RECORD)
    problems = list(insight_problems(insight))
    insight = _pinned(actor, workspace, insight, at, problems)
    if problems:
        raise BadInput("This insight cannot be kept as it is.", problems)
    with act(
        actor=actor, workspace=workspace, at=at, permission=RECORD, action="insight.record"
    ) as entry:
        number, is_new, status = store.record(
            insight, by=actor.name, at=at, database=workspace.database
        )
        entry.about = f"insight:{number}"
        entry.after = {"claim": insight.claim, "metric": insight.metric,
                       "subject": insight.subject, "new": is_new}  # fmt: skip
        if status is Status.NEW:
            _tell_of_new(entry, insight, number, workspace)
    return number


def move_insight(
    *,
    actor: Actor,
    workspace: Workspace,
    insight_id: int,
    status: Status,
    at: datetime,
    why: str = "",
    version: int | None = None,
) -> int:
    """Give an insight another status; return its new version.

    `version` is what the actor saw: another one there raises Stale with what has changed.
    Dismissing asks for a reason. Raises BadInput, Refusal.
    """
    actor.must(RECORD)
    problems = list(_why_problems(status, why))
    if problems:
        raise BadInput("The status cannot change like this.", problems)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission=RECORD,
        action=f"insight.{status.value}",
        about=f"insight:{insight_id}",
        why=why.strip(),
    ) as entry:
        kept = _seen(actor, workspace, insight_id)
        _must_be_fresh(kept, version, workspace.database)
        if status not in MOVES[kept.status] or status is kept.status:
            raise Refusal(f"Insight {insight_id} is {kept.status.title}, not to be {status.title}.")
        entry.before, entry.after = {"status": kept.status.value}, {"status": status.value}
        title = f"{actor.name}: your insight {insight_id} is {status.title}"
        entry.tell([kept.recorded_by], title, f"/insights/{insight_id}/")
        return store.move(
            insight_id,
            status,
            by=actor.name,
            at=at,
            why=why.strip(),
            database=workspace.database,
        )


def _pinned(
    actor: Actor, workspace: Workspace, insight: Insight, at: datetime, problems: list[Problem]
) -> Insight:
    """Return the insight with its query pinned, whom it is about, and its figures as evidence."""
    query = insight.question
    if not query.metric:
        known = replace(query, known=query.known or at)
        return replace(insight, question=known)
    if insight.metric and insight.metric != query.metric:
        fix = "ask the query of the insight's own metric"
        problems.append(Problem("metric", "the stored query is of another metric", fix))
    known_at = query.known or at
    seen = view(actor=actor, workspace=workspace, known=known_at)
    ask = Ask(query.metric, query.by, query.where, query.period, query.as_of, known_at)
    try:
        asked = read_ask(seen, ask)
    except BadInput as error:
        problems += error.problems
        return insight
    pinned = replace(query, as_of=asked.when.valid, known=known_at)
    insight = replace(
        insight, question=pinned, person_id=insight.person_id or _person(actor, workspace, insight)
    )
    if insight.evidence:
        return insight
    found = measured(seen, replace(ask, by=(), as_of=asked.when.valid))
    evidence = {
        "value": None if found.value is None else str(found.value),
        "rows": sum(row.records for row in found.rows),
        "as_of": found.as_of.isoformat(),
    }
    return replace(insight, evidence=evidence)


def _person(actor: Actor, workspace: Workspace, insight: Insight) -> str:
    """Return whom the query is about: one person, nobody, or its author.

    It is the author's alone where it names several, or one whose rows the author does not see.
    """
    where = insight.question.where
    if not where.strip():
        return ""
    tree = read_condition(where, columns_for(metrics()[insight.question.metric]), PARAMETERS).tree
    found = "" if tree is None else person_in(tree)
    is_seen = found != SOMEBODY and eyes_of(actor=actor, workspace=workspace).see(found)
    return found if is_seen else author_mark(actor)


def _tell_of_new(entry: Entry, insight: Insight, number: int, workspace: Workspace) -> None:
    entry.emit(
        "insight.noticed",
        {"insight": number, "source": insight.source, "metric": insight.metric},
    )
    if insight.source == PERSON or insight.person_id:
        return
    people = names_with_role(Role.SALES_OPERATIONS, database=workspace.database)
    entry.tell(people, f"Noticed: {insight.claim}", f"/insights/{number}/")


def _seen(actor: Actor, workspace: Workspace, insight_id: int) -> KeptInsight:
    eyes = eyes_of(actor=actor, workspace=workspace)
    kept = store.find_insight(insight_id, eyes=eyes, database=workspace.database)
    if kept is None:
        raise Refusal(f"There is no insight {insight_id}.")
    return kept


def _must_be_fresh(kept: KeptInsight, version: int | None, database: str) -> None:
    if version is None or version == kept.version:
        return
    events = store.history(kept.insight_id, limit=50, database=database)
    changed = [
        f"{one.by} on {one.at:%Y-%m-%d %H:%M} UTC: {one.kind}"
        for one in reversed(events)
        if one.number > version
    ]
    sentence = f"Insight {kept.insight_id} has changed since you looked at it."
    raise Stale(sentence, changed)


def _why_problems(status: Status, why: str) -> Iterator[Problem]:
    if status is Status.DISMISSED and not why.strip():
        yield Problem("why", "it is empty", "say why it need not be looked at again")
    if len(why) > LONGEST_WHY:
        yield Problem("why", f"it has {len(why)} characters", f"use {LONGEST_WHY} at most")
