"""Contest: prizes by rank of a measure among everybody in the plan.

Terms   prizes, of the first place, the second, ...; ties; at_least, what a winner must reach
Inputs  the measure of everybody in the plan over the whole payout period
Pays    the prize of the person's place, on the last day of the payout period
Laws    prizes shared by those who tie come to the prizes of their places; nothing pays nothing
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/contest.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ONE, Figure, given, total
from wald.kernel.problem import Problem


class Ties(Enum):
    """What those get who come in level. The next person has as many before them as there are."""

    SHARE = "share"  # the prizes of all their places, in equal parts
    EACH = "each"  # each the prize of the highest of their places
    NONE = "none"  # nothing


@dataclass(frozen=True, slots=True)
class Contest:
    prizes: tuple[Decimal, ...]
    ties: Ties = Ties.SHARE
    at_least: Decimal = Decimal(0)  # of the measure; 0: anything above zero


def check(terms: Contest) -> Iterator[Problem]:
    if not terms.prizes:
        yield Problem("prizes", "nobody can win", "write a prize for the first place")
    for i, prize in enumerate(terms.prizes):
        if prize <= 0:
            yield Problem(f"prizes[{i}]", f"{prize} is no prize", "write an amount above 0")
    for i, (higher, lower) in enumerate(pairwise(terms.prizes), start=1):
        if lower > higher:
            what = f"{lower} is more than the prize of the place before it"
            yield Problem(f"prizes[{i}]", what, "sort the prizes, the highest first")
    if terms.at_least < 0:
        yield Problem("at_least", f"{terms.at_least} is below zero", "write 0 for anything sold")


def pay(terms: Contest, case: Given) -> Paid:
    """Whoever left before the last day, or got another version of the plan, is out of it."""
    own = case.everyone.get(case.person_id, case.own.period.value)
    if case.ends_early or own <= 0 or own < terms.at_least:
        return Paid()
    others = [value for person, value in case.everyone.items() if person != case.person_id]
    place = 1 + sum(value > own for value in others)
    level = 1 + sum(value == own for value in others)
    prize = _prize(terms, case, place, level)
    if prize is None:
        return Paid()
    words = f"place {place} of {len(others) + 1}"
    if level > 1:
        words += f", level with {level - 1}"
    return Paid((PayLine(words, prize, ONE),))


def _prize(terms: Contest, case: Given, place: int, level: int) -> Figure | None:
    prizes = [
        case.term(prize, f"prizes[{i}]", f"prize of place {i + 1}")
        for i, prize in enumerate(terms.prizes)
    ][place - 1 : place - 1 + level]
    if not prizes or (level > 1 and terms.ties is Ties.NONE):
        return None
    if level == 1 or terms.ties is Ties.EACH:
        return prizes[0]
    sharing = given(level, "people level on these places", f"everyone:{case.measure}")
    return (total(prizes, "prizes of their places") / sharing).called("shared prize")


COMPONENT = Component(
    key="contest",
    title="Contest",
    terms=Contest,
    check=check,
    pay=pay,
    example=Contest((Decimal(3000), Decimal(2000), Decimal(1000))),
    source="docs/compensation/contest.md",
    is_for_no_contract=True,
    reads_everyone=True,
)
