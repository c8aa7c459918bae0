"""Closing day past: an open deal is expected to have closed already.

Reads     close_on, the stage, and how long won deals took from that stage
Finds     an expected closing day before the day asked about; that day itself is not past
Severity  medium; high when more than 30 days past
Proposes  the day by which half of the won deals that took longer than this one were closed
Source    docs/hygiene/close_date_past.md
"""

from datetime import timedelta

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import ENOUGH, Ground
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Proposal, Severity, Verdict

_LONG_PAST_DAYS = 30  # a month's forecast has been made with it, and was wrong


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    if not ground.has_close_days:
        return CannotTell("No deal has an expected closing day.")
    if deal.close_on is None:
        return CannotTell("The deal has no expected closing day.")
    if deal.close_on >= ground.on:
        return None
    days = (ground.on - deal.close_on).days
    ago = "1 day ago" if days == 1 else f"{days:,} days ago"
    words = f"Expected to close on {deal.close_on}, {ago}, and still open."
    severity = Severity.HIGH if days > _LONG_PAST_DAYS else None
    return Fault(words, severity, _proposal(deal, ground))


def _proposal(deal: OpenDeal, ground: Ground) -> Proposal | None:
    usual = ground.stages.get(deal.stage or "")
    if usual is None or deal.stage_since is None or usual.to_win.count < ENOUGH:
        return None
    so_far = (ground.on - deal.stage_since).days
    whole = usual.to_win.median_above(so_far)
    if whole is None:
        return None
    why = (
        f"Half of the won deals that took longer than {so_far:,} days from entering {usual.title} "
        f"were closed within {whole:,} days of it."
    )
    return Proposal(deal.stage_since + timedelta(days=whole), why)


RULE = HygieneRule(
    key="close_date_past",
    title="Closing day past",
    what="The day on which the deal is expected to close is over, and the deal is open.",
    measures="The expected closing day against the day asked about.",
    cure="Close the deal, or agree a new day with the customer.",
    severity=Severity.MEDIUM,
    judge=judge,
    column="close_on",
    source="docs/hygiene/close_date_past.md",
)
