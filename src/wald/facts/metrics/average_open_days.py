"""Average age of open deals: mean days that the open deals have been open.

Reads     open deals, as of one valid date and one known date
Unit      days
Rolls up  by adding both sums
Source    docs/metrics/average_open_days.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="average_open_days",
    title="Average age of open deals",
    definition="The mean number of days since the deals that are open now were opened.",
    unit=Unit.DAYS,
    better="lower",
    reads="deals",
    among="outcome = 'open'",
    numerator="SUM(open_days)",
    denominator="COUNT(open_days)",
    needs=(Need("open_days", "opening day"),),
    nulls="A deal without an opening day is left out and counted.",
    source="docs/metrics/average_open_days.md",
)
