"""How files are written is found out, stated, and can be overruled."""

import gzip
from datetime import date
from decimal import Decimal

import duckdb
import pytest
import xlsxwriter

from tests.ingesting import Desk, problems, write
from wald.facts.load_report import FileReport, LoadOptions

PEOPLE = "person_id,name,team\nP1,Zoë Müller,Köln\nP2,André,Łódź\n"
LATIN = "person_id,name,team\nP1,Zoë Müller,Köln\nP2,André Dupré,Besançon\n"


def only_file(desk: Desk, options: LoadOptions | None = None) -> FileReport:
    [file] = desk.load(options or LoadOptions()).files
    return file


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("utf-8", PEOPLE),
        ("utf-8-sig", PEOPLE),
        ("utf-16", PEOPLE),
        ("utf-16-le", LATIN),
        ("cp1252", LATIN),
    ],
)
def test_finds_the_encoding_and_states_it(desk: Desk, encoding: str, text: str) -> None:
    file = only_file(desk.write(person__csv=text.encode(encoding)))
    assert file.encoding == encoding
    assert ("P1", "Zoë Müller") in desk.rows("person", "person_id, name")


def test_a_given_encoding_overrules_what_was_found(desk: Desk) -> None:
    text = "person_id,name\nP1,Łucja\n".encode("cp1250")
    file = only_file(desk.write(person__csv=text), LoadOptions(encoding="cp1250"))
    assert (file.encoding, file.given) == ("cp1250", ("encoding",))
    assert desk.rows("person", "name") == [("Łucja",)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "^"])
def test_finds_the_delimiter_and_states_it(desk: Desk, delimiter: str) -> None:
    text = 'person_id,name,team\nP1,"Ann",North\nP2,Bob,South\n'.replace(",", delimiter)
    file = only_file(desk.write(person__csv=text))
    assert file.delimiter == delimiter
    assert desk.rows("person", "name, team") == [("Ann", "North"), ("Bob", "South")]


def test_a_given_delimiter_overrules_what_was_found(desk: Desk) -> None:
    text = "person_id|name|a;b;c;d\nP1|Ann|1;2;3;4\n"
    file = only_file(desk.write(person__csv=text), LoadOptions(delimiter="|"))
    assert (file.delimiter, file.given) == ("|", ("delimiter",))


@pytest.mark.parametrize(
    ("amounts", "decimal", "wanted"),
    [
        (["1234.5", "1,234.56"], "point", ["1234.5", "1234.56"]),
        (["1234,5", "1.234,56"], "comma", ["1234.5", "1234.56"]),
        (["12", "-3"], "point", ["-3", "12"]),
        (["1 234,5", "7,25"], "comma", ["7.25", "1234.5"]),
        (["1'234.50", "1.25e3"], "point", ["1234.5", "1250"]),
        (["1.234.567", "0,125"], "comma", ["0.125", "1234567"]),
    ],
)
def test_finds_the_decimal_sign_and_states_it(
    desk: Desk, amounts: list[str], decimal: str, wanted: list[str]
) -> None:
    rows = "".join(f"O{n};won;{amount};EUR\n" for n, amount in enumerate(amounts))
    text = f"opportunity_id;outcome;amount;currency\n{rows}"
    assert only_file(desk.write(opportunity__csv=text)).decimal == decimal
    assert sorted(desk.rows("opportunity", "amount")) == [(Decimal(one),) for one in wanted]


def test_a_number_that_could_be_either_is_read_with_a_point_and_told(desk: Desk) -> None:
    text = "opportunity_id;outcome;amount;currency\nA;won;1,234;EUR\n"
    report = desk.write(opportunity__csv=text).load()
    assert desk.rows("opportunity", "amount") == [(Decimal(1234),)]
    assert "can be read with a decimal point or comma; read with a point" in problems(report)


