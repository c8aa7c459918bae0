"""Price: who gives the price away is not paid as if nothing had been given.

Asks    pay of a deal at its list price against the same deal sold at its cost
Method  the plan's own measures over one deal that has price, cost and quantity, on top of steady
        sales of 100 %, and of every attainment where pay can be followed
Proves  for a deal of a hundredth of the quota, at every attainment
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from wald.heart.compensation.credit import Credit
from wald.heart.compensation.lint.bench import YEAR, Bench, Growing, Sale
from wald.heart.compensation.lint.curve import decimal
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.form import NotFollowed, at
from wald.heart.compensation.lint.parts import Part, less, part_at, parts_of, scaled
from wald.heart.compensation.lint.tested import Tested, amount, percent
from wald.heart.compensation.measuring import part as part_of

_BLIND = Decimal("0.9")  # of the pay at list price, still paid at cost
_DAY = date(YEAR, 6, 20)
_SIZE = Decimal("0.01")  # of the quota
_WIDE = Fraction(15, 100)  # of attainment; a deal reaches a cliff of a month on 12 % at most


def judge(tested: Tested) -> Iterator[Finding]:
    bench = tested.bench
    if not bench.measures():
        yield Finding("price", Verdict.NOT_ASKED, "No component pays on a measure.")
        return
    price = _SIZE * bench.quota
    cost = price * (1 - bench.margin)
    at_list, at_cost = _pay(bench, price, price, cost), _pay(bench, cost, price, cost)
    discount = percent(bench.margin)
    numbers = {"list_price": amount(price), "cost": amount(cost),
               "pay_at_list_price": amount(at_list), "pay_at_cost": amount(at_cost)}  # fmt: skip
    told = f"A deal of {amount(price)} pays {amount(at_list)}; sold at its cost of {amount(cost)}"
    if at_list > 0 and at_cost >= at_list * _BLIND:
        yield Finding(
            "price",
            Verdict.REFUTED,
            f"{told}, {discount} off, the company earns nothing and it still pays "
            f"{amount(at_cost)}: the price can be given away for nothing.",
            "measures",
            numbers,
            "pay on amount or on margin, or make pay depend on the discount",
        )
        return
    blind, points = None, 1
    if not tested.is_quick:
        with suppress(NotFollowed):
            full, given_away = (_sold(bench, one, price, cost) for one in (price, cost))
            blind, points = _blind(tested, full, given_away), 0
    if blind is not None:
        start, end = blind
        until = "on" if end is None else f"to {percent(decimal(end))}"
        yield Finding(
            "price",
            Verdict.REFUTED,
            f"A deal of {amount(price)} sold at its cost, {discount} off, still pays nine tenths "
            f"or more of what it pays at list price, from {percent(decimal(start))} {until}.",
            "measures",
            numbers | {"from": percent(decimal(start))},
            "pay on amount or on margin, or make pay depend on the discount",
        )
        return
    sentence = f"{told}, {discount} off, it pays {amount(at_cost)}."
    if not points:
        sentence += " Nowhere is it nine tenths or more, but where it reaches a cliff."
    verdict = Verdict.TRIED if points else Verdict.PROVED
    yield Finding("price", verdict, sentence, "measures", numbers, points=points)


def _blind(
    tested: Tested, at_list: Sequence[Sale], at_cost: Sequence[Sale]
) -> tuple[Fraction, Fraction | None] | None:
    """Return a wide stretch of attainments on which the price does not matter."""
    bench, base = tested.bench, tested.parts().parts
    full, given_away = (
        less(parts_of(bench.following((*bench.growing(), *_fixed(sales)))).parts, base)
        for sales in (at_list, at_cost)
    )
    start: Fraction | None = None
    for part in less(given_away, scaled(full, Fraction(_BLIND))):
        pays = _is_above(part_at(full, part.start), part, is_strict=True)
        if not (pays and _is_above(part, part, is_strict=False)):
            start = None
            continue
        start = part.start if start is None else start
        if part.end is None or part.end - start > _WIDE:
            return start, part.end
    return None


def _is_above(one: Part, stretch: Part, *, is_strict: bool) -> bool:
    """Is a line above zero all over a stretch?"""
    end = stretch.end if stretch.end is not None else stretch.start + 1
    least = min(at(one.pay, stretch.start), at(one.pay, end))
    if stretch.end is None and one.slope(end) < 0:
        return False
    return least > 0 if is_strict else least >= 0


def _fixed(sales: Sequence[Sale]) -> Iterator[Growing]:
    for one in sales:
        yield Growing(one.day, Fraction(one.amount), Fraction(0), one.measure, one.deal)


def _pay(bench: Bench, sold: Decimal, price: Decimal, cost: Decimal) -> Decimal:
    """Return what one deal adds to the pay of a year at 100 %; what it is worth in a measure
    follows the measure's own expression, as a share of what it is worth at list price."""
    before = tuple(bench.steady(Decimal(1)))
    return bench.total((*before, *_sold(bench, sold, price, cost))) - bench.total(before)


def _sold(bench: Bench, sold: Decimal, price: Decimal, cost: Decimal) -> list[Sale]:
    margin = (sold - cost) / sold
    return [
        Sale(_DAY, _SIZE * bench.quota_of(key) * worth / full, key, "deal", margin)
        for key in bench.measures()
        if bench.sells(key)
        and (full := _worth(bench, key, price, price, cost))
        and (worth := _worth(bench, key, sold, price, cost))
    ]


def _worth(bench: Bench, key: str, sold: Decimal, price: Decimal, cost: Decimal) -> Decimal:
    row = {"quantity": Decimal(1), "list_amount": price, "cost": cost, "margin": sold - cost}
    made = Credit("deal", "bench", "deal", _DAY, sold, row=row)
    return part_of(replace(bench.own[key], where="", rules=()), made).value


RULE = LintRule("price", "Pay against price", judge)
