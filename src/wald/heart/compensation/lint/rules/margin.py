"""Margin: the steepest extra unit of sales pays less than its margin.

Asks    the steepest piece of the curve against the margin of a sale
Method  slopes of the curve of all measures together
Proves  the slope of each piece where pay is straight, up to 300 %
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from decimal import Decimal

from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import Tested, amount, percent


def judge(tested: Tested) -> Iterator[Finding]:
    yield _steepest(tested)


def _steepest(tested: Tested) -> Finding:
    """Return what the steepest piece says; jumps are cliffs, which have a rule of their own."""
    bench, curve = tested.bench, tested.curve()
    if not bench.measures():
        return Finding("margin", Verdict.NOT_ASKED, "No component pays on a measure.")
    best = max(curve.pieces, key=lambda one: max(one.slope_at_start, one.slope_at_end))
    slope = max(best.slope_at_start, best.slope_at_end) / tested.sold(Decimal(1))
    sold = tested.sold(best.start)
    numbers = {"pay_per_unit": percent(slope), "margin": percent(bench.margin),
               "from": amount(sold), "to": amount(tested.sold(best.end))}  # fmt: skip
    told = (
        f"From {amount(sold)} ({percent(best.start)}) on, each further unit sold pays "
        f"{percent(slope)}"
    )
    if slope > bench.margin:
        return Finding(
            "margin",
            Verdict.REFUTED,
            f"{told}, more than its margin of {percent(bench.margin)}: the person gains and the "
            "company loses.",
            "components",
            numbers,
            "lower the rate, cap it, or pay on margin; --margin tells the margin of a sale",
        )
    sentence = f"{told}, below the margin of {percent(bench.margin)}; that is the most."
    return Finding("margin", Verdict.PROVED, sentence, "components", numbers)


RULE = LintRule("margin", "Pay against margin", judge)
