"""Numpy arrays become Arrow columns of the canonical tables, exactly and without a loop per row."""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from wald.facts.table import STORAGE, Type
from wald.facts.tables import TABLES
from wald.simulator.streams import Flags, Ints

NOTHING = -1  # a code that stands for null

_ARROW: Mapping[str, pa.DataType] = {
    "TEXT": pa.string(),
    "BIGINT": pa.int64(),
    "DECIMAL(18,4)": pa.decimal128(18, 4),
    "DECIMAL(18,6)": pa.decimal128(18, 6),
    "DECIMAL(9,6)": pa.decimal128(9, 6),
    "DECIMAL(18,8)": pa.decimal128(18, 8),
    "DATE": pa.date32(),
    "TIMESTAMP": pa.timestamp("us"),
    "BOOLEAN": pa.bool_(),
}


def arrow_type(kind: Type) -> pa.DataType:
    return _ARROW[STORAGE[kind]]


def schema(name: str) -> pa.Schema:
    """Return the Arrow schema of the canonical table `name`."""
    return pa.schema([(c.name, arrow_type(c.type)) for c in TABLES[name].columns])


def table(name: str, columns: Mapping[str, pa.Array]) -> pa.Table:
    """Return the canonical table `name`; every one of its columns must be given."""
    wanted = schema(name)
    return pa.table([columns[field.name].cast(field.type) for field in wanted], schema=wanted)


def empty(name: str) -> pa.Table:
    return schema(name).empty_table()


def keys(prefix: str, *numbers: tuple[Ints, int]) -> pa.Array:
    """Return texts such as `O000000042-003`: the prefix, then numbers of fixed width, dashed."""
    count = len(numbers[0][0])
    width = len(prefix) + sum(digits for _, digits in numbers) + len(numbers) - 1
    letters = np.full((count, width), ord("-"), dtype=np.uint8)
    letters[:, : len(prefix)] = np.frombuffer(prefix.encode(), dtype=np.uint8)
    at = len(prefix)
    for values, digits in numbers:
        rest = values.copy()
        for place in range(at + digits - 1, at - 1, -1):
            letters[:, place] = ord("0") + rest % 10
            rest //= 10
        at += digits + 1
    ends = np.arange(count + 1, dtype=np.int32) * width
    return pa.Array.from_buffers(
        pa.string(), count, [None, pa.py_buffer(ends), pa.py_buffer(letters)]
    )


def blank(column: pa.Array, where: Flags) -> pa.Array:
    """Return the column with null where the flag stands."""
    index = pa.array(np.arange(len(column), dtype=np.int64), mask=where)
    return column.take(index)


def words(choices: Sequence[str], codes: Ints) -> pa.Array:
    """Return the text each code stands for; NOTHING gives null."""
    return taken(pa.array(list(choices), pa.string()), codes)


def taken(column: pa.Array, codes: Ints) -> pa.Array:
    return column.take(pa.array(codes, mask=codes == NOTHING))


def nulls(count: int) -> pa.Array:
    return pa.nulls(count, pa.string())


def decimals(units: Ints, scale: int, missing: Flags | None = None) -> pa.Array:
    """Return decimals of `scale` digits after the point from whole units of the last digit."""
    wide = np.empty((len(units), 2), dtype=np.int64)
    wide[:, 0] = units
    wide[:, 1] = units >> 63
    column = pa.Array.from_buffers(pa.decimal128(18, scale), len(units), [None, pa.py_buffer(wide)])
    return column if missing is None else blank(column, missing)


def money(cents: Ints) -> pa.Array:
    """Return amounts with four digits from cents; NOTHING gives null."""
    return decimals(cents * 100, 4, cents == NOTHING)


def dates(days: Ints) -> pa.Array:
    """Return dates from days since 1970; NOTHING gives null."""
    return pa.array(days.astype(np.int32), mask=days == NOTHING).cast(pa.date32())


def instants(seconds: Ints) -> pa.Array:
    """Return timestamps (UTC) from seconds since 1970; NOTHING gives null."""
    return pa.array(seconds * 1_000_000, pa.timestamp("us"), mask=seconds == NOTHING)


def whole(numbers: npt.NDArray[np.int64]) -> pa.Array:
    return pa.array(numbers, pa.int64())
