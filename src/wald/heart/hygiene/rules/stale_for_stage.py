"""Stale for its stage: an open deal has stayed longer than nearly all deals that went on.

Reads     the stage, the day it was entered, and how long deals take to go on from it
Finds     deals there for more days than 90 % of those that went on (or were won) needed
Severity  medium; high from 97.5 %
Assumes   deals that are not over yet go on as others of their age did
Source    docs/hygiene/stale_for_stage.md
"""

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import ENOUGH, Ground, StageGround, percent
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Severity, Verdict

_LONG, _VERY_LONG = 0.9, 0.975  # of those that went on: one in ten, one in forty took longer
_AHEAD_DAYS = 30


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    usual = ground.stages.get(deal.stage or "")
    if not ground.stages:
        return CannotTell("No order of stages is loaded.")
    if usual is None:
        return CannotTell(f"Nobody put {ground.title(deal.stage)!r} in the order of stages.")
    if usual.going_on.went_on < ENOUGH:
        return CannotTell(
            f"Fewer than {ENOUGH} deals are known to have gone on from {usual.title}."
        )
    if deal.stage_since is None or not _is_recorded(deal, usual, ground):
        return CannotTell("Its moves are not recorded: nobody knows since when it is there.")
    days = (ground.on - deal.stage_since).days
    share = usual.going_on.share_before(days)
    if share < _LONG:
        return None
    there = f"In {usual.title} for {days:,} days"
    if not ground.has_moves:
        there = f"Opened {days:,} days ago, no moves are recorded, and in {usual.title}"
    words = _words(there, usual, days, share)
    return Fault(words, Severity.HIGH if share >= _VERY_LONG else None)


def _is_recorded(deal: OpenDeal, usual: StageGround, ground: Ground) -> bool:
    """Did it move, or begin where deals begin, or open when moves were recorded already? Where
    no moves are recorded of any deal, all of them are counted from their opening."""
    if deal.has_history or usual.position == min(one.position for one in ground.stages.values()):
        return True
    since, opened = ground.changes_from, deal.opened_on
    return not ground.has_moves or (since is not None and opened is not None and opened >= since)


def _words(there: str, usual: StageGround, days: int, share: float) -> str:
    going = usual.going_on
    said = f"{there}: of {going.went_on:,} deals that went on from it, "
    said += "all did" if share >= 1 else f"{percent(share)} did"
    chance = going.chance_within(days, _AHEAD_DAYS)
    if chance is None:
        return f"{said} sooner, and none is known to have stayed as long."
    later = f"{percent(chance)} go on in {_AHEAD_DAYS} more days"
    return f"{said} sooner. Of deals there as long, {later}."


RULE = HygieneRule(
    key="stale_for_stage",
    title="Stale for its stage",
    what="The deal has been in its stage longer than nearly all deals that went on from it.",
    measures=(
        "Days in the stage against how long deals took to go on from it or to be won; deals that "
        "are there yet count as far as they were seen."
    ),
    cure="Move the deal on, close it, or say what it is waiting for.",
    severity=Severity.MEDIUM,
    judge=judge,
    column="stage",
    source="docs/hygiene/stale_for_stage.md",
)
