"""Stale deals: open deals in which nothing happened for 90 days.

Reads     open deals with the last day on which a field changed or somebody did something
Unit      count
Rolls up  by adding
Doubt     90 days is a house rule, not a law; the deals table shows the days of each
Source    docs/metrics/stale_deals.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="stale_deals",
    title="Stale deals",
    definition=(
        "The number of open deals with no change of a field and no activity in the last 90 days."
    ),
    unit=Unit.COUNT,
    better="lower",
    reads="moved_deals",
    among="outcome = 'open'",
    numerator="COUNT(*) FILTER (WHERE still_days > 90)",
    needs=(Need("last_moved_on", "date at all"),),
    nulls="A deal without any date, not even of its opening, is left out and counted.",
    source="docs/metrics/stale_deals.md",
)
