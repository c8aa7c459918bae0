"""Multiplier: what other components earned, times a factor by the attainment of another measure.

Terms   of, the components it multiplies; steps (attainment, factor); method; side
Inputs  attainment of its measure; what the named components earned
Pays    earned x (factor - 1), so that together they come to earned x factor
Laws    at factor 1 it pays nothing; it never pays on what stands after it in the plan
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/multiplier.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation import bands
from wald.heart.compensation.bands import Method, Side
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ONE, Figure, total
from wald.kernel.problem import Problem

_MOST = Decimal(20)


@dataclass(frozen=True, slots=True)
class Step:
    starts_at: Decimal  # attainment, 1 = 100 %
    factor: Decimal


@dataclass(frozen=True, slots=True)
class Multiplier:
    of: tuple[str, ...]  # keys of components before this one
    steps: tuple[Step, ...]
    method: Method = Method.WHOLE  # whole: the factor reached; interpolated: between two
    side: Side = Side.UPPER


def check(terms: Multiplier) -> Iterator[Problem]:
    if not terms.of:
        yield Problem("of", "multiplies nothing", "name the components it multiplies")
    yield from bands.check_starts([s.starts_at for s in terms.steps], "steps", from_zero=True)
    for i, step in enumerate(terms.steps):
        if not 0 <= step.factor <= _MOST:
            fix = f"write a factor from 0 to {_MOST}; 1 changes nothing"
            yield Problem(f"steps[{i}].factor", f"{step.factor} is no factor", fix)
    if terms.method is Method.MARGINAL:
        fix = "write whole or interpolated; for marginal steps use an accelerator"
        yield Problem("method", "a multiplier has one factor at a time", fix)


def pay(terms: Multiplier, case: Given) -> Paid:
    attained = bands.attained(case)
    if attained is None:
        return Paid(tuple(bands.less_earned(case)))
    factor = _factor(terms, case, attained)
    earned = case.earned_to_date if case.pays_to_date else case.earned
    base = total((earned[key] for key in terms.of if key in earned), "earned")
    reason = f"times {factor.value.normalize():f} at {attained.value:.2%}"
    change = factor - ONE
    lines = [PayLine(reason, base, change)] if base and change else []
    return Paid((*lines, *bands.less_earned(case)))


def _factor(terms: Multiplier, case: Given, attained: Figure) -> Figure:
    starts = [
        case.term(s.starts_at, f"steps[{i}].starts_at", f"start of step {i + 1}")
        for i, s in enumerate(terms.steps)
    ]
    factors = [
        case.term(s.factor, f"steps[{i}].factor", f"factor of step {i + 1}")
        for i, s in enumerate(terms.steps)
    ]
    if terms.method is Method.INTERPOLATED:
        return bands.between(starts, factors, attained).called("factor")
    return bands.reached(starts, factors, attained, terms.side).called("factor")


def edges(terms: Multiplier) -> Iterator[Decimal]:
    yield from (step.starts_at for step in terms.steps[1:])


COMPONENT = Component(
    key="multiplier",
    title="Multiplier",
    terms=Multiplier,
    check=check,
    pay=pay,
    example=Multiplier(
        ("commission",),
        (Step(Decimal(0), Decimal("0.8")), Step(Decimal(1), Decimal("1.2"))),
    ),
    source="docs/compensation/multiplier.md",
    edges=edges,
    needs_quota=lambda terms: True,
    works_on_others=True,
    names=lambda terms: terms.of,
)
