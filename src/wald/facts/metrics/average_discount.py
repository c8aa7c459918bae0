"""Average discount: how far below list we sold, weighted by list.

Reads     lines of bookings with quantity, list price and net amount
Unit      ratio; 0.2 = sold 20 % below list; negative above list
Rolls up  by adding both sums, which weights by list
Source    docs/metrics/average_discount.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="average_discount",
    title="Average discount",
    definition=(
        "One minus the net amount of the lines booked in the period over their amount at list "
        "price."
    ),
    unit=Unit.RATIO,
    better="lower",
    reads="booking_lines",
    on="booked_on",
    numerator="SUM(list_amount) - SUM(amount)",
    denominator="SUM(list_amount)",
    needs=(
        Need("list_amount", "list price"),
        Need("amount", "amount"),
    ),
    nulls="A line without a list price, or with list price 0, is left out and counted.",
    source="docs/metrics/average_discount.md",
)
