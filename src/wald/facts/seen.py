"""Whose each row is, and the rows of a table that somebody sees: theirs, by the persons they see.

A row belongs to the person in its own column, or to whoever its deal, booking or account
belongs to. What belongs to nobody is seen by those who see everybody's rows alone; products,
stages and rates are common to all. Source: docs/concepts/who-sees-what.md
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from types import MappingProxyType

from sqlglot import exp

Rows = Callable[[str, Collection[str]], exp.Select]

OWNERS: Mapping[str, str] = MappingProxyType(
    {
        "person": "person_id",
        "opportunity": "owner_id",
        "booking": "owner_id",
        "activity": "person_id",
        "lead": "owner_id",
        "quota": "person_id",
        "objective_score": "person_id",
        "booking_split": "person_id",
        "forecast_submission": "person_id",
        "account": "owner_id",
    }
)
# A row of the table on the left is seen with the row it names in another one.
THROUGH: Mapping[str, tuple[tuple[str, str], ...]] = MappingProxyType(
    {
        "opportunity_change": (("opportunity", "opportunity_id"),),
        "opportunity_line": (("opportunity", "opportunity_id"),),
        "booking_line": (("booking", "booking_id"),),
        "payment": (("booking", "booking_id"),),
        "invoice": (("booking", "booking_id"),),
        "cancellation": (("booking", "booking_id"),),
        # A split is seen by those it names and by whoever the booking belongs to.
        "booking_split": (("booking", "booking_id"),),
        "subscription": (("booking", "booking_id"), ("account", "account_id")),
        "contact": (("account", "account_id"),),
        # An account is also seen by those who sell to it.
        "account": (("opportunity", "account_id"), ("booking", "account_id")),
    }
)
COMMON = frozenset({"product", "stage", "exchange_rate"})


def seen_rows(
    name: str, columns: Collection[str], persons: frozenset[str] | None, rows: Rows
) -> exp.Select:
    """Return the rows of table `name`, at least `columns`, of which `persons` (None: all) own.

    `rows` gives everybody's rows of a table.
    """
    if persons is None or name in COMMON:
        return rows(name, columns)
    keys = [OWNERS[name]] if name in OWNERS else []
    keys += [key for _, key in THROUGH.get(name, ())]
    whole = rows(name, dict.fromkeys([*columns, *keys]))
    conditions = [among(exp.column(OWNERS[name]), persons)] if name in OWNERS else []
    for table, key in THROUGH.get(name, ()):
        owned = seen_rows(table, [key], persons, rows).subquery(table, copy=False)
        conditions.append(exp.In(this=exp.column(key), query=_keys(owned, key).subquery()))
    names = [exp.Star() if named == "*" else exp.column(named) for named in whole.named_selects]
    shown = exp.select(*names).from_(whole.subquery(name, copy=False), copy=False)
    return shown.where(exp.or_(*conditions, copy=False), copy=False)


def among(column: exp.Expr, persons: Iterable[str]) -> exp.Expr:
    """Return the condition that a column names one of `persons`, false where there is none."""
    listed = [exp.Literal.string(person) for person in sorted(persons)]
    return exp.In(this=column, expressions=listed) if listed else exp.false()


def _keys(rows: exp.Subquery, key: str) -> exp.Select:
    return exp.select(key).from_(rows, copy=False).where(exp.column(key).is_(exp.null()).not_())
