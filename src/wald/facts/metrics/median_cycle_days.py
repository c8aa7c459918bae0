"""Median sales cycle: days from opening to winning, for the deal in the middle.

Reads     won deals, as of one valid date and one known date
Omits     lost deals: a quick loss says nothing about how long winning takes
Unit      days
Rolls up  by taking the median of all rows again; medians do not add
Doubt     see CENSORED
Source    docs/metrics/median_cycle_days.md
"""

from wald.facts.doubt import CENSORED
from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="median_cycle_days",
    title="Median sales cycle",
    definition=(
        "Half of the deals won in the period took at most this many days from opening to closing."
    ),
    unit=Unit.DAYS,
    better="lower",
    reads="deals",
    on="closed_on",
    among="outcome = 'won'",
    numerator="MEDIAN(cycle_days)",
    needs=(Need("cycle_days", "opening day"),),
    doubts=(CENSORED,),
    nulls="A deal without an opening day is left out and counted.",
    source="docs/metrics/median_cycle_days.md",
)
