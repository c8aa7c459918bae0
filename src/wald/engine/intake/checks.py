"""What is kept but should be looked at: names that lead nowhere, amounts without a rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb

from wald.engine.intake import sql
from wald.facts.table import Column, Table

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Dangling:
    table: str
    column: str
    refers: str
    rows: int
    examples: tuple[str, ...]
    any_target: bool  # are there any rows that could have been meant?


def keys_known(table: Table, stored: Sequence[Path], incoming: str | None) -> str | None:
    """Return a relation of the keys (column `k`) that rows of `table` can be named by."""
    key = sql.name(table.key[0])
    parts = []
    if stored:
        every = ", ".join(sql.name(k) for k in table.key)
        paths = sql.texts(str(path) for path in stored)
        parts.append(
            f"SELECT {key} AS k FROM read_parquet({paths}) GROUP BY {every} "
            "HAVING NOT max_by(is_deleted, load_id)"
        )
    if incoming:
        parts.append(f"SELECT {key} AS k FROM {incoming} WHERE NOT is_deleted")
    return f"({' UNION ALL '.join(parts)})" if parts else None


def dangling(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    rows: str,
    keys: Mapping[str, str | None],
) -> list[Dangling]:
    """Count, per column, the `rows` whose name for another row leads nowhere."""
    found = []
    for column in table.columns:
        if not column.refers:
            continue
        target = keys.get(column.refers)
        lost = _lost(column, rows, target)
        count, examples = sql.one(
            connection,
            f"SELECT count(*), list(DISTINCT v ORDER BY v)[1:{_EXAMPLES}] FROM {lost}",
        )
        if count:
            any_target = target is not None
            lost_names = tuple(examples)
            found.append(
                Dangling(table.name, column.name, column.refers, count, lost_names, any_target)
            )
    return found


def _lost(column: Column, rows: str, target: str | None) -> str:
    own = sql.name(column.name)
    named = f"SELECT {own} AS v FROM {rows} WHERE {own} IS NOT NULL AND NOT is_deleted"
    if target is None:
        return f"({named})"
    return f"(FROM ({named}) AS n ANTI JOIN {target} AS t ON n.v = t.k)"


@dataclass(frozen=True, slots=True)
class Uneven:
    """A booking whose shares do not come to 1, with the first row of the load that says so."""

    booking_id: str
    shares: Decimal
    feed: int
    row: int


def uneven_splits(
    connection: duckdb.DuckDBPyConnection, table: Table, stored: Sequence[Path], incoming: str
) -> list[Uneven]:
    """Find the bookings that a load splits into shares (of kind split) that do not come to 1.

    What a load says of a split replaces what is stored under the same key.
    """
    older = (
        f"SELECT *, NULL AS _feed, NULL AS _row FROM {sql.parts(table, stored)} UNION ALL BY NAME"
    )
    found = connection.execute(
        f"""
        WITH told AS (
            {older if stored else ""}
            SELECT booking_split_id, booking_id, share, kind, is_deleted, _feed, _row,
                   {2**62}::BIGINT AS load_id
              FROM {incoming}),
        latest AS (
            SELECT booking_split_id,
                   max_by(struct_pack(b := booking_id, s := share, k := kind, d := is_deleted,
                                      f := _feed, r := _row), load_id) AS one
              FROM told GROUP BY booking_split_id)
        SELECT one.b, sum(one.s), min_by(one.f, one.r), min(one.r) FROM latest
         WHERE NOT one.d AND one.k = 'split'
         GROUP BY one.b HAVING sum(one.s) <> 1 AND min(one.r) IS NOT NULL ORDER BY 4, 1
        """
    ).fetchall()
    return [Uneven(str(one), Decimal(shares), feed, row) for one, shares, feed, row in found]


def amounts_by_currency(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: str
) -> dict[str | None, int]:
    """Count the rows that carry an amount, by currency (None: the row names none)."""
    amounts = [column.name for column in table.columns if column.type.value in ("money", "price")]
    if not amounts or table.column("currency") is None:
        return {}
    carries = " OR ".join(f"{sql.name(amount)} IS NOT NULL" for amount in amounts)
    found = connection.execute(
        f"SELECT currency, count(*) FROM {rows} WHERE ({carries}) AND NOT is_deleted GROUP BY 1"
    ).fetchall()
    return dict(found)


def rates_known(
    connection: duckdb.DuckDBPyConnection, stored: Sequence[Path], incoming: str | None
) -> set[tuple[str, str]]:
    """Return the pairs (from, to) of currencies for which some exchange rate is known."""
    sources = [f"read_parquet({sql.texts(str(path) for path in stored)})"] if stored else []
    sources += [incoming] if incoming else []
    pairs: set[tuple[str, str]] = set()
    for source in sources:
        found = connection.execute(
            f"SELECT DISTINCT from_currency, to_currency FROM {source}"
        ).fetchall()
        pairs.update((str(one), str(other)) for one, other in found)
    return pairs


def last_day(connection: duckdb.DuckDBPyConnection, table: Table, rows: str) -> date | None:
    """Return the last day that one of `rows` tells of."""
    day = sql.one(connection, f"SELECT max({sql.latest_day(table)}) FROM {rows}")[0]
    return day if isinstance(day, date) else None
