"""Files of tables: types are kept, and no cell is a formula that a spreadsheet would run."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO

import openpyxl
import pyarrow as pa
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from wald.kernel.problem import Refusal
from wald.web import export

_RISKY = {  # a text, and what becomes of it
    "=1+1": "'=1+1",
    "+1": "'+1",
    "-1": "'-1",
    "@SUM(A1)": "'@SUM(A1)",
    "\t=1": "'\t'=1",
    "\r=1": "'\r'=1",
    "\n=1": "'\n'=1",
    "  =1": "  '=1",
    "\uff1d1": "'\uff1d1",
    "'=1": "''=1",
    "a;=1": "a;'=1",
    "a, @b": "a, '@b",
    'a"=1': "a\"'=1",
    "a\n- b": "a\n'- b",
}
_SAFE = ["1-1", "a=b", "", "'quoted'", "M\u00fcller, S\u00f6hne", 'say "hello"', "A - B", "a; b"]


def _texts(values: list[str | None]) -> pa.Table:
    return pa.table({"text": pa.array(values, pa.string())})


def _read(table: pa.Table) -> list[list[str]]:
    return list(csv.reader(StringIO(b"".join(export.csv(table)).decode(), newline="")))


def _sheet(table: pa.Table) -> Worksheet:
    with export.xlsx(table) as file:
        return openpyxl.load_workbook(file)["Wald"]


def _cells(table: pa.Table) -> list[tuple[object, ...]]:
    return list(_sheet(table).iter_rows(values_only=True))


@pytest.mark.parametrize(("text", "safe"), _RISKY.items())
def test_a_text_that_a_spreadsheet_would_run_gets_an_apostrophe_and_a_mark(
    text: str, safe: str
) -> None:
    assert _read(_texts([text])) == [["text", "wald_escaped"], [safe, "text"]]


def test_the_mark_names_the_columns_of_each_row() -> None:
    table = pa.table({"a": ["=1", "x", None], "b": ["=2", "y", "=3"], "n": [-1, -2, -3]})
    head, *rows = _read(table)
    assert head == ["a", "b", "n", "wald_escaped"]
    assert [row[3] for row in rows] == ["a|b", "", "b"]
    assert [row[2] for row in rows] == ["-1", "-2", "-3"]


@pytest.mark.parametrize("text", _SAFE)
def test_any_other_text_stays_as_it_is(text: str) -> None:
    assert _read(_texts(["x", text])) == [["text"], ["x"], [text]]


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


def test_a_sheet_takes_what_it_has_no_form_for_as_text() -> None:
    noon = datetime(2024, 2, 29, 12, tzinfo=UTC)
    table = pa.table({"f": [float("nan")], "old": [date(1850, 1, 2)], "zoned": [noon]})
    assert _cells(table)[1] == ("nan", "1850-01-02", noon.replace(tzinfo=None))


def test_a_text_longer_than_a_cell_holds_is_refused_and_not_cut() -> None:
    with pytest.raises(Refusal, match="take the CSV"):
        export.xlsx(_texts(["x" * 32_768]))
    assert _cells(_texts(["x" * 32_767]))[1] == ("x" * 32_767,)


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
