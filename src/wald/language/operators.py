"""How names, literals and operators are typed, and what is made explicit in the tree meanwhile."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from sqlglot import exp

from wald.language import types as t
from wald.language.literals import moment, read_day, read_instant
from wald.language.place import place, unknown_column, unknown_parameter
from wald.language.scope import Rule, Scope, rule, typed, wrap
from wald.language.types import Kind, SqlType
from wald.language.vocabulary import RESERVED

_BARE = re.compile(r"[a-z_][a-z0-9_]*")
_EXACT_LITERAL = re.compile(r"[0-9]*(\.[0-9]+)?")


def needs_quotes(name: str) -> bool:
    return _BARE.fullmatch(name) is None or name.upper() in RESERVED


def expect(node: exp.Expr, kinds: frozenset[Kind], use: str, scope: Scope) -> SqlType | None:
    """Type a node and refuse it where its kind is none of `kinds`."""
    found = typed(node, scope)
    if found is None or found.kind in kinds:
        return found
    wanted = " or ".join(phrase for group, phrase in _WANTED.items() if group <= kinds)
    scope.refuse(node, f"{use} needs {wanted}, this is {found}", f"write {wanted}")
    return None


_WANTED: Mapping[frozenset[Kind], str] = {
    t.NUMBERS: "a number",
    frozenset({Kind.DECIMAL}): "a decimal",
    t.TIMES: "a date or timestamp",
    frozenset({Kind.TEXT}): "a text",
    frozenset({Kind.BOOLEAN}): "a condition",
}


def _apart(nodes: Sequence[exp.Expr], scope: Scope) -> None:
    """Refuse a comparison that stands in another without brackets: engines bind them otherwise."""
    for node in nodes:
        if isinstance(node, (exp.Not, *_TRUTHS)):
            fix = "put brackets around the inner one"
            scope.refuse(node, "a comparison of a comparison", fix)


def unify(nodes: Sequence[exp.Expr], use: str, scope: Scope) -> SqlType | None:
    """Return the one type in which all nodes can stand; ISO texts become dates beside dates.

    None where a Problem was noted, now or below.
    """
    found = [typed(node, scope) for node in nodes]
    times = [f for f in found if f is not None and f.kind in t.TIMES]
    if times:
        found = [
            _as_moment(node, scope) if _is_text(node) else f
            for node, f in zip(nodes, found, strict=True)
        ]
    known = [f for f in found if f is not None]
    if len(known) < len(nodes):
        return None
    return _in_common(nodes, known, use, scope)


def _in_common(
    nodes: Sequence[exp.Expr], found: Sequence[SqlType], use: str, scope: Scope
) -> SqlType | None:
    shared = _as_stored(nodes[0], found[0])
    for node, own in zip(nodes[1:], found[1:], strict=True):
        both = t.common(shared, _as_stored(node, own))
        if both is None:
            what = f"{use} {shared} with {own}"
            scope.refuse(node, what, "compare like with like, or CAST one of them")
            return None
        if both.kind is Kind.DECIMAL and t.digits(both) > t.MOST_DIGITS:
            what = f"{use} {shared} with {own}, which needs {t.digits(both)} digits"
            scope.refuse(node, what, f"CAST one to a DECIMAL so that {t.MOST_DIGITS} are enough")
            return None
        shared = both
    if shared.kind is Kind.DOUBLE:
        fit = [fits_double(node, own, scope) for node, own in zip(nodes, found, strict=True)]
        return shared if all(fit) else None
    return found[0] if len(set(found)) == 1 else shared


def fits_double(node: exp.Expr, own: SqlType, scope: Scope) -> bool:
    """Refuse to make a double of a long decimal of one row: the last bit differs per engine."""
    if own.kind is not Kind.DECIMAL or t.digits(own) <= t.FAST_DIGITS or scope.aggregates:
        return True
    what = f"{own} has more digits than a double keeps"
    scope.refuse(node, what, f"CAST it to a DECIMAL of up to {t.FAST_DIGITS} digits first")
    return False


def _as_stored(node: exp.Expr, own: SqlType) -> SqlType:
    """Return an exact number's type with the digits that DuckDB reserves for it."""
    if own.kind is not Kind.INTEGER:
        return own
    return SqlType(Kind.INTEGER, 10 if is_narrow(node) else t.LONG_DIGITS)


