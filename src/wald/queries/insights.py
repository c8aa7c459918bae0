"""Insights: the list, one with its rows, its history, what is like it and what was decided."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pyarrow as pa

from wald.brain.came_back import CameBack
from wald.brain.remedy import Remedy, remedy_of
from wald.facts.metric import Metric, metrics
from wald.facts.question import Answer
from wald.insights.insight import PERSON, Effect, Insight, StoredQuery
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.queries.deals import DealsAsk, deals_page
from wald.queries.measure import Ask, RowsBehind, measured, rows_behind, view
from wald.queries.metric_page import asked
from wald.queries.recall import Similar, face_of, similar
from wald.queries.remedies import back_of, in_the_same_place
from wald.queries.search import eyes_of
from wald.records.stores import decisions as decision_store
from wald.records.stores import insights as store
from wald.records.stores.decisions import KeptDecision
from wald.records.stores.insights import Happening, KeptInsight, Wanted

READ = "insights.read"
ALL = Wanted()
_HISTORY = 50
_LOOKED_BACK = 500  # events in which it may have gone and come back
_DECISIONS = 20


@dataclass(frozen=True, slots=True)
class InsightList:
    rows: tuple[KeptInsight, ...]
    total: int
    metrics: tuple[Metric, ...]  # those there are insights of


@dataclass(frozen=True, slots=True)
class Rows:
    """One page of the rows behind an insight, as the asker may see them; `problem` says why
    there are none to open."""

    table: pa.Table
    total: int
    answer: Answer | None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class InsightPage:
    kept: KeptInsight
    metric: Metric | None
    history: tuple[Happening, ...]
    rows: Rows
    decisions: tuple[KeptDecision, ...]  # made on it
    similar: tuple[Similar, ...]
    remedy: Remedy  # what its detector proposes
    back: CameBack | None  # it is there again after something was done


def insight_list(
    *,
    actor: Actor,
    workspace: Workspace,
    wanted: Wanted = ALL,
    limit: int = 50,
    offset: int = 0,
) -> InsightList:
    """Return the insights this actor sees, the newest number first."""
    actor.must(READ)
    eyes, database = eyes_of(actor=actor, workspace=workspace), workspace.database
    keys = store.metrics_of_insights(eyes=eyes, database=database)
    return InsightList(
        store.list_insights(wanted, eyes=eyes, limit=limit, offset=offset, database=database),
        store.count_insights(wanted, eyes=eyes, database=database),
        tuple(metrics()[key] for key in keys if key in metrics()),
    )


def find_insight(*, actor: Actor, workspace: Workspace, insight_id: int) -> KeptInsight | None:
    """Return one insight, None where there is none for this actor."""
    actor.must(READ)
    eyes = eyes_of(actor=actor, workspace=workspace)
    return store.find_insight(insight_id, eyes=eyes, database=workspace.database)


def insight_page(
    *, actor: Actor, workspace: Workspace, insight_id: int, limit: int = 50, offset: int = 0
) -> InsightPage | None:
    """Return an insight with all there is to it, None where there is none for this actor."""
    actor.must(READ)
    database = workspace.database
    eyes = eyes_of(actor=actor, workspace=workspace)
    kept = store.find_insight(insight_id, eyes=eyes, database=database)
    if kept is None:
        return None
    made: Sequence[KeptDecision] = ()
    if actor.may("decisions.read"):
        made = decision_store.list_decisions(
            decision_store.Wanted(insight_id=insight_id),
            eyes=eyes,
            limit=_DECISIONS,
            database=database,
        )
    own = {one.decision_id for one in made}
    found = similar(actor=actor, workspace=workspace, face=face_of(kept), most=8)
    history = store.history(insight_id, limit=_LOOKED_BACK, database=database)
    return InsightPage(
        kept=kept,
        metric=metrics().get(kept.insight.metric),
        history=history[:_HISTORY],
        rows=insight_rows(
            actor=actor, workspace=workspace, query=kept.insight.question, limit=limit,
            offset=offset,
        ),
        decisions=tuple(made),
        similar=tuple(s for s in found if s.decision is None or s.decision.decision_id not in own),
        remedy=remedy_of(kept.insight.source),
        back=back_of((*made, *in_the_same_place(kept, found)), history),
    )  # fmt: skip


def insight_history(
    *, actor: Actor, workspace: Workspace, insight_id: int
) -> tuple[Happening, ...]:
    """Return what happened to an insight that this actor sees, the newest first."""
    actor.must(READ)
    eyes, database = eyes_of(actor=actor, workspace=workspace), workspace.database
    if store.find_insight(insight_id, eyes=eyes, database=database) is None:
        return ()
    return store.history(insight_id, limit=_HISTORY, database=database)


def similar_to_insight(
    *, actor: Actor, workspace: Workspace, kept: KeptInsight
) -> tuple[Similar, ...]:
    """Return what is like an insight, and what followed."""
    actor.must(READ)
    return similar(actor=actor, workspace=workspace, face=face_of(kept), most=8)


def insight_rows(
    *, actor: Actor, workspace: Workspace, query: StoredQuery, limit: int, offset: int = 0
) -> Rows:
    """Return the rows behind a stored query as of its dates, through this actor's own sight."""
    actor.must(READ)
    if not actor.may("facts.read"):
        return Rows(pa.table({}), 0, None, "You may not read the rows of facts.")
    try:
        if query.metric:
            return _metric_rows(actor, workspace, query, limit, offset)
        return _deal_rows(actor, workspace, query, limit, offset)
    except BadInput as error:
        words = " ".join((str(error), *map(str, error.problems)))
        return Rows(pa.table({}), 0, None, f"The query cannot be asked any more. {words}")


