"""How functions and casts are typed, and what is made explicit in the tree meanwhile."""

from collections.abc import Mapping
from types import MappingProxyType

from sqlglot import exp

from wald.language import types as t
from wald.language.literals import read_day, read_instant
from wald.language.operators import expect, fits_double, unify
from wald.language.scope import Rule, Scope, rule, typed, wrap
from wald.language.types import Kind, SqlType

_DIFFERENCES = {"DAY": 7, "SECOND": 12}  # unit -> digits a difference can have
_TRUNCATIONS = ("SECOND", "DAY", "MONTH", "QUARTER", "YEAR")

_TARGETS: Mapping[exp.DType, SqlType] = {
    exp.DType.TEXT: t.TEXT,
    exp.DType.VARCHAR: t.TEXT,
    exp.DType.BIGINT: t.INTEGER,
    exp.DType.DOUBLE: t.DOUBLE,
    exp.DType.DATE: t.DATE,
    exp.DType.TIMESTAMP: t.TIMESTAMP,
    exp.DType.TIMESTAMPNTZ: t.TIMESTAMP,
}

# Casts that mean the same on every engine; whatever else fails on bad input or rounds its own way.
_CASTS = {
    Kind.TEXT: {Kind.TEXT, Kind.INTEGER, Kind.BOOLEAN, Kind.DATE},
    Kind.INTEGER: {Kind.INTEGER, Kind.DECIMAL},
    Kind.DECIMAL: {Kind.INTEGER, Kind.DECIMAL},
    Kind.DOUBLE: t.NUMBERS,
    Kind.DATE: t.TIMES,
    Kind.TIMESTAMP: t.TIMES,
}


def target(to: object) -> SqlType | None:
    """Return the type a CAST names; None if the language does not cast to it."""
    if not isinstance(to, exp.DataType) or to.args.get("nested"):
        return None
    sizes = [part.name for part in to.expressions]
    if to.this is exp.DType.DECIMAL:
        return _sized(sizes)
    return None if sizes else _TARGETS.get(to.this)


def _sized(sizes: list[str]) -> SqlType | None:
    if len(sizes) != 2 or not all(size.isdecimal() and len(size) < 3 for size in sizes):
        return None
    precision, scale = (int(size) for size in sizes)
    fits = 1 <= precision <= t.MOST_DIGITS and scale <= precision
    return t.decimal(precision, scale) if fits else None


def _cast(node: exp.Expr, scope: Scope) -> SqlType | None:
    own = typed(node.this, scope)
    to = target(node.args["to"])
    if to is None:
        fix = "CAST to TEXT, BIGINT, DOUBLE, DATE, TIMESTAMP or DECIMAL(p, s) with p up to 38"
        scope.refuse(node, f"no CAST to {node.args['to'].sql(dialect='duckdb')[:40]} here", fix)
    if to is None or own is None:
        return None
    if own.kind is Kind.TEXT and to.kind in t.TIMES and isinstance(node.this, exp.Literal):
        return _moment(node, to, scope)
    if own.kind not in _CASTS[to.kind]:
        fix = "compare it as it is, or load it as the type it should have"
        scope.refuse(node, f"{own} is not cast to {to}", fix)
        return None
    if to.kind is Kind.INTEGER:
        return _whole(node, own, scope)
    if to.kind is Kind.DOUBLE and not fits_double(node.this, own, scope):
        return None
    return to


def _whole(node: exp.Expr, own: SqlType, scope: Scope) -> SqlType:
    """Round before the cast: Spark would cut off."""
    if t.digits_after(own):
        rounded = exp.Round(this=node.this.copy(), decimals=exp.Literal.number(0))
        node.set("this", rounded)
        typed(rounded, scope)
    return SqlType(Kind.INTEGER, min(t.digits_before(own) + 1, t.LONG_DIGITS))


def _moment(node: exp.Expr, to: SqlType, scope: Scope) -> SqlType | None:
    text = node.this.name
    if read_day(text) or (to == t.TIMESTAMP and read_instant(text)):
        return to
    example = "2017-03-31" if to == t.DATE else "2017-03-31 18:00:00"
    scope.refuse(node, f"'{text}' is not a {to}", f"write it like '{example}'")
    return None


def _coalesce(node: exp.Expr, scope: Scope) -> SqlType | None:
    parts = [part for part in [node.this, *node.expressions] if not isinstance(part, exp.Null)]
    if not parts:
        scope.refuse(node, "every argument of this COALESCE is NULL", "give it a value")
        return None
    return unify(parts, "gives", scope)