def is_narrow(node: exp.Expr) -> bool:
    """Is a whole number kept in 32 bits, because nothing in it is more than a literal?"""
    if isinstance(node, exp.Literal):
        return int(node.name) < 2**31
    if isinstance(node, exp.Paren | exp.Neg | exp.Abs | exp.Nullif):
        return is_narrow(node.this)
    if isinstance(node, exp.Coalesce):
        return all(is_narrow(part) for part in [node.this, *node.expressions])
    if isinstance(node, exp.Case):
        return all(is_narrow(part) for part in results(node))
    return isinstance(node, exp.Null)


def results(case: exp.Expr) -> list[exp.Expr]:
    """Return what a CASE can give."""
    default = case.args.get("default")
    return [branch.args["true"] for branch in case.args["ifs"]] + ([default] if default else [])


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and bool(node.is_string)


def _as_moment(node: exp.Expr, scope: Scope) -> SqlType | None:
    """Turn a text literal into DATE '...' or TIMESTAMP '...'."""
    if read_day(node.name):
        type_ = t.DATE
    elif read_instant(node.name):
        type_ = t.TIMESTAMP
    else:
        fix = "write it like '2017-03-31' or '2017-03-31 18:00:00'"
        scope.refuse(node, f"'{node.name}' is not a day or time", fix)
        return None
    made = moment(node.name, type_)
    made.this.meta.update(node.meta)
    node.replace(made)
    scope.note(made.this, t.TEXT)
    return scope.note(made, type_)


def _column(node: exp.Expr, scope: Scope) -> SqlType | None:
    name = next((c for c in scope.columns if c == node.name), None)
    name = name or next((c for c in scope.columns if c.lower() == node.name.lower()), None)
    if name is None:
        scope.problems.append(unknown_column(node.name, place(node), scope.columns))
        return None
    node.this.set("this", name)
    node.this.set("quoted", needs_quotes(name))
    return scope.columns[name]


def _parameter(node: exp.Expr, scope: Scope) -> SqlType | None:
    if node.name not in scope.parameters:
        scope.problems.append(unknown_parameter(node.name, place(node), scope.parameters))
    return scope.parameters.get(node.name)


def _literal(node: exp.Expr, scope: Scope) -> SqlType | None:
    text = node.name
    if node.args.get("is_string"):
        return t.TEXT
    if _EXACT_LITERAL.fullmatch(text) is None:
        if float(text) < float("inf"):
            return t.DOUBLE
        scope.refuse(node, f"{text} is larger than any number", "write a smaller one")
        return None
    before, _, after = text.partition(".")
    if len(before) + len(after) > (36 if after else t.FAST_DIGITS):
        scope.refuse(node, f"{text} has too many digits", "write a shorter number")
        return None
    if after:
        return t.decimal(len(before) + len(after), len(after))
    return SqlType(Kind.INTEGER, len(before))


def _null(node: exp.Expr, scope: Scope) -> SqlType | None:
    scope.refuse(node, "NULL is not a value to compute with", "write IS NULL or IS NOT NULL")
    return None


def _boolean(node: exp.Expr, scope: Scope) -> SqlType:
    return t.BOOLEAN


def _paren(node: exp.Expr, scope: Scope) -> SqlType | None:
    return typed(node.this, scope)


def _connector(node: exp.Expr, scope: Scope) -> SqlType:
    for side in (node.this, node.args.get("expression")):
        if side is not None:
            expect(side, frozenset({Kind.BOOLEAN}), node.key.upper(), scope)
    return t.BOOLEAN


def _comparison(node: exp.Expr, scope: Scope) -> SqlType:
    _apart([node.this, node.expression], scope)
    shared = unify([node.this, node.expression], "compares", scope)
    is_ordered = isinstance(node, exp.GT | exp.GTE | exp.LT | exp.LTE)
    if is_ordered and shared == t.BOOLEAN:
        scope.refuse(node, "true and false have no order", "use =, <> or the column alone")
    return t.BOOLEAN


