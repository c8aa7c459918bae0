"""Pushes: how often a closing day moved later.

Reads     changes of deals
Unit      count
Rolls up  by adding
Source    docs/metrics/push_count.md
"""

from wald.facts.doubt import NO_PUSHES
from wald.facts.metric import Metric
from wald.kernel.unit import Unit

METRIC = Metric(
    key="push_count",
    title="Pushes",
    definition=(
        "The number of times in the period that the expected closing day of a deal was moved later."
    ),
    unit=Unit.COUNT,
    better="lower",
    reads="changes",
    on="changed_on",
    among="field = 'close_on'",
    numerator="COUNT(*) FILTER (WHERE pushed_days > 0)",
    doubts=(NO_PUSHES,),
    nulls=(
        "A change from or to no date is no push; null where no change of a closing day is recorded."
    ),
    source="docs/metrics/push_count.md",
)
