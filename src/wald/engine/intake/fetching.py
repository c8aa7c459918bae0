"""Bring the rows of one file into a Parquet file of the load's own, so that all else is alike.

A tidy CSV is parsed by the engine. One that is not (cells with line ends, rows of the wrong
length, stray quotes) is read again cell by cell, so that each bad line can be named.
"""

import csv
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import duckdb
import pyarrow
import pyarrow.parquet
from python_calamine import CalamineWorkbook

from wald.engine.escapes import marks_place, restored, restored_sql
from wald.engine.intake import encoding, sql
from wald.engine.intake.files import SourceFile
from wald.kernel.problem import BadInput, Problem

_BATCH = 20_000
_ROW = "_row"


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line of a text file that is no row: it has too many or too few cells."""

    line: int
    what: str


@dataclass(frozen=True, slots=True)
class Fetched:
    """The rows of a file as Parquet; `source` is a FROM clause, `row` the line of each row."""

    file: SourceFile
    source: str
    row: str
    rows: int  # rows the file holds, bad lines included
    columns: Mapping[str, str]  # sheet column -> its name in `source`
    typed: bool
    encoding: str | None = None
    bad_lines: tuple[BadLine, ...] = ()


def fetch(
    connection: duckdb.DuckDBPyConnection,
    file: SourceFile,
    columns: Mapping[str, int],
    scratch: Path,
    given_encoding: str | None,
) -> Fetched:
    """Fetch the `columns` (sheet column -> place of its header) of `file`.

    Raises BadInput where the file cannot be read as a whole.
    """
    if file.kind == "parquet":
        return _parquet(connection, file, columns)
    if file.kind == "workbook":
        return _cells(file, _sheet_rows(file), columns, scratch, None)
    checked = encoding.check(file.path, given_encoding, scratch)
    tidy = _tidy(connection, file, checked, columns, scratch)
    return tidy or _cells(file, _csv_rows(file, checked), columns, scratch, checked.encoding)


def _parquet(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, columns: Mapping[str, int]
) -> Fetched:
    source = f"read_parquet({sql.text(str(file.path))}, file_row_number = true)"
    rows = sql.count(connection, f"SELECT count(*) FROM read_parquet({sql.text(str(file.path))})")
    found = {column: file.headers[place] for column, place in columns.items()}
    return Fetched(file, source, "file_row_number + 1", rows, found, typed=True)


def _own(path: Path) -> str:
    return f"read_parquet({sql.text(str(path))}, file_row_number = true)"


def _target(file: SourceFile, scratch: Path) -> Path:
    return scratch / f"{file.name.replace('/', '-')}.rows.parquet"


def _tidy(
    connection: duckdb.DuckDBPyConnection,
    file: SourceFile,
    checked: encoding.Checked,
    columns: Mapping[str, int],
    scratch: Path,
) -> Fetched | None:
    """Let the engine parse the file; None if lines and rows do not match one to one."""
    target = _target(file, scratch)
    kinds = ", ".join(f"'c{place}': 'VARCHAR'" for place in range(len(file.headers)))
    shown = ", ".join(
        f"{_restored(file, place)} AS {sql.name(column)}" for column, place in columns.items()
    )
    reader = (
        f"read_csv({sql.text(str(checked.path))}, auto_detect = false, header = true, "
        f"delim = {sql.text(file.delimiter)}, quote = '\"', escape = '\"', "
        f"columns = {{{kinds}}})"
    )
    try:
        rows = sql.count(
            connection,
            f"COPY (SELECT {shown} FROM {reader}) TO {sql.text(str(target))} "
            "(FORMAT parquet, COMPRESSION lz4)",
        )
    except (duckdb.InvalidInputException, duckdb.ConversionException):
        return None
    if checked.lines != rows + 1:
        return None
    found = {column: column for column in columns}
    return Fetched(file, _own(target), "file_row_number + 2", rows, found, False, checked.encoding)


def _restored(file: SourceFile, place: int) -> str:
    """Return the SQL of a cell, as it was before an export of ours made it harmless."""
    marks = marks_place(file.headers)
    if marks is None:
        return f"c{place}"
    return restored_sql(f"c{place}", f"c{marks}", file.headers[place])


def _cells(
    file: SourceFile,
    lines: Iterator[tuple[int, list[str] | str]],
    columns: Mapping[str, int],
    scratch: Path,
    encoded: str | None,
) -> Fetched:
    """Write rows that come as (line, cells), or (line, what is wrong), with the line of each."""
    target = _target(file, scratch)
    schema = pyarrow.schema(
        [*((column, pyarrow.string()) for column in columns), (_ROW, pyarrow.int64())]
    )
    bad: list[BadLine] = []
    rows = 0
    with pyarrow.parquet.ParquetWriter(target, schema, compression="lz4") as writer:
        for batch in _batches(lines):
            good = [(line, cells) for line, cells in batch if not isinstance(cells, str)]
            bad += [BadLine(line, cells) for line, cells in batch if isinstance(cells, str)]
            rows += len(batch)
            arrays = [
                pyarrow.array([_text(file, cells, place) for _, cells in good], pyarrow.string())
                for place in columns.values()
            ]
            numbers = pyarrow.array([line for line, _ in good], pyarrow.int64())
            writer.write_batch(pyarrow.record_batch([*arrays, numbers], schema=schema))
    found = {column: column for column in columns}
    return Fetched(file, _own(target), _ROW, rows, found, False, encoded, tuple(bad))


def _text(file: SourceFile, cells: Sequence[str], place: int) -> str | None:
    """Return a cell as it was before an export of ours made it harmless; nothing is None."""
    marks = marks_place(file.headers)
    if marks is None or not cells[marks]:
        return cells[place] or None
    return restored(cells[place], cells[marks], file.headers[place]) or None


def _batches(
    lines: Iterable[tuple[int, list[str] | str]],
) -> Iterator[list[tuple[int, list[str] | str]]]:
    batch = []
    for line in lines:
        batch.append(line)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    yield batch


def _csv_rows(file: SourceFile, checked: encoding.Checked) -> Iterator[tuple[int, list[str] | str]]:
    csv.field_size_limit(sys.maxsize)
    own = checked.path != file.path
    width = len(file.headers)
    with encoding.open_text(checked.path, "utf-8" if own else checked.encoding) as stream:
        reader = csv.reader(stream, delimiter=file.delimiter, strict=True)
        next(reader)
        while True:
            line = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                if "unexpected end" in str(error):
                    raise _never_closed(file, line) from error
                yield line, "has letters after a closing quotation mark; double the mark inside"
                continue
            if not cells:
                continue
            if len(cells) != width:
                what = f"has {len(cells)} cells where the header has {width}"
                yield line, f"{what}; quote the cells that hold {file.delimiter!r}"
                continue
            yield line, cells


def _never_closed(file: SourceFile, line: int) -> BadInput:
    what = "a quotation mark opens a cell that never closes"
    problem = Problem(f"{file.name}:{line}", what, "close it, or double it inside a cell")
    return BadInput(f"{file.name} ends inside a quoted cell.", [problem])


def _sheet_rows(file: SourceFile) -> Iterator[tuple[int, list[str] | str]]:
    sheet = CalamineWorkbook.from_path(str(file.path)).get_sheet_by_name(file.worksheet)
    found_header = False
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        texts = [_cell_text(cell) for cell in cells]
        if any(texts) and found_header:
            yield line, texts
        found_header = found_header or any(texts)


def _cell_text(cell: object) -> str:
    """Write a typed cell as ISO dates and plain numbers; whole numbers have no point."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        midnight = cell.time() == time(0)
        return cell.date().isoformat() if midnight else cell.isoformat(sep=" ")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell)
