"""Exposure: what the plan costs a person and year at 50, 100, 150 and 200 %, and at worst.

Asks    pay at four attainments, the highest pay up to 300 %, and whether it grows without end
Method  the fold at these points, exact; the last piece of the curve
Proves  exact at the points
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from decimal import Decimal

from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import HIGHEST, Tested, amount, percent

_POINTS = (Decimal("0.5"), Decimal(1), Decimal("1.5"), Decimal(2))


def judge(tested: Tested) -> Iterator[Finding]:
    bench, curve = tested.bench, tested.curve()
    at = {point: bench.at(point) for point in _POINTS}
    worst = max(piece.at_end for piece in curve.pieces)
    last = curve.pieces[-1]
    grows = last.at_end > last.at_start
    told = ", ".join(f"{amount(pay)} at {percent(point)}" for point, pay in at.items())
    end = "has no upper bound"
    if not grows:
        end = f"is never above {amount(worst)}"
    numbers = {percent(point): amount(pay) for point, pay in at.items()}
    numbers |= {f"up to {percent(HIGHEST)}": amount(worst), "bounded": "no" if grows else "yes"}
    sentence = f"A year costs {told}; {amount(worst)} at worst up to {percent(HIGHEST)}, and {end}."
    yield Finding("exposure", Verdict.NOTED, sentence, "components", numbers)


RULE = LintRule("exposure", "What it costs", judge)