def test_a_given_decimal_sign_overrules_what_was_found(desk: Desk) -> None:
    text = "opportunity_id;outcome;amount;currency\nA;won;1,234;EUR\n"
    desk.write(opportunity__csv=text).load(LoadOptions(decimal="comma"))
    assert desk.rows("opportunity", "amount") == [(Decimal("1.234"),)]


@pytest.mark.parametrize(
    ("days", "form", "wanted"),
    [
        (["2024-02-29"], "iso", date(2024, 2, 29)),
        (["03/04/2024", "31/05/2024"], "dmy", date(2024, 4, 3)),
        (["03/04/2024", "05/31/2024"], "mdy", date(2024, 3, 4)),
        (["03.04.2024", "31.5.2024"], "dmy", date(2024, 4, 3)),
        (["2024-03-04T23:30:00-05:00"], "iso", date(2024, 3, 5)),
        (["4 Mar 2024"], "iso", date(2024, 3, 4)),
        (["1709510400000"], "iso", date(2024, 3, 4)),
    ],
)
def test_finds_the_order_of_days_and_states_it(
    desk: Desk, days: list[str], form: str, wanted: date
) -> None:
    rows = "".join(f"O{n};won;{day}\n" for n, day in enumerate(days))
    file = only_file(desk.write(opportunity__csv=f"opportunity_id;outcome;close_on\n{rows}"))
    assert file.dates == form
    assert desk.rows("opportunity", "close_on")[0] == (wanted,)


def test_a_date_that_could_be_either_is_read_by_custom_and_told(desk: Desk) -> None:
    text = "opportunity_id,outcome,close_on\nA,won,03/04/2024\n"
    report = desk.write(opportunity__csv=text).load()
    assert desk.rows("opportunity", "close_on") == [(date(2024, 3, 4),)]
    assert "read with the month first (--dates says otherwise)" in problems(report)


def test_a_given_order_of_days_overrules_what_was_found(desk: Desk) -> None:
    text = "opportunity_id,outcome,close_on\nA,won,03/04/2024\n"
    desk.write(opportunity__csv=text).load(LoadOptions(dates="dmy"))
    assert desk.rows("opportunity", "close_on") == [(date(2024, 4, 3),)]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2024-03-04 10:00:00", "2024-03-04 10:00:00"),
        ("2024-03-04T10:00:00Z", "2024-03-04 10:00:00"),
        ("2024-03-04T10:00:00.000+0200", "2024-03-04 08:00:00"),
        ("2024-03-04 10:00+02", "2024-03-04 08:00:00"),
        ("2024-03-04", "2024-03-04 00:00:00"),
    ],
)
def test_instants_become_utc(desk: Desk, given: str, kept: str) -> None:
    text = f"opportunity_id,outcome,created_at\nA,won,{given}\n"
    desk.write(opportunity__csv=text).load()
    assert desk.rows("opportunity", "created_at::TEXT") == [(kept,)]


def test_headers_are_compared_by_letters_and_digits(desk: Desk) -> None:
    desk.write(person__csv="Person ID,NAME,e-mail\nP1,Ann,a@b.c\n").load()
    assert desk.rows("person", "person_id, name, email") == [("P1", "Ann", "a@b.c")]


def test_reads_a_packed_file(desk: Desk) -> None:
    desk.write(person__csv__gz=gzip.compress(PEOPLE.encode())).load()
    assert len(desk.rows("person")) == 2


def test_reads_parquet_with_its_own_types(desk: Desk) -> None:
    desk.write()
    duckdb.sql(
        "COPY (SELECT 7 AS opportunity_id, 'won' AS outcome, 1234.5 AS amount, 'EUR' AS currency, "
        "DATE '2024-02-29' AS close_on, TIMESTAMPTZ '2024-03-04 10:00:00+02' AS created_at) "
        f"TO '{desk.folder / 'opportunity.parquet'}'"
    )
    file = only_file(desk)
    assert (file.encoding, file.decimal, file.dates) == (None, None, None)
    assert desk.rows("opportunity", "opportunity_id, amount, close_on, created_at::TEXT") == [
        ("7", Decimal("1234.5"), date(2024, 2, 29), "2024-03-04 08:00:00")
    ]


