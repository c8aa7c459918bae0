"""Values as literals in a tree, parameters bound to values, and ISO texts read as dates."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from wald.language.types import DATE, TIMESTAMP, SqlType

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?")


def literal(value: object) -> exp.Expression:
    """Return a typed literal for None, bool, int, Decimal, float, str, date or naive datetime.

    Raises TypeError for any other value, ValueError for one that SQL cannot write.
    """
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError("timestamps are naive UTC; drop the time zone after converting")
        return moment(value.isoformat(sep=" "), TIMESTAMP)
    if isinstance(value, date):
        return moment(value.isoformat(), DATE)
    if isinstance(value, int | Decimal | float):
        return _number(value)
    if isinstance(value, str):
        return exp.Literal.string(value)
    if value is None:
        return exp.Null()
    raise TypeError(f"{type(value).__name__} has no literal in this language")


def bind(tree: exp.Expr, values: Mapping[str, object]) -> exp.Expr:
    """Return a copy of `tree` with each parameter named in `values` replaced by its literal."""
    holder = exp.Paren(this=tree.copy())
    for node in list(holder.find_all(exp.Placeholder)):
        if node.name in values:
            node.replace(literal(values[node.name]))
    bound: exp.Expr = holder.this
    return bound.pop()


def moment(text: str, type_: SqlType) -> exp.Cast:
    """Return DATE '...' or TIMESTAMP '...' as a tree."""
    to = "DATE" if type_ == DATE else "TIMESTAMP"
    kind = exp.DataType.build(to, dialect="duckdb")
    return exp.Cast(this=exp.Literal.string(text), to=kind)


def read_day(text: str) -> date | None:
    """Read YYYY-MM-DD; None if the text is no day."""
    if _DAY.fullmatch(text) is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def read_instant(text: str) -> datetime | None:
    """Read YYYY-MM-DD HH:MM:SS with up to six digits of fraction; None if the text is none."""
    if _INSTANT.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _number(value: int | Decimal | float) -> exp.Expression:
    if isinstance(value, int):
        text = str(value)
    elif isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"{value} is not a number")
        text = f"{value:f}"
    else:
        if value - value != 0:
            raise ValueError(f"{value} is not a number")
        text = f"{value!r}" if "e" in repr(value) else f"{value!r}e0"
    number = exp.Literal.number(text.removeprefix("-"))
    return exp.Neg(this=number) if text.startswith("-") else number
