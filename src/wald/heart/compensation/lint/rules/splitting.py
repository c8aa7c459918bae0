"""Splitting: one deal split into several never pays more than the one deal.

Asks    pay of one deal against the same amount as 2 and as 10 deals of the same day
Method  the fold, at four sizes of the deal, on top of steady sales of 90 %
Proves  nothing: tried at these sizes
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from wald.heart.compensation.component import components
from wald.heart.compensation.lint.bench import YEAR, Bench, Sale
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import Tested, amount

_SIZES = (Decimal("0.005"), Decimal("0.02"), Decimal("0.1"), Decimal("0.3"))  # of the quota
_PARTS = (2, 10)
_DAY = date(YEAR, 6, 20)
_LARGE = Decimal("0.001")  # of the target incentive


def judge(tested: Tested) -> Iterator[Finding]:
    bench = tested.bench
    if not any(_looks_at_deals(bench, one.key) for one in bench.plan.components):
        yield Finding("splitting", Verdict.PROVED, "No component looks at single deals.")
        return
    gains = [found for size in _SIZES for parts in _PARTS if (found := _gain(bench, size, parts))]
    if not gains:
        yield Finding("splitting", Verdict.TRIED, "Splitting a deal paid no more where tried.")
        return
    gain, size, parts, one, many = max(gains)
    sold = size * bench.quota
    yield Finding(
        "splitting",
        Verdict.REFUTED,
        f"Splitting pays: a deal of {amount(sold)} pays {amount(one)}, as {parts} deals of "
        f"{amount(sold / parts)} it pays {amount(many)}, {amount(gain)} more.",
        "components",
        {"deal": amount(sold), "pay": amount(one), "parts": str(parts),
         "pay_split": amount(many), "gain": amount(gain)},
        "pay on the amount instead of the number of deals, or have deals of a day and customer "
        "counted as one",
    )  # fmt: skip


def _looks_at_deals(bench: Bench, key: str) -> bool:
    entry = next(one for one in bench.plan.components if one.key == key)
    return components()[entry.component].reads_credits(entry.terms)


def _gain(
    bench: Bench, size: Decimal, parts: int
) -> tuple[Decimal, Decimal, int, Decimal, Decimal] | None:
    before = tuple(bench.steady(Decimal("0.9")))
    base = bench.total(before)
    sold = size * bench.quota
    whole = bench.total((*before, Sale(_DAY, sold, deal="one"))) - base
    some = (Sale(_DAY, sold / parts, deal=f"part {i}") for i in range(parts))
    split = bench.total((*before, *some)) - base
    gain = split - whole
    return (gain, size, parts, whole, split) if gain > bench.scale * _LARGE else None


RULE = LintRule("splitting", "Splitting a deal", judge, is_quick=False)
