"""Falling: pay never falls when sales rise, unless the plan declares a decelerator.

Asks    whether some attainment pays less than a lower one, for all measures and each alone
Method  the curve of pay: slopes at both ends of each piece, and the jumps between pieces
Proves  for every attainment of steady sales, where pay can be followed
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from decimal import Decimal

from wald.heart.compensation.lint.curve import Curve
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import Tested, amount, by, percent, points_of, reach

_SAME = Decimal("0.005")


def judge(tested: Tested) -> Iterator[Finding]:
    curves = tested.curves()
    for measure, curve in curves.items():
        found = _fall(curve)
        if found is None:
            continue
        low, high, before, after = found
        sold, more = tested.sold(low, measure), tested.sold(high, measure)
        numbers = {"sales": amount(sold), "pay": amount(before), "more_sales": amount(more),
                   "less_pay": amount(after)}  # fmt: skip
        declared = tested.bench.slows_down
        yield Finding(
            "falling",
            Verdict.NOTED if declared else Verdict.REFUTED,
            f"Pay falls when {by(measure)} rise: {amount(sold)} ({percent(low)}) pay "
            f"{amount(before)}, {amount(more)} ({percent(high)}) pay {amount(after)}"
            + (", as a component declares." if declared else "."),
            "components",
            numbers,
            "" if declared else "raise what is paid above, or pay marginal instead of whole",
        )
        return
    points = points_of(curves.values())
    verdict = Verdict.TRIED if points else Verdict.PROVED
    sentence = f"Pay never falls when sales rise{reach(points)}."
    yield Finding("falling", verdict, sentence, points=points)


def _fall(curve: Curve) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
    """Return the first fall: two attainments and their pay."""
    for jump in curve.jumps:
        if jump.size < -_SAME:
            return jump.below, jump.above, jump.pay_below, jump.pay_above
    for piece in curve.pieces:
        if piece.at_end < piece.at_start - _SAME:
            return piece.start, piece.end, piece.at_start, piece.at_end
        if not piece.is_straight and min(piece.slope_at_start, piece.slope_at_end) < -_SAME:
            return piece.start, piece.end, piece.at_start, piece.at_end
    return None


RULE = LintRule("falling", "Pay never falls", judge)
