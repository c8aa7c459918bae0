"""Target: who sells exactly the quota is paid exactly the target incentive.

Asks    pay of a year at 100 % of every quota against target_incentive
Method  the fold at one point, exact. Where quotas are personal, the quota at which it holds
Proves  exact at that point
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from decimal import Decimal

from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import Tested, amount

_SAME = Decimal(1)  # of the currency, a year: what rounding of months can come to


def judge(tested: Tested) -> Iterator[Finding]:
    bench = tested.bench
    if bench.target is None:
        yield Finding("target", Verdict.NOT_ASKED, "The plan names no target incentive.")
        return
    pay = bench.at(Decimal(1))
    quota = amount(bench.quota)
    numbers = {"pay_at_100": amount(pay), "target": amount(bench.target), "quota": quota}
    if abs(pay - bench.target) <= _SAME:
        where = " where the quota of a year is " + quota if bench.measures() else ""
        sentence = f"Pay at 100 % is the target incentive of {amount(bench.target)}{where}."
        yield Finding("target", Verdict.PROVED, sentence, "target_incentive", numbers)
        return
    yield Finding(
        "target",
        Verdict.REFUTED,
        f"Pay at 100 % of a quota of {quota} is {amount(pay)}, the target incentive is "
        f"{amount(bench.target)}: {amount(abs(pay - bench.target))} "
        f"{'more' if pay > bench.target else 'less'}.",
        "target_incentive",
        numbers,
        "change rates, quota or target so that they meet; --quota tells the quota of a year",
    )


RULE = LintRule("target", "Pay at 100 % is the target", judge)
