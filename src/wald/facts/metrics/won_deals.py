"""Won deals: how many deals we won in the period.

Reads     deals, as of one valid date and one known date
Unit      count
Rolls up  by adding
Source    docs/metrics/won_deals.md
"""

from wald.facts.metric import Metric
from wald.kernel.unit import Unit

METRIC = Metric(
    key="won_deals",
    title="Won deals",
    definition="The number of deals that were won in the period.",
    unit=Unit.COUNT,
    better="higher",
    reads="deals",
    on="closed_on",
    among="outcome IN ('won', 'lost')",
    numerator="COUNT(*) FILTER (WHERE outcome = 'won')",
    nulls="A won deal without a closing day belongs to no period.",
    source="docs/metrics/won_deals.md",
)
