"""Max looks for his deals: sorted, filtered, by page, as of any day; and at one deal's history."""

import csv
import re
from collections.abc import Iterator
from io import StringIO

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.browsing import shell_queries, text_of, visitor
from tests.exports import FILES, write_export
from tests.serving import served

# 60 more, so that there is a second page: X01 to X60, each worth its number, opened in January.
_MORE = "".join(
    f"X{n:02},Extra {n},A2,P2,Talks,open,{n}.00,EUR,2024-06-01,2024-01-{1 + n % 28:02} 08:00:00,\n"
    for n in range(1, 61)
)
_CHANGES = """\
change_id,opportunity_id,field,old,new,changed_at,changed_by
C1,O1,stage,Talks,Won,2024-02-10 15:00:00,P1
C2,O1,outcome,open,won,2024-02-10 15:00:00,P1
C3,O1,amount,90.00000000,100.00000000,2024-01-20 10:00:00,P1
"""


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    export = write_export(
        tmp_path_factory.mktemp("deals"), opportunity=FILES["opportunity.csv"] + _MORE
    )
    (export / "opportunity_change.csv").write_text(_CHANGES)
    with served(export, django_db_blocker):
        yield


@pytest.fixture
def rae() -> Client:
    return visitor("rae")


def _column(page: str, place: int = 0) -> list[str]:
    rows = page[page.index("<tbody") : page.index("</tbody>")].split("<tr")[1:]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row)[place] for row in rows]
    return [re.sub(r"<[^>]+>", "", cell) for cell in cells]


def _shown(rae: Client, **asked: str | list[str]) -> list[str]:
    return _column(text_of(rae.get("/deals/", asked)))


def test_shows_the_newest_fifty_and_counts_them_all(rae: Client) -> None:
    """4 and 60 deals; 525.50 of the four, and 1 + 2 + ... + 60 = 1830."""
    page = text_of(rae.get("/deals/"))
    assert len(_column(page)) == 50
    assert "64 deals" in page
    assert "€2,355.50 in all" in page
    assert _column(page)[0] == "Four"


def test_the_last_page_has_the_rest(rae: Client) -> None:
    page = text_of(rae.get("/deals/?page=2"))
    assert len(_column(page)) == 14
    assert "51–64 of 64 deals" in page


def test_pages_neither_repeat_nor_lose_a_deal(rae: Client) -> None:
    both = [name for page in "12" for name in _shown(rae, page=page, sort="stage")]
    assert len(both) == len(set(both)) == 64


def test_sorts_by_a_column_both_ways(rae: Client) -> None:
    assert _shown(rae, sort="-amount")[:2] == ["Two", "One"]
    assert _shown(rae, sort="amount")[:2] == ["Extra 1", "Extra 2"]


def test_a_heading_turns_the_order_around(rae: Client) -> None:
    page = text_of(rae.get("/deals/?sort=-amount&region=North"))
    assert '<th scope="col" class="number" aria-sort="descending">' in page
    assert 'href="?sort=amount&amp;region=North"' in page


def test_filters_by_what_one_can_choose(rae: Client) -> None:
    assert set(_shown(rae, outcome="won")) == {"One", "Three"}
    assert set(_shown(rae, outcome="won", region="South")) == {"Three"}
    assert set(_shown(rae, segment="SMB")) == {"One", "Three"}


def test_offers_only_values_that_occur(rae: Client) -> None:
    page = text_of(rae.get("/deals/"))
    assert re.findall(r'<select id="region".*?</select>', page)[0].count("<option") == 4
    assert "<option>North</option><option>South</option>" in page


def test_what_is_not_known_can_be_asked_for(rae: Client) -> None:
    assert _shown(rae, outcome="(none)") == []


def test_searches_names_accounts_and_keys_in_any_case(rae: Client) -> None:
    assert _shown(rae, search="tWo") == ["Two"]
    assert set(_shown(rae, search="acorn")) == {"One", "Three"}
    assert _shown(rae, search="x07") == ["Extra 7"]


@pytest.mark.parametrize("search", ["%", "_", "'", "\\", "' OR 1=1 --", "Extra\0%"])
def test_signs_in_a_search_mean_themselves(rae: Client, search: str) -> None:
    assert _shown(rae, search=search) == []


def test_filters_in_the_language(rae: Client) -> None:
    assert set(_shown(rae, where="amount > 60 AND close_on < DATE '2024-03-01'")) == {"One", "Two"}


def test_a_faulty_filter_is_shown_with_its_place(rae: Client) -> None:
    answer = rae.get("/deals/", {"where": "amont > 60"})
    assert answer.status_code == 400
    assert "<mark>amont</mark>" in text_of(answer)


@pytest.mark.parametrize("asked", [{"sort": "-salary"}, {"column": "salary"}])
def test_a_column_that_is_not_there_is_refused(rae: Client, asked: dict[str, str]) -> None:
    answer = rae.get("/deals/", asked)
    assert answer.status_code == 400
    assert "deals have no such column" in text_of(answer)


def test_shows_the_columns_one_chose(rae: Client) -> None:
    page = text_of(rae.get("/deals/?column=name&column=cycle_days&sort=-cycle_days&outcome=won"))
    assert _column(page, 1) == ["51", "40"]


def test_a_day_in_the_past_shows_deals_as_they_stood(rae: Client) -> None:
    """On 2024-01-15: O1 was worth 90.00 and open; O4 was not there yet."""
    page = text_of(rae.get("/deals/?as_of=2024-01-15&search=O1"))
    assert _column(page) == ["One"]
    assert "€90.00 in all" in page
    assert _shown(rae, as_of="2024-01-15", search="O4") == []


def test_the_file_holds_all_pages_and_the_same_filter(rae: Client) -> None:
    answer = rae.get("/deals.csv?region=South")
    text = b"".join(answer).decode()  # type: ignore[arg-type]  # a streaming answer
    rows = list(csv.DictReader(StringIO(text)))
    assert len(rows) == 62
    assert answer.headers["Content-Disposition"] == 'attachment; filename="wald-deals.csv"'


def test_a_deal_shows_what_is_known_and_every_change(rae: Client) -> None:
    page = text_of(rae.get("/deals/O1/"))
    assert "<h1>One</h1>" in page
    assert "<b>Amount</b> <del>90.00 EUR</del>" in page
    assert "<ins>100.00 EUR</ins>" in page
    assert page.index("10 Feb 2024") < page.index("20 Jan 2024") < page.index("<b>Opened</b>")


def test_a_deal_in_the_past_knows_nothing_of_the_future(rae: Client) -> None:
    page = text_of(rae.get("/deals/O1/?as_of=2024-01-15"))
    assert "90.00" in page
    assert "10 Feb 2024" not in page


def test_a_column_chosen_twice_is_shown_once(rae: Client) -> None:
    assert _shown(rae, column=["name", "name"], outcome="won", sort="name") == ["One", "Three"]


@pytest.mark.parametrize(
    "address", ["/deals/O9/", "/deals/%00/", "/deals/O4/?as_of=2024-01-15", "/deals.exe"]
)
def test_what_is_not_there_is_not_found(rae: Client, address: str) -> None:
    assert rae.get(address).status_code == 404


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    for address in ("/deals/", "/deals.csv", "/deals/O1/"):
        assert client.get(address).status_code == 302


def test_costs_a_fixed_number_of_queries(
    rae: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    rae.get("/deals/?sort=amount")
    # Session, user, loads, settings, the sales process agreed, views.
    with django_assert_num_queries(6 + shell_queries()):
        rae.get("/deals/?sort=amount")
