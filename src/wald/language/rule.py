"""A condition as a Python predicate: exact decimals, three-valued, as DuckDB decides each row.

The tree is typed again here, so that one composed of several parts is safe too. Each node
becomes one function of the row; nothing is built as text.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from functools import reduce
from types import MappingProxyType
from typing import Any

from sqlglot import exp

from wald.kernel.problem import BadInput
from wald.language import calculation as c
from wald.language.closures import Compute, Constant, Row, Value, converted, mapped, paired
from wald.language.functions import target
from wald.language.literals import read_day, read_instant
from wald.language.operators import results
from wald.language.parse import type_row
from wald.language.scope import Scope
from wald.language.types import MOST_DIGITS, Kind, SqlType, common, digits, digits_after


def predicate(
    tree: exp.Expr, columns: Mapping[str, SqlType]
) -> Callable[[Mapping[str, object]], bool | None]:
    """Return a function that says whether a row meets the condition; None: nobody can know.

    A row has a value for every column the condition names. Raises BadInput where the tree is no
    condition over `columns` (parameters must be bound); the function raises Refusal for a
    row where an engine, too, would stop: a number that does not fit its type.
    """
    return calculation(tree, columns, Kind.BOOLEAN)


def calculation(
    tree: exp.Expr, columns: Mapping[str, SqlType], kind: Kind | None = None
) -> Callable[[Mapping[str, object]], Value]:
    """Return a function that computes a row-level value; `kind`: what it must be. See predicate."""
    made, scope = type_row(tree, columns)
    found = scope.type_of(made)
    if scope.problems or found is None or (kind and found.kind is not kind):
        raise BadInput(f"{tree.sql(dialect='duckdb')} cannot be computed.", scope.problems)
    return _computed(made, scope)


def _computed(node: exp.Expr, scope: Scope) -> Compute:
    return _MAKERS[type(node)](node, scope)


def _alike(nodes: Sequence[exp.Expr], scope: Scope, *, ordered: bool = True) -> list[Compute]:
    """Compute nodes in the type they share; `ordered`: doubles as what compares like DuckDB's."""
    types = [found for node in nodes if (found := scope.type_of(node)) is not None]
    shared = reduce(lambda a, b: common(a, b) or a, types)
    computes = []
    for node in nodes:
        compute, own = _computed(node, scope), scope.type_of(node)
        if own is not None:
            compute = converted(compute, own, shared)
        if shared.kind is Kind.DOUBLE and ordered:
            compute = mapped(c.ordered, compute)
        computes.append(compute)
    return computes


def _name(node: exp.Expr, scope: Scope) -> Compute:
    return operator.itemgetter(node.name)


def _literal(node: exp.Expr, scope: Scope) -> Compute:
    found = scope.type_of(node)
    if found is None or found.kind is Kind.TEXT:
        return Constant(node.name)
    if found.kind is Kind.DOUBLE:
        return Constant(float(node.name))
    return Constant(int(node.name) if found.kind is Kind.INTEGER else Decimal(node.name))


def _within(node: exp.Expr, scope: Scope) -> Compute:
    return _computed(node.this, scope)


def _negation(node: exp.Expr, scope: Scope) -> Compute:
    return mapped(operator.not_, _computed(node.this, scope))


def _connection(decides: bool) -> Callable[[exp.Expr, Scope], Compute]:
    """AND is decided by the first false, OR by the first true; a null leaves the rest open."""

    def make(node: exp.Expr, scope: Scope) -> Compute:
        parts = tuple(_computed(part, scope) for part in node.flatten(unnest=False))
        otherwise = not decides

        def connected(row: Row) -> bool | None:
            is_open = False
            for part in parts:
                found = part(row)
                if found is decides:
                    return not otherwise
                if found is None:
                    is_open = True
            return None if is_open else otherwise

        return connected

    return make


def _comparison(node: exp.Expr, scope: Scope) -> Compute:
    left, right = _alike([node.this, node.expression], scope)
    return paired(_COMPARES[type(node)], left, right)


