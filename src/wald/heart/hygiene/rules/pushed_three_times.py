"""Pushed three times: the expected closing day of a deal moved later again and again.

Reads     recorded changes of the expected closing day, from one day to a later one
Finds     deals with three such moves or more
Severity  medium; high from five on
Errors    cannot tell where no change of an expected closing day is recorded
Source    docs/hygiene/pushed_three_times.md
"""

from wald.heart.hygiene.deal import OpenDeal
from wald.heart.hygiene.ground import Ground
from wald.heart.hygiene.rule import CannotTell, Fault, HygieneRule, Severity, Verdict

_OFTEN, _VERY_OFTEN = 3, 5


def judge(deal: OpenDeal, ground: Ground) -> Verdict:
    if not ground.has_day_changes:
        return CannotTell("No change of an expected closing day is recorded, of any deal.")
    if deal.pushes < _OFTEN:
        return None
    days = "1 day" if deal.pushed_days == 1 else f"{deal.pushed_days:,} days"
    words = f"Its expected closing day moved later {deal.pushes} times, by {days} together"
    words += f", and is {deal.close_on} now." if deal.close_on else "."
    return Fault(words, Severity.HIGH if deal.pushes >= _VERY_OFTEN else None)


RULE = HygieneRule(
    key="pushed_three_times",
    title="Pushed three times",
    what="The expected closing day moved later three times or more.",
    measures="Recorded changes of the expected closing day from one day to a later one.",
    cure="Ask the customer what has to happen first, and set a day that both believe in.",
    severity=Severity.MEDIUM,
    judge=judge,
    column="close_on",
    source="docs/hygiene/pushed_three_times.md",
)
