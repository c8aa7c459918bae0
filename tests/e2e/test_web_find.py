"""Somebody finds records by a few words, as a page and as the palette asks, with their rights."""

from collections.abc import Iterator

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker
from sqlglot import exp

from tests.browsing import text_of, visitor
from tests.exports import write_export
from tests.sample_records import sample_records
from tests.serving import ANA, served, workspace
from wald.engine import duck
from wald.kernel.policy import Role
from wald.queries.measure import view
from wald.queries.views import PAGES
from wald.records.stores.users import create_user
from wald.web.shell import BESIDE, JOBS


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_export(tmp_path_factory.mktemp("find")), django_db_blocker):
        create_user("max", "four quiet words here", Role.REP, database="default")
        sample_records()
        yield


def _asked(person: Client, words: str) -> dict[str, list[dict[str, str]]]:
    answer = person.get("/find/", {"q": words}, headers={"accept": "application/json"})
    found: dict[str, list[dict[str, str]]] = answer.json()
    return found


def _kinds(person: Client, words: str) -> set[str]:
    return {one["kind"] for one in _asked(person, words)["found"]}


def test_a_deal_is_found_by_parts_of_its_name_account_and_key() -> None:
    ana = visitor("ana")
    for words in ("one", "ONE", "o1", "one o1"):
        addresses = [one["address"] for one in _asked(ana, words)["found"]]
        assert "/deals/O1/" in addresses, words
    assert _asked(ana, "one zebra")["found"] == []


def test_a_deal_is_found_again_after_the_engine_dropped_what_it_had_at_hand(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    ana = visitor("ana")
    before = _asked(ana, "one")["found"]
    monkeypatch.setattr(duck, "_YOUNG", 0.0)
    stage = view(actor=ANA, workspace=workspace()).engine.stage
    assert stage is not None
    for number in range(20):
        stage(exp.select(exp.alias_(exp.Literal.number(number), "number")))
    assert _asked(ana, "one")["found"] == before


def test_a_metric_a_load_and_a_person_are_found() -> None:
    ana = visitor("ana")
    assert "Metric" in _kinds(ana, "win rate")
    assert "Load" in _kinds(ana, "load 1")
    assert "Person" in _kinds(ana, "rae")


def test_who_may_not_see_something_does_not_find_it() -> None:
    rep = visitor("max")  # nobody of the facts: no deal is his
    assert _kinds(rep, "one") & {"Deal", "Person"} == set()
    assert "Person" not in _kinds(rep, "rae")
    assert "Metric" in _kinds(rep, "win rate")


@pytest.mark.parametrize("words", ["%", "_", "'", '"', "\\", "\0", "*", "x" * 5000, "zz " * 500])
def test_odd_words_mean_themselves(words: str) -> None:
    found = _asked(visitor("ana"), words)["found"]
    assert [one for one in found if words not in str(one)] == []


def test_before_a_word_is_typed_there_are_pages_and_deeds_that_one_may() -> None:
    offered = {one["title"] for one in _asked(visitor("ana"), "")["fixed"]}
    assert {"Deals", "Journal", "Sign out", "Dark theme", "Won"} <= offered
    for_a_rep = {one["title"] for one in _asked(visitor("max"), "")["fixed"]}
    assert "Deals" in for_a_rep
    assert not {"Journal", "People", "Work"} & for_a_rep


def test_without_script_it_is_a_page() -> None:
    page = text_of(visitor("ana").get("/find/?q=one"))
    assert 'href="/deals/O1/"' in page
    assert "Nothing is called that" in text_of(visitor("ana").get("/find/?q=zebra"))


def test_strangers_find_nothing(client: Client) -> None:
    assert client.get("/find/?q=one").status_code == 302


def test_every_entry_of_the_rail_says_who_may_open_it() -> None:
    entries = (*JOBS, *BESIDE)
    assert [job.address for job in entries if job.address not in PAGES] == []
    keys = [job.key for job in entries]
    assert len(keys) == len(set(keys))


def test_single_keys_are_switched_off_and_stay_off() -> None:
    ana = visitor("ana")
    assert "data-keys-off" not in text_of(ana.get("/deals/"))
    assert ana.post("/keyboard/", {"keys": "off", "next": "/deals/"}).headers["Location"] == (
        "/deals/"
    )
    assert "data-keys-off" in text_of(ana.get("/deals/"))
    ana.post("/keyboard/", {"keys": "on", "next": "//example.org/"})
    assert "data-keys-off" not in text_of(ana.get("/deals/"))


def test_a_panel_is_the_content_alone() -> None:
    page = text_of(visitor("ana").get("/deals/O1/?panel=1"))
    assert "<h1>One</h1>" in page
    assert "<html" not in page
    assert "<nav" not in page
