"""Gross margin: what is left of the net amount after cost.

Reads     lines of bookings with net amount and unit cost
Unit      ratio; 0.3 = 30 % of the net amount is left
Rolls up  by adding both sums
Source    docs/metrics/gross_margin.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="gross_margin",
    title="Gross margin",
    definition=(
        "The net amount of the lines booked in the period less their cost, divided by the net "
        "amount."
    ),
    unit=Unit.RATIO,
    better="higher",
    reads="booking_lines",
    on="booked_on",
    numerator="SUM(amount) - SUM(cost)",
    denominator="SUM(amount)",
    needs=(
        Need("amount", "amount"),
        Need("cost", "unit cost"),
    ),
    nulls="A line without a cost is left out and counted.",
    source="docs/metrics/gross_margin.md",
)
