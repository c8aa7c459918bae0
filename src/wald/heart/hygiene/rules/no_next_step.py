"""No next step: nothing is planned with the customer of an open deal.

Reads     activities about the deal that are planned after the day asked about
Finds     deals without one
Severity  medium; high where the deal is expected to close within 14 days
Errors    cannot tell where no plan at all was known on that day
Source    docs/hygiene/no_next_step.md
"""

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import Ground
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Severity, Verdict

_SOON_DAYS = 14


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    if not ground.has_activities:
        return CannotTell("No activities are loaded.")
    if not ground.has_plans:
        return CannotTell(f"No activity planned after {ground.on} was known by then, of any deal.")
    if deal.next_active_on is not None:
        return None
    words = f"Nothing is planned after {ground.on}"
    if deal.last_active_on is not None:
        words += f"; the last activity was on {deal.last_active_on}"
    days = None if deal.close_on is None else (deal.close_on - ground.on).days
    if days is not None and 0 <= days <= _SOON_DAYS:
        ahead = {0: "today", 1: "tomorrow"}.get(days, f"in {days} days")
        return Fault(f"{words}, and it is expected to close {ahead}.", Severity.HIGH)
    return Fault(f"{words}.")


RULE = HygieneRule(
    key="no_next_step",
    title="No next step",
    what="Nothing is planned with the customer.",
    measures="Activities about the deal after the day, as far as they were known on it.",
    cure="Agree the next meeting or call with the customer, or close the deal.",
    severity=Severity.MEDIUM,
    judge=judge,
    source="docs/hygiene/no_next_step.md",
)
