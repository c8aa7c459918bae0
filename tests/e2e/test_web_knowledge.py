"""Pages of insights and decisions: who may do what, what is refused, what a page costs."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.deciding import DRAFT, MARCH, clock_at, drafted, learning
from tests.serving import ANA, workspace
from wald.actions.decisions import decide
from wald.actions.insights import record_insight
from wald.insights.insight import Insight, StoredQuery
from wald.queries.insights import noticed
from wald.records import models

_PAGES = (
    "/insights/", "/insights/1/", "/decisions/", "/decisions/1/", "/decisions/calibration/",
)  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with learning(tmp_path_factory.mktemp("knowing"), django_db_blocker):
        _record("Half of the deals in the North are lost", "region = 'North'")
        _record("Max loses more than others", "rep_id = 'P1'")
        decide(actor=ANA, workspace=workspace(), draft=drafted(insight_id=1), at=MARCH)
        yield


@pytest.fixture(autouse=True)
def march(monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(MARCH, monkeypatch)


@pytest.fixture
def ana() -> Client:
    return visitor("ana")


@pytest.fixture
def rae() -> Client:
    return visitor("rae")


def _record(claim: str, where: str) -> int:
    query = StoredQuery("win_rate", where=where, period="2024-Q1")
    seen = noticed(actor=ANA, workspace=workspace(), query=query, at=MARCH)
    insight = Insight(claim, seen.source, where, "win_rate", seen.effect, question=seen.question)
    return record_insight(actor=ANA, workspace=workspace(), insight=insight, at=MARCH)


@pytest.mark.parametrize("page", _PAGES)
def test_who_may_only_read_reads_them_and_finds_nothing_to_press(rae: Client, page: str) -> None:
    shown = text_of(rae.get(page))
    for word in ("Decide…", "Dismiss", "Record one…", "Supersede…", "Open a case"):
        assert word not in shown


def test_who_may_only_read_cannot_write(rae: Client) -> None:
    assert rae.post("/insights/1/", {"do": "look"}).status_code == 403
    assert rae.get("/insights/new/?metric=win_rate").status_code == 403
    assert rae.post("/decisions/new/", {"do": "decide"}).status_code == 403
    assert models.Decision.objects.count() == 1


@pytest.mark.parametrize("page", _PAGES)
def test_reps_and_strangers_see_none(page: str) -> None:
    assert visitor("max").get(page).status_code == 403
    assert Client().get(page).status_code == 302


def test_what_is_about_max_is_not_for_the_manager_of_another(ana: Client) -> None:
    mia = visitor("mia")
    assert mia.get("/insights/2/").status_code == 404
    assert "Max loses" not in text_of(mia.get("/insights/"))
    assert "Max loses" not in text_of(mia.get("/decisions/new/?insight=1"))
    assert "Max loses" in text_of(ana.get("/insights/"))
    assert mia.get("/decisions/new/?insight=2").status_code == 404
    assert mia.post("/insights/2/", {"do": "look"}).status_code in (400, 404)


@pytest.mark.parametrize(
    "page", ["/insights/404/", "/decisions/404/", "/insights/" + "9" * 30 + "/",
             "/decisions/" + "9" * 30 + "/", "/decisions/new/?insight=404",
             "/decisions/new/?supersedes=404"]
)  # fmt: skip
def test_what_is_not_there_is_not_found(ana: Client, page: str) -> None:
    assert ana.get(page).status_code == 404


def test_dismissing_without_a_reason_is_refused_beside_the_field(ana: Client) -> None:
    number = _record("Something to dismiss", "region = 'South'")
    answer = ana.post(f"/insights/{number}/", {"do": "dismiss", "version": "1"})
    assert answer.status_code == 400
    assert "It is empty; say why it need not be looked at again." in text_of(answer)
    done = ana.post(f"/insights/{number}/", {"do": "dismiss", "why": "Noise", "version": "1"})
    assert done.status_code == 302
    assert "dismissed, ana: Noise" in text_of(ana.get(f"/insights/{number}/"))


def test_what_somebody_changed_meanwhile_is_said(ana: Client) -> None:
    number = _record("Two look at it", "region = 'South'")
    ana.post(f"/insights/{number}/", {"do": "look", "version": "1"})
    answer = ana.post(f"/insights/{number}/", {"do": "dismiss", "why": "x", "version": "1"})
    assert answer.status_code == 409
    assert "ana on 2024-03-02 09:00 UTC: looking" in text_of(answer)


def test_an_unknown_button_does_nothing(ana: Client) -> None:
    assert ana.post("/insights/1/", {"do": "explode"}).status_code == 400


def test_an_insight_becomes_a_case(ana: Client) -> None:
    number = _record("Somebody should look", "region = 'South'")
    answer = ana.post(f"/insights/{number}/", {"do": "case", "version": "1"})
    assert answer.status_code == 302
    case = models.Case.objects.get(fingerprint=f"insight:{number}")
    assert case.title == "Somebody should look"
    assert "being looked at" in text_of(ana.get(f"/insights/{number}/"))


def test_every_fault_of_a_decision_stands_beside_its_field(ana: Client) -> None:
    form = {"do": "decide", "question": "What?", "metric": "win_rate", "population": "regio = 1"}
    answer = ana.post("/decisions/new/", form)
    page = text_of(answer)
    assert answer.status_code == 400
    assert 'value="regio = 1"' in page
    assert "did you mean region?" in page
    for name in ("choice", "why", "period", "low", "confidence", "review_on", "options"):
        assert f'aria-describedby="about_{name}"' in page
    assert models.Decision.objects.count() == 1


def test_superseding_begins_with_what_was_decided(ana: Client) -> None:
    page = text_of(ana.get("/decisions/new/?supersedes=1"))
    assert "Supersede decision 1" in page
    assert DRAFT.question in page
    assert "Do nothing" in page


def test_a_metric_page_and_the_deals_table_lead_to_it(ana: Client, rae: Client) -> None:
    page = text_of(ana.get("/metrics/win_rate/?where=region = 'North'"))
    assert "where=region+%3D+%27North%27&amp;metric=win_rate" in page
    assert "Record this as an insight" not in text_of(rae.get("/metrics/win_rate/"))
    assert "Record this as an insight" in text_of(ana.get("/deals/?region=North"))


def test_deals_that_somebody_looked_at_open_again(ana: Client) -> None:
    answer = ana.post("/insights/new/?region=North&outcome=won", {"claim": "Few wins here"})
    page = text_of(ana.get(answer["Location"]))
    assert ">One</td>" in page or ">One</a>" in page
    assert "1–1 of 1 rows" in page


@pytest.mark.parametrize(
    "query",
    ["?status=x&metric=y&least=z&page=x", "?least=" + "9" * 40, "?metric=%00", "?status=%00",
     "?page=99999", "?by=%00&state=x", "?state=waiting&by=' OR 1=1 --"],
)  # fmt: skip
def test_odd_filters_are_no_fault(ana: Client, query: str) -> None:
    assert ana.get("/insights/" + query).status_code == 200
    assert ana.get("/decisions/" + query).status_code == 200


def test_odd_queries_of_a_new_insight_are_refused_with_words(ana: Client) -> None:
    for query in ("metric=none", "metric=win_rate&where=(", "metric=win_rate&period=soon",
                  "metric=win_rate&as_of=x"):  # fmt: skip
        answer = ana.get(f"/insights/new/?{query}")
        assert answer.status_code == 400, query
        assert "message error" in text_of(answer)


def test_nothing_yet_says_what_to_do(ana: Client) -> None:
    assert "No insight is like that" in text_of(ana.get("/insights/?status=gone"))
    assert "No decision is like that" in text_of(ana.get("/decisions/?state=came"))
    assert "No decision has been measured yet" in text_of(ana.get("/decisions/calibration/"))


# Of each, five are the frame's: session, user, and what waits for her in the rail.
_COSTS = {
    "/insights/": 10,
    "/insights/1/": 15,
    "/decisions/": 9,
    "/decisions/1/": 12,
    "/decisions/calibration/": 7,
}


@pytest.mark.parametrize("page", _PAGES)
def test_costs_a_fixed_number_of_queries(
    ana: Client, page: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    ana.get(page)  # answers of facts are kept after the first time
    with django_assert_max_num_queries(_COSTS[page]):
        ana.get(page)


def test_a_list_costs_the_same_with_more_in_it(
    ana: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for place in range(5):
        _record(f"One more of many, number {'x' * place}", "region = 'South'")
    with django_assert_max_num_queries(_COSTS["/insights/"]):
        ana.get("/insights/")


def test_a_note_is_data(ana: Client, tmp_path: Path) -> None:
    number = _record("<script>alert(1)</script>", "region = 'South'")
    page = text_of(ana.get(f"/insights/{number}/"))
    assert "<script>alert" not in page