def _nullif(node: exp.Expr, scope: Scope) -> SqlType | None:
    shared = unify([node.this, node.expression], "compares", scope)
    return None if shared is None else scope.type_of(node.this)


def _abs(node: exp.Expr, scope: Scope) -> SqlType | None:
    return expect(node.this, t.NUMBERS, "ABS", scope)


def _round(node: exp.Expr, scope: Scope) -> SqlType | None:
    own = expect(node.this, frozenset({Kind.DECIMAL}), "ROUND", scope)
    places = node.args.get("decimals")
    if places is not None and not (
        isinstance(places, exp.Literal) and places.name.isdecimal() and len(places.name) < 3
    ):
        scope.refuse(places, "ROUND needs the digits to keep as a number", "write ROUND(amount, 2)")
        return None
    if own is None:
        return None
    kept = int(places.name) if places is not None else 0
    return t.decimal(t.digits(own), min(kept, t.digits_after(own)))


def _text(node: exp.Expr, scope: Scope) -> SqlType:
    expect(node.this, frozenset({Kind.TEXT}), node.key.upper(), scope)
    return t.TEXT


def _trim(node: exp.Expr, scope: Scope) -> SqlType:
    """Name the blank that TRIM takes away: without it DuckDB takes every kind of space."""
    signs = node.args.get("expression")
    if signs is None:
        node.set("expression", exp.Literal.string(" "))
    elif not isinstance(signs, exp.Literal) or signs.name != " ":
        scope.refuse(signs, "TRIM takes away blanks and nothing else", "write TRIM(name)")
    return _text(node, scope)


def _length(node: exp.Expr, scope: Scope) -> SqlType:
    expect(node.this, frozenset({Kind.TEXT}), "LENGTH", scope)
    return SqlType(Kind.INTEGER, 10)


def _year(node: exp.Expr, scope: Scope) -> SqlType:
    expect(node.this, t.TIMES, node.key.upper(), scope)
    return SqlType(Kind.INTEGER, 4)


def _date_diff(node: exp.Expr, scope: Scope) -> SqlType | None:
    unit = node.args.get("unit")
    name = unit.name.upper() if unit is not None else ""
    sides = [node.expression, node.this]  # from, to
    if unify([*sides, _ANY_DAY.copy()], "measures", scope) is None:
        return None
    if name not in _DIFFERENCES:
        fix = "write DATE_DIFF('day', from, to) or DATE_DIFF('second', from, to)"
        scope.refuse(node, f"DATE_DIFF does not count {name.lower() or 'this'}", fix)
        return None
    return SqlType(Kind.INTEGER, _DIFFERENCES[name])


def _date_trunc(node: exp.Expr, scope: Scope) -> SqlType | None:
    """Keep a day a day: DuckDB makes a timestamp of it."""
    unit = node.args.get("unit")
    name = unit.name.upper() if unit is not None else ""
    if name not in _TRUNCATIONS:
        fix = f"use one of {', '.join(unit.lower() for unit in _TRUNCATIONS)}"
        scope.refuse(node, f"DATE_TRUNC does not cut to {name.lower() or 'this'}", fix)
    own = expect(node.this, t.TIMES, "DATE_TRUNC", scope)
    if own is None or name not in _TRUNCATIONS:
        return None
    parent = node.parent
    is_cast = isinstance(parent, exp.Cast) and target(parent.args["to"]) == t.DATE
    if own == t.TIMESTAMP or is_cast:
        return t.TIMESTAMP
    return wrap(node, "DATE", t.DATE, t.TIMESTAMP, scope)


_ANY_DAY = exp.Cast(this=exp.Literal.string("2000-01-01"), to=exp.DataType.build("DATE"))

FUNCTIONS: Mapping[type[exp.Expr], Rule] = MappingProxyType(
    {
        exp.Cast: rule("this", "to", by=_cast),
        exp.Coalesce: rule("this", "expressions", by=_coalesce),
        exp.Nullif: rule("this", "expression", by=_nullif),
        exp.Abs: rule("this", by=_abs),
        exp.Round: rule("this", "decimals", by=_round),
        exp.Lower: rule("this", by=_text),
        exp.Upper: rule("this", by=_text),
        exp.Trim: rule("this", "expression", by=_trim),
        exp.Length: rule("this", by=_length),
        exp.Year: rule("this", by=_year),
        exp.Month: rule("this", by=_year),
        exp.Day: rule("this", by=_year),
        exp.DateDiff: rule("this", "expression", "unit", "date_part_boundary", by=_date_diff),
        exp.TimestampTrunc: rule("this", "unit", by=_date_trunc),
        exp.DateTrunc: rule("this", "unit", by=_date_trunc),
    }
)
