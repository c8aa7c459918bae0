"""Plain files of a pay run, read into sheets: CSV, Parquet or JSON, by the end of the name."""

import csv
import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from io import StringIO
from pathlib import Path

from wald.heart.compensation.sheets import Sheet
from wald.kernel.problem import BadInput, Problem

_MOST_BYTES = 500_000_000


def read_sheet_file(path: Path) -> Sheet:
    """Read a file with a header and rows. Raises BadInput where it cannot be read, and OSError.

    Rows of CSV are numbered as a spreadsheet shows them: the header is row 1.
    """
    if path.is_dir() or path.stat().st_size > _MOST_BYTES:
        raise _unreadable(path, "this is no file of rows", "give a .csv, .parquet or .json file")
    if path.suffix.lower() == ".parquet":
        return _parquet(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        what = f"the byte at {error.start} is not UTF-8"
        raise _unreadable(path, what, "save the file as UTF-8") from error
    return _json(path, text) if path.suffix.lower() == ".json" else _csv(path, text)


def read_sheet_text(name: str, text: str) -> Sheet:
    """Read rows that came as a text: a JSON list of objects, or else CSV. Raises BadInput."""
    path = Path(name)
    return _json(path, text) if text.lstrip().startswith("[") else _csv(path, text)


def _csv(path: Path, text: str) -> Sheet:
    first = text.partition("\n")[0]
    comma = max(",;\t", key=first.count)
    try:
        rows = list(csv.reader(StringIO(text), delimiter=comma, strict=True))
    except csv.Error as error:
        fix = "quote fields that hold commas or quotes, as RFC 4180 says"
        raise _unreadable(path, str(error), fix) from error
    if not rows:
        raise _unreadable(path, "it is empty", "give a header and rows")
    header = _header(rows[0])
    wide = next((i for i, row in enumerate(rows[1:], start=2) if len(row) > len(header)), None)
    if wide is not None:
        what = f"row {wide} has {len(rows[wide - 1])} fields, the header {len(header)}"
        raise _unreadable(path, what, "quote fields that hold commas")
    found = [dict(zip(header, row, strict=False)) for row in rows[1:]]
    while found and not any(str(value).strip() for value in found[-1].values()):
        found.pop()
    return Sheet(path.name, found, 2, header)


def _json(path: Path, text: str) -> Sheet:
    try:
        read = json.loads(text, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        raise _unreadable(path, str(error), "write a list of objects") from error
    if not isinstance(read, list) or not all(isinstance(row, dict) for row in read):
        raise _unreadable(path, "it is no list of objects", 'write [{"payee": "ana", …}, …]')
    rows = [dict(zip(_header(row), row.values(), strict=True)) for row in read]
    return Sheet(path.name, rows)


def _parquet(path: Path) -> Sheet:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(path)
    except pa.ArrowInvalid as error:
        raise _unreadable(path, str(error).splitlines()[0][:200], "write it as Parquet") from error
    header = _header(table.column_names)
    rows: list[Mapping[str, object]] = table.rename_columns(list(header)).to_pylist()
    return Sheet(path.name, rows, 1, header)


def _header(names: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(name).strip().lower().replace(" ", "_") for name in names)


def _unreadable(path: Path, what: str, fix: str) -> BadInput:
    return BadInput(f"{path.name} cannot be read.", [Problem(str(path), what, fix)])
