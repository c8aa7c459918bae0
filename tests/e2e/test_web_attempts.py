"""Whoever tries passwords has to wait, longer and longer, whether or not the name exists."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of
from tests.exports import write_export
from tests.serving import WORDS, served, signed
from wald.records.models import SignInFailure
from wald.records.stores.sign_in import (
    FREE_BY_ADDRESS,
    FREE_BY_NAME,
    address_of,
    begin_attempt,
    end_attempts,
)

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
AWAY = "203.0.113.9"


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_export(tmp_path_factory.mktemp("attempts")), django_db_blocker):
        yield


@pytest.fixture(autouse=True)
def forgotten(service: None) -> None:
    SignInFailure.objects.all().delete()


def _tries(name: str, password: str) -> tuple[int, str]:
    answer = Client().post("/sign-in/", {"username": name, "password": password})
    return answer.status_code, text_of(answer)


def _begin(name: str, at: datetime, address: str = AWAY) -> int:
    return begin_attempt(name, address, at=at, database="default")


@pytest.mark.parametrize("name", ["rae", "nobody at all", "RAE"])
def test_after_some_wrong_attempts_the_page_says_how_long_to_wait(name: str) -> None:
    for _ in range(FREE_BY_NAME):
        status, page = _tries(name, "wrong")
        assert status == 200
        assert "Too many attempts" not in page
    status, page = _tries(name, "wrong")
    assert status == 429
    assert "Too many attempts. Try again in" in page
    assert _tries(name, WORDS)[0] == 429, "not even with the right password"


def test_the_page_reads_alike_for_a_name_that_nobody_has() -> None:
    known, unknown = _tries("rae", "wrong")[1], _tries("nob", "wrong")[1]
    without_token = [page.split('name="csrfmiddlewaretoken"')[1][120:] for page in (known, unknown)]
    assert without_token[0].replace("rae", "x") == without_token[1].replace("nob", "x")


def test_whoever_signs_in_starts_afresh() -> None:
    for _ in range(FREE_BY_NAME - 1):
        _tries("rae", "wrong")
    assert _tries("rae", WORDS)[0] == 302
    assert not SignInFailure.objects.exists()


def test_the_api_counts_the_same_attempts() -> None:
    for _ in range(FREE_BY_NAME):
        assert signed("rae", "wrong").get("/api/v1/metrics").status_code == 401
    answer = signed("rae", "wrong").get("/api/v1/metrics")
    assert answer.status_code == 429
    assert "try again in" in answer.json()["detail"]
    assert _tries("rae", WORDS)[0] == 429


def test_waits_double_up_to_a_quarter_of_an_hour_and_end() -> None:
    at, waits = NOON, []
    for _ in range(FREE_BY_NAME + 12):
        wait = _begin("rae", at)
        if wait:
            waits.append(wait)
            at += timedelta(seconds=wait)
            assert _begin("rae", at - timedelta(seconds=1)) == 1
            assert _begin("rae", at) == 0
    assert waits[:5] == [1, 2, 4, 8, 16]
    assert max(waits) == 900
    assert _begin("rae", at + timedelta(hours=2)) == 0


def test_an_address_that_tries_many_names_waits_too() -> None:
    for number in range(FREE_BY_ADDRESS):
        assert _begin(f"name {number}", NOON) == 0
    assert _begin("another", NOON) == 1
    assert _begin("another", NOON, "203.0.113.10") == 0
    assert _begin("another", NOON, "127.0.0.1") == 0


def test_a_whole_network_is_one_address_in_ipv6() -> None:
    for number in range(FREE_BY_ADDRESS):
        assert _begin(f"name {number}", NOON, f"2001:db8::{number:x}") == 0
    assert _begin("another", NOON, "2001:db8::ffff") == 1
    assert _begin("another", NOON, "2001:db8:0:1::1") == 0


def test_attempts_at_once_do_not_slip_through() -> None:
    """None of them has failed yet when the next begins."""
    assert [_begin("rae", NOON) for _ in range(FREE_BY_NAME + 3)] == [0] * FREE_BY_NAME + [1] * 3


def test_no_name_is_kept_and_nothing_for_long() -> None:
    _begin("my secret password", NOON)
    assert "secret" not in str(list(SignInFailure.objects.values()))
    _begin("rae", NOON + timedelta(days=2))
    assert SignInFailure.objects.count() == 1
    end_attempts("RAE", database="default")
    assert not SignInFailure.objects.exists()


def test_the_address_is_what_our_own_proxy_says_and_nobody_else() -> None:
    proxies = frozenset({"10.0.0.1", "10.0.0.2"})
    told = {"HTTP_X_FORWARDED_FOR": "6.6.6.6, 203.0.113.9, 10.0.0.2"}
    assert address_of({"REMOTE_ADDR": "10.0.0.1", **told}, proxies) == AWAY
    assert address_of({"REMOTE_ADDR": "198.51.100.7", **told}, proxies) == "198.51.100.7"
    assert address_of({"REMOTE_ADDR": "10.0.0.1", **told}, ()) == "10.0.0.1"
    assert address_of({"REMOTE_ADDR": "10.0.0.1", "HTTP_X_FORWARDED_FOR": "<b>"}, proxies) == ""
    assert address_of({}, proxies) == ""


def test_a_name_with_a_nul_is_no_name() -> None:
    with override_settings(DEBUG=False):
        assert _tries("ra\0e", "wrong")[0] == 200
