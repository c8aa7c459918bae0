"""The list of metrics, each with its number now."""

from dataclasses import dataclass
from datetime import date

from wald.facts.metric import Metric, metrics
from wald.facts.question import Answer
from wald.kernel.actor import Actor
from wald.kernel.period import Grain, Period, period_of
from wald.kernel.workspace import Workspace
from wald.queries.measure import Ask, measured, view


@dataclass(frozen=True, slots=True)
class MetricList:
    """Metrics by title; answers and dates are None where nothing is loaded."""

    entries: tuple[tuple[Metric, Answer | None], ...]
    period: Period | None
    as_of: date | None


def metric_list(*, actor: Actor, workspace: Workspace) -> MetricList:
    """Return every metric with its answer for the quarter of the last day of the data."""
    seen = view(actor=actor, workspace=workspace)
    ordered = sorted(metrics().values(), key=lambda metric: metric.title)
    day = seen.snapshot.reaches
    if day is None:
        return MetricList(tuple((metric, None) for metric in ordered), None, None)
    period = period_of(seen.terms.calendar, Grain.QUARTER, day)
    return MetricList(
        tuple(
            (
                metric,
                measured(
                    seen, Ask(metric.key, period=period.label if metric.on else "", as_of=day)
                ),
            )
            for metric in ordered
        ),
        period,
        day,
    )
