"""Run a feed: its rows as typed columns with the reason of each that cannot be used.

Staged rows stand in a Parquet file of the load's own. Besides the table's columns they carry
`is_deleted`; `_feed` (which feed) and `_row` (file and line); `_rounded` (columns that lost
digits); and, null where the row is good, `_fault` (the first fault), `_faults` and `_reasons`
(all of them) and `_raw` (what the row said, as text).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wald.engine.intake import sql, typed
from wald.engine.intake.formats import Formats
from wald.facts.table import Table


@dataclass(frozen=True, slots=True)
class Staged:
    table: Table
    path: Path
    rows: int
    faults: Mapping[str, str]  # fault code -> what to do about it


def stage(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    select: str,
    *,
    feed: int,
    formats: Formats,
    currency: str | None,
    scratch: Path,
) -> Staged:
    """Run `select` and write its rows, typed and judged, to `scratch`.

    The macros for `formats` must be defined. `currency` is taken where a row names none.
    """
    offered = _columns(connection, select)
    faults = typed.faults(table, offered, formats)
    path = scratch / f"staged-{feed}-{table.name}.parquet"
    query = _query(table, select, offered, faults, feed, currency)
    rows = sql.count(
        connection, f"COPY ({query}) TO {sql.text(str(path))} (FORMAT parquet, COMPRESSION lz4)"
    )
    return Staged(table, path, rows, {fault.code: fault.fix for fault in faults})


def number_and_day_columns(table: Table, columns: Mapping[str, str]) -> tuple[list[str], list[str]]:
    """Split sheet columns (name -> canonical column) into those that hold numbers and days."""
    numbers, days = [], []
    for found, canonical in columns.items():
        column = table.column(canonical)
        if column is not None and typed.is_number(column):
            numbers.append(found)
        if column is not None and typed.is_time(column):
            days.append(found)
    return numbers, days


def _columns(connection: duckdb.DuckDBPyConnection, select: str) -> dict[str, str]:
    described = connection.execute(f"DESCRIBE {select}").fetchall()
    return {str(row[0]): str(row[1]) for row in described}


def _query(
    table: Table,
    select: str,
    offered: Mapping[str, str],
    faults: list[typed.Fault],
    feed: int,
    currency: str | None,
) -> str:
    own = [column.name for column in table.columns]
    has_amounts = any(column.type in typed.AMOUNTS for column in table.columns)
    raw = ", ".join(f"{typed.given(offered, name)} AS {sql.name(typed.RAW + name)}" for name in own)
    deleted = f"COALESCE(as_flag({typed.DELETED}), false)" if typed.DELETED in offered else "false"
    values = ", ".join(
        f"{typed.value(column, offered, currency if has_amounts else None)} AS "
        f"{sql.name(column.name)}"
        for column in table.columns
    )
    any_fault = " OR ".join(f"COALESCE({fault.when}, false)" for fault in faults)
    reasons = ", ".join(
        f"CASE WHEN {fault.when} THEN concat({fault.what}, {sql.text('; ' + fault.fix)}) END"
        for fault in faults
    )
    first = " ".join(f"WHEN {fault.when} THEN {sql.text(fault.code)}" for fault in faults)
    codes = ", ".join(f"CASE WHEN {fault.when} THEN {sql.text(fault.code)} END" for fault in faults)
    pack = ", ".join(
        f"{sql.name(name)} := CAST({sql.name(typed.RAW + name)} AS VARCHAR)" for name in own
    )
    return f"""
        SELECT {sql.names(own)}, is_deleted, {feed}::SMALLINT AS _feed, _row,
               {typed.rounded(table, offered)} AS _rounded,
               CASE WHEN _bad THEN CASE {first} END END AS _fault,
               CASE WHEN _bad THEN list_filter([{codes}], lambda x: x IS NOT NULL) END
                   AS _faults,
               CASE WHEN _bad THEN list_filter([{reasons}], lambda x: x IS NOT NULL) END
                   AS _reasons,
               CASE WHEN _bad THEN struct_pack({pack}) END AS _raw
          FROM (SELECT *, {any_fault} AS _bad
                  FROM (SELECT *, {values}
                          FROM (SELECT {raw}, _row, {deleted} AS is_deleted FROM ({select}))))
    """
