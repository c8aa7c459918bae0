"""Win rate by value: of the money that was decided, the share we won.

Reads     deals that closed, as of one valid date and one known date
Unit      ratio from 0 to 1; null where nothing closed, or what was won or lost has no amounts
Rolls up  by adding both sums, never by averaging rates
Doubt     see CENSORED; sources that blank the amount of lost deals make it unusable
Source    docs/metrics/win_rate_value.md
"""

from wald.facts.doubt import CENSORED
from wald.facts.metric import Metric, Need, Void
from wald.kernel.unit import Unit

METRIC = Metric(
    key="win_rate_value",
    title="Win rate by value",
    definition="Of the amounts of the deals that closed in the period, the share that we won.",
    unit=Unit.RATIO,
    better="higher",
    reads="deals",
    on="closed_on",
    among="outcome IN ('won', 'lost')",
    numerator="SUM(amount) FILTER (WHERE outcome = 'won')",
    denominator="SUM(amount)",
    needs=(Need("amount", "amount"),),
    void=Void(
        when=(
            "(COUNT(*) FILTER (WHERE outcome = 'lost') > 0"
            " AND COUNT(amount) FILTER (WHERE outcome = 'lost') = 0)"
            " OR (COUNT(*) FILTER (WHERE outcome = 'won') > 0"
            " AND COUNT(amount) FILTER (WHERE outcome = 'won') = 0)"
        ),
        why=(
            "either no won or no lost deal carries an amount, so the share of value won cannot "
            "be had"
        ),
    ),
    doubts=(CENSORED,),
    nulls=(
        "A deal without an amount is left out and counted; null where deals were won and none of "
        "them has one, or lost and none has."
    ),
    source="docs/metrics/win_rate_value.md",
)
