"""Bookings: the net amount of the orders booked in the period.

Reads     bookings, one row per signed order or won deal
Unit      money in the reporting currency
Rolls up  by adding
Source    docs/metrics/bookings.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="bookings",
    title="Bookings",
    definition="The net amount, without tax and freight, of all orders booked in the period.",
    unit=Unit.MONEY,
    better="higher",
    reads="bookings",
    on="booked_on",
    numerator="SUM(amount)",
    needs=(Need("amount", "amount"),),
    finer="booking_lines",
    nulls=(
        "An order without an amount, or without a rate for its currency, is left out and counted."
    ),
    source="docs/metrics/bookings.md",
)
