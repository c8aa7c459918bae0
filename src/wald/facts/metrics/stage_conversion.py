"""Stage conversion: of the deals that left a stage, the share that moved forward.

Reads     stays of deals in stages, from the record of changes
Omits     stays that have not ended: their fate is not known
Unit      ratio from 0 to 1
Rolls up  by adding both sums, never by multiplying or averaging rates
Doubt     see STILL_THERE: what is still in the stage is not counted
Source    docs/metrics/stage_conversion.md
"""

from wald.facts.doubt import STILL_THERE
from wald.facts.metric import Metric, Need
from wald.kernel.unit import Unit

METRIC = Metric(
    key="stage_conversion",
    title="Stage conversion",
    definition=(
        "Of the deals that entered a stage in the period and have left it, the share that moved "
        "forward or were won."
    ),
    unit=Unit.RATIO,
    better="higher",
    reads="stage_entries",
    on="entered_on",
    among="COALESCE(stage_outcome, 'open') = 'open' AND next_stage IS NOT NULL",
    numerator=(
        "COUNT(*) FILTER (WHERE next_outcome = 'won' OR (next_outcome = 'open' AND next_position >"
        " position))"
    ),
    denominator="COUNT(*)",
    needs=(
        Need("stage_outcome", "stage that the stage table lists"),
        Need("next_outcome", "next stage that it lists"),
    ),
    doubts=(STILL_THERE,),
    inherent=("stage",),
    nulls="A stay in a stage that the stage table does not list is left out and counted.",
    source="docs/metrics/stage_conversion.md",
)
