"""Activities per rep: calls, mails, meetings and the like, per rep at work.

Reads     activities in the period; reps at work on its last day, active or not
Unit      average per head
Rolls up  by adding both sums
Doubt     more activity is not better by itself
Source    docs/metrics/activities_per_rep.md
"""

from wald.facts.metric import Metric, Side
from wald.kernel.unit import Unit

METRIC = Metric(
    key="activities_per_rep",
    title="Activities per rep",
    definition=(
        "Activities in the period divided by the reps at work on its last day, including those who"
        " did nothing."
    ),
    unit=Unit.AVERAGE,
    better="neither",
    reads="activities",
    on="happened_on",
    numerator="COUNT(*)",
    over=Side(reads="sellers", total="COUNT(*)"),
    nulls="Activities of nobody known count for the whole, and for no team.",
    source="docs/metrics/activities_per_rep.md",
)
