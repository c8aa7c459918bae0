"""What PostgreSQL and Spark spell in their own way: each function rewrites one kind of node.

A function gets a node whose children are done, and puts what the engine says in its place.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from sqlglot import exp
from sqlglot.errors import UnsupportedError

Spelling = Mapping[type[exp.Expr], Callable[[exp.Expr], None]]

_EXTREMES = {"ARG_MIN": "MIN_BY", "ARG_MAX": "MAX_BY"}


def _long(node: exp.Expr) -> None:
    """Make a whole number of 32 bits, or a numeric, one of 64."""
    _wrapped(node, "BIGINT")


def _wrapped(node: exp.Expr, to: str) -> None:
    holder = exp.Cast(this=exp.Null(), to=exp.DataType.build(to, dialect="duckdb"))
    node.replace(holder)
    holder.set("this", node)


def _is_cast(node: exp.Expr, to: exp.DType) -> bool:
    return isinstance(node, exp.Cast) and node.args["to"].this is to


def _cast(node: exp.Expr, to: str) -> exp.Expr:
    return exp.Cast(this=node.copy(), to=exp.DataType.build(to, dialect="duckdb"))


def _call(name: str, *arguments: exp.Expr) -> exp.Expr:
    return exp.Anonymous(this=name, expressions=list(arguments))


def _like(node: exp.Expr) -> None:
    r"""DuckDB escapes nothing unless told; the others take \ for an escape unless told."""
    pattern = node.expression
    if isinstance(node.parent, exp.Escape) or not isinstance(pattern, exp.Literal):
        return
    pattern.set("this", pattern.name.replace("\\", "\\\\"))


def _interval(node: exp.Expr) -> None:
    """INTERVAL (n) DAY takes a literal elsewhere: multiply one day by n."""
    count = node.this
    if count is None or isinstance(count, exp.Literal):
        return
    one = exp.Interval(this=exp.Literal.string("1"), unit=node.args.get("unit"))
    factor = count.copy() if isinstance(count, exp.Paren) else exp.paren(count.copy())
    node.replace(exp.paren(exp.Mul(this=factor, expression=one)))


def _days_postgres(node: exp.Expr) -> exp.Expr:
    return exp.paren(
        exp.Sub(this=_cast(node.this, "DATE"), expression=_cast(node.expression, "DATE"))
    )


def _days_spark(node: exp.Expr) -> exp.Expr:
    return _call("DATEDIFF", _cast(node.this, "DATE"), _cast(node.expression, "DATE"))


def _difference(
    days: Callable[[exp.Expr], exp.Expr], seconds: Callable[[exp.Expr], None]
) -> Callable[[exp.Expr], None]:
    """Count the boundaries of days or seconds between two instants, as DuckDB does."""

    def spell(node: exp.Expr) -> None:
        unit = node.args.get("unit")
        name = unit.name.upper() if unit is not None else ""
        if name == "DAY":
            node.replace(_cast(days(node), "BIGINT"))
        elif name == "SECOND":
            seconds(node)
        else:
            raise UnsupportedError(f"DATE_DIFF in {name.lower()}s means another thing elsewhere")

    return spell


def _seconds_postgres(node: exp.Expr) -> None:
    """Leave it to sqlglot, which cuts both ends to seconds and subtracts them exactly."""


def _seconds_spark(node: exp.Expr) -> None:
    """Cut both ends to seconds first: Spark counts whole seconds gone by."""
    for end in ("this", "expression"):
        instant = _cast(node.args[end], "TIMESTAMP")
        node.set(end, exp.TimestampTrunc(this=instant, unit=exp.var("SECOND")))


def _truncation(node: exp.Expr) -> None:
    """Cut an instant without a zone to one without: the others would put one in."""
    instant = _cast(node.this, "TIMESTAMP")
    cut = exp.TimestampTrunc(this=instant, unit=node.args["unit"].copy())
    node.replace(_cast(cut, "TIMESTAMP"))


def _quarter(node: exp.Expr) -> None:
    node.replace(_cast(exp.Extract(this=exp.var("QUARTER"), expression=node.this.copy()), "BIGINT"))


def _qualify(node: exp.Expr) -> None:
    """Sqlglot puts a SELECT around: right only where columns are named and nothing comes after."""
    select = node.parent
    if select is None or select.is_star or select.args.get("order") or select.args.get("limit"):
        raise UnsupportedError("QUALIFY needs named columns, and ORDER BY or LIMIT one SELECT up")


def _double_literal(node: exp.Expr) -> None:
    """1e3 is a double for DuckDB and Spark, a numeric for PostgreSQL."""
    if not node.args.get("is_string") and "e" in node.name.lower():
        _wrapped(node, "DOUBLE")


def _ratio(node: exp.Expr) -> None:
    """DuckDB divides doubles, whatever it is given."""
    if not _is_cast(node.this, exp.DType.DOUBLE):
        _wrapped(node.this, "DOUBLE")


def _percentile(node: exp.Expr) -> None:
    """Spark's PERCENTILE is exact; what sqlglot would choose is an estimate."""
    if isinstance(node.parent, exp.WithinGroup):
        return
    if isinstance(node, exp.WithinGroup):
        share, value = node.this.this, node.expression.expressions[0]
        if not isinstance(node.this, exp.PercentileCont) or value.args.get("desc"):
            raise UnsupportedError(f"{node.sql(dialect='duckdb')} is not written for Spark")
        node.replace(_call("PERCENTILE", value.this.copy(), share.copy()))
        return
    share = node.args.get("expression") or node.args.get("quantile") or exp.Literal.number("0.5")
    node.replace(_call("PERCENTILE", node.this.copy(), share.copy()))


