"""Layers of pay runs as Parquet files: sorted, hashed over their rows, read again.

The hash is SHA-256 over the rows as CSV in the order of the layer, with its header. So it does
not depend on the file's bytes, on chunks, or on which engine gave the rows. A layer whose columns
are another version's is refused, not guessed at.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from wald.engine.by_person import rows_of_person
from wald.engine.disk import see_on_disk
from wald.heart.compensation.layers import Layer

_BATCH = 100_000  # rows
_GROUP = 10_000  # rows of a file that are read at once


class _Digest:
    """A file that keeps nothing but the SHA-256 of what is written."""

    def __init__(self) -> None:
        self.found = hashlib.sha256()
        self.closed = False

    def write(self, data: bytes) -> int:
        self.found.update(data)
        return len(data)

    def flush(self) -> None:
        """Nothing waits."""

    def close(self) -> None:
        self.closed = True


def write_layer(
    layer: Layer, rows: pa.Table, path: Path, *, memory: str = "1GB"
) -> tuple[int, str]:
    """Write rows as the file `path`, all of it on the disk; return their number and hash."""
    path.parent.mkdir(parents=True, exist_ok=True)
    schema = _schema(layer)
    digest = _Digest()
    count = 0
    with (
        pq.ParquetWriter(path, schema, compression="zstd") as file,
        pa_csv.CSVWriter(digest, schema) as lines,
    ):
        for batch in _sorted(layer, rows, schema, memory):
            file.write_batch(batch, _GROUP)
            lines.write_batch(batch)
            count += batch.num_rows
    see_on_disk(path)
    return count, digest.found.hexdigest()


def hash_file(layer: Layer, path: Path) -> tuple[int, str]:
    """Return number and hash of the rows of a stored layer, in the order they are stored in."""
    digest, schema = _Digest(), _schema(layer)
    count = 0
    with pq.ParquetFile(path) as file, pa_csv.CSVWriter(digest, schema) as lines:
        for batch in file.iter_batches(_BATCH, columns=list(layer.columns)):
            lines.write_batch(batch.cast(schema))
            count += batch.num_rows
    return count, digest.found.hexdigest()


def read_layer(
    path: Path, *, columns: Sequence[str] | None = None, persons: Sequence[str] | None = None
) -> pa.Table:
    """Return rows of a stored layer, of some persons alone where they are named."""
    if persons is not None and len(persons) == 1:
        with suppress(ValueError):  # it does not say where they are
            return rows_of_person(path, persons[0], columns)
    chosen = None if persons is None else pc.field("person_id").isin(list(persons))
    return pq.read_table(path, columns=columns, filters=chosen, memory_map=True)


def table_of(layer: Layer, rows: Mapping[str, Sequence[object]]) -> pa.Table:
    """Return rows given by column as a table of the layer."""
    return pa.table(
        {field.name: pa.array(rows[field.name], field.type) for field in _schema(layer)}
    )


def no_rows(layer: Layer) -> pa.Table:
    """Return a table of the layer that has no row."""
    return table_of(layer, {name: [] for name in layer.columns})


def typed(layer: Layer, rows: pa.Table) -> pa.Table:
    """Return the columns of the layer alone, in its order, with its types."""
    return rows.select(list(layer.columns)).cast(_schema(layer))


def _schema(layer: Layer) -> pa.Schema:
    return pa.schema([pa.field(name, _type(type)) for name, type in layer.columns.items()])


def _type(name: str) -> pa.DataType:
    if name.startswith("DECIMAL("):
        digits, scale = name.removeprefix("DECIMAL(").removesuffix(")").split(",")
        return pa.decimal128(int(digits), int(scale))
    plain = {
        "TEXT": pa.string(),
        "DATE": pa.date32(),
        "INTEGER": pa.int32(),
        "BOOLEAN": pa.bool_(),
    }
    return plain[name]


def _sorted(
    layer: Layer, rows: pa.Table, schema: pa.Schema, memory: str
) -> Iterator[pa.RecordBatch]:
    """Yield the rows in the order of the layer, with its types; DuckDB sorts on all cores."""
    shown = ", ".join(
        f'CAST("{name}" AS {type}) AS "{name}"' for name, type in layer.columns.items()
    )
    order = ", ".join(f'"{name}" ASC NULLS FIRST' for name in layer.order)
    with closing(duckdb.connect(config={"memory_limit": memory})) as connection:
        connection.register("given", rows)
        found = connection.execute(f"SELECT {shown} FROM given ORDER BY {order}")  # noqa: S608  # names of ours
        for batch in found.to_arrow_reader(_BATCH):
            yield batch.cast(schema)
