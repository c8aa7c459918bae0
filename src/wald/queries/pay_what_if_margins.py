"""Margins of sales as the facts have them, by measure of a plan: the linter holds pay against them.

Source  docs/compensation/lint.md
"""

from collections.abc import Callable, Iterator
from decimal import Decimal

from wald.heart.compensation.lint.bench import Margins
from wald.heart.compensation.lint.run import MARGIN
from wald.heart.compensation.plan import MeasureRule, Plan

_MARGIN, _PRICED = "what_if_margin_of_", "what_if_priced_of_"


def beside(plan: Plan) -> Iterator[MeasureRule]:
    """Yield what is measured beside each measure of amounts: their margin, where one is known."""
    for rule in _of_amounts(plan):
        known = "margin IS NOT NULL"
        where = f"({rule.where}) AND {known}" if rule.where else known
        yield MeasureRule(f"{_MARGIN}{rule.key}", "margin", where, rule.rules)
        yield MeasureRule(f"{_PRICED}{rule.key}", "amount", where, rule.rules)


def margins_of(plan: Plan, added: Callable[[str], Decimal]) -> Margins:
    """Return the share of margin in the sales of each measure; `added` adds up one of `beside`
    over everybody."""
    found = {
        rule.key: added(f"{_MARGIN}{rule.key}") / priced
        for rule in _of_amounts(plan)
        if (priced := added(f"{_PRICED}{rule.key}")) > 0
    }
    return Margins(MARGIN, found, "from the facts" if found else "assumed")


def _of_amounts(plan: Plan) -> Iterator[MeasureRule]:
    yield from (rule for rule in plan.measures if rule.value == "amount")
