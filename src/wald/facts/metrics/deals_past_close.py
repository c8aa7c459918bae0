"""Deals past their closing day: open deals that should have closed by now.

Reads     open deals, as of one valid date and one known date
Unit      count
Rolls up  by adding
Source    docs/metrics/deals_past_close.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="deals_past_close",
    title="Deals past their closing day",
    definition="The number of open deals whose expected closing day has passed.",
    unit=Unit.COUNT,
    better="lower",
    reads="deals",
    among="outcome = 'open'",
    numerator="COUNT(*) FILTER (WHERE close_on < :as_of)",
    needs=(Need("close_on", "expected closing day"),),
    nulls="A deal without an expected closing day is left out and counted.",
    source="docs/metrics/deals_past_close.md",
)