def test_reads_every_sheet_of_a_workbook(desk: Desk) -> None:
    desk.write()
    with xlsxwriter.Workbook(str(desk.folder / "export.xlsx")) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        deals = book.add_worksheet("opportunity")
        deals.write_row(0, 0, ["opportunity_id", "outcome", "amount", "currency", "close_on"])
        deals.write_row(1, 0, [7, "won", 1234.5, "EUR"])
        deals.write_datetime(1, 4, date(2024, 2, 29), day)
        people = book.add_worksheet("person")
        people.write_row(0, 0, ["person_id", "name"])
        people.write_row(1, 0, ["P1", "Ann"])
    report = desk.load()
    assert [file.file for file in report.files] == ["export.xlsx/opportunity", "export.xlsx/person"]
    assert desk.rows("opportunity", "opportunity_id, amount, close_on") == [
        ("7", Decimal("1234.5"), date(2024, 2, 29))
    ]


def test_blank_rows_above_the_header_of_a_workbook_are_passed_over(desk: Desk) -> None:
    desk.write()
    with xlsxwriter.Workbook(str(desk.folder / "person.xlsx")) as book:
        people = book.add_worksheet()
        people.write_row(2, 1, ["person_id", "name"])
        people.write_row(4, 1, ["P1", "Ann"])
        people.write_row(5, 1, ["P2"])
    report = desk.load()
    assert desk.rows("person", "name") == [("Ann",)]
    assert "person.xlsx:6: name is empty" in problems(report)


def test_lines_are_counted_as_an_editor_does(desk: Desk) -> None:
    text = 'person_id,name\nP1,"Ann\nof the\nNorth"\n\nP2,\n'
    report = desk.write(person__csv=text).load()
    assert "person.csv:6: name is empty" in problems(report)
    assert desk.rows("person", "name") == [("Ann\nof the\nNorth",)]


def test_digits_that_are_not_kept_are_told(desk: Desk) -> None:
    text = "opportunity_id,outcome,amount,currency\nA,won,1.00005,EUR\nB,won,1.5,EUR\n"
    report = desk.write(opportunity__csv=text).load()
    assert desk.rows("opportunity", "amount") == [(Decimal("1.0001"),), (Decimal("1.5"),)]
    assert "opportunity.csv:2: 1 row has more digits of amount than are kept" in problems(report)


def test_a_head_count_must_be_whole(desk: Desk) -> None:
    report = desk.write(account__csv="account_id,name,employees\nA,a,3.5\nB,b,4.0\n").load()
    assert 'employees "3.5"' in problems(report)
    assert desk.rows("account", "employees") == [(4,)]


def test_a_single_file_can_be_loaded(desk: Desk) -> None:
    write(desk.folder, person__csv=PEOPLE, account__csv="account_id,name\nA,a\n")
    assert desk.load(folder=desk.folder / "person.csv").totals.read == 2


def test_a_typed_file_is_shown_as_text_to_feeds_written_for_text(desk: Desk) -> None:
    desk.write()
    for name, rows in {
        "sales_pipeline": "SELECT 17 AS opportunity_id, 'Ann' AS sales_agent, 'GTX' AS product, "
        "'Acme' AS account, 'Won' AS deal_stage, DATE '2017-01-02' AS engage_date, "
        "DATE '2017-03-01' AS close_date, 5000.5 AS close_value",
        "sales_teams": "SELECT 'Ann' AS sales_agent, 'Cara' AS manager, 'East' AS regional_office",
    }.items():
        duckdb.sql(f"COPY ({rows}) TO '{desk.folder / name}.parquet'")
    report = desk.load()
    assert report.connector == "maven_crm"
    assert report.totals.rejected == 0
    assert desk.rows("booking", "amount, booked_on") == [(Decimal("5000.5"), date(2017, 3, 1))]
