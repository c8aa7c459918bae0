"""A table as it stood: what held on one day, as it was known at one instant, as a SELECT.

Stored rows are `fact_<table>`: all parts, with `load_id` and `is_deleted`. Three steps:
known      keep the loads known then, and of each key the row of the latest load
valid      keep what had happened by the end of the day; blank what a row tells of later days
rolled back   an opportunity's fields take the `old` of their first change after the day;
           a closing after the day is undone even where no change was recorded, but not where
           its day alone was corrected

Steps that cannot change anything are left out, so reading the present costs nothing extra.
Source: docs/concepts/two-dates.md
"""

from collections.abc import Collection
from datetime import date, timedelta

from sqlglot import exp

from wald.facts.parts import Snapshot
from wald.facts.table import ALWAYS, STORAGE, Column, Table, Type
from wald.facts.tables import TABLES, TRACKED
from wald.kernel.bitemporal import AsOf

# Columns that tell of a later day than the row's own: null as of any day before it.
_TOLD_BY = {
    "person": {"left_on": "left_on"},
    "lead": {
        "first_response_at": "first_response_at",
        "converted_on": "converted_on",
        "opportunity_id": "converted_on",
        "account_id": "converted_on",
    },
}
_POSITIONS = {column.name: i for i, column in enumerate(TABLES["opportunity"].columns)}
# What a deal's row says only because it closed: unknown before, unless a change tells.
TOLD_BY_CLOSING = ("stage", "probability", "forecast_category")


def relation(table: str) -> str:
    """Return the name under which engines keep the stored rows of `table`."""
    return f"fact_{table}"


def day_literal(day: date) -> exp.Expr:
    return exp.cast(exp.Literal.string(day.isoformat()), exp.DataType.Type.DATE)


def instant_after(day: date) -> exp.Expr:
    """Return the first instant after `day`, UTC, as a timestamp literal."""
    following = date.max if day == date.max else day + timedelta(days=1)  # time ends there
    text = f"{following} 00:00:00"
    return exp.cast(exp.Literal.string(text), exp.DataType.Type.TIMESTAMP)


def holds_on(day: exp.Expr, until: exp.Expr) -> exp.Expr:
    """Return the condition that a window that ends before `until` (null: never) holds on `day`.

    A single comparison lets engines hash the join it stands in; with an OR they would
    compare every pair of rows.
    """
    return day.copy() < exp.Coalesce(this=until.copy(), expressions=[day_literal(date.max)])


def as_of(name: str, when: AsOf, snapshot: Snapshot, columns: Collection[str]) -> exp.Select:
    """Return the SELECT of `columns` of table `name` as it stood at `when`, one row per key."""
    table = TABLES[name]
    rows = _known(table, snapshot, _needed(table, columns))
    rows = _happened(table, rows, when.valid, snapshot)
    if name == "opportunity" and rolls_back(when.valid, snapshot):
        return _rolled_back(rows, when, snapshot, columns)
    if name == "person":
        rows = _windows(rows)
        return _blanked(table, rows, when.valid, [*columns, "valid_from", "valid_to"])
    return _blanked(table, rows, when.valid, columns)


def known_rows(name: str, snapshot: Snapshot, columns: Collection[str]) -> exp.Select:
    """Return `columns` of the rows of table `name` that were known, whenever they happened."""
    return _known(TABLES[name], snapshot, list(columns))


def reaches_past(table: str, day: date, snapshot: Snapshot) -> bool:
    """Does any row of `table` tell of a day after `day`?"""
    return any(p.last_on is not None and p.last_on > day for p in snapshot.parts(table))


def _needed(table: Table, columns: Collection[str]) -> list[str]:
    wanted = {*columns, *table.key, *_TOLD_BY.get(table.name, {}).values()}
    if table.happened:
        wanted.add(table.happened)
    if table.name == "opportunity":
        wanted.add("closed_on")
    return [column.name for column in table.columns if column.name in wanted]


def _known(table: Table, snapshot: Snapshot, columns: list[str]) -> exp.Select:
    rows = exp.select(*columns).from_(relation(table.name))
    if snapshot.hides(table.name):
        known = [exp.Literal.number(load.load_id) for load in snapshot.loads_of(table.name)]
        if not known:
            return rows.where(exp.false())
        rows = rows.where(exp.column("load_id").isin(*known))
    if not snapshot.replaces(table.name):
        return rows
    recency = exp.Window(
        this=exp.RowNumber(),
        partition_by=[exp.column(key) for key in table.key],
        order=exp.Order(expressions=[exp.Ordered(this=exp.column("load_id"), desc=True)]),
    )
    ranked = rows.select("is_deleted", exp.alias_(recency, "recency"))
    latest = exp.column("recency").eq(exp.Literal.number(1))
    return (
        exp.select(*columns)
        .from_(ranked.subquery("ranked", copy=False))
        .where(latest, exp.not_(exp.column("is_deleted")))
    )


def _happened(table: Table, rows: exp.Select, day: date, snapshot: Snapshot) -> exp.Select:
    if table.happened is None or not reaches_past(table.name, day, snapshot):
        return rows
    column = exp.column(table.happened)
    return rows.where(exp.or_(column.is_(exp.null()), _by(table, table.happened, day)))


def rolls_back(day: date, snapshot: Snapshot) -> bool:
    """Did anything happen after `day`, so that deals may have looked different then?"""
    reach = snapshot.reaches
    return reach is None or reach > day


def _by(table: Table, name: str, day: date) -> exp.Expr:
    """Return the condition that the day of column `name` is not after `day`."""
    column = table.column(name)
    if column is not None and column.type is Type.TIMESTAMP:
        return exp.column(name) < instant_after(day)
    return exp.column(name) <= day_literal(day)


