"""Actual against projection, in a line or two: what an alert to management says first."""

from datetime import date, datetime, timedelta

from wald.facts.metric import metrics
from wald.facts.question import Answer
from wald.insights.insight import Insight
from wald.kernel.actor import Actor
from wald.kernel.period import Period, read_period
from wald.kernel.problem import BadInput
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.memory.decision import usual_baseline
from wald.queries.measure import Ask, View, measured, view

READ = "facts.read"
_ATTAINED = "quota_attainment"


def against_plan(
    *, actor: Actor, workspace: Workspace, insight: Insight, at: datetime
) -> tuple[str, ...]:
    """Return the metric of an insight now and over the period before, and what share of quotas was
    reached meanwhile; nothing where it has no metric."""
    actor.must(READ)
    if insight.question.metric not in metrics():
        return ()
    seen = view(actor=actor, workspace=workspace, known=at)
    question = insight.question
    metric = metrics()[question.metric]
    if metric.inherent:
        return ()
    day = question.as_of or seen.snapshot.reaches or at.date()
    ask = Ask(metric.key, (), question.where, question.period, day, at)
    period = read_period(question.period, seen.terms.calendar) if question.period else None
    lines = [_line(f"{metric.title}, actual", _asked(seen, ask))]
    if isinstance(period, Period) and metric.on:
        before = usual_baseline(period, seen.terms.calendar, _day_before(period))
        earlier = Ask(metric.key, (), question.where, _days(before), day, at)
        lines.append(_line(f"{before.label} for comparison", _asked(seen, earlier)))
        reached = Ask(_ATTAINED, (), question.where, question.period, day, at)
        lines.append(_line("Quotas reached", _asked(seen, reached)))
    return tuple(line for line in lines if line)


def _asked(seen: View, ask: Ask) -> Answer | None:
    """Return the answer; None where the metric cannot be asked like this, such as quotas of a
    product."""
    try:
        return measured(seen, ask)
    except BadInput:
        return None


def _line(name: str, found: Answer | None) -> str:
    if found is None or found.value is None:
        return ""
    if found.unit is Unit.RATIO:
        return f"{name}: {found.value * 100:.1f} %"
    if found.unit is Unit.MONEY:
        return f"{name}: {found.value:,.0f} {found.currency or ''}".rstrip()
    return f"{name}: {found.value:,}"


def _days(period: Period) -> str:
    return f"{period.start}..{period.last_day}"


def _day_before(period: Period) -> date:
    return period.start - timedelta(days=1)
