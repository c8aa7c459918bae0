"""Accelerator: a base rate, multiplied from attainments upward; below 1 it is a decelerator.

Terms   rate; steps, each from an attainment upward, with what it multiplies; method; side
Inputs  running credit of the counter, and quota of its window
Pays    marginal: what lies inside a step at rate x its multiplier, below the first step at the
        rate. whole: all credit at the multiplier reached. interpolated: between two multipliers
Laws    marginal: more credit never pays less; without steps it is a flat rate
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/accelerator.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise

from wald.heart.compensation import bands
from wald.heart.compensation.bands import Bounds, Method, Side
from wald.heart.compensation.component import Component, Given, Paid
from wald.heart.compensation.figure import ZERO
from wald.kernel.problem import Problem

_MOST = Decimal(20)  # times a rate; beyond it is a slip of the pen


@dataclass(frozen=True, slots=True)
class Step:
    starts_at: Decimal  # attainment, 1 = 100 %
    times: Decimal


@dataclass(frozen=True, slots=True)
class Accelerator:
    rate: Decimal  # pay per unit of credit; a personal rate replaces it
    steps: tuple[Step, ...]
    method: Method = Method.MARGINAL
    side: Side = Side.UPPER


def check(terms: Accelerator) -> Iterator[Problem]:
    if not 0 <= terms.rate <= 1:
        yield Problem("rate", f"{terms.rate} is no share of what was sold", "write 0.08 for 8 %")
    if not terms.steps:
        yield Problem("steps", "nothing accelerates", "give a step, or use a flat rate")
    yield from bands.check_starts([s.starts_at for s in terms.steps], "steps", from_zero=False)
    for i, step in enumerate(terms.steps):
        if not 0 <= step.times <= _MOST:
            fix = f"write a multiplier from 0 to {_MOST}: 1.5 for half as much again"
            yield Problem(f"steps[{i}].times", f"{step.times} is no multiplier", fix)


def pay(terms: Accelerator, case: Given) -> Paid:
    rate = case.own_rate(terms.rate, "rate")
    starts, rates, names = [ZERO], [rate], ["below the first step"]
    for i, step in enumerate(terms.steps):
        path = f"steps[{i}]"
        starts.append(case.term(step.starts_at, f"{path}.starts_at", f"start of step {i + 1}"))
        times = case.term(step.times, f"{path}.times", f"multiplier of step {i + 1}")
        rates.append((rate * times).called(f"rate of step {i + 1}"))
        names.append(f"from {(step.starts_at * 100).normalize():f} % of quota, times {step.times}")
    if terms.steps[0].starts_at == 0:
        starts, rates, names = starts[1:], rates[1:], names[1:]
    amounts = bands.amounts_of(starts, case, Bounds.ATTAINMENT)
    credit = case.goal.to_date
    if terms.method is Method.WHOLE:
        reached = bands.reached(amounts, rates, credit, terms.side)
        return Paid(tuple(bands.on_everything("rate of the step reached", reached, case)))
    if terms.method is Method.INTERPOLATED:
        reached = bands.between(amounts, rates, credit).called("rate between two steps")
        return Paid(tuple(bands.on_everything("rate between two steps", reached, case)))
    own = case.own
    return Paid(tuple(bands.slices(names, amounts, rates, own.before, own.to_date)))


def edges(terms: Accelerator) -> Iterator[Decimal]:
    yield from (step.starts_at for step in terms.steps)


def _decelerates(terms: Accelerator) -> bool:
    """A step that multiplies by less than the one before it: pay may slow down, as declared."""
    times = [Decimal(1), *(step.times for step in terms.steps)]
    return any(above < below for below, above in pairwise(times))


COMPONENT = Component(
    key="accelerator",
    title="Accelerator",
    terms=Accelerator,
    check=check,
    pay=pay,
    example=Accelerator(Decimal("0.06"), (Step(Decimal(1), Decimal("1.5")),)),
    source="docs/compensation/accelerator.md",
    edges=edges,
    needs_quota=lambda terms: True,
    may_lower=_decelerates,
)
