"""No activity: an open deal has been silent for longer than won deals of its stage were.

Reads     days since the last activity about the deal, or since it was opened
Finds     silences longer than 95 % of those of won deals that ended in the same stage
Severity  medium; high from 99 %
Errors    cannot tell without activities, or with fewer than 20 silences to compare with
Source    docs/hygiene/no_activity.md
"""

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import ENOUGH, Ground, percent
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Severity, Verdict

_LONG, _VERY_LONG = 0.95, 0.99


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    if not ground.has_activities:
        return CannotTell("No activities are loaded.")
    usual = ground.stages.get(deal.stage or "")
    if usual is None:
        return CannotTell(f"Nobody put {ground.title(deal.stage)!r} in the order of stages.")
    if usual.silences.count < ENOUGH:
        return CannotTell(f"Fewer than {ENOUGH} silences of won deals ended in {usual.title}.")
    last = deal.last_active_on or deal.opened_on
    if last is None:
        return CannotTell("Nobody knows when the deal was opened, and it has no activity.")
    days = (ground.on - last).days
    share = usual.silences.shorter(days)
    if share < _LONG:
        return None
    since = "" if deal.last_active_on else ", none since it was opened"
    shorter = "all" if share >= 1 else percent(share)
    words = (
        f"No activity for {days:,} days{since}: of {usual.silences.count:,} silences of won deals "
        f"that ended in {usual.title}, {shorter} were shorter."
    )
    return Fault(words, Severity.HIGH if share >= _VERY_LONG else None)


RULE = HygieneRule(
    key="no_activity",
    title="No activity",
    what="The deal has been silent for longer than deals that were won.",
    measures=(
        "Days since the last activity against the silences of won deals that ended in the stage "
        "in which the deal stands."
    ),
    cure="Talk to the customer, record what was done, or close the deal.",
    severity=Severity.MEDIUM,
    judge=judge,
    source="docs/hygiene/no_activity.md",
)
