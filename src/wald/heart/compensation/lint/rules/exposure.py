"""Exposure: what the plan costs a person and year at 50, 100, 150 and 200 %, and at worst.

Asks    pay at four attainments, the highest pay up to 300 %, and whether it grows without end
Method  the fold at these points, exact; the whole curve
Proves  exact at the points, and the upper bound where pay can be followed
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
    last = curve.pieces[-1]
    grows = last.slope_at_end > 0
    ends = [one for piece in curve.pieces for one in (piece.at_start, piece.at_end)]
    worst = bench.at(HIGHEST) if grows else max(ends)
    told = ", ".join(f"{amount(pay)} at {percent(point)}" for point, pay in at.items())
    numbers = {percent(point): amount(pay) for point, pay in at.items()}
    if grows:
        numbers |= {f"at {percent(HIGHEST)}": amount(worst), "bounded": "no"}
        end = f"{amount(worst)} at {percent(HIGHEST)}, and it has no upper bound"
    else:
        numbers |= {"at most": amount(worst), "bounded": "yes"}
        end = f"and never more than {amount(worst)}"
        if curve.points:
            end += f" up to {percent(HIGHEST)}"
    sentence = f"A year costs {told}, {end}."
    yield Finding("exposure", Verdict.NOTED, sentence, "components", numbers, points=curve.points)


RULE = LintRule("exposure", "What it costs", judge)
