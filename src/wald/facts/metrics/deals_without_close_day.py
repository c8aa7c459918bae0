"""Deals without closing day: open deals that nobody expects on any day.

Reads     open deals, as of one valid date and one known date
Unit      count
Rolls up  by adding
Source    docs/metrics/deals_without_close_day.md
"""

from wald.facts.metric import Metric
from wald.kernel.unit import Unit

METRIC = Metric(
    key="deals_without_close_day",
    title="Deals without closing day",
    definition="The number of open deals without an expected closing day.",
    unit=Unit.COUNT,
    better="lower",
    reads="deals",
    among="outcome = 'open'",
    numerator="COUNT(*) FILTER (WHERE close_on IS NULL)",
    nulls="Null is what it counts.",
    source="docs/metrics/deals_without_close_day.md",
)
