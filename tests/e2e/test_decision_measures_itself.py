"""Ana decides on an insight; the day comes, Wald measures; somebody meets the like, and finds it.

North won one of two before, and two of three in the quarter of the decision: 16.7 points more,
where 10 to 20 were expected. South won all there was, before and after.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.deciding import DRAFT, JULY, MARCH, clock_at, known_in_july, learning
from tests.serving import ANA, signed, workspace
from tests.terminal import wald
from wald.actions.work.job import Run, jobs
from wald.queries.search import find

_POINTS = "\N{NO-BREAK SPACE}points"
_LOOKED_AT = "metric=win_rate&where=region = 'North'&period=2024-Q1"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("deciding")


@pytest.fixture(scope="module", autouse=True)
def service(folder: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with learning(folder, django_db_blocker):
        yield


@pytest.fixture
def ana() -> Client:
    return visitor("ana")


def _at_home(*words: str) -> object:
    return wald(*words, "--json", "--home", str(settings.HOME)).json


def _form(**changes: str) -> dict[str, str]:
    names = ("question", "choice", "why", "kind", "metric", "population", "period", "baseline",
             "low", "estimate", "high", "confidence", "review_on")  # fmt: skip
    told = {name: getattr(DRAFT, name) for name in names}
    return {**told, "options": "\n".join(DRAFT.options), "insight_id": "1", **changes}


def _run_the_job() -> object:
    told: list[str] = []
    run = Run(
        job_id=1,
        actor=ANA,
        workspace=workspace(),
        at=JULY,
        arguments={},
        kept={},
        told=lambda words, done, total: told.append(words),
    )
    return jobs()["review_decisions"].steps[0].run(run)


def test_1_ana_records_what_she_sees_on_a_metric_page(
    ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at(MARCH, monkeypatch)
    asked = text_of(ana.get(f"/insights/new/?{_LOOKED_AT}"))
    assert "<code>region = &#x27;North&#x27;</code>" in asked
    assert "<dt>Value</dt><dd>50.0\N{NO-BREAK SPACE}%</dd>" in asked
    claim = "Half of the deals in the North are lost"
    answer = ana.post(f"/insights/new/?{_LOOKED_AT}", {"claim": claim, "estimate": "-50 points"})
    assert answer["Location"] == "/insights/1/"
    page = text_of(ana.get("/insights/1/"))
    assert claim in page
    assert f"−50{_POINTS}" in page
    assert ">O1</a>" in page  # a row behind it


def test_2_she_checks_and_then_decides(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(MARCH, monkeypatch)
    begun = text_of(ana.get("/decisions/new/?insight=1"))
    assert "What do we do about this: Half of the deals in the North are lost" in begun
    checked = text_of(ana.post("/decisions/new/", _form(do="check")))
    assert "It can be kept. win_rate is 50.0\N{NO-BREAK SPACE}%" in checked
    answer = ana.post("/decisions/new/", _form(do="decide"))
    assert answer["Location"] == "/decisions/1/"
    page = text_of(ana.get("/decisions/1/"))
    assert "Wald measures it in 121 days, on 1 Jul 2024." in page
    assert "decided" in text_of(ana.get("/insights/1/"))


def test_3_on_its_review_date_it_measures_itself_once(
    ana: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at(JULY, monkeypatch)
    known_in_july(folder)
    assert _run_the_job() == {"measured": [1]}
    assert _run_the_job() == {"measured": []}
    assert _at_home("decisions", "review") == []
    page = text_of(ana.get("/decisions/1/"))
    assert f'<p class="big">+16.7{_POINTS}</p>' in page
    assert "The effect came, measured 1 Jul 2024 05:00 UTC." in page
    assert "everybody else" in page
    assert "<svg" in page


def test_4_its_owner_has_a_case_and_a_notice(ana: Client) -> None:
    from wald.records import models

    case = models.Case.objects.get(fingerprint="decision:1:review")
    assert (case.assignee, case.is_open) == ("ana", True)
    assert {link.target for link in case.links.all()} == {
        "decision:1",
        "metric:win_rate",
        "insight:1",
    }
    assert models.Event.objects.filter(type="decision.measured").count() == 1


def test_5_it_is_found_again_beside_a_similar_insight(
    ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Through the API it is recorded; page, API and command show what followed last time."""
    clock_at(JULY, monkeypatch)
    like = {
        "claim": "Deals in the North get lost again",
        "question": {"metric": "win_rate", "where": "region = 'North'", "period": "2024-Q2"},
    }
    rest = signed("ana")
    made = rest.post("/api/v1/insights", json.dumps(like), content_type="application/json")
    assert made.status_code == 201, made.content
    number = made.json()["insight_id"]

    page = text_of(ana.get(f"/insights/{number}/"))
    beside = page[page.index("Similar, and what followed") :]
    assert DRAFT.question in beside
    assert "the effect came" in beside
    assert f"+16.7{_POINTS}" in beside

    similar = rest.get(f"/api/v1/insights/{number}/similar").json()
    decided = next(one for one in similar if one["kind"] == "decision")
    assert (decided["number"], decided["detail"]) == (1, "the effect came")
    assert decided["change"] == "0.166667"

    told = _at_home("insights", "show", str(number))
    assert isinstance(told, dict)
    assert [one["number"] for one in told["similar"] if one["kind"] == "decision"] == [1]


def test_6_and_beside_a_decision_that_is_being_written(
    ana: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at(JULY, monkeypatch)
    form = _form(do="check", question="Again the North: what now?", period="2024-Q3",
                 review_on="2024-10-02", baseline="2024-Q2", insight_id="")  # fmt: skip
    page = text_of(ana.post("/decisions/new/", form))
    assert DRAFT.question in page[page.index("Similar decisions, and what followed") :]


def test_7_and_by_its_words(ana: Client) -> None:
    assert [one.number for one in find(actor=ANA, workspace=workspace(), text="pilo quot")] == [1]
    found = _at_home("decisions", "search", "pilot", "north")
    assert found == signed("rae").get("/api/v1/search?text=pilot north").json()
    assert isinstance(found, list)
    assert [one["kind"] for one in found] == ["decision"]


def test_8_the_decider_has_a_first_outcome(ana: Client) -> None:
    assert "too few to say" in text_of(ana.get("/decisions/calibration/"))
    told = signed("rae").get("/api/v1/decisions/calibration").json()
    assert (told["by_decider"]["ana"]["outcomes"], told["all"]["score"]) == (1, None)
