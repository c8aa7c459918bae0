"""PostgreSQL: each part is copied once into tables of a schema of its own, never changed."""

from collections.abc import Sequence
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from wald.engine.connect import Engine
from wald.facts.as_of import relation
from wald.facts.parts import Part, Snapshot
from wald.facts.table import STORAGE, Table
from wald.facts.tables import TABLES
from wald.kernel.problem import Refusal
from wald.language.write import Dialect

if TYPE_CHECKING:
    import psycopg

    Connection = psycopg.Connection[tuple[object, ...]]

_NAMES = {"TEXT": 'TEXT COLLATE "C"'}  # text compares by bytes, as on the other engines


def open_postgres(address: str, root: Path) -> Engine:
    """Return an engine over the database at `address`; parts it lacks are copied by `attach`."""
    schema = f"wald_{blake2b(str(root.resolve()).encode(), digest_size=6).hexdigest()}"
    try:
        import psycopg
    except ImportError:
        raise Refusal("PostgreSQL needs the driver: install wald[postgres].") from None
    try:
        connection = psycopg.connect(address, autocommit=True)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        raise Refusal(f"PostgreSQL does not answer: {reason}; check the address.") from None
    lock = Lock()
    copied = _prepare(connection, schema)

    def attach(snapshot: Snapshot) -> None:
        with lock:
            for part in (part for load in snapshot.loads for part in load.parts):
                if part.path not in copied:
                    _bring(connection, part, snapshot)
                    copied.add(part.path)

    def fetch(text: str) -> pa.Table:
        with lock, connection.cursor() as cursor:
            cursor.execute(text.encode())
            names = [column.name for column in cursor.description or ()]
            return _arrow(names, cursor.fetchall())

    return Engine("postgres", Dialect.POSTGRES, attach, fetch, connection.close)


def _prepare(connection: "Connection", schema: str) -> set[str]:
    """Create what is not there and return the paths of the parts copied before."""
    from psycopg import sql

    named = sql.Identifier(schema)
    connection.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(named))
    connection.execute(sql.SQL("SET search_path TO {}").format(named))
    connection.execute("SET timezone TO 'UTC'")
    connection.execute("CREATE TABLE IF NOT EXISTS part (path TEXT PRIMARY KEY)")
    for table in TABLES.values():
        columns = [
            sql.SQL("{} {}").format(sql.Identifier(name), sql.SQL(type))
            for name, type in _columns(table)
        ]
        create = sql.SQL("CREATE TABLE IF NOT EXISTS {} ({})")
        name = sql.Identifier(relation(table.name))
        connection.execute(create.format(name, sql.SQL(", ").join(columns)))
        _widen(connection, table)
    return {str(row[0]) for row in connection.execute("SELECT path FROM part").fetchall()}


def _widen(connection: "Connection", table: Table) -> None:
    """Give a relation copied by an earlier Wald the columns that its table has got since."""
    from psycopg import sql

    name = relation(table.name)
    found = connection.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass(%s) AND attnum > 0", [name]
    )
    there = {row[0] for row in found.fetchall()}
    for column, type in _columns(table):
        if column not in there:
            add = sql.SQL("ALTER TABLE {} ADD COLUMN {} {}")
            parts = sql.Identifier(name), sql.Identifier(column), sql.SQL(type)
            connection.execute(add.format(*parts))


def _bring(connection: "Connection", part: Part, snapshot: Snapshot) -> None:
    """Copy one part, all or nothing, and note that it is there."""
    from psycopg import sql

    columns = sql.SQL(", ").join(sql.Identifier(n) for n, _ in _columns(TABLES[part.table]))
    copy = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(
        sql.Identifier(relation(part.table)), columns
    )
    with connection.transaction(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO part VALUES (%s)", [part.path])
        with cursor.copy(copy) as stream:
            for batch in pq.ParquetFile(snapshot.root / part.path).iter_batches():
                stream.write(_csv(batch, part.table))


def _columns(table: Table) -> list[tuple[str, str]]:
    own = [(c.name, _NAMES.get(STORAGE[c.type], STORAGE[c.type])) for c in table.columns]
    return [*own, ("load_id", "BIGINT"), ("is_deleted", "BOOLEAN")]


def _csv(batch: pa.RecordBatch, table: str) -> bytes:
    names = [name for name, _ in _columns(TABLES[table])]
    for name in (one for one in names if one not in batch.schema.names):
        batch = batch.append_column(name, pa.nulls(len(batch), pa.string()))
    buffer = BytesIO()
    options = pa_csv.WriteOptions(include_header=False)
    pa_csv.write_csv(batch.select(names), buffer, options)
    return buffer.getvalue()


def _arrow(names: Sequence[str], rows: Sequence[Sequence[object]]) -> pa.Table:
    columns = [pa.array([row[i] for row in rows]) for i in range(len(names))]
    return pa.table(columns, names=list(names))
