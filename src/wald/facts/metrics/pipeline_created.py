"""Pipeline created: the amount of the deals opened in the period.

Reads     deals, as of one valid date and one known date
Unit      money in the reporting currency
Rolls up  by adding
Doubt     amounts of lost deals that the source blanks are missing here
Source    docs/metrics/pipeline_created.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="pipeline_created",
    title="Pipeline created",
    definition=(
        "The amount, as it stands on the day asked about, of all deals that were opened in the "
        "period."
    ),
    unit=Unit.MONEY,
    better="higher",
    reads="deals",
    on="opened_on",
    numerator="SUM(amount)",
    needs=(Need("amount", "amount"),),
    nulls=(
        "A deal without an amount is left out and counted; one without an opening day is in no "
        "period."
    ),
    source="docs/metrics/pipeline_created.md",
)
