"""What everybody weighs when a target is divided: measured, counted, equal or given.

A seat weighs what its person brings (bookings of last year, potential, or one head), times the
part of the year it counts for. A unit weighs the sum of its seats. Where shares are given among
siblings they go first; those without one divide the rest by the rule.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from wald.heart.quota.split import added
from wald.heart.quota.tree import Node, Tree, upwards
from wald.kernel.problem import Problem


class Weighing(Enum):
    """By what a target is divided among siblings."""

    BOOKINGS = "bookings"  # what each booked, or more exactly measured, in the year before
    POTENTIAL = "potential"
    HEAD_COUNT = "head_count"  # people, by the part of the year they count for
    EQUAL = "equal"  # as many parts as siblings


@dataclass(frozen=True, slots=True)
class Brings:
    """What a seat weighs before ramp and days; `is_average` where nothing was known of it."""

    amount: Fraction
    is_average: bool = False


COUNTED = (Weighing.HEAD_COUNT, Weighing.EQUAL)  # where everybody brings one


def brings_of(
    tree: Tree, known: Mapping[str, Fraction], weighing: Weighing
) -> Mapping[str, Brings]:
    """Return what every seat brings, `known` by person.

    Of somebody of whom nothing, or nothing above zero, is known it is the average of those in the
    same place, else of all: a new person without a past is not a person without a quota. A person
    with several seats brings the same to each; the days divide it.
    """
    if weighing in COUNTED:
        return {node.key: Brings(Fraction(1)) for node in tree.seats}
    everywhere = _average([Fraction(amount) for amount in known.values() if amount > 0])
    found: dict[str, Brings] = {}
    for siblings in tree.children.values():
        seats = [node for node in siblings if node.seat]
        amounts = [known.get(node.person_id, Fraction(0)) for node in seats]
        here = _average([amount for amount in amounts if amount > 0]) or everywhere or Fraction(1)
        for node, amount in zip(seats, amounts, strict=True):
            found[node.key] = Brings(amount) if amount > 0 else Brings(here, is_average=True)
    return found


def weights_of(
    tree: Tree,
    brings: Mapping[str, Brings],
    capacity: Mapping[str, Fraction],
    shares: Mapping[str, Fraction],
    weighing: Weighing,
) -> Mapping[str, Fraction]:
    """Return the weight of every node among its siblings. Units that weigh alike weigh one each;
    people always weigh by the part of the year they count for."""
    sums: dict[str, Fraction] = {}
    for node in upwards(tree):
        if node.seat:
            sums[node.key] = brings[node.key].amount * capacity[node.key]
        else:
            below = tree.children.get(node.key, ())
            sums[node.key] = added([sums[child.key] for child in below])
    found = dict(sums)
    for siblings in tree.children.values():
        if weighing is Weighing.EQUAL:
            found.update({node.key: Fraction(1) for node in siblings if not node.seat})
        given = [node for node in siblings if node.key in shares]
        if given:
            found.update(_with_shares(siblings, shares, found))
    return found


def wrong_shares(tree: Tree, shares: Mapping[str, Fraction]) -> Iterator[Problem]:
    """Yield what is wrong with the shares of siblings: more than all, or all given and not all."""
    for key, siblings in tree.children.items():
        given = [shares[node.key] for node in siblings if node.key in shares]
        total = sum(given, Fraction(0))
        if total > 1 or (len(given) == len(siblings) and total != 1):
            where = f"shares below {key or 'the organization'}"
            yield Problem(where, f"they add up to {float(total):g}", "let them add up to 1")


def _with_shares(
    siblings: Sequence[Node], shares: Mapping[str, Fraction], weights: Mapping[str, Fraction]
) -> Iterator[tuple[str, Fraction]]:
    rest = 1 - sum((shares.get(node.key, Fraction(0)) for node in siblings), Fraction(0))
    others = [node for node in siblings if node.key not in shares]
    total = sum((weights[node.key] for node in others), Fraction(0))
    for node in siblings:
        if node.key in shares:
            yield node.key, shares[node.key]
        else:
            part = weights[node.key] / total if total else Fraction(1, len(others))
            yield node.key, rest * part


def _average(amounts: Sequence[Fraction]) -> Fraction:
    return added(amounts) / len(amounts) if amounts else Fraction(0)
