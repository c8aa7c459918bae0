"""Skipped stage: an open deal moved past a stage that it never stood in.

Reads     the recorded moves of the deal, and the order of the stages
Finds     open stages between two it stood in; a deal opened in a later stage skipped none
Severity  low; medium where fewer than 20 % of won deals skipped one of them
Excuses   stages that their definition in force allows to skip
Source    docs/hygiene/skipped_stage.md
"""

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import ENOUGH, Ground, StageGround, percent
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Severity, Verdict

_RARE = 0.2


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    if not ground.stages:
        return CannotTell("No order of stages is loaded.")
    if not ground.has_moves:
        return CannotTell("No move from one open stage to another is recorded, of any deal.")
    if not deal.skipped:
        return None
    passed = [ground.stages[stage] for stage in deal.skipped if stage in ground.stages]
    words = f"Went past {_listed([one.title for one in passed])} without standing there"
    rarest = min(passed, key=lambda one: one.skipped.value)
    if rarest.skipped.of < ENOUGH:
        return Fault(f"{words}.")
    words += (
        f"; of {rarest.skipped.of:,} won deals that came as far, "
        f"{percent(rarest.skipped.value)} went past {rarest.title}."
    )
    return Fault(words, _severity(rarest))


def _severity(rarest: StageGround) -> Severity | None:
    return Severity.MEDIUM if rarest.skipped.value < _RARE else None


def _listed(titles: list[str]) -> str:
    return titles[0] if len(titles) == 1 else f"{', '.join(titles[:-1])} and {titles[-1]}"


RULE = HygieneRule(
    key="skipped_stage",
    title="Skipped stage",
    what="The deal moved past a stage that it never stood in.",
    measures="Recorded moves against the order of the stages.",
    cure="Do what the stage is for, or set the deal back to it.",
    severity=Severity.LOW,
    judge=judge,
    column="stage",
    source="docs/hygiene/skipped_stage.md",
)
