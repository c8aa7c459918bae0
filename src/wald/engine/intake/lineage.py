"""Which columns of a sheet a feed reads as numbers and which as days."""

from collections.abc import Collection

from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError

from wald.engine.intake import typed
from wald.facts.table import Table

_READERS = {"as_number": "numbers", "as_day": "days", "as_instant": "days"}


def numbers_and_days(
    select: str, table: Table, columns: Collection[str]
) -> tuple[list[str], list[str]]:
    """Return the sheet `columns` that end as numbers, and those that end as days, of `table`."""
    found: dict[str, set[str]] = {"numbers": set(), "days": set()}
    try:
        tree = parse_one(select, dialect="duckdb")
    except SqlglotError:
        return list(columns), list(columns)  # too clever for us: look everywhere
    for item in tree.expressions if isinstance(tree, exp.Select) else []:
        column = table.column(item.alias_or_name)
        if column is not None and typed.is_number(column):
            found["numbers"] |= _named(item)
        if column is not None and typed.is_time(column):
            found["days"] |= _named(item)
    for call in tree.find_all(exp.Anonymous):
        kind = _READERS.get(str(call.this).lower())
        if kind:
            found[kind] |= _named(call)
    own = {column.lower(): column for column in columns}
    numbers, days = ([own[n] for n in sorted(found[k]) if n in own] for k in ("numbers", "days"))
    return numbers, days


def _named(tree: exp.Expression) -> set[str]:
    return {column.name.lower() for column in tree.find_all(exp.Column)}
