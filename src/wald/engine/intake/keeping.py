"""Write parts and reject files so that a kill at any moment leaves whole files or none.

Each file is written under another name, forced to the disk, and renamed. What a dead load
left behind is removed by the next one.
"""

import shutil
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from wald.engine.disk import see_on_disk
from wald.engine.intake import sql
from wald.engine.intake.sheets import FILES
from wald.facts.table import Table

ROW_GROUP = 122_880  # DuckDB's own: 60 vectors, so that threads share a file well
_UNFINISHED = ".unfinished"
# What a spreadsheet takes for a formula; a plain negative number is none.
_FORMULA = r"^[=+\-@\t\r]"
_PLAIN_NUMBER = r"[+-]?[\d.,]+"


@dataclass(frozen=True, slots=True)
class Written:
    path: Path
    rows: int
    first_on: date | None
    last_on: date | None
    currencies: tuple[str, ...]


def write_part(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: str, load_id: int, facts: Path
) -> Written:
    """Write `rows` as the part of `table` that load `load_id` brings."""
    path = facts / table.name / f"{load_id}.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + _UNFINISHED)
    columns = sql.names(column.name for column in table.columns)
    count = sql.count(
        connection,
        f"COPY (SELECT {columns}, {load_id}::BIGINT AS load_id, is_deleted FROM {rows}) "
        f"TO {sql.text(str(draft))} (FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {ROW_GROUP})",
    )
    first_on, last_on, currencies = _summary(connection, table, draft)
    _finish(draft, path)
    return Written(path, count, first_on, last_on, currencies)


def _summary(
    connection: duckdb.DuckDBPyConnection, table: Table, path: Path
) -> tuple[date | None, date | None, tuple[str, ...]]:
    happened = f"CAST({sql.name(table.happened)} AS DATE)" if table.happened else "NULL::DATE"
    latest = sql.latest_day(table)
    currency = "currency" if table.column("currency") else "NULL::VARCHAR"
    first_on, last_on, currencies = sql.one(
        connection,
        f"SELECT min({happened}), max({latest}), list(DISTINCT {currency} ORDER BY {currency}) "
        f"FROM read_parquet({sql.text(str(path))})",
    )
    return first_on, last_on, tuple(code for code in currencies or () if code is not None)


def write_rejects(
    connection: duckdb.DuckDBPyConnection, table: Table, rows: str, path: Path, file: str
) -> int:
    """Write `rows` (`_raw`, `_reason`, `_row`) as a CSV that no spreadsheet takes for formulas."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(path.name + _UNFINISHED)
    shown = ", ".join(
        f"{_harmless(f'_raw.{sql.name(column.name)}')} AS {sql.name(column.name)}"
        for column in table.columns
    )
    count = sql.count(
        connection,
        f"COPY (SELECT {shown}, {_harmless('_reason')} AS reason, "
        f"{_harmless(sql.text(file))} AS file, _row % {FILES} AS line "
        f"FROM {rows} ORDER BY _row) "
        f"TO {sql.text(str(draft))} (FORMAT csv, HEADER true)",
    )
    _finish(draft, path)
    return count


def rejected_rows(table: Table, rows: str, verdicts: str, feed: int, place: int) -> str:
    """Return the relation of one file's rejected rows, faulty ones and those in conflict."""
    here = f"_feed = {feed} AND _row // {FILES} = {place}"
    packed = ", ".join(
        f"{sql.name(column.name)} := CAST(r.{sql.name(column.name)} AS VARCHAR)"
        for column in table.columns
    )
    return (
        f"(SELECT _raw, array_to_string(_reasons, '; ') AS _reason, _row FROM {rows} "
        f"WHERE {here} AND _fault IS NOT NULL "
        f"UNION ALL SELECT struct_pack({packed}), v._reason, r._row FROM {rows} AS r "
        f"JOIN {verdicts} AS v USING (_feed, _n) "
        f"WHERE r._feed = {feed} AND r._row // {FILES} = {place} AND _verdict = 'conflict')"
    )


def bad_line_rows(table: Table, lines: Sequence[tuple[int, str]]) -> str:
    """Return a relation of rejected lines that could not be cut into cells."""
    nothing = ", ".join(f"{sql.name(column.name)} := NULL::VARCHAR" for column in table.columns)
    values = ", ".join(f"({line}::BIGINT, {sql.text(what)})" for line, what in lines)
    return (
        f"(SELECT struct_pack({nothing}) AS _raw, _reason, _row "
        f"FROM (VALUES {values}) AS bad(_row, _reason))"
    )


def _harmless(value: str) -> str:
    """A leading quotation mark tells spreadsheets that a cell is text."""
    return (
        f"CASE WHEN regexp_matches({value}, {sql.text(_FORMULA)}) "
        f"AND NOT regexp_full_match({value}, {sql.text(_PLAIN_NUMBER)}) "
        f"THEN concat('''', {value}) ELSE {value} END"
    )


def remove_load(load_id: int, facts: Path, rejects: Path) -> None:
    """Remove what a load that never ended left on the disk."""
    for path in facts.glob(f"*/{load_id}.parquet*"):
        path.unlink(missing_ok=True)
    shutil.rmtree(rejects / str(load_id), ignore_errors=True)


def remove_strays(facts: Path, known: Collection[int]) -> None:
    """Remove part files of loads that no record knows, and files never finished."""
    for path in facts.glob("*/*.parquet*"):
        load_id = path.name.split(".", 1)[0]
        stray = not load_id.isdigit() or int(load_id) not in known
        if stray or path.name.endswith(_UNFINISHED):
            path.unlink(missing_ok=True)


def _finish(draft: Path, path: Path) -> None:
    see_on_disk(draft)
    draft.replace(path)
    see_on_disk(path.parent)