def _between(node: exp.Expr, scope: Scope) -> SqlType:
    parts = [node.this, node.args["low"], node.args["high"]]
    _apart(parts, scope)
    if unify(parts, "compares", scope) == t.BOOLEAN:
        scope.refuse(node, "true and false have no order", "use =, <> or the column alone")
    return t.BOOLEAN


def _in(node: exp.Expr, scope: Scope) -> SqlType:
    if not node.expressions:
        scope.refuse(node, "IN has an empty list", "write at least one value")
    _apart([node.this], scope)
    unify([node.this, *node.expressions], "compares", scope)
    return t.BOOLEAN


def _is(node: exp.Expr, scope: Scope) -> SqlType:
    _apart([node.this], scope)
    if isinstance(node.expression, exp.Boolean):
        expect(node.this, frozenset({Kind.BOOLEAN}), "IS TRUE", scope)
    elif isinstance(node.expression, exp.Null):
        typed(node.this, scope)
    else:
        scope.refuse(node.expression, "IS takes NULL, TRUE or FALSE", "compare with = instead")
    return t.BOOLEAN


def _like(node: exp.Expr, scope: Scope) -> SqlType:
    return _pattern(node, None, scope)


def _escape(node: exp.Expr, scope: Scope) -> SqlType:
    sign = node.expression
    if not isinstance(node.this, exp.Like):
        scope.refuse(node, "ESCAPE belongs to LIKE", "leave it out")
    elif not _is_text(sign) or len(sign.name) != 1 or sign.name in "%_":
        scope.refuse(sign, "ESCAPE needs one character in quotes, not % or _", "write ESCAPE '!'")
    else:
        _pattern(node.this, sign.name, scope)
    return t.BOOLEAN


def _pattern(node: exp.Expr, escape: str | None, scope: Scope) -> SqlType:
    expect(node.this, frozenset({Kind.TEXT}), "LIKE", scope)
    pattern = node.expression
    if not _is_text(pattern):
        scope.refuse(pattern, "LIKE needs its pattern as a text in quotes", "write LIKE 'new%'")
    elif escape is not None and not _is_sound(pattern.name, escape):
        fix = f"write {escape}%, {escape}_ or {escape}{escape}"
        scope.refuse(pattern, f"{escape} escapes neither %, _ nor itself", fix)
    scope.note(node, t.BOOLEAN)
    return t.BOOLEAN


def _is_sound(pattern: str, escape: str) -> bool:
    e = re.escape(escape)
    return re.fullmatch(f"(?:[^{e}]|{e}[%_{e}])*", pattern, re.DOTALL) is not None


def _case(node: exp.Expr, scope: Scope) -> SqlType | None:
    for branch in node.args["ifs"]:
        if node.this is None:
            expect(branch.this, frozenset({Kind.BOOLEAN}), "WHEN", scope)
        else:
            unify([node.this, branch.this], "compares", scope)
    given = [part for part in results(node) if not isinstance(part, exp.Null)]
    if not given:
        scope.refuse(node, "every branch of this CASE is NULL", "give one of them a value")
        return None
    return unify(given, "gives", scope)


def _arithmetic(node: exp.Expr, scope: Scope) -> SqlType | None:
    sides = [typed(side, scope) for side in (node.this, node.expression)]
    left, right = sides
    if left is None or right is None:
        return None
    if left.kind in t.TIMES or right.kind in t.TIMES:
        scope.refuse(node, "days and times are not added or subtracted", "use DATE_DIFF('day', …)")
        return None
    for side, own in ((node.this, left), (node.expression, right)):
        if own.kind not in t.NUMBERS:
            what = f"{_SIGNS[type(node)]} needs a number, this is {own}"
            scope.refuse(side, what, "write a number")
            return None
    if Kind.DOUBLE in (left.kind, right.kind):
        fit = [fits_double(*side, scope) for side in ((node.this, left), (node.expression, right))]
        return t.DOUBLE if all(fit) else None
    return _exact(node, left, right, scope)


