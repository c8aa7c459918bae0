"""Pipeline coverage: open pipeline that should close in the period, over what is still to book.

Reads     open deals by expected closing day; quotas by the middle day of their window
Unit      ratio; 3 = three times what is missing; null where nothing is missing or no quota set
Rolls up  by adding both sums
Doubt     deals whose closing day has passed count in the period that day names
Source    docs/metrics/pipeline_coverage.md
"""

from wald.facts.metric import Metric, Need, Side
from wald.kernel.unit import Unit

METRIC = Metric(
    key="pipeline_coverage",
    title="Pipeline coverage",
    definition=(
        "The amount of open deals expected to close in the period, divided by quota less bookings "
        "so far."
    ),
    unit=Unit.RATIO,
    better="higher",
    reads="deals",
    on="close_on",
    among="outcome = 'open'",
    numerator="SUM(amount)",
    over=Side(
        reads="quotas",
        on="middle_on",
        among="measure = 'bookings'",
        total="SUM(amount) - SUM(booked)",
        needs=(Need("amount", "amount"), Need("booked", "rate for all that was booked")),
    ),
    needs=(Need("amount", "amount"),),
    nulls=(
        "Deals without an amount are left out and counted; null where quota is already met or not "
        "set, or where something booked on it has no rate."
    ),
    source="docs/metrics/pipeline_coverage.md",
)
