"""Tables as files: CSV and XLSX with types kept, and no cell that a spreadsheet would run.

In CSV the texts that one would run get an apostrophe (engine/escapes.py); XLSX says of each
cell that it is text, so there nothing has to change.
"""

import math
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from io import BytesIO
from tempfile import TemporaryFile
from typing import IO

import pyarrow as pa
import pyarrow.csv
import xlsxwriter
from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from wald.engine.escapes import escaped
from wald.kernel.problem import Refusal

FORMATS = ("csv", "xlsx")
_MOST_SHEET_ROWS = 1_048_575  # beside the header
_LONGEST_CELL = 32_767
_FIRST_YEAR = 1900  # of the calendar of sheets
_CHUNK = 20_000
_KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def download(table: pa.Table, name: str, format: str) -> HttpResponseBase:
    """Return `table` as a file `name`.`format`. Raises Refusal if a sheet cannot hold it."""
    response: HttpResponseBase
    if format == "xlsx":
        response = FileResponse(xlsx(table), content_type=_KINDS[format])
    else:
        response = StreamingHttpResponse(csv(table), content_type=_KINDS["csv"])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{format}"'
    return response


def csv(table: pa.Table) -> Iterator[bytes]:
    """Yield `table` as CSV with a header, UTF-8, a chunk at a time."""
    safe = escaped(table)
    for number, batch in enumerate(safe.to_batches(_CHUNK) or [None]):
        part = BytesIO()
        rows = safe.slice(0, 0) if batch is None else pa.Table.from_batches([batch])
        pyarrow.csv.write_csv(
            rows, part, pyarrow.csv.WriteOptions(include_header=number == 0, batch_size=_CHUNK)
        )
        yield part.getvalue()


def xlsx(table: pa.Table) -> IO[bytes]:
    """Return an open file with `table` as the one sheet of a workbook."""
    if table.num_rows > _MOST_SHEET_ROWS:
        raise Refusal(
            f"A sheet holds {_MOST_SHEET_ROWS:,} rows and these are {table.num_rows:,}; "
            "filter them, or take the CSV."
        )
    file = TemporaryFile()  # noqa: SIM115  # the response closes it
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "default_date_format": "yyyy-mm-dd",
        "remove_timezone": True,
    }
    try:
        with xlsxwriter.Workbook(file, options) as book:
            _fill(book, table)
    except Refusal:
        file.close()
        raise
    file.seek(0)
    return file


def _fill(book: xlsxwriter.Workbook, table: pa.Table) -> None:
    sheet = book.add_worksheet("Wald")
    head = book.add_format({"bold": True})
    moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
    for place, name in enumerate(table.column_names):
        sheet.set_column(place, place, max(10, min(40, len(name) + 4)))
        sheet.write_string(0, place, name, head)
    sheet.freeze_panes(1, 0)
    number = 0
    for batch in table.to_batches(_CHUNK):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            number += 1
            for place, value in enumerate(row):
                _write(sheet, number, place, value, moment)


def _write(
    sheet: xlsxwriter.worksheet.Worksheet,
    row: int,
    place: int,
    value: object,
    moment: xlsxwriter.format.Format,
) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, place, value)
    elif isinstance(value, int | float | Decimal) and math.isfinite(value):
        sheet.write_number(row, place, value)
    elif isinstance(value, datetime) and value.year >= _FIRST_YEAR:
        moment_of = value.astimezone(UTC) if value.tzinfo else value
        sheet.write_datetime(row, place, moment_of, moment)
    elif isinstance(value, date) and value.year >= _FIRST_YEAR:
        sheet.write_datetime(row, place, value)
    else:
        _write_text(sheet, row, place, str(value))


def _write_text(sheet: xlsxwriter.worksheet.Worksheet, row: int, place: int, text: str) -> None:
    if len(text) > _LONGEST_CELL:
        raise Refusal(
            f"A cell of a sheet holds {_LONGEST_CELL:,} characters and one of these has "
            f"{len(text):,}; take the CSV."
        )
    sheet.write_string(row, place, text)
