"""Names and texts as DuckDB SQL, quoted, and a connection fit for a load.

The SQL of loading is DuckDB's alone: it is composed here from declared tables and from
names read out of files, and every such name passes through `name` or `text`.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb

from wald.engine.older_parts import empty_select, lacking
from wald.facts.table import Table

MEMORY_LIMIT = "3GB"  # leaves a quarter of a 4 GB machine to Python and the system


def name(identifier: str) -> str:
    doubled = identifier.replace('"', '""')
    return f'"{doubled}"'


def names(identifiers: Iterable[str], *, of: str = "") -> str:
    prefix = f"{of}." if of else ""
    return ", ".join(prefix + name(identifier) for identifier in identifiers)


def text(value: str) -> str:
    doubled = value.replace("'", "''")
    return f"'{doubled}'"


def texts(values: Iterable[str]) -> str:
    return "[" + ", ".join(text(value) for value in values) + "]"


def parts(table: Table, paths: Iterable[Path]) -> str:
    """Return the stored rows of `table` as a relation; what older parts lack is null."""
    listed = [str(path) for path in paths]
    if not lacking(table, listed):
        return f"read_parquet({texts(listed)})"
    stored = f"FROM read_parquet({texts(listed)}, union_by_name = true)"
    return f"({empty_select(table)} UNION ALL BY NAME {stored})"


def latest_day(table: Table) -> str:
    """Return the last day that a row of `table` tells of: when it happened, or a day it names."""
    days = [f"CAST({name(column)} AS DATE)" for column in (table.happened, *table.tells) if column]
    return f"GREATEST({', '.join(days)})" if days else "NULL::DATE"


def connect(scratch: Path, memory_limit: str = MEMORY_LIMIT) -> duckdb.DuckDBPyConnection:
    """Open an engine in memory that spills into `scratch` and asks no other host for anything."""
    connection = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "temp_directory": str(scratch / "spill"),
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def one(connection: duckdb.DuckDBPyConnection, query: str) -> tuple[Any, ...]:
    """Run `query` and return its only row."""
    [row] = connection.execute(query).fetchall()
    return tuple(row)


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    return int(one(connection, query)[0])
