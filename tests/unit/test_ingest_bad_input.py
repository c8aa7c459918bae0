"""Bad input: a sentence that says where, what and what to do; nothing lost, nothing half loaded."""

import gzip
import sqlite3
from pathlib import Path

import pytest

from tests.ingesting import Desk, problems
from wald.facts.load_report import LoadOptions

HEADER = "opportunity_id,name,outcome,amount,currency,close_on\n"
PEOPLE = "person_id,name\nP1,Ann\n"


def test_a_folder_that_does_not_exist_is_named(desk: Desk) -> None:
    said = desk.refusal()
    assert f"{desk.folder}: does not exist; check the spelling" in said


def test_an_empty_folder_is_told_apart(desk: Desk) -> None:
    assert "is empty; put the export's CSV, Parquet or XLSX files in" in desk.write().refusal()


def test_an_unknown_folder_says_what_was_found_and_what_would_be_known(desk: Desk) -> None:
    said = desk.write(songs__csv="title,singer\nYesterday,Paul\n").refusal()
    assert "Nothing in the folder was recognised. Wald reads" in said
    assert "Canonical files" in said
    assert "songs.csv:1: is no file that Wald knows (it has title, singer)" in said


def test_a_folder_of_folders_says_to_load_one_of_them(desk: Desk) -> None:
    desk.write(readme__md="hello")
    (desk.folder / "crm").mkdir()
    assert "has folders inside: crm; load one of them" in desk.refusal()


def test_a_folder_without_tables_says_what_is_missing(desk: Desk) -> None:
    said = desk.write(readme__md="hello").refusal()
    assert "holds no CSV, Parquet or XLSX file (only readme.md)" in said


def test_an_empty_csv_is_named(desk: Desk) -> None:
    said = desk.write(opportunity__csv="", person__csv=PEOPLE).refusal()
    assert "opportunity.csv: is empty; export it again" in said


def test_files_with_headers_and_no_rows_are_refused(desk: Desk) -> None:
    assert "hold headers and no rows" in desk.write(opportunity__csv=HEADER).refusal()


def test_one_file_without_rows_among_others_is_only_mentioned(desk: Desk) -> None:
    report = desk.write(opportunity__csv=HEADER, person__csv=PEOPLE).load()
    [empty] = [file for file in report.files if file.file == "opportunity.csv"]
    assert empty.note == "a header and no rows"
    assert report.totals.new == 1


def test_a_wrong_header_says_what_it_lacks_and_what_it_has(desk: Desk) -> None:
    said = desk.write(opportunity__csv="opportunity_id,nom\nA,B\n", person__csv=PEOPLE).refusal()
    assert "opportunity.csv:1: comes nearest to opportunity, but lacks outcome" in said
    assert "it has opportunity_id, nom" in said


def test_a_doubled_header_is_refused(desk: Desk) -> None:
    text = "opportunity_id,outcome,amount,Amount\nA,won,1,2\n"
    said = desk.write(opportunity__csv=text).refusal()
    assert "the header 'amount' stands twice" in said


def test_a_broken_encoding_names_the_line(desk: Desk) -> None:
    good = "person_id,name\nP1,Zoë\n".encode()
    said = desk.write(person__csv=good + b"P2,Zo\xeb\n").refusal()
    assert "person.csv:3: holds a byte that is not utf-8" in said
    assert "--encoding cp1252" in said


def test_bytes_that_are_no_text_are_refused(desk: Desk) -> None:
    assert "is not a text file" in desk.write(person__csv=b"\x00\x01\x02\x00\x00" * 50).refusal()