def _exact(node: exp.Expr, left: SqlType, right: SqlType, scope: Scope) -> SqlType | None:
    """Type + - * of exact numbers so that no engine overflows, rounds or squeezes the result.

    DuckDB keeps what comes of two operands of at most 18 digits in 18 digits, and computes
    two literals in 32 bits; a CAST says otherwise. A sum of numbers of 38 digits stays there:
    the engine, and `rule`, stop where it does not fit.
    """
    law = t.product if isinstance(node, exp.Mul) else t.total
    if {left.kind, right.kind} == {Kind.INTEGER}:
        result = law(left, right)
        if t.digits(result) <= t.FAST_DIGITS:
            if is_narrow(node.this) and is_narrow(node.expression):
                wrap(node.this, "BIGINT", left, left, scope)
            return result
        wide = t.decimal(t.digits(left), 0)
        left = wrap(node.this, f"DECIMAL({t.digits(left)},0)", wide, left, scope)
    first, second = _as_stored(node.this, left), _as_stored(node.expression, right)
    if max(t.digits(first), t.digits(second)) <= t.FAST_DIGITS < t.digits(law(first, second)):
        if t.digits(first) >= t.digits(second):
            first = _widen(node.this, first, left, scope)
        else:
            second = _widen(node.expression, second, right, scope)
    result = law(first, second)
    if t.digits(law(left, right)) > t.MOST_DIGITS and law is t.product:
        what = f"the product needs {t.digits(result)} digits, {t.MOST_DIGITS} can be kept exactly"
        scope.refuse(node, what, "CAST a factor to a smaller DECIMAL(p, s) first")
        return None
    return t.decimal(min(t.digits(result), t.MOST_DIGITS), t.digits_after(result))


def _widen(node: exp.Expr, stored: SqlType, own: SqlType, scope: Scope) -> SqlType:
    wide = t.decimal(t.LONG_DIGITS, t.digits_after(stored))
    return wrap(node, f"DECIMAL({wide.precision},{wide.scale})", wide, own, scope)


def _minus(node: exp.Expr, scope: Scope) -> SqlType | None:
    return expect(node.this, t.NUMBERS, "-", scope)


def _divide(node: exp.Expr, scope: Scope) -> SqlType | None:
    fix = "write a > 0.2 * b; a ratio stays two sums until it is shown"
    scope.refuse(node, "division is not part of this language", fix)
    for side in (node.this, node.expression):
        typed(side, scope)
    return None


def _join(node: exp.Expr, scope: Scope) -> SqlType:
    for side in (node.this, node.expression):
        expect(side, frozenset({Kind.TEXT}), "||", scope)
    return t.TEXT


_SIGNS: Mapping[type[exp.Expr], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
_COMPARISONS = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.NullSafeEQ, exp.NullSafeNEQ)
_TRUTHS = (*_COMPARISONS, exp.Between, exp.In, exp.Is, exp.Like, exp.Escape)

OPERATORS: Mapping[type[exp.Expr], Rule] = MappingProxyType(
    {
        exp.Column: rule("this", by=_column),
        exp.Placeholder: rule("this", by=_parameter),
        exp.Literal: rule("this", "is_string", by=_literal),
        exp.Null: rule(by=_null),
        exp.Boolean: rule("this", by=_boolean),
        exp.Paren: rule("this", by=_paren),
        exp.Not: rule("this", by=_connector),
        exp.And: rule("this", "expression", by=_connector),
        exp.Or: rule("this", "expression", by=_connector),
        **dict.fromkeys(_COMPARISONS, rule("this", "expression", by=_comparison)),
        exp.Between: rule("this", "low", "high", by=_between),
        exp.In: rule("this", "expressions", by=_in),
        exp.Is: rule("this", "expression", by=_is),
        exp.Like: rule("this", "expression", "negate", by=_like),
        exp.Escape: rule("this", "expression", by=_escape),
        exp.Case: rule("this", "ifs", "default", by=_case),
        **dict.fromkeys(_SIGNS, rule("this", "expression", by=_arithmetic)),
        exp.Neg: rule("this", by=_minus),
        exp.Div: rule("this", "expression", "typed", "safe", by=_divide),
        exp.IntDiv: rule("this", "expression", by=_divide),
        exp.DPipe: rule("this", "expression", "safe", by=_join),
    }
)
