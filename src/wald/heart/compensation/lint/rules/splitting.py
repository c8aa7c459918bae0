"""Splitting: one deal split into several never pays more than the one deal.

Asks    pay of one deal against the same amount as several deals of the same day
Method  pay of the deal and of its parts as functions of its size, on top of steady sales
Proves  for every size, in the parts that are told and at these sales, where pay can be followed
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from wald.heart.compensation.component import components
from wald.heart.compensation.lint.bench import YEAR, Bench, Growing, Sale
from wald.heart.compensation.lint.curve import decimal
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.form import NotFollowed
from wald.heart.compensation.lint.parts import Parts, highest, less, parts_of
from wald.heart.compensation.lint.tested import Tested, amount

_SIZES = (Decimal("0.005"), Decimal("0.02"), Decimal("0.1"), Decimal("0.3"))  # of the quota
_EVEN = Fraction(1, 2), Fraction(1, 2)
_PARTS: tuple[tuple[Fraction, ...], ...] = (
    _EVEN, (Fraction(1, 10), Fraction(9, 10)), (Fraction(1, 10),) * 10
)  # fmt: skip
_TOLD = "halves, in a tenth and the rest, and in ten parts"
_SOLD = (Fraction(0), Fraction(9, 10))  # steady attainment beside the deal
_DAY = date(YEAR, 6, 20)
_LARGE = Decimal("0.001")  # of the target incentive
_HUGE = Decimal(100)  # quotas; where the gain grows with the deal without end


@dataclass(frozen=True, slots=True)
class _Gain:
    gain: Decimal
    size: Decimal  # of the deal
    parts: tuple[Fraction, ...]
    one: Decimal  # pay
    many: Decimal


def judge(tested: Tested) -> Iterator[Finding]:
    bench = tested.bench
    if not any(_looks_at_deals(bench, one.key) for one in bench.plan.components):
        sentence = "No component looks at single deals, so what they come to is all that counts."
        yield Finding("splitting", Verdict.PROVED, sentence)
        return
    try:
        found, points = max(_followed(bench), key=lambda one: one.gain), 0
        how = f", whatever its size, in {_TOLD}"
    except NotFollowed:
        tried = [_paid(bench, s * bench.quota, p, a) for s in _SIZES for p in _PARTS for a in _SOLD]
        found, points = max(tried, key=lambda one: one.gain), len(tried)
        how = ""
    if found.gain <= bench.scale * _LARGE:
        verdict = Verdict.TRIED if points else Verdict.PROVED
        sentence = f"Splitting a deal pays no more{how}."
        yield Finding("splitting", verdict, sentence, points=points)
        return
    count = len(found.parts)
    parts = f"{count} deals of {amount(found.size / count)}"
    if len(set(found.parts)) > 1:
        parts = " and ".join(amount(found.size * decimal(one)) for one in found.parts)
    yield Finding(
        "splitting",
        Verdict.REFUTED,
        f"Splitting pays: a deal of {amount(found.size)} pays {amount(found.one)}, as {parts} it "
        f"pays {amount(found.many)}, {amount(found.gain)} more.",
        "components",
        {"deal": amount(found.size), "pay": amount(found.one), "parts": str(count),
         "pay_split": amount(found.many), "gain": amount(found.gain)},
        "pay on the amount instead of the number of deals, or have deals of a day and customer "
        "counted as one",
    )  # fmt: skip


def _looks_at_deals(bench: Bench, key: str) -> bool:
    entry = next(one for one in bench.plan.components if one.key == key)
    return components()[entry.component].reads_credits(entry.terms)


def _followed(bench: Bench) -> Iterator[_Gain]:
    """Yield the largest gain of each way to split, at whatever size it is found."""
    for sold in _SOLD:
        steady = list(_steady(bench, sold))
        whole = _by_size(bench, steady, (Fraction(1),))
        for parts in _PARTS:
            best = highest(less(_by_size(bench, steady, parts), whole))
            sizes = (*_SIZES, _HUGE) if best is None else (*_SIZES, decimal(best.x))
            found = (_paid(bench, one * bench.quota, parts, sold) for one in sizes if one)
            yield max(found, key=lambda one: one.gain)


def _steady(bench: Bench, sold: Fraction) -> Iterator[Growing]:
    for one in bench.growing():
        yield Growing(one.day, one.per * sold, Fraction(0), one.measure, one.deal)


def _by_size(bench: Bench, steady: list[Growing], parts: tuple[Fraction, ...]) -> Parts:
    quota = Fraction(bench.quota)
    deals = [
        deal
        for i, part in enumerate(parts)
        for deal in bench.at_once(_DAY, f"part {i}", per=part * quota)
    ]
    return parts_of(bench.following((*steady, *deals))).parts


def _paid(bench: Bench, sold: Decimal, parts: tuple[Fraction, ...], at: Fraction) -> _Gain:
    before = tuple(bench.steady(decimal(at)))
    base = bench.total(before)
    whole = bench.total((*before, Sale(_DAY, sold, deal="one"))) - base
    some = (Sale(_DAY, sold * decimal(p), deal=f"part {i}") for i, p in enumerate(parts))
    split = bench.total((*before, *some)) - base
    return _Gain(split - whole, sold, parts, whole, split)


RULE = LintRule("splitting", "Splitting a deal", judge, is_quick=False)
