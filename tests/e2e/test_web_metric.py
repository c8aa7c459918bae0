"""Ana opens a number: its parts, its past, its definition, and the rows that add up to it."""

import csv
import re
from collections.abc import Iterator
from decimal import Decimal
from io import BytesIO, StringIO

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.browsing import shell_queries, text_of, visitor
from tests.exports import FILES, write_export
from tests.serving import served
from wald.facts.metric import metrics

_PER_CENT = "\N{NO-BREAK SPACE}%"

# A deal whose name a spreadsheet would run.
_DEALS = FILES["opportunity.csv"].replace("O1,One,", "O1,=1+1,")


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    export = write_export(tmp_path_factory.mktemp("metric"), opportunity=_DEALS)
    with served(export, django_db_blocker):
        yield


@pytest.fixture
def rae() -> Client:
    return visitor("rae")


def _table(page: str, heading: str) -> list[list[str]]:
    """Return the cells of the first table after a heading."""
    body = page[page.index(f">{heading}<") :]
    body = body[body.index("<tbody") : body.index("</table>")]
    return [
        [
            re.sub(r"<[^>]+>", "", cell).strip()
            for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row)
        ]
        for row in body.split("<tr")[1:]
    ]


def _csv(rae: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(rae.get(address)).decode()  # type: ignore[arg-type]  # a streaming answer
    return list(csv.DictReader(StringIO(text)))


@pytest.mark.parametrize("key", sorted(metrics()))
def test_every_metric_has_a_page(rae: Client, key: str) -> None:
    page = text_of(rae.get(f"/metrics/{key}/"))
    assert metrics()[key].definition.replace("'", "&#x27;") in page
    assert metrics()[key].source in page


def test_shows_the_number_and_its_dates(rae: Client) -> None:
    """O1 and O3 won of O1, O2, O3."""
    page = text_of(rae.get("/metrics/win_rate/"))
    assert f'<p class="big">66.7{_PER_CENT}</p>' in page
    assert "2024-Q1 <span" in page
    assert "as of 1 Mar 2024" in page


def test_breaks_down_and_computes_the_total_anew(rae: Client) -> None:
    """North: O1 of O1, O2. South: O3 of O3. The mean of both rates would be 75 %."""
    page = text_of(rae.get("/metrics/win_rate/?by=region"))
    assert [row[:2] for row in _table(page, "By region")] == [
        ["South", f"100.0{_PER_CENT}"],
        ["North", f"50.0{_PER_CENT}"],
        ["All, computed anew, not added up", f"66.7{_PER_CENT}"],
    ]


def test_parts_of_a_whole_have_shares(rae: Client) -> None:
    """100.00 and 50.50 of 150.50."""
    page = text_of(rae.get("/metrics/bookings/?by=region"))
    rows = _table(page, "By region")
    assert [row[1] for row in rows] == ["€100.00", "€50.50", "€150.50"]
    assert rows[0][3:5] == ["€0 to €296", "1 to 2"]  # one booking each: luck makes the order
    assert [row[5] for row in rows[:2]] == [f"66.4{_PER_CENT}", f"33.6{_PER_CENT}"]


def test_draws_it_over_time_with_a_table_beside(rae: Client) -> None:
    page = text_of(rae.get("/metrics/bookings/?grain=month"))
    assert "<svg" in page
    assert 'role="img" aria-label="Chart of Bookings by month' in page
    assert _table(page, "The same as a table") == [
        ["2024-02", "€100.00"],
        ["2024-03 so far", "€50.50"],
    ]


def test_a_level_is_drawn_as_of_the_last_day_of_each_period(rae: Client) -> None:
    """Open at the end of January: O1, O2, O3; of February: O3 and O4; on 2024-03-01: O4."""
    page = text_of(rae.get("/metrics/open_pipeline/?grain=month"))
    values = [row[1] for row in _table(page, "The same as a table")]
    assert values[-2:] == ["€125.50", "€75.00"]


def test_a_filter_in_the_language_narrows_the_number(rae: Client) -> None:
    page = text_of(rae.get("/metrics/win_rate/?where=region = 'North'"))
    assert f'<p class="big">50.0{_PER_CENT}</p>' in page


def test_a_faulty_filter_is_shown_with_its_places(rae: Client) -> None:
    answer = rae.get("/metrics/win_rate/?where=regio = 'North' AND amount > 'x'")
    page = text_of(answer)
    assert answer.status_code == 400
    assert "did you mean region?" in page
    assert "<mark>regio</mark>" in page
    assert 'value="regio = &#x27;North&#x27; AND amount &gt; &#x27;x&#x27;"' in page


@pytest.mark.parametrize(
    "where", ["1=1; DROP TABLE x", "amount IN (SELECT 1)", "(" * 10_000, "read_csv('x') = 'y'"]
)
def test_a_hostile_filter_is_refused(rae: Client, where: str) -> None:
    answer = rae.get("/metrics/win_rate/", {"where": where})
    assert answer.status_code == 400
    assert "cannot be measured like this" in text_of(answer)


def test_the_rows_behind_add_up_to_the_number(rae: Client) -> None:
    page = text_of(rae.get("/metrics/win_rate/"))
    assert f"The last two columns add up to 2 and 3: one over the other is 66.7{_PER_CENT}." in page
    rows = _csv(rae, "/metrics/win_rate/rows.csv")
    assert sum(int(row["numerator"] or 0) for row in rows) == 2
    assert sum(int(row["denominator"] or 0) for row in rows) == 3


def test_the_file_of_rows_adds_up_under_the_same_filter(rae: Client) -> None:
    rows = _csv(rae, "/metrics/bookings/rows.csv?where=region = 'South'&by=region")
    assert sum(Decimal(row["numerator"]) for row in rows) == Decimal("50.50")


def test_a_row_of_a_deal_opens_the_deal(rae: Client) -> None:
    page = text_of(rae.get("/metrics/win_rate/"))
    assert '<a href="/deals/O1/" data-open>O1</a>' in page


def test_a_file_runs_nothing_in_a_spreadsheet(rae: Client) -> None:
    rows = _csv(rae, "/metrics/win_rate/rows.csv")
    assert {row["name"] for row in rows} == {"'=1+1", "Two", "Three"}
    sheet = b"".join(rae.get("/metrics/win_rate/rows.xlsx"))  # type: ignore[arg-type]  # streams
    cells = openpyxl.load_workbook(BytesIO(sheet))["Wald"]
    assert {cell.data_type for row in cells.iter_rows() for cell in row} <= {"s", "n", "d"}


def test_a_breakdown_can_be_taken_away(rae: Client) -> None:
    rows = _csv(rae, "/metrics/win_rate/groups.csv?by=region")
    assert rows == [
        {"region": "North", "value": "0.500000"},
        {"region": "South", "value": "1.000000"},
    ]


def test_a_file_of_a_faulty_question_is_a_page_that_says_so(rae: Client) -> None:
    answer = rae.get("/metrics/win_rate/rows.csv?where=regio = 1")
    assert answer.status_code == 400
    assert "did you mean region?" in text_of(answer)


def test_what_is_not_loaded_cannot_be_had(rae: Client) -> None:
    page = text_of(rae.get("/metrics/quota_attainment/"))
    assert "cannot be had" in page
    assert "nothing is loaded for quota" in page


def test_all_of_time_is_a_period_too(rae: Client) -> None:
    page = text_of(rae.get("/metrics/bookings/?period=all"))
    assert "all periods" in page


@pytest.mark.parametrize(
    "address", ["/metrics/happiness/", "/metrics/win_rate/rows.exe", "/metrics/win_rate/x.csv"]
)
def test_what_is_not_there_is_not_found(rae: Client, address: str) -> None:
    assert rae.get(address).status_code == 404


def test_a_page_beyond_the_last_says_how_many_there_are(rae: Client) -> None:
    assert "Only 1 page of rows" in text_of(rae.get("/metrics/win_rate/?page=7"))


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    for address in ("/metrics/", "/metrics/win_rate/", "/metrics/win_rate/rows.csv"):
        assert client.get(address).status_code == 302


def test_costs_a_fixed_number_of_queries(
    rae: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rae.get("/metrics/win_rate/?by=region")
    with django_assert_num_queries(6 + shell_queries()):  # also the stages agreed
        rae.get("/metrics/win_rate/?by=region")