def _distinction(node: exp.Expr, scope: Scope) -> Compute:
    left, right = _alike([node.this, node.expression], scope)
    same = isinstance(node, exp.NullSafeEQ)
    return lambda row: (left(row) == right(row)) is same


def _between(node: exp.Expr, scope: Scope) -> Compute:
    value, low, high = _alike([node.this, node.args["low"], node.args["high"]], scope)
    above, below = paired(operator.ge, value, low), paired(operator.le, value, high)

    def between(row: Row) -> bool | None:
        first, second = above(row), below(row)
        if first is False or second is False:
            return False
        return None if first is None or second is None else True

    return between


def _in(node: exp.Expr, scope: Scope) -> Compute:
    value, *listed = _alike([node.this, *node.expressions], scope)
    if all(isinstance(item, Constant) for item in listed):
        fixed = frozenset(item({}) for item in listed)
        return mapped(fixed.__contains__, value)

    def within(row: Row) -> bool | None:
        wanted = value(row)
        if wanted is None:
            return None
        found = [item(row) for item in listed]
        if wanted in found:
            return True
        return None if None in found else False

    return within


def _is(node: exp.Expr, scope: Scope) -> Compute:
    value = _computed(node.this, scope)
    wanted = node.expression.this if isinstance(node.expression, exp.Boolean) else None
    return lambda row: value(row) is wanted


def _like(node: exp.Expr, scope: Scope) -> Compute:
    return _likeness(node, None, scope)


def _escaped_like(node: exp.Expr, scope: Scope) -> Compute:
    return _likeness(node.this, node.expression.name, scope)


def _likeness(node: exp.Expr, escape: str | None, scope: Scope) -> Compute:
    matches = c.likeness(node.expression.name, escape)
    if node.args.get("negate"):
        return mapped(lambda text: not matches(text), _computed(node.this, scope))
    return mapped(matches, _computed(node.this, scope))


def _case(node: exp.Expr, scope: Scope) -> Compute:
    tests = [
        _computed(branch.this, scope)
        if node.this is None
        else paired(operator.eq, *_alike([node.this, branch.this], scope))
        for branch in node.args["ifs"]
    ]
    values = _alike(results(node), scope, ordered=False)
    otherwise = values[len(tests)] if len(values) > len(tests) else Constant(None)
    branches = tuple(zip(tests, values, strict=False))

    def case(row: Row) -> Value:
        for test, value in branches:
            if test(row):
                return value(row)
        return otherwise(row)

    return case


def _coalesce(node: exp.Expr, scope: Scope) -> Compute:
    parts = _alike([node.this, *node.expressions], scope, ordered=False)

    def first(row: Row) -> Value:
        return next((found for part in parts if (found := part(row)) is not None), None)

    return first


def _nullif(node: exp.Expr, scope: Scope) -> Compute:
    same = paired(operator.eq, *_alike([node.this, node.expression], scope))
    value = _computed(node.this, scope)
    return lambda row: None if same(row) else value(row)


def _arithmetic(node: exp.Expr, scope: Scope) -> Compute:
    left, right = _alike([node.this, node.expression], scope, ordered=False)
    found = scope.type_of(node)
    if found is None or found.kind is not Kind.DECIMAL:
        return paired(_NATIVE[type(node)], left, right)
    exact = paired(_EXACT[type(node)], left, right)
    if digits(found) < MOST_DIGITS:
        return exact
    return mapped(c.fitting(MOST_DIGITS, digits_after(found)), exact)


def _sign(node: exp.Expr, scope: Scope) -> Compute:
    change = c.opposite if isinstance(node, exp.Neg) else c.magnitude
    changed = mapped(change, _computed(node.this, scope))
    found = scope.type_of(node)
    return mapped(c.long, changed) if found and found.kind is Kind.INTEGER else changed


def _round(node: exp.Expr, scope: Scope) -> Compute:
    own, found = scope.type_of(node.this), scope.type_of(node)
    value = _computed(node.this, scope)
    if own is None or found is None or digits_after(own) == digits_after(found):
        return value
    return mapped(c.rounding(digits_after(found)), value)