def _extreme(
    spell: Callable[[str, exp.Expr, exp.Expr, exp.Expr | None], exp.Expr],
) -> Callable[[exp.Expr], None]:
    """Spell ARG_MIN, ARG_MAX (rows where either is null do not count) and ARG_MIN_NULL,
    ARG_MAX_NULL (rows where the second is null do not count).
    """

    def replace(node: exp.Expr) -> None:
        name, value, by = _arguments(node)
        if value is None or by is None:
            return
        outer = node.parent if isinstance(node.parent, exp.Filter) else node
        kept = [] if outer is node else [outer.expression.this.copy()]
        if not name.endswith("_NULL"):
            kept.append(value.copy().is_(exp.Null()).not_())
        condition = exp.and_(*kept) if kept else None
        outer.replace(spell(name.removesuffix("_NULL"), value.copy(), by.copy(), condition))

    return replace


def _arguments(node: exp.Expr) -> tuple[str, exp.Expr | None, exp.Expr | None]:
    if isinstance(node, exp.Anonymous):
        name, arguments = node.name.upper(), node.expressions
        if name not in ("ARG_MIN_NULL", "ARG_MAX_NULL"):
            return name, None, None
    else:
        name = "ARG_MIN" if isinstance(node, exp.ArgMin) else "ARG_MAX"
        arguments = [part for part in node.args.values() if isinstance(part, exp.Expr)]
    if len(arguments) != 2:
        raise UnsupportedError(f"{name} takes a value and what to order by")
    return name, arguments[0], arguments[1]


def _extreme_spark(
    name: str, value: exp.Expr, by: exp.Expr, condition: exp.Expr | None
) -> exp.Expr:
    found = _call(_EXTREMES[name], value, by)
    return exp.Filter(this=found, expression=exp.Where(this=condition)) if condition else found


def _extreme_postgres(
    name: str, value: exp.Expr, by: exp.Expr, condition: exp.Expr | None
) -> exp.Expr:
    order = exp.Order(
        this=value, expressions=[exp.Ordered(this=by, desc=name == "ARG_MAX", nulls_first=False)]
    )
    counts = by.copy().is_(exp.Null()).not_()
    kept = exp.and_(counts, condition) if condition else counts
    values = exp.Filter(this=exp.ArrayAgg(this=order), expression=exp.Where(this=kept))
    return exp.Bracket(this=exp.paren(values), expressions=[exp.Literal.number(1)], offset=1)


def _any_value(node: exp.Expr) -> None:
    """ANY_VALUE passes nulls over by itself; PostgreSQL has no other IGNORE NULLS."""
    if isinstance(node.this, exp.AnyValue):
        node.replace(node.this.copy())


_BOTH: Spelling = {
    exp.Year: _long,
    exp.Month: _long,
    exp.Day: _long,
    exp.Length: _long,
    exp.Quarter: _quarter,
    exp.Qualify: _qualify,
    exp.Like: _like,
    exp.Interval: _interval,
    exp.Div: _ratio,
    exp.TimestampTrunc: _truncation,
    exp.DateTrunc: _truncation,
}

POSTGRES: Spelling = MappingProxyType(
    {
        **_BOTH,
        **dict.fromkeys((exp.ArgMin, exp.ArgMax, exp.Anonymous), _extreme(_extreme_postgres)),
        exp.DateDiff: _difference(_days_postgres, _seconds_postgres),
        exp.Literal: _double_literal,
        exp.IgnoreNulls: _any_value,
    }
)

SPARK: Spelling = MappingProxyType(
    {
        **_BOTH,
        **dict.fromkeys((exp.ArgMin, exp.ArgMax, exp.Anonymous), _extreme(_extreme_spark)),
        **dict.fromkeys(
            (exp.Median, exp.Quantile, exp.PercentileCont, exp.WithinGroup), _percentile
        ),
        exp.DateDiff: _difference(_days_spark, _seconds_spark),
    }
)
