"""Exit criterion without evidence: a deal left a stage, and nothing shows that it might.

Reads     exit criteria of the stages behind the deal, as defined on the day, and the facts by then
Finds     criteria that no fact proves; where it cannot be known, nothing is said
Severity  medium; high from three criteria on
Errors    cannot tell where no definition of the stages is in force
Source    docs/hygiene/unproved_exit.md
"""

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import Ground
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Severity, Verdict

_MANY = 3
_MOST_NAMED = 4


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    if deal.unproved is None:
        return CannotTell("No definition of the stages was in force on that day.")
    if not deal.unproved:
        return None
    asked = [f"{one.criterion.words} ({one.stage.title})" for one in deal.unproved[:_MOST_NAMED]]
    more = len(deal.unproved) - len(asked)
    listed = "; ".join(asked) + (f"; and {more} more" if more else "")
    number = len(deal.unproved)
    what = "1 exit criterion" if number == 1 else f"{number} exit criteria"
    words = f"Nothing shows {what} of the stages behind it: {listed}."
    return Fault(words, Severity.HIGH if number >= _MANY else None)


RULE = HygieneRule(
    key="unproved_exit",
    title="Exit criterion without evidence",
    what="The deal left a stage, and nothing shows what had to be so before.",
    measures="The exit criteria of the stages behind the deal against the facts.",
    cure="Record what shows it, or set the deal back to the stage.",
    severity=Severity.MEDIUM,
    judge=judge,
    column="stage",
    source="docs/hygiene/unproved_exit.md",
)
