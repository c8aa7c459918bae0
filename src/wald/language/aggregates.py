"""How aggregates are typed, and where they may stand."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from wald.language import types as t
from wald.language.operators import expect
from wald.language.scope import Rule, Scope, rule, typed, wrap
from wald.language.types import Kind, SqlType

_COUNTED = SqlType(Kind.INTEGER, 12)  # rows: more than any engine holds
_SUM_OF_WHOLE = SqlType(Kind.INTEGER, 16)
_SUMMED = 10  # digits that a sum adds to those of its rows


def placed(tree: exp.Expr, scope: Scope) -> None:
    """Refuse a measure without an aggregate, one within another, and columns outside."""
    aggregates = list(tree.find_all(exp.AggFunc))
    if not aggregates:
        fix = "use COUNT, SUM, MIN, MAX or MEDIAN"
        scope.refuse(tree, "a measure aggregates rows, this does not", fix)
        return
    for node in aggregates:
        if node.find_ancestor(exp.AggFunc, exp.Where):
            scope.refuse(node, "an aggregate within an aggregate", "aggregate once")
    for column in tree.find_all(exp.Column):
        if column.find_ancestor(exp.AggFunc, exp.Where) is None:
            fix = f"write SUM({column.name}) or another aggregate of it"
            scope.refuse(column, f"{column.name} stands outside every aggregate", fix)


def _count(node: exp.Expr, scope: Scope) -> SqlType:
    counted = node.this
    if counted is None:
        scope.refuse(node, "COUNT counts nothing", "write COUNT(*)")
    elif isinstance(counted, exp.Distinct):
        if len(counted.expressions) == 1 and not counted.args.get("on"):
            typed(counted.expressions[0], scope)
        else:
            scope.refuse(node, "COUNT(DISTINCT …) takes one column", "name one column")
    elif not isinstance(counted, exp.Star):
        typed(counted, scope)
    elif any(counted.args.values()):
        scope.refuse(node, "COUNT(*) counts rows and leaves no column out", "write COUNT(*)")
    return _COUNTED


def _sum(node: exp.Expr, scope: Scope) -> SqlType | None:
    own = expect(node.this, t.NUMBERS, "SUM", scope)
    if own is None or own.kind is Kind.DOUBLE:
        return own
    if own.kind is Kind.INTEGER:
        return _SUM_OF_WHOLE
    return t.decimal(min(t.digits(own) + _SUMMED, t.MOST_DIGITS), t.digits_after(own))


def _extreme(node: exp.Expr, scope: Scope) -> SqlType | None:
    return expect(node.this, t.NUMBERS | t.TIMES, node.key.upper(), scope)


def _median(node: exp.Expr, scope: Scope) -> SqlType | None:
    """Take the median of doubles: engines interpolate decimals each in its own way."""
    own = expect(node.this, t.NUMBERS, "MEDIAN", scope)
    if own is not None and own.kind is not Kind.DOUBLE:
        wrap(node.this, "DOUBLE", t.DOUBLE, own, scope)
    return t.DOUBLE


def _filter(node: exp.Expr, scope: Scope) -> SqlType | None:
    if not isinstance(node.this, exp.AggFunc):
        scope.refuse(node, "FILTER belongs to an aggregate", "write SUM(x) FILTER (WHERE …)")
    expect(node.expression.this, frozenset({Kind.BOOLEAN}), "FILTER", scope)
    return typed(node.this, scope)


AGGREGATES: Mapping[type[exp.Expr], Rule] = MappingProxyType(
    {
        exp.Count: rule("this", "big_int", by=_count),
        exp.Sum: rule("this", by=_sum),
        exp.Min: rule("this", by=_extreme),
        exp.Max: rule("this", by=_extreme),
        exp.Median: rule("this", by=_median),
        exp.Filter: rule("this", "expression", by=_filter),
    }
)
