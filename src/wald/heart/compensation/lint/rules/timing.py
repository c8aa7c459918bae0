"""Timing: whether a deal pays more when it is held back over a period's end, or pulled forward.

Asks    pay of two years with a deal on the last day of a period against the first of the next
Method  what the deal pays before and after the end as functions of attainment; where pay cannot be
        followed, or something is carried over the end, the fold at attainments around every edge
Proves  at every attainment before and after, for deals of the sizes that are told: a tenth of the
        counter's quota, and what leads from one bend of pay to another
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import combinations

from wald.heart.compensation.component import components
from wald.heart.compensation.lint.bench import PERIODS, YEAR, Bench, Sale
from wald.heart.compensation.lint.curve import decimal
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.form import NotFollowed
from wald.heart.compensation.lint.parts import (
    Extreme,
    Found,
    Parts,
    highest,
    less,
    lowest,
    parts_of,
)
from wald.heart.compensation.lint.tested import Tested, amount, percent
from wald.heart.compensation.plan import Entry, Every, Pays

_DEAL = Decimal("0.1")  # of the quota of a counter
_SMALL = Decimal("0.01")
LARGE = Decimal("0.10")  # of the target incentive of a counter
_MOST_SIZES = 3  # beside a tenth of the quota of each counter
_HALVINGS = 6  # in search of the smallest deal that gains too much
_NOTHING = Decimal("0.005")  # of money
_NONE, _CENT = Decimal(0), Decimal("0.01")
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
    counters = _counters(bench)
    if not counters or not bench.measures():
        yield Finding("timing", Verdict.NOT_ASKED, "No counter starts anew.")
        return
    try:
        moved, points = _Moved(tested, counters), 0
        best = moved.smallest(moved.worst())
        told = moved.told()
    except NotFollowed:
        tried = [_Found(e, gain) for e in counters for gain in _tried(tested, e)]
        best = max(tried, key=lambda one: one.over(bench))
        points = len(tried) + sum(2 * len(_near(tested)) for _ in counters)
        told = "where it was tried, for a deal of a tenth of a counter's quota"
    if best.gain.gain <= _NOTHING:
        verdict = Verdict.TRIED if points else Verdict.PROVED
        sentence = f"Moving a deal over a period's end pays no more, {told}."
        yield Finding("timing", verdict, sentence, points=points)
        return
    yield _told(bench, best, points, told)


def _told(bench: Bench, found: "_Found", points: int, reach: str) -> Finding:
    every, best = found.every, found.gain
    is_large = found.over(bench) > 1
    verb = "Holding a deal back" if best.later > best.now else "Pulling a deal forward"
    if is_large:
        end = "" if points else " It is about the smallest deal that gains so much for its size."
    else:
        end = f" For its size that is the most, {reach}."
    return Finding(
        "timing",
        Verdict.REFUTED if is_large else Verdict.NOTED,
        f"{verb} over the end of a {every.value} can pay {amount(best.gain)} more: a deal of "
        f"{amount(best.size)} pays {amount(best.now)} in a {every.value} at {percent(best.before)} "
        f"and {amount(best.later)} in the next at {percent(best.after)}.{end}",
        "components",
        {"deal": amount(best.size), "pay_now": amount(best.now), "pay_later": amount(best.later),
         "attainment_now": percent(best.before), "attainment_later": percent(best.after),
         "gain": amount(best.gain), "gain_allowed": amount(found.allowed(bench))},
        "carry what is above a cap, pay marginal instead of whole, or count over a longer time",
        points,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Found:
    every: Every
    gain: _Gain

    def allowed(self, bench: Bench) -> Decimal:
        """Return which gain is none to warn of: a tenth of the counter's target, and of a deal
        above a tenth of its quota what the deal itself pays on target."""
        share = self.gain.size * PERIODS[self.every] / bench.quota
        return _due(bench, self.every) * max(LARGE, share)

    def over(self, bench: Bench) -> Decimal:
        return self.gain.gain / self.allowed(bench)


@dataclass(slots=True)
class _Moved:
    """Deals moved over the end of a year, followed at every attainment before and after it.

    Raises NotFollowed where something is carried over the end.
    """

    tested: Tested
    counters: tuple[Every, ...]
    gains: dict[Decimal, _Gain] = field(default_factory=dict)

    def __post_init__(self) -> None:
        plan = self.tested.bench.plan
        if any(one.resets is Every.NEVER and one.measure for one in plan.components):
            raise NotFollowed("a counter that never starts anew")

    def sizes(self) -> tuple[Decimal, ...]:
        """Return a tenth of each counter's quota, and what leads from bend to bend: a larger deal
        passes the same bends, at the rates beyond them."""
        bench, tested = self.tested.bench, self.tested
        quotas = [bench.quota / PERIODS[every] for every in self.counters]
        curve = tested.curve()
        marks = sorted({Decimal(0), *curve.bends(), *(one.above for one in curve.jumps)})
        steps = {b - a for a, b in combinations(marks, 2)}
        between = sorted({(step * quota).quantize(_CENT) for step in steps for quota in quotas})
        kept = between
        if len(between) > _MOST_SIZES:
            places = (i * (len(between) - 1) // (_MOST_SIZES - 1) for i in range(_MOST_SIZES))
            kept = [between[place] for place in places]
        return tuple(sorted({*(_DEAL * quota for quota in quotas), *(one for one in kept if one)}))

    def told(self) -> str:
        shown = [amount(one) for one in self.sizes()]
        end = f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]
        return f"for deals of {end}, whatever was sold before and after"

    def worst(self) -> _Found:
        """Return what gains most for its size; of equals the smallest deal."""
        found = (_Found(every, self.of(size)) for size in self.sizes() for every in self.counters)
        return max(found, key=lambda one: one.over(self.tested.bench))

    def smallest(self, found: _Found) -> _Found:
        """Return about the smallest deal that gains too much; the same where none does."""
        bench = self.tested.bench
        if found.over(bench) <= 1:
            return found
        every = [_Found(found.every, self.of(size)) for size in self.sizes()]
        best = next(one for one in every if one.over(bench) > 1)
        low = max((one.gain.size for one in every if one.gain.size < best.gain.size), default=_NONE)
        for _ in range(_HALVINGS):
            middle = ((low + best.gain.size) / 2).quantize(_CENT)
            one = _Found(found.every, self.of(middle))
            best, low = (one, low) if one.over(bench) > 1 else (best, middle)
        return best

    def of(self, size: Decimal) -> _Gain:
        """Return the larger gain of holding a deal back and of pulling it forward."""
        if size not in self.gains:
            bench, base = self.tested.bench, _kept(self.tested.parts())
            now = less(_with_deal(bench, _TURN - timedelta(days=1), size), base)
            later = less(_with_deal(bench, date(YEAR, 1, 1), size), base)
            both = (
                _largest(bench, size, lowest(now), highest(later)),
                _largest(bench, size, highest(now), lowest(later)),
            )
            self.gains[size] = max(both, key=lambda one: one.gain)
        return self.gains[size]


def _due(bench: Bench, every: Every) -> Decimal:
    return bench.scale / PERIODS[every]


def _counters(bench: Bench) -> tuple[Every, ...]:
    """Return how long the counters are at whose ends something may change; payout periods only
    where a component looks at one of them alone."""
    found = {one.resets for one in bench.plan.components if one.measure}
    found |= {one.every for one in bench.plan.components if _looks_at_one(one)}
    return tuple(one for one in Every if one in found and one is not Every.NEVER)


def _looks_at_one(entry: Entry) -> bool:
    return entry.pays is Pays.PERIOD or components()[entry.component].works_on_others


def _with_deal(bench: Bench, day: date, size: Decimal) -> Parts:
    """Return pay of a year by attainment, with a deal on a day of it."""
    deal = bench.at_once(day, "it", Fraction(size))
    return _kept(parts_of(bench.following((*bench.growing(), *deal))))


def _kept(found: Found) -> Parts:
    if found.carries:
        raise NotFollowed("something is carried over the end of a year")
    return found.parts


def _largest(bench: Bench, size: Decimal, now: Extreme | None, later: Extreme | None) -> _Gain:
    """Return the bound of a gain with two attainments that reach it. Raises NotFollowed if none
    are found."""
    if now is None or later is None:
        raise NotFollowed("a deal of one size pays without bound")
    before, after = decimal(now.x), decimal(later.x)
    bound = decimal(abs(later.value - now.value))
    if bound <= _NOTHING:
        return _Gain(bound, size, before, after, Decimal(0), Decimal(0))
    at_once = _deal(bench, before, after, size, _TURN - timedelta(days=1))
    then = _deal(bench, before, after, size, _TURN)
    if abs(abs(then - at_once) - bound) > max(bound * _SMALL, Decimal(1)):
        raise NotFollowed("a bound that nothing reaches")
    return _Gain(bound, size, before, after, at_once, then)


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
