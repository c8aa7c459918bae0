"""Rows of one person from a Parquet file that is sorted by person, without reading the others'.

Each group of rows says from whom to whom it goes; what the groups of a file say is kept for as
long as the file is the same.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

PERSON = "person_id"


@dataclass(frozen=True, slots=True)
class _Groups:
    """What a file says of itself: the first and the last person of each group of rows."""

    metadata: pq.FileMetaData
    first: tuple[str, ...]
    last: tuple[str, ...]


def rows_of_person(path: Path, person_id: str, columns: Sequence[str] | None = None) -> pa.Table:
    """Return rows of one person, in the order of the file.

    Raises OSError or ArrowInvalid for a file that cannot be read, ValueError for one that does not
    say whose rows it has, or does not have them in the order of people.
    """
    names = None if columns is None else list(dict.fromkeys([PERSON, *columns]))
    rows = rows_of_people(path, [person_id], names)
    return rows if columns is None else rows.select(list(columns))


def rows_of_people(
    path: Path, persons: Collection[str], columns: Sequence[str] | None = None
) -> pa.Table:
    """Return rows of some people; the same, and `columns` name the person's."""
    stat = path.stat()
    groups = _groups(path, stat.st_mtime_ns, stat.st_size)
    own: set[int] = set()
    for one in persons:
        own.update(range(bisect_left(groups.last, one), bisect_right(groups.first, one)))
    with pq.ParquetFile(path, metadata=groups.metadata, memory_map=True) as file:
        names = None if columns is None else list(columns)
        rows = file.read_row_groups(sorted(own), columns=names, use_threads=False)
    return rows.filter(
        pc.is_in(rows.column(PERSON), value_set=pa.array(list(persons), pa.string()))
    )


@lru_cache(maxsize=64)
def _groups(path: Path, changed: int, size: int) -> _Groups:
    with pq.ParquetFile(path) as file:
        metadata = file.metadata
    place = metadata.schema.names.index(PERSON)
    first, last = [], []
    for number in range(metadata.num_row_groups):
        told = metadata.row_group(number).column(place).statistics
        if told is None or not told.has_min_max:
            raise ValueError(f"{path.name} does not say whose rows it has")
        first.append(str(told.min))
        last.append(str(told.max))
    if first != sorted(first) or last != sorted(last):
        raise ValueError(f"{path.name} is not in the order of people")
    return _Groups(metadata, tuple(first), tuple(last))