def _cast(node: exp.Expr, scope: Scope) -> Compute:
    own, to = scope.type_of(node.this), target(node.args["to"])
    value = _computed(node.this, scope)
    if own is None or to is None:
        return value
    if own.kind is Kind.TEXT and to.kind is not Kind.TEXT:
        text = node.this.name
        return Constant(read_day(text) if to.kind is Kind.DATE else _instant(text))
    if to.kind is Kind.DECIMAL:
        return _as_decimal(value, own, to)
    return converted(value, own, to)


def _instant(text: str) -> datetime | None:
    found = read_day(text)
    return c.instant(found) if found else read_instant(text)


def _as_decimal(value: Compute, own: SqlType, to: SqlType) -> Compute:
    if digits_after(own) > digits_after(to):
        value = mapped(c.rounding(digits_after(to)), value)
    elif digits(own) - digits_after(own) <= digits(to) - digits_after(to):
        return value
    return mapped(c.fitting(digits(to), digits_after(to)), value)


def _date_diff(node: exp.Expr, scope: Scope) -> Compute:
    count = c.days_between if node.args["unit"].name.upper() == "DAY" else c.seconds_between
    return paired(count, _computed(node.expression, scope), _computed(node.this, scope))


def _date_trunc(node: exp.Expr, scope: Scope) -> Compute:
    unit = node.args["unit"].name.upper()
    return mapped(lambda value: c.start_of(unit, c.instant(value)), _computed(node.this, scope))


def _by(change: Callable[[Any], Value]) -> Callable[[exp.Expr, Scope], Compute]:
    return lambda node, scope: mapped(change, _computed(node.this, scope))


def _joined(node: exp.Expr, scope: Scope) -> Compute:
    return paired(operator.add, _computed(node.this, scope), _computed(node.expression, scope))


_COMPARES: Mapping[type[exp.Expr], Callable[[Any, Any], bool]] = {
    exp.EQ: operator.eq,
    exp.NEQ: operator.ne,
    exp.GT: operator.gt,
    exp.GTE: operator.ge,
    exp.LT: operator.lt,
    exp.LTE: operator.le,
}
_NATIVE: Mapping[type[exp.Expr], Callable[[Any, Any], Value]] = {
    exp.Add: operator.add,
    exp.Sub: operator.sub,
    exp.Mul: operator.mul,
}
_EXACT: Mapping[type[exp.Expr], Callable[[Any, Any], Value]] = {
    exp.Add: c.EXACT.add,
    exp.Sub: c.EXACT.subtract,
    exp.Mul: c.EXACT.multiply,
}

_MAKERS: Mapping[type[exp.Expr], Callable[[exp.Expr, Scope], Compute]] = MappingProxyType(
    {
        exp.Column: _name,
        exp.Literal: _literal,
        exp.Boolean: lambda node, scope: Constant(node.this),
        exp.Null: lambda node, scope: Constant(None),
        exp.Paren: _within,
        exp.Not: _negation,
        exp.And: _connection(decides=False),
        exp.Or: _connection(decides=True),
        **dict.fromkeys(_COMPARES, _comparison),
        exp.NullSafeEQ: _distinction,
        exp.NullSafeNEQ: _distinction,
        exp.Between: _between,
        exp.In: _in,
        exp.Is: _is,
        exp.Like: _like,
        exp.Escape: _escaped_like,
        exp.Case: _case,
        exp.Coalesce: _coalesce,
        exp.Nullif: _nullif,
        **dict.fromkeys(_NATIVE, _arithmetic),
        exp.Neg: _sign,
        exp.Abs: _sign,
        exp.Round: _round,
        exp.Cast: _cast,
        exp.DPipe: _joined,
        exp.DateDiff: _date_diff,
        exp.TimestampTrunc: _date_trunc,
        exp.DateTrunc: _date_trunc,
        exp.Lower: _by(c.lower),
        exp.Upper: _by(c.upper),
        exp.Trim: _by(c.trimmed),
        exp.Length: _by(len),
        exp.Year: _by(operator.attrgetter("year")),
        exp.Month: _by(operator.attrgetter("month")),
        exp.Day: _by(operator.attrgetter("day")),
    }
)