def _blanked(table: Table, rows: exp.Select, day: date, columns: Collection[str]) -> exp.Select:
    told = _TOLD_BY.get(table.name, {})
    if not any(name in told for name in columns):
        return rows
    shown: list[exp.Expr] = []
    for name in dict.fromkeys(columns):
        if name not in told:
            shown.append(exp.column(name))
            continue
        known = exp.Case().when(_by(table, told[name], day), exp.column(name))
        shown.append(exp.alias_(known, name))
    return exp.select(*shown).from_(rows.subquery("told", copy=False))


def _windows(rows: exp.Select) -> exp.Select:
    """Give each person row the day its window ends; the first window reaches back for ever."""

    def over(function: exp.Expr) -> exp.Window:
        return exp.Window(
            this=function,
            partition_by=[exp.column("person_id")],
            order=exp.Order(expressions=[exp.Ordered(this=exp.column("valid_from"))]),
        )

    first = over(exp.RowNumber()).eq(exp.Literal.number(1))
    always = day_literal(date.fromisoformat(ALWAYS))
    since = exp.Case().when(first, always).else_(exp.column("valid_from"))
    others = [item for item in rows.expressions if item.alias_or_name != "valid_from"]
    windows = rows.select(
        *[item.copy() for item in others],
        exp.alias_(since, "valid_from"),
        exp.alias_(over(exp.Lead(this=exp.column("valid_from"))), "valid_to"),
        append=False,
    )
    return exp.select("*").from_(windows.subquery("windows", copy=False))


def _rolled_back(
    rows: exp.Select, when: AsOf, snapshot: Snapshot, columns: Collection[str]
) -> exp.Select:
    """Undo the changes after the day, field by field; deals still open then have no closing."""
    tracked = [name for name in TRACKED if name in columns or name in ("outcome", "closed_on")]
    if not reaches_past("opportunity_change", when.valid, snapshot):
        return _reopened(rows, when.valid, columns)
    undone = _first_olds(tracked, when, snapshot)
    joined = exp.select().from_(rows.subquery("deal", copy=False))
    for name in dict.fromkeys([*columns, "closed_on"]):
        joined = joined.select(_was(name, when.valid) if name in tracked else f"deal.{name}")
    return joined.join(
        undone.subquery("undone", copy=False),
        on=exp.column("opportunity_id", "undone").eq(exp.column("opportunity_id", "deal")),
        join_type="left",
        copy=False,
    )


def _first_olds(tracked: list[str], when: AsOf, snapshot: Snapshot) -> exp.Select:
    """Per opportunity and field: what the first change after the day replaced, and whether any did.

    Two changes of one field at one instant have no order; connectors keep them apart.
    """
    table = TABLES["opportunity_change"]
    changes = _known(table, snapshot, ["opportunity_id", "field", "old", "changed_at"])
    changes = changes.where(exp.column("changed_at") >= instant_after(when.valid))
    undone = exp.select("opportunity_id").from_(changes.subquery("later", copy=False))
    for name in tracked:
        among = exp.column("field").eq(exp.Literal.string(name))
        first = exp.Anonymous(
            this="ARG_MIN_NULL", expressions=[exp.column("old"), exp.column("changed_at")]
        )
        undone = undone.select(
            exp.alias_(exp.Filter(this=first, expression=exp.Where(this=among)), f"{name}_old"),
            exp.alias_(
                exp.Filter(
                    this=exp.Count(this=exp.Star()), expression=exp.Where(this=among.copy())
                ),
                f"{name}_changes",
            ),
        )
    return undone.group_by("opportunity_id")


def _was(name: str, day: date) -> exp.Expr:
    column = TABLES["opportunity"].columns[_POSITIONS[name]]
    changed = exp.column(f"{name}_changes", "undone") > exp.Literal.number(0)
    old = exp.cast(exp.column(f"{name}_old", "undone"), STORAGE[column.type])
    case = exp.Case().when(changed, old)
    later = closed_later(day, ("undone",))
    return exp.alias_(_unless_closed_later(case, column, later), name)


def _reopened(rows: exp.Select, day: date, columns: Collection[str]) -> exp.Select:
    table = TABLES["opportunity"]
    shown = []
    for name in columns:
        column = table.column(name)
        if column is not None and name in ("outcome", "closed_on", *TOLD_BY_CLOSING):
            later = closed_later(day, ())
            shown.append(exp.alias_(_unless_closed_later(exp.Case(), column, later), name))
        else:
            shown.append(exp.column(name, "deal"))
    return exp.select(*shown).from_(rows.subquery("deal", copy=False))


def closed_later(day: date, undone: Collection[str]) -> exp.Expr:
    """Return the condition that a deal says of itself that it closed after `day`.

    Not so where its first change after the day replaced a closing by that day: then the day alone
    was corrected. `undone` are the relations that know first changes, the earlier first.
    """
    later: exp.Expr = exp.column("closed_on", "deal") > day_literal(day)
    told = exp.Case()
    for place in undone:
        changed = exp.column("closed_on_changes", place) > exp.Literal.number(0)
        told = told.when(changed, exp.cast(exp.column("closed_on_old", place), "DATE"))
    if not undone:
        return later
    was_later = exp.func("COALESCE", told > day_literal(day), exp.true())
    return exp.and_(later, was_later)


def _unless_closed_later(case: exp.Case, column: Column, later: exp.Expr) -> exp.Expr:
    """Finish `case` with the row's own value, unless that value comes from a later closing."""
    value = exp.column(column.name, "deal")
    if column.name == "outcome":
        case = case.when(later, exp.Literal.string("open"))
    elif column.name == "closed_on" or column.name in TOLD_BY_CLOSING:
        case = case.when(later, exp.null())
    return case.else_(value) if case.args["ifs"] else value
