"""Ana opens the home page: what was booked, what moved, what is missing, how fresh it all is."""

import re
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.browsing import shell_queries, text_of, visitor
from tests.exports import write_export
from tests.serving import served
from wald.facts.metric import metrics


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_export(tmp_path_factory.mktemp("home")), django_db_blocker):
        yield


@pytest.fixture
def rae() -> Client:
    return visitor("rae")


def test_shows_the_quarter_of_the_last_day_of_the_data(rae: Client) -> None:
    page = text_of(rae.get("/"))
    assert "The pulse of 2024-Q1" in page
    assert "data reach to 1 Mar 2024" in page


def test_says_what_was_booked(rae: Client) -> None:
    """B1 and B3: 100.00 + 50.50."""
    assert '<data title="€150.50">€151</data>' in text_of(rae.get("/"))


@pytest.mark.parametrize("query", ["", "?period=2024-Q1", "?as_of=2024-02-15", "?period=2023-Q4"])
@pytest.mark.parametrize("key", ["win_rate", "open_pipeline", "won_deals", "deals_without_account"])
def test_each_figure_opens_the_same_number(rae: Client, query: str, key: str) -> None:
    page = rae.get(f"/{query}").content.decode()
    shown = re.search(
        rf'href="(/metrics/{key}/[^"]*)".*?<td class="number">(?:<data title="([^"]+)">)?([^<]+)',
        page,
        re.DOTALL,
    )
    assert shown is not None
    address, exact, brief = shown[1].replace("&amp;", "&"), shown[2], shown[3]
    value = (exact or brief).strip()
    assert f">{value if value != '–' else 'cannot be had'}<" in text_of(rae.get(address))


def test_a_figures_address_holds_the_dates_of_the_page(rae: Client) -> None:
    page = rae.get("/?period=2024-Q1&as_of=2024-02-15").content.decode()
    address = next(a for a in re.findall(r'href="([^"]+)"', page) if "/metrics/win_rate/" in a)
    asked = parse_qs(urlsplit(address.replace("&amp;", "&")).query)
    assert asked == {"period": ["2024-Q1"], "as_of": ["2024-02-15"]}


def test_shows_where_it_is_better_or_worse(rae: Client) -> None:
    page = text_of(rae.get("/"))
    assert all(name in page for name in ("By team", "By region", "By segment", "North"))


def test_what_cannot_be_had_says_what_is_missing(rae: Client) -> None:
    page = text_of(rae.get("/"))
    assert "Nothing is loaded for quota." in page
    assert "Nothing is loaded for lead." in page


def test_an_unfinished_quarter_says_so_once(rae: Client) -> None:
    page = text_of(rae.get("/"))
    assert page.count("2024-Q1 runs until 2024-03-31; counted up to 2024-03-01.") == 1


def test_a_day_in_the_past_gives_the_past(rae: Client) -> None:
    """By 2024-02-15 only O1 had closed and only B1 was booked."""
    page = text_of(rae.get("/?as_of=2024-02-15"))
    assert '<data title="€100.00">€100</data>' in page
    assert "100.0\N{NO-BREAK SPACE}%" in page


def test_a_wrong_date_is_answered_with_what_to_write(rae: Client) -> None:
    answer = rae.get("/?as_of=31/02/2024&known=never")
    assert answer.status_code == 400
    page = text_of(answer)
    assert "write it like 2017-12-31" in page
    assert page.count("<li><b>") == 2


def test_a_wrong_period_is_answered_with_what_to_write(rae: Client) -> None:
    answer = rae.get("/?period=spring")
    assert answer.status_code == 400
    assert "2017-Q3" in text_of(answer)


def test_before_anything_was_known_it_says_what_to_do(rae: Client) -> None:
    page = text_of(rae.get("/?known=2001-01-01"))
    assert "Nothing is loaded yet" in page
    assert "wald load path/to/your/export" in page


def test_the_list_of_metrics_has_them_all_with_numbers(rae: Client) -> None:
    page = text_of(rae.get("/metrics/"))
    assert all(f"/metrics/{key}/" in page for key in metrics())
    assert "66.7\N{NO-BREAK SPACE}%" in page


def test_the_definitions_name_every_dimension_and_column(rae: Client) -> None:
    page = text_of(rae.get("/definitions/"))
    assert "<code>lead_source</code>" in page
    assert "days from opening to closing" in page


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    assert client.get("/").headers["Location"] == "/sign-in/?next=/"


def test_costs_a_fixed_number_of_queries(
    rae: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rae.get("/")
    # Session, user, loads, settings; open insights and the last night.
    with django_assert_num_queries(6 + shell_queries()):
        rae.get("/")
