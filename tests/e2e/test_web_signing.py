"""Somebody signs in, chooses the dark, signs out; every answer carries its strict headers."""

from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.exports import write_export
from tests.serving import WORDS, served
from wald.web.headers import POLICY


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_export(tmp_path_factory.mktemp("signing")), django_db_blocker):
        yield


def _signs_in(client: Client, **more: str) -> str:
    words = {"username": "rae", "password": WORDS, **more}
    return str(client.post("/sign-in/", words).headers.get("Location"))


def test_signing_in_leads_home(client: Client) -> None:
    assert _signs_in(client) == "/"
    assert "The pulse" in text_of(client.get("/"))


def test_signing_in_leads_on_to_where_one_wanted_to_go(client: Client) -> None:
    assert _signs_in(client, next="/deals/?sort=amount") == "/deals/?sort=amount"


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:x"])
def test_signing_in_never_leads_to_another_host(client: Client, elsewhere: str) -> None:
    assert _signs_in(client, next=elsewhere) == "/"


def test_a_wrong_password_is_answered_without_saying_which_part_is_wrong(client: Client) -> None:
    page = text_of(client.post("/sign-in/", {"username": "rae", "password": "wrong"}))
    assert "Please enter a correct username and password" in page
    assert 'value="rae"' in page


def test_who_was_put_out_cannot_read_on() -> None:
    person = visitor("rae")
    User.objects.filter(username="rae").update(is_active=False)
    answer = person.get("/")
    User.objects.filter(username="rae").update(is_active=True)
    assert answer.status_code == 302


def test_signing_out_ends_it() -> None:
    person = visitor("rae")
    assert person.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert person.get("/").status_code == 302


def test_the_page_outside_says_nothing_of_the_inside(client: Client) -> None:
    page = text_of(client.get("/sign-in/"))
    assert "Deals" not in page
    assert "This workspace" not in page


def test_the_theme_is_remembered(client: Client) -> None:
    answer = client.post("/theme/", {"theme": "dark", "next": "/sign-in/"})
    assert answer.headers["Location"] == "/sign-in/"
    assert '<html lang="en" data-theme="dark">' in text_of(client.get("/sign-in/"))
    client.post("/theme/", {"theme": "", "next": "/sign-in/"})
    assert '<html lang="en">' in text_of(client.get("/sign-in/"))


@pytest.mark.parametrize("back", ["https://example.org/", "//example.org/", ""])
def test_choosing_a_theme_never_leads_to_another_host(client: Client, back: str) -> None:
    assert client.post("/theme/", {"theme": "dark", "next": back}).headers["Location"] == "/"


def test_a_theme_that_is_not_there_is_no_theme(client: Client) -> None:
    client.cookies["theme"] = '"><script>'
    assert "<script>" not in text_of(client.get("/sign-in/"))


@pytest.mark.parametrize(
    "address", ["/", "/sign-in/", "/nothing/", "/metrics/win_rate/", "/static/web/wald.css"]
)
def test_every_answer_is_strict(address: str) -> None:
    answer = visitor("rae").get(address)
    answer.close()
    headers = answer.headers
    assert headers["Content-Security-Policy"] == POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"


def test_pages_are_kept_by_nobody_between() -> None:
    assert visitor("rae").get("/").headers["Cache-Control"] == "private, no-cache"


def test_an_unknown_address_says_so_in_the_same_look() -> None:
    answer = visitor("rae").get("/nothing/")
    assert answer.status_code == 404
    page = text_of(answer)
    assert "There is nothing here" in page
    assert 'aria-label="Main"' in page


def test_a_fault_says_so_and_shows_no_traceback(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(**_: object) -> None:
        raise ValueError("secret detail")

    monkeypatch.setattr("wald.web.pages.home.home_page", broken)
    person = visitor("rae")
    person.raise_request_exception = False
    answer = person.get("/")
    assert answer.status_code == 500
    assert "Something broke" in text_of(answer)
    assert "secret detail" not in text_of(answer)
    assert "secret detail" in caplog.text
