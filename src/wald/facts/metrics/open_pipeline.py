"""Open pipeline: the amount of all deals that are open.

Reads     open deals, as of one valid date and one known date
Unit      money in the reporting currency
Rolls up  by adding
Source    docs/metrics/open_pipeline.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="open_pipeline",
    title="Open pipeline",
    definition=(
        "The amount of all deals that are open on the day asked about, whatever their forecast "
        "category."
    ),
    unit=Unit.MONEY,
    better="higher",
    reads="deals",
    among="outcome = 'open'",
    numerator="SUM(amount)",
    needs=(Need("amount", "amount"),),
    nulls="An open deal without an amount is left out and counted.",
    source="docs/metrics/open_pipeline.md",
)
