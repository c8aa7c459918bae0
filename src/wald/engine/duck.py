"""DuckDB in this process, over the Parquet parts themselves."""

from collections import OrderedDict
from functools import partial
from hashlib import blake2b
from pathlib import Path
from threading import Lock
from time import monotonic

import duckdb
import pyarrow as pa
from sqlglot import exp

from wald.engine.connect import Engine
from wald.engine.older_parts import empty_select, lacking
from wald.facts.as_of import relation
from wald.facts.parts import Snapshot
from wald.facts.table import STORAGE, Table
from wald.facts.tables import TABLES
from wald.language.write import Dialect, write

_STAGED = 6  # relations kept at hand; a million deals take about 200 MB
_GROUP = 8_192  # rows of a file that are read at once
_YOUNG = 60.0  # seconds in which a relation just named is not dropped


def open_duckdb(*, memory: str, threads: int) -> Engine:
    """Return an engine with a database of its own in memory; each SELECT gets a cursor."""
    # Given at the start: a statement with parameters would make DuckDB import pandas.
    bounds: dict[str, str | bool | int | float | list[str]] = {"memory_limit": memory}
    if threads:
        bounds["threads"] = threads
    connection = duckdb.connect(":memory:", config=bounds)
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET parquet_metadata_cache = true")
    lock = Lock()
    shown: dict[str, tuple[str, ...]] = {}
    staged: OrderedDict[str, float] = OrderedDict()

    def attach(snapshot: Snapshot) -> None:
        with lock:
            for table in TABLES.values():
                paths = tuple(str(snapshot.root / p.path) for p in snapshot.stored(table.name))
                if shown.get(table.name) != paths:
                    _show(connection, table, paths)
                    shown[table.name] = paths

    def stage(rows: exp.Expr | str) -> str:
        text = rows if isinstance(rows, str) else write(rows, Dialect.DUCKDB)
        with lock:
            parts = repr(sorted(shown.items()))
            name = f"staged_{blake2b((text + parts).encode(), digest_size=10).hexdigest()}"
            if name not in staged:
                with connection.cursor() as cursor:
                    cursor.execute(f"CREATE TABLE IF NOT EXISTS {name} AS {text}")
            staged[name] = monotonic()
            staged.move_to_end(name)
            _drop_old(connection, staged)
        return name

    def fetch(sql: str) -> pa.Table:
        with connection.cursor() as cursor:
            # Not `execute`: its streamed result hangs for ever (DuckDB 1.5) where a UNION ALL over
            # joins gives more rows than its buffer holds.
            return cursor.sql(sql).to_arrow_table()

    save = partial(_save, connection)
    return Engine("duckdb", Dialect.DUCKDB, attach, fetch, connection.close, stage, save)


def _save(connection: duckdb.DuckDBPyConnection, sql: str, path: Path) -> None:
    form = f"FORMAT parquet, COMPRESSION zstd, ROW_GROUP_SIZE {_GROUP}"
    named = str(path).replace("'", "''")
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"COPY ({sql}) TO '{named}' ({form})")
    except duckdb.Error as why:
        raise OSError(f"{path.name} was not written: {why}") from why


def _drop_old(connection: duckdb.DuckDBPyConnection, staged: OrderedDict[str, float]) -> None:
    while len(staged) > _STAGED:
        name, used = next(iter(staged.items()))
        if monotonic() - used < _YOUNG:
            return
        connection.execute(f"DROP TABLE IF EXISTS {name}")
        del staged[name]


def _show(connection: duckdb.DuckDBPyConnection, table: Table, paths: tuple[str, ...]) -> None:
    name = relation(table.name)
    if not paths:
        connection.sql(empty_select(table)).create_view(name, replace=True)
        return
    rows = connection.read_parquet(list(paths), union_by_name=bool(lacking(table, paths)))
    absent = [column for column in table.columns if column.name not in rows.columns]
    if absent:  # in every part: no column to unite
        nulls = [f'CAST(NULL AS {STORAGE[c.type]}) AS "{c.name}"' for c in absent]
        rows = rows.project(", ".join(["*", *nulls]))
    rows.create_view(name, replace=True)
