"""Show fetched files to the feeds: one relation per sheet, named like it, repairs applied."""

from collections.abc import Sequence

import duckdb

from wald.engine.intake import sql
from wald.engine.intake.fetching import Fetched

# `_row` carries the file's place among the sheet's files above the line, so that one number
# finds a row again: _row // FILES is the place, _row % FILES the line.
FILES = 2**40


def show(
    connection: duckdb.DuckDBPyConnection,
    key: str,
    columns: Sequence[str],
    fetched: Sequence[Fetched],
    *,
    as_text: bool,
) -> None:
    """Create the relation `key` with `columns` and `_row`; what a file lacks reads as null."""
    rows = [_file_rows(columns, file, place, as_text) for place, file in enumerate(fetched)]
    if not rows:
        empty = ", ".join(f"NULL::VARCHAR AS {sql.name(column)}" for column in columns)
        rows = [f"SELECT {empty}, NULL::BIGINT AS _row WHERE false"]
    body = " UNION ALL BY NAME ".join(rows)
    connection.execute(f"CREATE OR REPLACE VIEW {sql.name(_as_found(key))} AS {body}")
    connection.execute(
        f"CREATE OR REPLACE VIEW {sql.name(key)} AS SELECT * FROM {sql.name(_as_found(key))}"
    )


def repair(
    connection: duckdb.DuckDBPyConnection,
    key: str,
    repairs: Sequence[tuple[str, str]],
) -> list[int]:
    """Replace (column, expression) pairs of sheet `key`, in order; return the rows each changed."""
    counts = []
    below = _as_found(key)
    for place, (column, expression) in enumerate(repairs):
        source = f"{sql.name(below)} AS {sql.name(key)}"
        counts.append(
            sql.count(
                connection,
                f"SELECT count(*) FROM {source} "
                f"WHERE ({expression}) IS DISTINCT FROM {sql.name(key)}.{sql.name(column)}",
            )
        )
        below = f"{key} repaired {place + 1}"
        connection.execute(
            f"CREATE OR REPLACE VIEW {sql.name(below)} AS "
            f"SELECT * REPLACE (({expression}) AS {sql.name(column)}) FROM {source}"
        )
    connection.execute(f"CREATE OR REPLACE VIEW {sql.name(key)} AS SELECT * FROM {sql.name(below)}")
    return counts


def _as_found(key: str) -> str:
    return f"{key} as found"


def _file_rows(columns: Sequence[str], file: Fetched, place: int, as_text: bool) -> str:
    shown = []
    for column in columns:
        if column not in file.columns:
            shown.append(f"NULL::VARCHAR AS {sql.name(column)}")
            continue
        found = sql.name(file.columns[column])
        value = f"CAST({found} AS VARCHAR)" if file.typed and as_text else found
        shown.append(f"{value} AS {sql.name(column)}")
    row = f"CAST({file.row} AS BIGINT) + {place * FILES} AS _row"
    return f"SELECT {', '.join([*shown, row])} FROM {file.source}"
