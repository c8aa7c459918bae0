"""How often deals with a finding were won, beside deals without it, on days that are long over.

A deal is looked at on a day of the past with what was known by then, and counts as won if it was
won within so many days after; every day looked at is as long ago, so nobody's end is missing. A
deal seen on several days counts once, by the share of its days; then a share has a score interval
and the difference of two the hybrid one (`stats.py`), whose deals are taken to be apart.
It is no cause: who is silent may be silent because the customer has left.
Source: docs/hygiene/README.md
"""

from collections.abc import Iterable
from dataclasses import dataclass

from wald.brain.stats import Interval, difference_of_shares, share

ENOUGH = 10  # deals in each group


@dataclass(frozen=True, slots=True)
class Looked:
    """One deal on one day of the past: whether the rule found it, and whether it was won after."""

    deal: str
    is_found: bool
    is_won: bool


@dataclass(frozen=True, slots=True)
class Group:
    """`won` of `deals`; the interval holds the share of such deals 95 times in 100."""

    won: int
    deals: int
    share: Interval | None


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """`difference`: the share of those found minus that of the others, None for too few deals."""

    found: Group
    others: Group
    difference: Interval | None

    @property
    def verdict(self) -> str:
        """Say in a sentence whether the finding goes with winning less."""
        if self.difference is None:
            return f"Fewer than {ENOUGH} deals with the finding, or without it: no comparison."
        if self.difference.high < 0:
            return "Deals with the finding were won less often."
        if self.difference.low > 0:
            return "Deals with the finding were won more often."
        return "No difference that chance could not make."


def judge_record(looked: Iterable[Looked]) -> RuleRecord:
    """Return the record of one rule; each deal counts once in each group it was in."""
    days: dict[bool, dict[str, list[bool]]] = {True: {}, False: {}}
    for one in looked:
        days[one.is_found].setdefault(one.deal, []).append(one.is_won)
    found, others = _group(days[True]), _group(days[False])
    is_enough = min(found.deals, others.deals) >= ENOUGH
    difference = None
    if is_enough:
        difference = difference_of_shares((found.won, found.deals), (others.won, others.deals))
    return RuleRecord(found, others, difference)


def _group(days: dict[str, list[bool]]) -> Group:
    won = round(sum(sum(seen) / len(seen) for seen in days.values()))
    return Group(won, len(days), share(won, len(days)) if days else None)