def test_a_broken_archive_is_refused(desk: Desk) -> None:
    packed = gzip.compress(PEOPLE.encode() * 100)
    said = desk.write(person__csv__gz=packed[: len(packed) // 2]).refusal()
    assert "person.csv.gz: cannot be " in said


@pytest.mark.parametrize("name", ["person__parquet", "person__xlsx"])
def test_a_file_that_is_not_what_its_name_says_is_refused(desk: Desk, name: str) -> None:
    assert "that can be read" in desk.write(**{name: b"not at all"}).refusal()


def test_ten_thousand_unknown_columns_are_one_short_sentence(desk: Desk) -> None:
    headers = ",".join(f"column_{place}" for place in range(10_000))
    said = desk.write(wide__csv=f"{headers}\n{',' * 9_999}\n").refusal()
    assert "and 9992 more" in said
    assert len(said) < 2_000


def test_ten_thousand_columns_beside_those_wanted_do_no_harm(desk: Desk) -> None:
    extra = ",".join(f"column_{place}" for place in range(9_998))
    row = "P1,Ann," + "x," * 9_997 + "x\n"
    report = desk.write(person__csv=f"person_id,name,{extra}\n{row * 50}").load()
    assert (report.totals.new, report.totals.duplicate) == (1, 49)


def test_a_date_no_calendar_has_rejects_its_row(desk: Desk) -> None:
    rows = "A,a,won,1,EUR,31/01/2024\nB,b,won,1,EUR,31/02/2024\n"
    report = desk.write(opportunity__csv=HEADER + rows).load()
    assert (report.totals.new, report.totals.rejected) == (1, 1)
    assert 'opportunity.csv:3: close_on "31/02/2024" is not a day of the calendar' in problems(
        report
    )
    assert "write day/month/year, such as 29/02/2024" in problems(report)


def test_an_amount_in_another_form_than_the_others_rejects_its_row(desk: Desk) -> None:
    rows = 'A,a,won,1234.56,EUR,\nB,b,won,99.50,EUR,\nC,c,won,"1.234,56",EUR,\n'
    report = desk.write(opportunity__csv=HEADER + rows).load()
    assert (report.totals.new, report.totals.rejected) == (2, 1)
    said = problems(report)
    assert 'opportunity.csv:4: amount "1.234,56" is not a number with a decimal point' in said
    assert "write 1234.56, or say that the file has a decimal comma (--decimal comma)" in said


def test_a_key_with_different_values_rejects_all_its_rows_and_names_them(desk: Desk) -> None:
    rows = "A,a,won,1,EUR,\nB,b,won,1,EUR,\nA,a,won,2,EUR,\n"
    report = desk.write(opportunity__csv=HEADER + rows).load()
    assert (report.totals.new, report.totals.rejected) == (1, 2)
    said = problems(report)
    assert 'opportunity_id "A" stands 2 times, at opportunity.csv:2, opportunity.csv:4' in said
    assert "with different amount" in said


def test_a_name_that_leads_nowhere_is_kept_and_told(desk: Desk) -> None:
    text = "opportunity_id,outcome,owner_id\nA,won,P1\nB,won,P2\nC,won,P2\n"
    report = desk.write(opportunity__csv=text, person__csv=PEOPLE).load()
    assert report.totals.new == 4
    assert "opportunity.owner_id: 2 rows name a person that is not there ('P2')" in problems(report)


def test_a_currency_without_a_rate_is_kept_and_told(desk: Desk) -> None:
    rows = "A,a,won,1,EUR,\nB,b,won,1,EUR,\nC,c,won,1,USD,\n"
    report = desk.write(opportunity__csv=HEADER + rows).load()
    assert report.totals.new == 3
    assert "1 row is in USD, and no rate to EUR is known" in problems(report)


def test_amounts_without_a_currency_are_kept_and_told(desk: Desk) -> None:
    report = desk.write(opportunity__csv=HEADER + "A,a,won,1,,\n").load()
    assert "1 row carries an amount and no currency" in problems(report)
    assert "--currency" in problems(report)


def test_a_line_with_too_many_cells_is_rejected_by_its_number(desk: Desk) -> None:
    text = "person_id,name\nP1,Ann\nP2,Bob,Jones\nP3,Cleo\n"
    report = desk.write(person__csv=text).load()
    assert (report.totals.read, report.totals.new, report.totals.rejected) == (3, 2, 1)
    assert "person.csv:3: has 3 cells where the header has 2" in problems(report)
    assert "has 3 cells" in desk.rejects(report)


def test_a_quotation_mark_that_never_closes_is_found(desk: Desk) -> None:
    said = desk.write(person__csv='person_id,name\nP1,Ann\nP2,"Bob\nP3,Cleo\n').refusal()
    assert "person.csv:3: a quotation mark opens a cell that never closes" in said


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("A,a,maybe,1,EUR,", 'outcome "maybe" is none of the words wanted'),
        ("A,a,won,1,Euro,", 'currency "Euro" is not a currency code'),
        (",a,won,1,EUR,", "opportunity_id is empty"),
        ("A,a,,1,EUR,", "outcome is empty"),
        ("A,a,won,1,EUR,99999-01-01", 'close_on "99999-01-01" is not a day'),
        ("A,a,won,1,EUR,infinity", 'close_on "infinity" is not a day'),
        ("A,a,won,123456789012345678,EUR,", "is not a number with a decimal point that fits"),
    ],
)
def test_each_fault_of_a_cell_is_told(desk: Desk, row: str, told: str) -> None:
    report = desk.write(opportunity__csv=f"{HEADER}{row}\n").load()
    assert report.load_id is None
    assert report.totals.rejected == 1
    assert told in problems(report)
    assert told in desk.rejects(report).replace('""', '"')


def test_a_share_above_one_is_rejected(desk: Desk) -> None:
    text = "opportunity_id,outcome,probability\nA,open,40\n"
    report = desk.write(opportunity__csv=text).load()
    assert 'probability "40" is not from 0 to 1' in problems(report)


def test_a_change_must_read_as_its_field_does(desk: Desk) -> None:
    text = (
        "change_id,opportunity_id,field,old,new,changed_at\n"
        "1,A,amount,ten,20,2024-01-01\n2,A,close_on,2024-01-01,soon,2024-01-01\n"
        "3,A,stage,ten,soon,2024-01-01\n"
    )
    report = desk.write(opportunity_change__csv=text).load()
    assert (report.totals.new, report.totals.rejected) == (1, 2)
    assert 'old "ten" is not a number, which its field is' in problems(report)
    assert 'new "soon" is not a day, which its field is' in problems(report)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (LoadOptions(connector="nobody"), "--connector: is 'nobody'; give one of"),
        (LoadOptions(decimal="dot"), "--decimal: is 'dot'; give one of 'point', 'comma'"),
        (LoadOptions(dates="ymd"), "--dates: is 'ymd'"),
        (LoadOptions(delimiter="#"), "--delimiter: is '#'"),
        (LoadOptions(currency="euro"), "--currency: is 'euro'"),
        (LoadOptions(encoding="utf-9"), "cannot be read as utf-9: there is no such encoding"),
        (LoadOptions(without_repairs=frozenset({"none"})), "there is no repair 'none'"),
    ],
)
def test_an_option_nobody_knows_is_refused(desk: Desk, options: LoadOptions, told: str) -> None:
    assert told in desk.write(person__csv=PEOPLE).refusal(options)


def test_nothing_is_stored_when_one_file_of_several_is_broken(desk: Desk) -> None:
    desk.write(person__csv=PEOPLE, account__csv=b"account_id,name\nA,\xc3\xa9\nB,\xff\n")
    desk.refusal()
    database = Path(desk.workspace.home, "records.sqlite3")
    assert sqlite3.connect(database).execute("SELECT count(*) FROM records_load").fetchone() == (0,)
