"""Scorecard: several measures, each with a weight; the weighted attainment pays the target.

Terms   items: measure, weight (together 1), threshold below which it counts nothing, cap; weight,
        the share of the target incentive that the card pays on
Inputs  attainment of each measure; target incentive
Pays    target x weight x the sum of item's weight x attainment, each between threshold and cap
Laws    at 100 % everywhere it pays target incentive x weight; an item never pays above its cap
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/scorecard.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation import adjusting, bands
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ZERO, Figure, if_reached, least, most
from wald.kernel.problem import Problem

_MOST = Decimal(10)


@dataclass(frozen=True, slots=True)
class Item:
    measure: str
    weight: Decimal
    threshold: Decimal = Decimal(0)  # attainment; exactly there it counts
    cap: Decimal | None = None  # attainment that counts at most


@dataclass(frozen=True, slots=True)
class Scorecard:
    items: tuple[Item, ...]
    weight: Decimal = Decimal(1)  # share of the target incentive that the card pays on


def check(terms: Scorecard) -> Iterator[Problem]:
    if not terms.items:
        yield Problem("items", "nothing is scored", "give at least one item")
    elif sum(item.weight for item in terms.items) != 1:
        found = sum(item.weight for item in terms.items)
        yield Problem("items", f"the weights come to {found}", "let them come to 1")
    yield from adjusting.check_share("weight", terms.weight)
    for i, item in enumerate(terms.items):
        if item.weight <= 0:
            yield Problem(f"items[{i}].weight", f"{item.weight} is no weight", "write above 0")
        if not 0 <= item.threshold <= _MOST:
            fix = "write an attainment: 0.5 for 50 %"
            yield Problem(f"items[{i}].threshold", f"{item.threshold} is no attainment", fix)
        if item.cap is not None and not item.threshold < item.cap <= _MOST:
            fix = f"write an attainment above the threshold, up to {_MOST}"
            yield Problem(f"items[{i}].cap", f"{item.cap} is no cap", fix)


def pay(terms: Scorecard, case: Given) -> Paid:
    target = adjusting.weighted(case.due_target, terms.weight, case)
    lines = [line for i, item in enumerate(terms.items) for line in _item(i, item, case, target)]
    return Paid((*lines, *bands.less_earned(case)))


def _item(i: int, item: Item, case: Given, target: Figure) -> Iterator[PayLine]:
    attained = bands.attained(case, item.measure)
    if attained is None:
        return
    weight = case.term(item.weight, f"items[{i}].weight", f"weight of {item.measure}")
    threshold = case.term(item.threshold, f"items[{i}].threshold", "threshold")
    counted = most(attained, ZERO)
    if item.cap is not None:
        counted = least(counted, case.term(item.cap, f"items[{i}].cap", "cap"))
    score = if_reached(attained, threshold, counted, ZERO).called(f"score of {item.measure}")
    if score:
        base = (target * weight).called(f"target for {item.measure}")
        yield PayLine(f"{item.measure} at {attained.value:.2%}", base, score)


def edges(terms: Scorecard) -> Iterator[Decimal]:
    for item in terms.items:
        if item.threshold:
            yield item.threshold
        if item.cap is not None:
            yield item.cap


COMPONENT = Component(
    key="scorecard",
    title="Scorecard",
    terms=Scorecard,
    check=check,
    pay=pay,
    example=Scorecard(
        (
            Item("revenue", Decimal("0.7"), Decimal("0.5"), Decimal("1.5")),
            Item("margin", Decimal("0.3")),
        )
    ),
    source="docs/compensation/scorecard.md",
    is_for_no_contract=True,
    edges=edges,
    needs_measure=lambda terms: False,
    reads=lambda terms: tuple(item.measure for item in terms.items),
)
