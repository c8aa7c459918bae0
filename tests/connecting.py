"""Folders given to Wald without a workspace around it: what a load would make of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import duckdb

from wald.actions.folder import Reading, read_folder
from wald.actions.rows import TableRows, count_lines, make_rows
from wald.engine.connect import connect, run
from wald.engine.intake import formats, keeping, sql
from wald.facts.as_of import as_of
from wald.facts.load_report import LoadLine, LoadOptions
from wald.facts.parts import Load, Part, Snapshot
from wald.facts.tables import TABLES
from wald.kernel.bitemporal import AsOf

FIRST = datetime(2024, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Taken:
    """What became of a folder: how it was read, the lines of the report, and what is stored."""

    reading: Reading
    lines: tuple[LoadLine, ...]
    snapshot: Snapshot
    rejected: Mapping[str, list[str]]  # reasons by table

    @property
    def connector(self) -> str:
        return self.reading.connector.key

    @property
    def repairs(self) -> dict[str, int]:
        return {repair.key: repair.rows for repair in self.reading.repairs if repair.rows}

    def rows(self, table: str, columns: str, where: str = "true") -> list[tuple[object, ...]]:
        """Return `columns` of what is known of `table`, texts of SQL, sorted by all of them."""
        paths = [str(self.snapshot.root / part.path) for part in self.snapshot.parts(table)]
        if not paths:
            return []
        key = ", ".join(_key(table))
        known = (
            f"SELECT * FROM read_parquet({paths}) "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY load_id DESC) = 1"
        )
        return duckdb.sql(
            f"SELECT {columns} FROM ({known}) WHERE NOT is_deleted AND {where} ORDER BY ALL"
        ).fetchall()

    def deals_as_of(self, day: date, columns: str) -> list[tuple[object, ...]]:
        """Return `columns` of the deals as they stood on `day`, sorted."""
        wanted = columns.split(", ")
        engine = connect("", self.snapshot.root)
        engine.attach(self.snapshot)
        rows = run(engine, as_of("opportunity", AsOf(day, None), self.snapshot, wanted))
        engine.close()
        found = [tuple(row[column] for column in wanted) for row in rows.to_pylist()]
        return sorted(found, key=str)


def write(folder: Path, files: Mapping[str, str]) -> Path:
    """Write texts as files; lines may be indented as they stand in a test."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        lines = [line.strip() for line in text.strip().splitlines()]
        (folder / name).write_text("\n".join(lines) + "\n")
    return folder


def taken(folder: Path, root: Path, *, before: Snapshot | None = None, without: str = "") -> Taken:
    """Load `folder` into parts below `root`, after what `before` knows; say what became of it."""
    before = before or Snapshot(root, ())
    options = LoadOptions(without_repairs=frozenset(without.split()))
    number = len(before.loads) + 1
    scratch = root / "scratch" / str(number)
    scratch.mkdir(parents=True)
    with sql.connect(scratch) as connection:
        formats.define_bounds(connection)
        reading = read_folder(connection, folder, options, scratch, lambda *step: None)
        tables = make_rows(connection, reading, before, options, scratch, lambda *step: None)
        parts = tuple(_part(connection, one, number, root) for one in tables if one.brings)
        load = Load(number, FIRST + timedelta(days=number), None, str(folder), "test", parts)
        return Taken(
            reading,
            count_lines(connection, tables),
            Snapshot(root, (*before.loads, load)),
            {one.pool.table.name: _reasons(connection, one) for one in tables},
        )


def _part(connection: duckdb.DuckDBPyConnection, rows: TableRows, number: int, root: Path) -> Part:
    table = rows.pool.table
    written = keeping.write_part(connection, table, rows.classified.rows, number, root)
    return Part(
        table.name,
        str(written.path.relative_to(root)),
        number,
        written.rows,
        rows.classified.changed > 0,
        written.currencies,
        written.first_on,
        written.last_on,
    )


def _reasons(connection: duckdb.DuckDBPyConnection, rows: TableRows) -> list[str]:
    found = connection.execute(
        f"SELECT array_to_string(_reasons, '; ') FROM {rows.pool.rows} "
        "WHERE _fault IS NOT NULL ORDER BY 1"
    ).fetchall()
    return [str(reason) for (reason,) in found]


def _key(table: str) -> tuple[str, ...]:
    return TABLES[table].key
