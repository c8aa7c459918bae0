"""Margin: the steepest extra unit of sales pays less than its margin.

Asks    the steepest piece of each curve against the margin of a sale in its measure
Method  slopes of the curves, the last one to infinity
Proves  the slope of every piece, where pay can be followed
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from wald.heart.compensation.lint.curve import Curve, Piece
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import Tested, amount, percent, points_of, reach


@dataclass(frozen=True, slots=True)
class _Steepest:
    """Pay per unit of a measure against the margin of that unit."""

    slope: Decimal
    margin: Decimal
    piece: Piece
    curve: str  # what the curve is of: "" for all measures together
    measure: str


def judge(tested: Tested) -> Iterator[Finding]:
    """Jumps are cliffs, which have a rule of their own."""
    bench = tested.bench
    if not bench.measures():
        yield Finding("margin", Verdict.NOT_ASKED, "No component pays on a measure.")
        return
    curves = {key: curve for key, curve in tested.curves().items() if not key or bench.sells(key)}
    found = [_steepest(tested, key, curve) for key, curve in curves.items()]
    worst = max(found, key=lambda one: one.slope - one.margin)
    numbers = {"pay_per_unit": percent(worst.slope), "margin": percent(worst.margin),
               "from": amount(tested.sold(worst.piece.start, worst.curve)),
               "to": _end(tested, worst)}  # fmt: skip
    told = _told(tested, worst)
    points = points_of(curves.values())
    if worst.slope > worst.margin:
        yield Finding(
            "margin",
            Verdict.REFUTED,
            f"{told}, more than its margin of {percent(worst.margin)} ({_said(tested, worst)}): "
            "the person gains and the company loses.",
            "components",
            numbers,
            "lower the rate, cap it, or pay on margin; --margin tells the margin of a sale",
        )
        return
    sentence = (
        f"{told}, below the margin of {percent(worst.margin)} ({_said(tested, worst)}); that is "
        f"the most{reach(points)}."
    )
    verdict = Verdict.TRIED if points else Verdict.PROVED
    yield Finding("margin", verdict, sentence, "components", numbers, points=points)


def _steepest(tested: Tested, key: str, curve: Curve) -> _Steepest:
    bench = tested.bench
    best = max(curve.pieces, key=lambda one: max(one.slope_at_start, one.slope_at_end))
    slope = max(best.slope_at_start, best.slope_at_end) / tested.sold(Decimal(1), key)
    measure = key or bench.measures()[0]
    return _Steepest(slope, bench.margin_of(measure), best, key, measure)


def _told(tested: Tested, one: _Steepest) -> str:
    start = f"{amount(tested.sold(one.piece.start, one.curve))} ({percent(one.piece.start)})"
    of = f" of {one.curve} alone" if one.curve else ""
    return f"From {start} on, each further unit sold{of} pays {percent(one.slope)}"


def _end(tested: Tested, one: _Steepest) -> str:
    if one.piece.goes_on:
        return "infinity"
    return amount(tested.sold(one.piece.end, one.curve))


def _said(tested: Tested, one: _Steepest) -> str:
    """Say where the margin is known from."""
    bench = tested.bench
    if bench.counts_margin(one.measure):
        return "each unit of it is margin"
    if one.measure in bench.margins.of:
        return f"that of {one.measure}, {bench.margins.said}"
    return f"one for all sales, {bench.margins.said}"


RULE = LintRule("margin", "Pay against margin", judge)
