"""What everybody's credits add up to, by person, measure and cell of days, as one SELECT.

A cell is a stretch of days in which nothing changes for anybody: a month, say. For those for whom
something does, each day is a cell. Every measure is a sum over one pass of the credits; the texts
are those that `measuring` computes for one person. Source: docs/compensation/measures.md
"""

from collections.abc import Collection, Sequence
from datetime import date
from itertools import pairwise

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.seen import among
from wald.heart.compensation.crediting import HELD
from wald.heart.compensation.measuring import (
    ADDED,
    read_credit_condition,
    read_measure_value,
)
from wald.heart.compensation.plan import MeasureRule, Plan
from wald.heart.compensation.plan_currency import union
from wald.kernel.problem import BadInput
from wald.language.parse import Checked

_SUM = "DECIMAL(38,10)"


def measure_rows(
    plan: Plan, credits: exp.Select, cuts: Sequence[date], daily: Collection[str] = ()
) -> exp.Select:
    """Return person_id, measure, counted_on, amount: the sum of each cell, by its first day.

    `credits` is what `crediting.credit_rows` gives; `cuts` are the first days of the cells, in
    order, the first not after any credit. For the persons in `daily` each day is a cell. Cells in
    which nothing counts are left out. Raises BadInput for a text that cannot be read.
    """
    keys = [one.key for one in plan.measures]
    if not keys:
        raise BadInput(f"{plan.key} measures nothing.", [])
    rows = credits.subquery("credit", copy=False)
    cell = exp.alias_(_cell(cuts, daily), "counted_on")
    summed = exp.select("person_id", cell).from_(rows, copy=False)
    if daily:
        # Joined, not listed in a condition: that would be compared one by one, row by row.
        named = exp.values([(one,) for one in sorted(daily)], alias="daily", columns=["daily_id"])
        on = exp.column("person_id").eq(exp.column("daily_id", "daily"))
        summed = summed.join(named, on=on, join_type="left", copy=False)
    for place, rule in enumerate(plan.measures):
        summed = summed.select(exp.alias_(_sum(rule), f"sum_{place}"), copy=False)
    summed = summed.where(exp.not_(exp.column(HELD)), copy=False)
    summed = summed.group_by("person_id", exp.Literal.number(2), copy=False)
    return _one_a_row(keys, summed)


def _cell(cuts: Sequence[date], daily: Collection[str]) -> exp.Expr:
    """Return the first day of the cell that holds a credit."""
    credited_on = exp.column("credited_on")
    case = exp.Case()
    if daily:
        case = case.when(exp.column("daily_id", "daily").is_(exp.null()).not_(), credited_on)
    for first, following in pairwise(cuts):
        case = case.when(credited_on.copy() < day_literal(following), day_literal(first))
    return case.else_(day_literal(cuts[-1])) if case.args.get("ifs") else day_literal(cuts[-1])


def _sum(rule: MeasureRule) -> exp.Expr:
    """Return the sum of a measure over the credits that count for it; null where none does."""
    value = exp.cast(exp.paren(_tree(read_measure_value(rule), rule.value)), ADDED)
    total: exp.Expr = exp.Sum(this=value)
    conditions: list[exp.Expr] = []
    if rule.rules:
        conditions.append(among(exp.column("rule"), rule.rules))
    if rule.where:
        conditions.append(exp.paren(_tree(read_credit_condition(rule.where), rule.where)))
    if conditions:
        total = exp.Filter(this=total, expression=exp.Where(this=exp.and_(*conditions)))
    return exp.cast(total, _SUM)


def _one_a_row(keys: Sequence[str], summed: exp.Select) -> exp.Select:
    """Turn one column a measure into one row a measure, without adding up twice."""
    named = (
        exp.select(
            exp.alias_(exp.cast(exp.Literal.string(key), "TEXT"), "measure"),
            exp.alias_(exp.cast(exp.Literal.number(place), "INT"), "place"),
        )
        for place, key in enumerate(keys)
    )
    names = exp.select("measure", "place").from_(union(named).subquery("listed", copy=False))
    amount = exp.Case()
    for place in range(len(keys)):
        is_it = exp.column("place", "named").eq(exp.Literal.number(place))
        amount = amount.when(is_it, exp.column(f"sum_{place}", "summed"))
    rows = exp.select(
        exp.column("person_id", "summed"),
        exp.column("measure", "named"),
        exp.column("counted_on", "summed"),
        exp.alias_(amount, "amount"),
    ).from_(summed.subquery("summed", copy=False), copy=False)
    rows = rows.join(names.subquery("named", copy=False), join_type="cross", copy=False)
    counted = exp.column("amount").is_(exp.null()).not_()
    found = exp.select("person_id", "measure", "counted_on", "amount")
    return found.from_(rows.subquery("long", copy=False), copy=False).where(counted, copy=False)


def _tree(checked: Checked, text: str) -> exp.Expr:
    if checked.tree is None:
        raise BadInput(f"{text!r} cannot be measured.", checked.problems)
    return checked.tree
