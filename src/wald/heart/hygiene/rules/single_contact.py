"""Single contact: everything about an open deal goes through one person at the customer.

Reads     the different contacts of the activities about the deal
Finds     deals with one contact or none, in stages that most won deals left with two or more
Severity  low; medium where at least 80 % of won deals did
Errors    cannot tell where no activity names a contact, or fewer than 20 deals were won
Source    docs/hygiene/single_contact.md
"""

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import ENOUGH, Ground, percent
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Severity, Verdict

_MOST, _NEARLY_ALL = 0.5, 0.8


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    if not ground.has_contacts:
        return CannotTell("No activity names a contact.")
    usual = ground.stages.get(deal.stage or "")
    if usual is None:
        return CannotTell(f"Nobody put {ground.title(deal.stage)!r} in the order of stages.")
    won = usual.many_contacts
    if won.of < ENOUGH:
        return CannotTell(f"Fewer than {ENOUGH} deals that were in {usual.title} were won.")
    if not deal.activities or deal.contacts > 1 or won.value <= _MOST:
        return None  # without an activity there is nobody to count, which is another rule's
    acts = "1 activity" if deal.activities == 1 else f"{deal.activities:,} activities"
    met = "One contact" if deal.contacts else "No contact is named"
    words = (
        f"{met} in {acts}: of {won.of:,} won deals, {percent(won.value)} had met two or more "
        f"by the time they left {usual.title}."
    )
    return Fault(words, Severity.MEDIUM if won.value >= _NEARLY_ALL else None)


RULE = HygieneRule(
    key="single_contact",
    title="Single contact",
    what="Everything goes through one person at the customer.",
    measures=(
        "Different contacts of the activities about the deal, where most won deals had met two or "
        "more by the time they left the stage."
    ),
    cure="Meet somebody else who has a say in it, and record it.",
    severity=Severity.LOW,
    judge=judge,
    source="docs/hygiene/single_contact.md",
)
