"""Files of tables: types are kept, and no cell is a formula that a spreadsheet would run."""

import csv
from datetime import date, datetime
from decimal import Decimal
from io import StringIO

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from wald.kernel.problem import Refusal
from wald.web import export

_RISKY = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"]
_SAFE = ["1-1", "a=b", "", "'quoted'", "Müller, Söhne", 'say "hello"']


def _texts(values: list[str | None]) -> pa.Table:
    return pa.table({"text": pa.array(values, pa.string())})


def _read(table: pa.Table) -> list[list[str]]:
    return list(csv.reader(StringIO(b"".join(export.csv(table)).decode(), newline="")))


def _sheet(table: pa.Table) -> Worksheet:
    with export.xlsx(table) as file:
        return openpyxl.load_workbook(file)["Wald"]


def _cells(table: pa.Table) -> list[tuple[object, ...]]:
    return list(_sheet(table).iter_rows(values_only=True))


@pytest.mark.parametrize("text", _RISKY)
def test_a_text_that_starts_like_a_formula_gets_an_apostrophe(text: str) -> None:
    assert _read(_texts([text]))[1] == ["'" + text]


@pytest.mark.parametrize("text", _SAFE)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert _read(_texts(["x", text]))[2] == [text]


def test_negative_numbers_stay_numbers() -> None:
    table = pa.table({"amount": pa.array([Decimal("-1.50")], pa.decimal128(18, 4)), "n": [-3]})
    assert _read(table)[1] == ["-1.5000", "-3"]
    assert _cells(table)[1] == (-1.5, -3)


def test_a_sheet_knows_texts_numbers_dates_and_instants() -> None:
    table = pa.table(
        {
            "text": ["=1+1"],
            "number": [Decimal("2.5")],
            "day": [date(2024, 2, 29)],
            "at": [datetime(2024, 2, 29, 12, 30)],  # noqa: DTZ001  # facts are stored without zone
            "yes": [True],
            "none": pa.array([None], pa.string()),
        }
    )
    head, row = _cells(table)
    assert head == ("text", "number", "day", "at", "yes", "none")
    day, at = datetime(2024, 2, 29), datetime(2024, 2, 29, 12, 30)  # noqa: DTZ001  # as above
    assert row == ("=1+1", 2.5, day, at, True, None)


def test_a_formula_in_a_sheet_is_text() -> None:
    cell = _sheet(_texts(["=1+1"]))["A2"]
    assert (cell.value, cell.data_type) == ("=1+1", "s")


def test_a_table_without_rows_has_a_header() -> None:
    assert _read(_texts([])) == [["text"]]
    assert _cells(_texts([])) == [("text",)]


def test_a_long_table_comes_in_pieces_with_one_header() -> None:
    table = pa.table({"n": range(50_000)})
    assert len(list(export.csv(table))) == 3
    assert [row[0] for row in _read(table)] == ["n", *map(str, range(50_000))]


def test_more_rows_than_a_sheet_holds_are_refused() -> None:
    table = pa.table({"n": pa.nulls(1_048_576, pa.int8())})
    with pytest.raises(Refusal, match="take the CSV"):
        export.xlsx(table)
