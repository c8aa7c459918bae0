"""Ana looks at what was loaded and what was wrong with it, and takes a load back; Rae may look."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.browsing import shell_queries, text_of, visitor
from tests.exports import FILES, write_export
from tests.serving import loaded, served

_FAULTY = FILES["opportunity.csv"] + "O5,Five,A1,P1,Talks,open,lots,EUR,2024-05-01,2024-02-01,\n"


@pytest.fixture(scope="module")
def export(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_export(tmp_path_factory.mktemp("data"), opportunity=_FAULTY)


@pytest.fixture(autouse=True)
def service(export: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with served(export, django_db_blocker):
        yield


@pytest.fixture
def ana() -> Client:
    return visitor("ana")


@pytest.fixture
def rae() -> Client:
    return visitor("rae")


def _newest(person: Client) -> str:
    """Return the address of the newest load."""
    page = text_of(person.get("/data/"))
    return re.findall(r'href="(/data/loads/\d+/)"', page)[0]


def test_lists_loads_with_what_became_of_every_row(ana: Client) -> None:
    """2 people, 2 accounts, 3 stages, 5 opportunities of which 1 is rejected, 2 bookings."""
    page = text_of(ana.get("/data/"))
    assert "by ana" in text_of(ana.get(_newest(ana)))
    assert '<td class="number">14</td><td class="number">13</td>' in page
    assert '#rejects">1</a>' in page


def test_shows_rejected_rows_with_their_reason(ana: Client) -> None:
    page = text_of(ana.get(_newest(ana)))
    assert "Rejected: 1 row of opportunity.csv for opportunity" in page
    assert "lots" in page


def test_hands_out_the_reject_file(ana: Client) -> None:
    answer = ana.get(f"{_newest(ana)}rejects/1.csv")
    assert "O5" in text_of(answer)
    assert "attachment" in answer.headers["Content-Disposition"]


def test_asks_before_it_takes_a_load_back(ana: Client) -> None:
    page = text_of(ana.get(f"{_newest(ana)}undo/"))
    assert "Take it back" in page
    assert "Keep it" in page
    assert "undone" not in text_of(ana.get("/data/"))


def test_a_load_taken_back_counts_no_longer(ana: Client) -> None:
    page = text_of(ana.post(f"{_newest(ana)}undo/", follow=True))
    assert "13 rows no longer count" in page
    assert '<span class="tag">undone</span>' in page
    assert "Nothing is loaded yet" in text_of(ana.get("/"))


def test_a_load_is_taken_back_once(ana: Client) -> None:
    address = f"{_newest(ana)}undo/"
    ana.post(address)
    assert "was undone on" in text_of(ana.post(address, follow=True))


def test_only_the_newest_load_is_offered_to_be_taken_back(ana: Client, tmp_path: Path) -> None:
    first = _newest(ana)
    loaded(write_export(tmp_path / "later", booking=FILES["booking.csv"].replace("50.50", "60.50")))
    assert "Take back" not in text_of(ana.get(first))
    assert "Take back" in text_of(ana.get(_newest(ana)))


def test_readers_see_that_there_was_a_load_and_not_its_rows(rae: Client, ana: Client) -> None:
    address = _newest(ana)
    page = text_of(rae.get("/data/"))
    assert "Load 1" in page
    assert "whoever may load folders sees it" in page
    assert "opportunity.csv" not in page
    for path in (address, f"{address}rejects/1.csv"):
        answer = rae.get(path)
        assert answer.status_code == 403
        assert "needs the permission" in text_of(answer)


def test_readers_may_not_undo(rae: Client, ana: Client) -> None:
    answer = rae.post(f"{_newest(ana)}undo/", follow=True)
    assert "needs the permission" in text_of(answer)
    assert "undone" not in text_of(ana.get("/data/"))


def test_an_undo_needs_the_token_of_a_form(ana: Client) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = ana.cookies
    answer = strict.post(f"{_newest(ana)}undo/")
    assert answer.status_code == 403
    assert "This form has expired" in text_of(answer)


@pytest.mark.parametrize("address", ["/data/loads/999/", "/data/loads/999/undo/"])
def test_an_unknown_load_is_not_found(ana: Client, address: str) -> None:
    assert ana.get(address).status_code == 404
    assert ana.post(address).status_code in (404, 405)


def test_a_reject_file_that_is_not_there_is_not_found(ana: Client) -> None:
    assert ana.get(f"{_newest(ana)}rejects/2.csv").status_code == 404


def test_strangers_are_sent_to_sign_in(client: Client) -> None:
    for address in (
        "/data/",
        "/data/loads/1/",
        "/data/loads/1/undo/",
        "/data/loads/1/rejects/1.csv",
    ):
        assert client.get(address).status_code == 302


def test_costs_a_fixed_number_of_queries(
    ana: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(5 + shell_queries()):  # session, user, loads, parts, rejects
        ana.get("/data/")
