"""Timing: whether a deal pays more when it is held back over a period's end, or pulled forward.

Asks    pay of two years with a deal on the last day of a period against the first of the next
Method  the fold at attainments around every edge before and after the end; a deal of a tenth of
        the counter's quota
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
_MOST_TRIED = 60


@dataclass(frozen=True, slots=True, order=True)
class _Gain:
    gain: Decimal
    size: Decimal
    before: Decimal  # attainment of the period that ends
    after: Decimal
    now: Decimal
    later: Decimal


def judge(tested: Tested) -> Iterator[Finding]:
    bench = tested.bench
    found = [gain for every in _counters(bench) for gain in _tried(bench, every)]
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


def _tried(bench: Bench, every: Every) -> Iterator[tuple[Every, _Gain]]:
    near = dict.fromkeys(
        attained
        for edge in bench.edges()
        for attained in (edge - _DEAL, edge - _DEAL / 2, edge)
        if 0 <= attained <= 2
    )
    pairs = [(a, b) for a in near for b in near][:_MOST_TRIED]
    for before, after in pairs:
        yield every, _moved(bench, every, before, after)


def _moved(bench: Bench, every: Every, before: Decimal, after: Decimal) -> _Gain:
    """Compare a deal of the last day of a period with the same on the first day of the next."""
    turn = date(YEAR + 1, 1, 1)
    share = Decimal(1) / PERIODS[every]
    months = 12 // PERIODS[every]
    sales: list[Sale] = []
    for key in bench.measures():
        quota = bench.quota_of(key) * share
        for i in range(months):
            sales.append(Sale(_month(turn, -i - 1), before * quota / months, key, f"{key} {-i}"))
            sales.append(Sale(_month(turn, i), after * quota / months, key, f"{key} +{i}"))
    base = bench.total(sales, years=2)
    size = _DEAL * bench.quota * share
    now = bench.total((*sales, Sale(turn - timedelta(days=1), size, deal="it")), years=2) - base
    later = bench.total((*sales, Sale(turn, size, deal="it")), years=2) - base
    return _Gain(abs(later - now), size, before, after, now, later)


def _month(turn: date, months: int) -> date:
    """Return the fifth of a month, counted from the one that `turn` begins."""
    whole = turn.year * 12 + months
    return date(whole // 12, whole % 12 + 1, 5)


RULE = LintRule("timing", "Holding back and pulling forward", judge, is_quick=False)