def noticed(*, actor: Actor, workspace: Workspace, query: StoredQuery, at: datetime) -> Insight:
    """Return what a person who looks at `query` would record: everything but the words.

    Raises BadInput if the query cannot be asked.
    """
    actor.must(READ)
    known = query.known or at.astimezone(UTC)
    pinned = replace(query, known=known)
    nothing = Effect(None, None, None, Unit.COUNT)
    if not query.metric:
        return Insight("", PERSON, query.where, "", nothing, question=pinned)
    seen = view(actor=actor, workspace=workspace, known=known)
    ask = asked(seen, _ask(pinned))
    found = measured(seen, replace(ask, by=()))
    return Insight(
        claim="",
        source=PERSON,
        subject=query.where,
        metric=query.metric,
        effect=replace(nothing, unit=found.unit, currency=found.currency),
        evidence={
            "value": None if found.value is None else str(found.value),
            "rows": sum(row.records for row in found.rows),
            "as_of": found.as_of.isoformat(),
        },
        question=replace(pinned, period=ask.period, as_of=found.as_of),
    )


def _ask(query: StoredQuery) -> Ask:
    return Ask(query.metric, query.by, query.where, query.period, query.as_of, query.known)


def _metric_rows(
    actor: Actor, workspace: Workspace, query: StoredQuery, limit: int, offset: int
) -> Rows:
    found: RowsBehind = rows_behind(
        actor=actor,
        workspace=workspace,
        ask=replace(_ask(query), by=()),
        limit=limit,
        offset=offset,
    )
    return Rows(found.rows, found.total, found.answer)


def _deal_rows(
    actor: Actor, workspace: Workspace, query: StoredQuery, limit: int, offset: int
) -> Rows:
    ask = DealsAsk(
        as_of=query.as_of,
        known=query.known,
        search=query.search,
        filters=query.filters,
        where=query.where,
    )
    found = deals_page(actor=actor, workspace=workspace, ask=ask, limit=limit, offset=offset)
    if found is None:
        return Rows(pa.table({}), 0, None, "No deals were known then.")
    return Rows(found.rows, found.total, None)
