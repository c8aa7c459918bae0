"""What putting right each finding of hygiene is worth to the forecast, as kept by a back-test.

The facts that a rule doubts are those that the forecast reads, or none: the forecast knows no
contacts, and takes the stage of a deal as given. Source: docs/forecast/value_of_fix.md
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

from wald.brain.deal_facts import AMOUNT, EXPECTED, LAST_ACTIVITY, STAY
from wald.brain.forecast import Unable
from wald.brain.value_of_fix import FixValue, Wrong, values_of_fixes
from wald.heart.hygiene.rule import Finding
from wald.queries.chances_kept import find_chances
from wald.queries.measure import View
from wald.queries.win_chance import NOT_KEPT

FACT_OF_RULE: Mapping[str, str] = MappingProxyType(
    {
        "amount_far_from_peers": AMOUNT,
        "close_date_past": EXPECTED,
        "no_activity": LAST_ACTIVITY,
        "no_amount": AMOUNT,
        "no_next_step": LAST_ACTIVITY,
        "pushed_three_times": EXPECTED,
        "stale_for_stage": STAY,
    }
)
UNREAD = ("single_contact", "skipped_stage", "unproved_exit")  # rules whose facts it does not read


@dataclass(frozen=True, slots=True)
class FixValues:
    """`values` by rule and deal, for the bookings of `period`; without any, `why` says why."""

    values: Mapping[tuple[str, str], FixValue]
    period: str
    day: date | None
    why: str

    def of(self, finding: Finding) -> FixValue | None:
        return self.values.get((finding.rule, finding.deal_id))


def fix_values(seen: View, findings: Iterable[Finding], on: date) -> FixValues:
    """Return what fixes are worth of findings at deals that the asker sees on a day.

    For queries that have asked the policy. Only the day of what is kept has values.
    """
    found = find_chances(seen)
    if found is None:
        return _none(NOT_KEPT)
    if isinstance(found.outlook, Unable):
        return _none(found.outlook.reason)
    if found.day != on:
        return _none(f"The forecast that is kept is of {found.day}.")
    asked = {
        (one.rule, one.deal_id): Wrong(one.deal_id, FACT_OF_RULE[one.rule])
        for one in findings
        if one.rule in FACT_OF_RULE
    }
    wrongs = list(dict.fromkeys(asked.values()))
    valued = values_of_fixes(found.outlook, found.open, found.usual, wrongs)
    by_wrong = {one.wrong: one for one in valued}
    values = {key: by_wrong[wrong] for key, wrong in asked.items() if wrong in by_wrong}
    return FixValues(MappingProxyType(values), found.period, found.day, "")


def _none(why: str) -> FixValues:
    return FixValues(MappingProxyType({}), "", None, why)
