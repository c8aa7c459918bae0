"""Deals without account: open deals that name no customer.

Reads     open deals, as of one valid date and one known date
Unit      count
Rolls up  by adding
Source    docs/metrics/deals_without_account.md
"""

from wald.facts.metric import Metric
from wald.kernel.unit import Unit

METRIC = Metric(
    key="deals_without_account",
    title="Deals without account",
    definition="The number of open deals that name no account.",
    unit=Unit.COUNT,
    better="lower",
    reads="deals",
    among="outcome = 'open'",
    numerator="COUNT(*) FILTER (WHERE account_id IS NULL)",
    nulls="Null is what it counts.",
    source="docs/metrics/deals_without_account.md",
)
