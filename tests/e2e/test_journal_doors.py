"""Somebody reads the journal on its page and by the API; others may not."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.exports import write_export
from tests.serving import ANA, served, signed, workspace
from wald.actions.act import act
from wald.actions.settings import change_setting
from wald.records.stores import sealing

AT = datetime(2026, 3, 1, 9, 30, tzinfo=UTC)


@pytest.fixture(scope="module", autouse=True)
def lived(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """Ana loads, changes a setting twice, writes on case 17; Zed wrote once and was erased."""
    with served(write_export(tmp_path_factory.mktemp("export")), django_db_blocker):
        for month in ("3", "1"):
            change_setting(
                actor=ANA, workspace=workspace(), key="fiscal_year_starts", value=month, at=AT
            )
        _write("case:17", {"comment": "<b>call</b> them", "to": ["rae", "max"], "late": True})
        _write("case:18", {"comment": "gone"}, concerns="zed")
        sealing.destroy_key("zed", database="default", at=AT)
        yield


def _write(about: str, after: dict[str, object], concerns: str = "") -> None:
    with act(
        actor=ANA,
        workspace=workspace(),
        at=AT,
        permission="cases.work",
        action="case.comment",
        about=about,
        why="they asked",
    ) as entry:
        entry.after = after
        entry.concerns = concerns


@pytest.fixture
def page() -> Client:
    return visitor("ana")


def test_the_page_lists_entries_newest_first(page: Client) -> None:
    text = text_of(page.get("/journal/")).partition("Clear</a>")[2]
    assert text.index("case:18") < text.index("case:17") < text.index("fiscal_year_starts")
    assert "fiscal_year_starts: 3 → 1" in text
    assert "&lt;b&gt;call&lt;/b&gt; them" in text
    assert "sealed: the person was erased" in text
    assert "gone" not in text


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ("who=ana&action=case.comment", "case:17", "setting:"),
        ("about=case:17", "case:17", "case:18"),
        ("about=case:", "case:18", "setting:"),
        ("who=nobody", "No entry fits", "case:17"),
        ("since=2026-03-01&until=2026-03-01", "case:17", "No entry fits"),
        ("until=2026-02-28", "No entry fits", "case:17"),
        ("since=soon", "is not a day", "case:17"),
        ("before=3", "load:1", "case:17"),
        ("before=x&about=%00&who=%F0%9F%98%80", "No entry fits", "case:17"),
    ],
)
def test_entries_are_found(page: Client, query: str, there: str, not_there: str) -> None:
    response = page.get(f"/journal/?{query}")
    body = text_of(response).partition("Clear</a>")[2].partition("Check it")[0]
    assert response.status_code == 200
    assert there in body
    assert not_there not in body


def test_one_entry_says_from_what_to_what_and_why(page: Client) -> None:
    newest = signed("ana").get("/api/v1/journal?about=case:17").json()[0]["seq"]
    text = text_of(page.get(f"/journal/{newest}/"))
    assert "they asked" in text
    assert "rae, max" in text
    assert '<td class="wrap">yes</td>' in text
    sealed = text_of(page.get(f"/journal/{newest + 1}/"))
    assert "sealed for ever" in sealed
    assert page.get("/journal/99999/").status_code == 404


def test_pages_of_entries_lead_on(page: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wald.web.pages.journal._SIZE", 2)
    first = text_of(page.get("/journal/?who=ana"))
    assert "Older" in first
    assert "Newest" not in first
    address = first.partition("Older")[0].rpartition('href="')[2].partition('"')[0]
    second = text_of(page.get("/journal/" + address.replace("&amp;", "&")))
    assert "who=ana" in address
    assert "case:18" not in second
    assert "Newest" in second


@pytest.mark.parametrize("address", ["/journal/", "/journal/1/"])
def test_who_may_not_read_it_is_refused(address: str) -> None:
    assert visitor("rae").get(address).status_code == 403
    assert Client().get(address).status_code == 302
    assert signed("rae").get(f"/api/v1{address.rstrip('/')}").status_code == 403


def test_a_page_asks_the_database_a_fixed_number_of_times(page: Client) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def asked(query: str) -> int:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page.get(f"/journal/{query}")
        return len(queries)

    assert asked("") == asked("?action=settings.change") <= 10


def test_the_api_gives_the_same() -> None:
    found = signed("ana").get("/api/v1/journal?limit=2").json()
    assert [one["about"] for one in found] == ["case:18", "case:17"]
    assert (found[0]["is_erased"], found[0]["after"], found[0]["why"]) == (True, {}, "")
    assert found[0]["concerns"].startswith("erased person ")
    assert found[1]["after"] == {"comment": "<b>call</b> them", "late": True, "to": ["rae", "max"]}
    older = signed("ana").get(f"/api/v1/journal?before={found[1]['seq']}").json()
    assert older[0]["action"] == "settings.change"
    assert signed("ana").get(f"/api/v1/journal/{found[1]['seq']}").json() == found[1]
    head = signed("ana").get("/api/v1/journal/head").json()
    assert head == {"seq": found[0]["seq"], "hash": found[0]["hash"]}


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?limit=0", 422),
        ("?limit=1001", 422),
        ("?before=-1", 422),
        ("?before=99999999999999999999", 422),
        ("?since=soon", 422),
        ("?until=2026-02-30", 422),
        ("?colour=blue", 422),
        ("?about=%00", 422),
        (f"?who={'x' * 301}", 422),
        ("/999999999", 404),
        ("/99999999999999999999", 404),
    ],
)
def test_a_question_that_makes_no_sense_is_answered_plainly(query: str, status: int) -> None:
    assert signed("ana").get(f"/api/v1/journal{query}").status_code == status
