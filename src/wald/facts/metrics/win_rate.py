"""Win rate: of the deals that closed, the share we won.

Reads     deals, as of one valid date and one known date
Unit      ratio from 0 to 1; null where nothing closed, because 0 would be a lie
Rolls up  by adding both sums, never by averaging rates
Doubt     in a young record only quick deals can have closed: see CENSORED
Source    docs/metrics/win_rate.md
"""

from wald.facts.doubt import CENSORED
from wald.facts.metric import Metric
from wald.kernel.unit import Unit

METRIC = Metric(
    key="win_rate",
    title="Win rate",
    definition="Of the deals that closed in the period, the share that we won, by number of deals.",
    unit=Unit.RATIO,
    better="higher",
    reads="deals",
    on="closed_on",
    among="outcome IN ('won', 'lost')",
    numerator="COUNT(*) FILTER (WHERE outcome = 'won')",
    denominator="COUNT(*) FILTER (WHERE outcome IN ('won', 'lost'))",
    doubts=(CENSORED,),
    nulls="Null where nothing closed in the period.",
    source="docs/metrics/win_rate.md",
)
