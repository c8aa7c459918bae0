"""Lead response time: hours until we first answered, for the lead in the middle.

Reads     leads that were answered, as of one valid date and one known date
Omits     leads that nobody has answered yet; they are counted beside the number
Unit      hours
Rolls up  by taking the median of all rows again
Doubt     leads without an answer would make it longer
Source    docs/metrics/lead_response_hours.md
"""

from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="lead_response_hours",
    title="Lead response time",
    definition=(
        "Half of the answered leads that came in during the period were answered within this many "
        "hours."
    ),
    unit=Unit.HOURS,
    better="lower",
    reads="leads",
    on="created_on",
    numerator="MEDIAN(response_seconds)",
    needs=(Need("response_seconds", "answer yet"),),
    nulls="A lead that nobody has answered is left out and counted.",
    source="docs/metrics/lead_response_hours.md",
)
