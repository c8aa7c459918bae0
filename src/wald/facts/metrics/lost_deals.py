"""Lost deals: how many deals we lost in the period.

Reads     deals, as of one valid date and one known date
Unit      count
Rolls up  by adding
Source    docs/metrics/lost_deals.md
"""

from wald.facts.metric import Metric
from wald.kernel.unit import Unit

METRIC = Metric(
    key="lost_deals",
    title="Lost deals",
    definition="The number of deals that were lost in the period.",
    unit=Unit.COUNT,
    better="lower",
    reads="deals",
    on="closed_on",
    among="outcome IN ('won', 'lost')",
    numerator="COUNT(*) FILTER (WHERE outcome = 'lost')",
    nulls="A lost deal without a closing day belongs to no period.",
    source="docs/metrics/lost_deals.md",
)
