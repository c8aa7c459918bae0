"""Average sales cycle: mean days from opening to winning.

Reads     won deals, as of one valid date and one known date
Unit      days
Rolls up  by adding both sums
Doubt     see CENSORED; one very old deal moves a mean: see median_cycle_days
Source    docs/metrics/average_cycle_days.md
"""

from wald.facts.doubt import CENSORED
from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="average_cycle_days",
    title="Average sales cycle",
    definition="The mean number of days from opening to closing of the deals won in the period.",
    unit=Unit.DAYS,
    better="lower",
    reads="deals",
    on="closed_on",
    among="outcome = 'won'",
    numerator="SUM(cycle_days)",
    denominator="COUNT(cycle_days)",
    needs=(Need("cycle_days", "opening day"),),
    doubts=(CENSORED,),
    nulls="A deal without an opening day is left out and counted.",
    source="docs/metrics/average_cycle_days.md",
)
