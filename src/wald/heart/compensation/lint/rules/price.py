"""Price: who gives the price away is not paid as if nothing had been given.

Asks    pay of a deal at its list price against the same deal sold at its cost
Method  the plan's own measures over one deal that has price, cost and quantity, on top of steady
        sales of 100 %
Proves  nothing beyond the deal that was tried
Source  docs/compensation/lint.md
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

from wald.heart.compensation.credit import Credit
from wald.heart.compensation.lint.bench import YEAR, Bench, Sale
from wald.heart.compensation.lint.finding import Finding, LintRule, Verdict
from wald.heart.compensation.lint.tested import Tested, amount, percent
from wald.heart.compensation.measuring import part

_BLIND = Decimal("0.9")  # of the pay at list price, still paid at cost
_DAY = date(YEAR, 6, 20)
_SIZE = Decimal("0.01")  # of the quota


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
    sentence = f"{told}, {discount} off, it pays {amount(at_cost)}."
    yield Finding("price", Verdict.NOTED, sentence, "measures", numbers)


def _pay(bench: Bench, sold: Decimal, price: Decimal, cost: Decimal) -> Decimal:
    """Return what one deal adds to the pay of a year at 100 %; what it is worth in a measure
    follows the measure's own expression, as a share of what it is worth at list price."""
    before = tuple(bench.steady(Decimal(1)))
    margin = (sold - cost) / sold
    sales = [
        Sale(_DAY, _SIZE * bench.quota_of(key) * worth / full, key, "deal", margin)
        for key in bench.measures()
        if bench.sells(key)
        and (full := _worth(bench, key, price, price, cost))
        and (worth := _worth(bench, key, sold, price, cost))
    ]
    return bench.total((*before, *sales)) - bench.total(before)


def _worth(bench: Bench, key: str, sold: Decimal, price: Decimal, cost: Decimal) -> Decimal:
    row = {"quantity": Decimal(1), "list_amount": price, "cost": cost, "margin": sold - cost}
    made = Credit("deal", "bench", "deal", _DAY, sold, row=row)
    return part(replace(bench.own[key], where="", rules=()), made).value


RULE = LintRule("price", "Pay against price", judge)
