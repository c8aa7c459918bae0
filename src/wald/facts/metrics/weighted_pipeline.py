"""Weighted pipeline: the open amounts, each times its chance to be won.

Reads     open deals, as of one valid date and one known date
Unit      money in the reporting currency
Rolls up  by adding; each deal is rounded to four digits
Doubt     the probabilities are the claims of the source; nothing here has checked them
Source    docs/metrics/weighted_pipeline.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="weighted_pipeline",
    title="Weighted pipeline",
    definition=(
        "The amounts of all open deals, each multiplied by the chance of winning that the source "
        "states for the deal, or else for its stage."
    ),
    unit=Unit.MONEY,
    better="higher",
    reads="deals",
    among="outcome = 'open'",
    numerator="SUM(ROUND(amount * chance, 4))",
    needs=(
        Need("amount", "amount"),
        Need("chance", "chance of winning"),
    ),
    nulls="An open deal without an amount or without a chance is left out and counted.",
    source="docs/metrics/weighted_pipeline.md",
)
