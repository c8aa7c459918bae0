"""Management objectives: a share of the target incentive for each objective, by how far it was met.

Terms   objectives: name, weight (together 1), threshold below which it pays nothing, cap; weight,
        the share of the target incentive that all of them pay on
Inputs  how far each objective was met, a share told by a person; target incentive of the period
Pays    target of the payout period x weight x weight of the objective x what was met
Laws    an objective that nobody scored pays nothing; all met in full pay target incentive x weight
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/objectives.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation import adjusting
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ZERO, Figure, if_reached, least, most
from wald.kernel.problem import Problem

_MOST = Decimal(10)


@dataclass(frozen=True, slots=True)
class Objective:
    name: str
    weight: Decimal
    threshold: Decimal = Decimal(0)  # share met; exactly there it pays
    cap: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Objectives:
    objectives: tuple[Objective, ...]
    weight: Decimal = Decimal(1)  # share of the target incentive that they pay on


def check(terms: Objectives) -> Iterator[Problem]:
    if not terms.objectives:
        yield Problem("objectives", "there is no objective", "give at least one")
    elif sum(one.weight for one in terms.objectives) != 1:
        found = sum(one.weight for one in terms.objectives)
        yield Problem("objectives", f"the weights come to {found}", "let them come to 1")
    yield from adjusting.check_share("weight", terms.weight)
    for i, one in enumerate(terms.objectives):
        where = f"objectives[{i}]"
        if one.weight <= 0:
            yield Problem(f"{where}.weight", f"{one.weight} is no weight", "write above 0")
        if not 0 <= one.threshold <= one.cap:
            fix = "write a share from 0 up to the cap"
            yield Problem(f"{where}.threshold", f"{one.threshold} is no threshold", fix)
        if not 0 < one.cap <= _MOST:
            fix = f"write a share above 0, up to {_MOST}"
            yield Problem(f"{where}.cap", f"{one.cap} is no cap", fix)


def pay(terms: Objectives, case: Given) -> Paid:
    if case.target is None:
        return Paid()
    target = adjusting.weighted(case.target, terms.weight, case)
    lines = (line for i, one in enumerate(terms.objectives) for line in _one(i, one, case, target))
    return Paid(tuple(lines))


def _one(i: int, one: Objective, case: Given, target: Figure) -> Iterator[PayLine]:
    met = case.scores.get(one.name)
    if met is None:
        return
    path = f"objectives[{i}]"
    weight = case.term(one.weight, f"{path}.weight", f"weight of {one.name}")
    threshold = case.term(one.threshold, f"{path}.threshold", "threshold")
    counted = least(most(met, ZERO), case.term(one.cap, f"{path}.cap", "cap"))
    score = if_reached(met, threshold, counted, ZERO).called(f"{one.name}, met")
    if score:
        base = (target * weight).called(f"target for {one.name}")
        yield PayLine(f"{one.name}, met by {met.value:.2%}", base, score)


COMPONENT = Component(
    key="objectives",
    title="Management objectives",
    terms=Objectives,
    check=check,
    pay=pay,
    example=Objectives(
        (
            Objective("reference_customers", Decimal("0.6")),
            Objective("forecast_within_10", Decimal("0.4"), Decimal("0.5")),
        )
    ),
    source="docs/compensation/objectives.md",
    is_for_no_contract=True,
    needs_measure=lambda terms: False,
)
