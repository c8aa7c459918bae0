"""What to do about an insight: the action proposed, and the decision that it would begin with."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from wald.brain.came_back import CameBack, came_back
from wald.brain.recall import parts_of
from wald.brain.remedy import EXPERIMENT, Remedy, remedy_of
from wald.facts.metric import Metric, metrics
from wald.facts.settings import terms_of
from wald.insights.insight import Insight
from wald.kernel.actor import Actor
from wald.kernel.period import Calendar, Grain, Period, period_of
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.memory.design import PROPOSED, RANDOMISED
from wald.memory.draft import Draft
from wald.queries.effect_panels import units_for
from wald.queries.recall import Similar, face_of, similar
from wald.queries.search import eyes_of
from wald.records.stores import decisions as decision_store
from wald.records.stores import insights as store
from wald.records.stores.decisions import KeptDecision
from wald.records.stores.insights import Happening, KeptInsight
from wald.records.stores.settings import load_settings

READ = "insights.read"
NOTHING = "Do nothing"
_HISTORY = 500
_DECISIONS = 20
_LONGEST_OPTION = 300
_DIGITS = Decimal("0.0001")
# Of what is out of line, so much is expected back: at least, about, at most.
_REGAINED = (Decimal("0.25"), Decimal("0.5"), Decimal("1"))
_GROUPS = ("territory", "team", "region", "segment")  # drawn first: no person is named by them


@dataclass(frozen=True, slots=True)
class Proposed:
    """The action, the decision it would begin with, and whether the finding came back."""

    remedy: Remedy
    draft: Draft
    back: CameBack | None


def proposed_for(
    *, actor: Actor, workspace: Workspace, insight_id: int, on: date
) -> Proposed | None:
    """Return what is proposed about an insight on a day, None where this actor sees none."""
    actor.must(READ)
    eyes, database = eyes_of(actor=actor, workspace=workspace), workspace.database
    kept = store.find_insight(insight_id, eyes=eyes, database=database)
    if kept is None:
        return None
    calendar = terms_of(load_settings(database=database)).calendar
    return Proposed(
        remedy_of(kept.insight.source),
        draft_of(kept, calendar, on),
        back_of(
            (
                *_decisions(actor, workspace, insight_id),
                *in_the_same_place(
                    kept, similar(actor=actor, workspace=workspace, face=face_of(kept), most=8)
                ),
            ),
            store.history(insight_id, limit=_HISTORY, database=database),
        ),
    )


def draft_of(kept: KeptInsight, calendar: Calendar, on: date) -> Draft:
    """Return the decision that an insight would begin with: everything but why, and how sure.

    It expects back a quarter to all of what is out of line, about half, where the insight is told
    in its metric's unit; over the next whole quarter, for what is decided today reaches no earlier.
    """
    insight = kept.insight
    remedy = remedy_of(insight.source)
    metric = metrics().get(insight.metric)
    first = remedy.advice.partition(". ")[0].removesuffix(".")
    action = f"{remedy.way.title}: {first}"[:_LONGEST_OPTION]
    draft = Draft(
        question=f"What do we do about this: {insight.claim}"[:500],
        options=(action, NOTHING),
        choice=action,
        kind=remedy.kind,
        metric=insight.metric if metric and not metric.inherent else "",
        population=insight.question.where,
        insight_id=kept.insight_id,
        links=(f"insight:{kept.insight_id}",),
        design=PROPOSED,
    )
    if metric is None or metric.inherent:
        return draft
    after = _next_quarter(calendar, on)
    low, estimate, high = _expected(insight, metric)
    draft = replace(
        draft,
        period=after.label if metric.on else "",
        review_on=after.end.isoformat(),
        low=low,
        estimate=estimate,
        high=high,
    )
    if remedy.action != EXPERIMENT:
        return draft
    have = units_for(metric)
    unit = next((name for name in (*_GROUPS, *have) if name in have), "")
    return replace(draft, design=RANDOMISED, unit=unit)


def back_of(decisions: Sequence[KeptDecision], history: Sequence[Happening]) -> CameBack | None:
    """Return whether a finding came back after what was decided on it, or in its place."""
    made = {one.decision_id: (one.decision_id, one.decided_at, _came_at(one)) for one in decisions}
    told = [(one.kind, one.at) for one in history]
    return came_back(list(made.values()), told)


def in_the_same_place(kept: KeptInsight, found: Iterable[Similar]) -> tuple[KeptDecision, ...]:
    """Return those decisions among what is alike that were about the same metric and population:
    what they mended is what is there again."""
    place = parts_of(kept.insight.question.where)
    return tuple(
        one.decision
        for one in found
        if one.decision is not None
        and one.decision.decision.metric == kept.insight.metric
        and parts_of(one.decision.decision.population) == place
    )


def _came_at(kept: KeptDecision) -> datetime | None:
    outcome = kept.outcome
    return outcome.measured_at if outcome and outcome.has_come else None


def _decisions(actor: Actor, workspace: Workspace, insight_id: int) -> tuple[KeptDecision, ...]:
    if not actor.may("decisions.read"):
        return ()
    eyes = eyes_of(actor=actor, workspace=workspace)
    wanted = decision_store.Wanted(insight_id=insight_id)
    return decision_store.list_decisions(
        wanted, eyes=eyes, limit=_DECISIONS, database=workspace.database
    )


def _next_quarter(calendar: Calendar, on: date) -> Period:
    return period_of(calendar, Grain.QUARTER, period_of(calendar, Grain.QUARTER, on).end)


def _expected(insight: Insight, metric: Metric) -> tuple[str, str, str]:
    """Return the change expected back, as texts; empty where the size is in another unit, or what
    was found is good news."""
    size = _size(insight, metric)
    if size is None or size == 0 or _is_good(size, metric):
        return ("", "", "")
    parts = sorted(-size * share for share in _REGAINED)
    low, middle, high = (f"{_rounded(part, metric.unit):f}" for part in parts)
    return (low, middle, high)


def _size(insight: Insight, metric: Metric) -> Decimal | None:
    """Return how far it is out of line, in the metric's unit: of a finding that is told in money
    its effect stands in the evidence."""
    if insight.effect.unit is metric.unit and metric.unit is not Unit.MONEY:
        return insight.effect.estimate
    told = insight.evidence
    if told.get("effect_unit") == metric.unit.value and told.get("effect") is not None:
        try:
            found = Decimal(str(told["effect"]))
        except InvalidOperation:
            return None
        return found if found.is_finite() else None
    return insight.effect.estimate if insight.effect.unit is metric.unit else None


def _is_good(size: Decimal, metric: Metric) -> bool:
    return (metric.better == "higher" and size > 0) or (metric.better == "lower" and size < 0)


def _rounded(part: Decimal, unit: Unit) -> Decimal:
    if unit is Unit.RATIO:
        return part.quantize(_DIGITS)
    return part.quantize(Decimal(1)) if abs(part) >= 100 else part.quantize(Decimal("0.01"))
