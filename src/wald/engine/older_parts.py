"""Parts written before a table had all its columns: what they lack reads as null.

A part is never changed once it is published, so a column that comes later is missing in it.
"""

from collections.abc import Sequence
from functools import lru_cache

import pyarrow as pa
import pyarrow.parquet as pq

from wald.facts.table import STORAGE, Column, Table


def lacking(table: Table, paths: Sequence[str]) -> tuple[Column, ...]:
    """Return the columns of `table` that some part lacks."""
    found = [names for names in map(_names, paths) if names]
    return tuple(
        column for column in table.columns if any(column.name not in names for names in found)
    )


def empty_select(table: Table) -> str:
    """Return a SELECT (DuckDB SQL) of no rows with the columns that stored rows have."""
    columns = {c.name: STORAGE[c.type] for c in table.columns}
    columns |= {"load_id": "BIGINT", "is_deleted": "BOOLEAN"}
    nothing = ", ".join(f'CAST(NULL AS {type}) AS "{column}"' for column, type in columns.items())
    return f"SELECT {nothing} WHERE false"


@lru_cache(maxsize=65_536)
def _names(path: str) -> frozenset[str]:
    try:
        return frozenset(pq.read_schema(path).names)
    except (OSError, pa.ArrowInvalid):  # damaged or gone: the engine says so when it reads it
        return frozenset()
