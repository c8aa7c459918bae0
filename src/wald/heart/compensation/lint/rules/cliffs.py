"""Cliffs: where one more unit sold changes pay by a jump, and by how much.

Asks    every jump of pay, for all measures together and each alone
Method  the curve of pay; each jump is told one millionth of the quota apart
Proves  each jump shown is there; none is missed where pay can be followed
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from decimal import Decimal

from wald.heart.compensation.lint.curve import Jump
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import Tested, amount, by, percent, points_of, reach

LARGE = Decimal("0.10")  # of the target incentive, or of pay at 100 %


def judge(tested: Tested) -> Iterator[Finding]:
    curves = tested.curves()
    count, told = 0, set()
    for measure, curve in curves.items():
        for jump in curve.jumps:
            key = (jump.above, jump.size)
            if key in told:
                continue
            told.add(key)
            count += 1
            yield _finding(tested, measure, jump)
    if not count:
        points = points_of(curves.values())
        verdict = Verdict.TRIED if points else Verdict.PROVED
        yield Finding("cliffs", verdict, f"Pay has no jumps{reach(points)}.", points=points)


def _finding(tested: Tested, measure: str, jump: Jump) -> Finding:
    bench = tested.bench
    share = abs(jump.size) / bench.scale
    key = _cause(tested, measure, jump)
    sold = tested.sold(jump.above, measure)
    whole = "the target" if bench.target else "pay at 100 %"
    return Finding(
        "cliffs",
        Verdict.REFUTED if share > LARGE else Verdict.NOTED,
        f"A cliff of {amount(jump.size)} ({percent(share)} of {whole}) in {key}: {by(measure)} "
        f"just below {amount(sold)} ({percent(jump.above)}) pay {amount(jump.pay_below)}, "
        f"from there {amount(jump.pay_above)}.",
        bench.path_of(key),
        {
            "sales_below": amount(tested.sold(jump.below, measure)),
            "pay_below": amount(jump.pay_below),
            "sales_above": amount(sold),
            "pay_above": amount(jump.pay_above),
            "size": amount(jump.size),
        },
        "pay marginal or interpolated instead of whole, or make the step smaller",
    )


def _cause(tested: Tested, measure: str, jump: Jump) -> str:
    """Return the component whose earnings jump most."""
    bench = tested.bench
    below = bench.earned(tuple(bench.steady(jump.below, measure)))
    above = bench.earned(tuple(bench.steady(jump.above, measure)))
    return max(above, key=lambda key: abs(above[key] - below[key]))


RULE = LintRule("cliffs", "Cliffs", judge)
