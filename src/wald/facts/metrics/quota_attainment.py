"""Quota attainment: what was booked inside the quota windows, over the quotas.

Reads     quotas, each with the bookings of its person from its first day to before its last
Omits     bookings of people without a quota; quotas of other measures than bookings
Unit      ratio; 1 = 100 %
Rolls up  by adding both sums, never by averaging rates
Doubt     a window that is still running counts with what was booked so far
Source    docs/metrics/quota_attainment.md
"""

from wald.facts.doubt import STILL_RUNNING
from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="quota_attainment",
    title="Quota attainment",
    definition="Bookings credited to people inside their quota windows, divided by those quotas.",
    unit=Unit.RATIO,
    better="higher",
    reads="quotas",
    on="middle_on",
    among="measure = 'bookings'",
    numerator="SUM(booked)",
    denominator="SUM(amount)",
    needs=(
        Need("amount", "amount"),
        Need("booked", "rate for all that was booked"),
    ),
    doubts=(STILL_RUNNING,),
    nulls=(
        "Null where no quota is set. A quota on which something was booked without a rate is left "
        "out and counted."
    ),
    source="docs/metrics/quota_attainment.md",
)
