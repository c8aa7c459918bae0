"""Average deal size: the mean amount of a won deal.

Reads     won deals, as of one valid date and one known date
Unit      money in the reporting currency per deal
Rolls up  by adding both sums
Source    docs/metrics/average_deal_size.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="average_deal_size",
    title="Average deal size",
    definition="The mean amount of the deals won in the period.",
    unit=Unit.MONEY,
    better="higher",
    reads="deals",
    on="closed_on",
    among="outcome = 'won'",
    numerator="SUM(amount)",
    denominator="COUNT(amount)",
    needs=(Need("amount", "amount"),),
    nulls="A won deal without an amount is left out and counted.",
    source="docs/metrics/average_deal_size.md",
)
