"""Deals without amount: open deals that nobody has put a value on.

Reads     open deals, as of one valid date and one known date
Unit      count
Rolls up  by adding
Source    docs/metrics/deals_without_amount.md
"""

from wald.facts.metric import Metric
from wald.kernel.unit import Unit

METRIC = Metric(
    key="deals_without_amount",
    title="Deals without amount",
    definition="The number of open deals without an amount.",
    unit=Unit.COUNT,
    better="lower",
    reads="deals",
    among="outcome = 'open'",
    numerator="COUNT(*) FILTER (WHERE amount IS NULL)",
    nulls="Null is what it counts; an amount whose currency has no rate counts too.",
    source="docs/metrics/deals_without_amount.md",
)
