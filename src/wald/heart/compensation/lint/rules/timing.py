"""Timing: whether a deal pays more when it is held back over a period's end, or pulled forward.

Asks    pay of two years with a deal on the last day of a period against the first of the next
Method  the fold at attainments around every edge and bend before and after the end; a deal of a
        tenth of the counter's quota
Proves  nothing: the largest gain of those that were tried
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from wald.heart.compensation.lint.bench import PERIODS, YEAR, Bench, Sale
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import Tested, amount, percent
from wald.heart.compensation.plan import Every

_DEAL = Decimal("0.1")  # of the quota of a counter
LARGE = Decimal("0.10")  # of the target incentive of a counter
_MOST_BENDS = 5
_TURN = date(YEAR + 1, 1, 1)


@dataclass(frozen=True, slots=True, order=True)
class _Gain:
    gain: Decimal
    size: Decimal
    before: Decimal  # attainment of the period that ends
    after: Decimal
    now: Decimal
    later: Decimal


def judge(tested: Tested) -> Iterator[Finding]:
    bench = tested.bench.without_advances()
    tested = tested if bench is tested.bench else Tested(bench)
    found = [(every, gain) for every in _counters(bench) for gain in _tried(tested, every)]
    if not found:
        yield Finding("timing", Verdict.NOT_ASKED, "No counter starts anew.")
        return
    every, best = max(found, key=lambda one: one[1].gain / _due(bench, one[0]))
    is_large = best.gain > _due(bench, every) * LARGE
    if best.gain <= 0:
        sentence = "Moving a deal over a period's end paid no more where tried."
        yield Finding("timing", Verdict.TRIED, sentence)
        return
    is_held = best.later > best.now
    verb = "Holding a deal back" if is_held else "Pulling a deal forward"
    yield Finding(
        "timing",
        Verdict.REFUTED if is_large else Verdict.NOTED,
        f"{verb} over the end of a {every.value} can pay {amount(best.gain)} more: a deal of "
        f"{amount(best.size)} pays {amount(best.now)} in a {every.value} at {percent(best.before)} "
        f"and {amount(best.later)} in the next at {percent(best.after)}.",
        "components",
        {"deal": amount(best.size), "pay_now": amount(best.now), "pay_later": amount(best.later),
         "attainment_now": percent(best.before), "attainment_later": percent(best.after),
         "gain": amount(best.gain)},
        "carry what is above a cap, pay marginal instead of whole, or count over a longer time",
    )  # fmt: skip


def _due(bench: Bench, every: Every) -> Decimal:
    return bench.scale / PERIODS[every]


def _counters(bench: Bench) -> tuple[Every, ...]:
    """Return how long the counters and payout periods are at whose ends something may change."""
    found = {one.resets for one in bench.plan.components if one.measure}
    found |= {one.every for one in bench.plan.components}
    return tuple(one for one in Every if one in found and one is not Every.NEVER)


def _tried(tested: Tested, every: Every) -> Iterator[_Gain]:
    """Yield the two largest gains: holding back, and pulling forward.

    What a deal pays before the end is looked for apart from what it pays after it; the best of
    both are then computed together, so that what is carried over the end counts.
    """
    near = _near(tested)
    bench, size = tested.bench, _DEAL * tested.bench.quota / PERIODS[every]
    now = {one: _deal(bench, one, Decimal(1), size, _TURN - timedelta(days=1)) for one in near}
    later = {one: _deal(bench, Decimal(1), one, size, _TURN) for one in near}
    least_now, most_now = min(now, key=now.__getitem__), max(now, key=now.__getitem__)
    least_later, most_later = min(later, key=later.__getitem__), max(later, key=later.__getitem__)
    for before, after in dict.fromkeys(((least_now, most_later), (most_now, least_later))):
        at_once = _deal(bench, before, after, size, _TURN - timedelta(days=1))
        then = _deal(bench, before, after, size, _TURN)
        yield _Gain(abs(then - at_once), size, before, after, at_once, then)


def _near(tested: Tested) -> tuple[Decimal, ...]:
    """Return attainments near every edge and bend, at which a deal may reach it or lie beyond."""
    bends = [*tested.bench.edges(), *tested.curve().bends()]
    found = dict.fromkeys(
        attained
        for bend in sorted(set(bends))[:_MOST_BENDS]
        for attained in (bend - _DEAL, bend)
        if 0 <= attained <= 2
    )
    return tuple(found)


def _deal(bench: Bench, before: Decimal, after: Decimal, size: Decimal, day: date) -> Decimal:
    """Return what a deal pays beside steady sales of two years."""
    steady = (*bench.steady(before), *bench.steady(after, year=YEAR + 1))
    with_it = bench.total((*steady, Sale(day, size, deal="it")), years=2)
    return with_it - bench.total(steady, years=2)


RULE = LintRule("timing", "Holding back and pulling forward", judge, is_quick=False)
