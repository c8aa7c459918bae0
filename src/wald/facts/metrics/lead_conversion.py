"""Lead conversion: of the leads that came in, the share that became opportunities.

Reads     leads, as of one valid date and one known date
Unit      ratio from 0 to 1
Rolls up  by adding both sums
Doubt     see RIPENING: young leads have had less time
Source    docs/metrics/lead_conversion.md
"""

from wald.facts.doubt import RIPENING
from wald.facts.metric import Metric
from wald.kernel.unit import Unit

METRIC = Metric(
    key="lead_conversion",
    title="Lead conversion",
    definition=(
        "Of the leads that came in during the period, the share that has become an opportunity by "
        "the day asked about."
    ),
    unit=Unit.RATIO,
    better="higher",
    reads="leads",
    on="created_on",
    numerator="COUNT(converted_on)",
    denominator="COUNT(*)",
    doubts=(RIPENING,),
    nulls="A lead without a creation day is in no period.",
    source="docs/metrics/lead_conversion.md",
)
