"""Payout curve: a share of the target incentive by attainment, on straight lines between points.

Terms   points (attainment, payout), rising; weight, the share of the target incentive it pays on;
        slope beyond the last point, 0 for a cap there
Inputs  attainment: credit over quota, to date or of the payout period; target incentive
Pays    target x weight x payout; nothing below the first point, the threshold; to date less
        what was earned before
Laws    where points do not fall, more credit never pays less; beyond the last point nothing more
        is paid unless a slope is given
Errors  none on pay day: bad terms are Problems on the day the plan is written
Source  docs/compensation/payout_curve.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation import bands
from wald.heart.compensation.bands import Side
from wald.heart.compensation.component import Component, Given, Paid, PayLine
from wald.heart.compensation.figure import ZERO, Figure, if_passed, if_reached, most
from wald.kernel.problem import Problem

_MOST = Decimal(10)  # times the target incentive


@dataclass(frozen=True, slots=True)
class Point:
    attainment: Decimal  # 1 = 100 %
    payout: Decimal  # share of the target incentive


@dataclass(frozen=True, slots=True)
class PayoutCurve:
    points: tuple[Point, ...]
    weight: Decimal = Decimal(1)
    slope_beyond: Decimal = Decimal(0)  # payout per attainment above the last point
    side: Side = Side.UPPER  # exactly at the threshold: paid (upper) or not yet (lower)


def check(terms: PayoutCurve) -> Iterator[Problem]:
    if not terms.points:
        yield Problem("points", "there is no point", "give at least the threshold")
    starts = [point.attainment for point in terms.points]
    yield from bands.check_starts(starts, "points", from_zero=False)
    for i, point in enumerate(terms.points):
        if not 0 <= point.payout <= _MOST:
            fix = "write a share of the target incentive: 1 for all of it"
            yield Problem(f"points[{i}].payout", f"{point.payout} is no payout", fix)
    if not 0 < terms.weight <= 1:
        yield Problem("weight", f"{terms.weight} is no share", "write 0.6 for 60 %")
    if not 0 <= terms.slope_beyond <= _MOST:
        fix = "write payout per attainment: 2 pays 2 % for each 1 % more"
        yield Problem("slope_beyond", f"{terms.slope_beyond} is no slope", fix)


def pay(terms: PayoutCurve, case: Given) -> Paid:
    attained = bands.attained(case)
    if attained is None:
        return Paid(tuple(bands.less_earned(case)))
    weight = case.term(terms.weight, "weight", "weight")
    base = (case.due_target * weight).called("target incentive that is paid on")
    rate = _payout(terms, case, attained).called("payout")
    name = f"payout at {attained.value:.2%} of quota"
    lines = [PayLine(name, base, rate)] if rate else []
    return Paid((*lines, *bands.less_earned(case)))


def _payout(terms: PayoutCurve, case: Given, attained: Figure) -> Figure:
    """Return the payout: nothing below the threshold, then on the lines between the points."""
    marks = [
        case.term(p.attainment, f"points[{i}].attainment", f"attainment of point {i + 1}")
        for i, p in enumerate(terms.points)
    ]
    payouts = [
        case.term(p.payout, f"points[{i}].payout", f"payout of point {i + 1}")
        for i, p in enumerate(terms.points)
    ]
    slope = case.term(terms.slope_beyond, "slope_beyond", "slope beyond the last point")
    on_curve = bands.between(marks, payouts, attained) + most(attained - marks[-1], ZERO) * slope
    choose = if_reached if terms.side is Side.UPPER else if_passed
    return choose(attained, marks[0], on_curve, ZERO)


def edges(terms: PayoutCurve) -> Iterator[Decimal]:
    yield from (point.attainment for point in terms.points)


COMPONENT = Component(
    key="payout_curve",
    title="Payout curve",
    terms=PayoutCurve,
    check=check,
    pay=pay,
    example=PayoutCurve(
        (
            Point(Decimal("0.5"), Decimal("0.25")),
            Point(Decimal(1), Decimal(1)),
            Point(Decimal("1.5"), Decimal(2)),
        )
    ),
    source="docs/compensation/payout_curve.md",
    edges=edges,
    needs_quota=lambda terms: True,
    pays_on_nothing=lambda terms: any(p.payout for p in terms.points[:1] if not p.attainment),
)
