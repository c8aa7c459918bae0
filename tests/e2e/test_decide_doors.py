"""From an insight to a measured decision through every door: page, API, command.

The company of eight reps: North wins three more deals of ten from January 2024 on.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.deciding import clock_at
from tests.effect_world import APRIL, DRAFT, JANUARY, known_in_april, known_in_january
from tests.serving import WORDS, signed, workspace
from tests.terminal import wald
from wald.kernel.policy import Role
from wald.records.stores.users import create_user
from wald.records.stores.workspace import bring_up_to_date

_CLAIM = "The North wins too few deals"
_EXPECTED = {"low": "10 points", "estimate": "20 points", "high": "30 points"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("doors")


@pytest.fixture(scope="module", autouse=True)
def service(folder: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=quick):
        bring_up_to_date("default")
        try:
            create_user("ana", WORDS, Role.SALES_OPERATIONS, database="default")
            known_in_january(folder, workspace())
            yield
        finally:
            call_command("flush", interactive=False, verbosity=0)


@pytest.fixture
def ana() -> Client:
    return visitor("ana")


def _at_home(*words: str) -> object:
    return wald(*words, "--json", "--home", str(settings.HOME)).json


def test_1_an_insight_proposes(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(JANUARY, monkeypatch)
    rest = signed("ana")
    asked = {
        "claim": _CLAIM,
        "estimate": "-0.2",
        "source": "win_rate_shift",
        "question": {"metric": "win_rate", "where": "region = 'North'", "period": "2023-Q4"},
    }
    made = rest.post("/api/v1/insights", json.dumps(asked), content_type="application/json")
    assert made.status_code == 201, made.content
    told = rest.get("/api/v1/insights/1/proposal").json()
    assert (told["action"], told["came_back"]) == ("review_deals", None)
    begun = told["decision"]
    assert (begun["period"], begun["review_on"]) == ("2024-Q2", "2024-07-01")
    assert (begun["low"], begun["estimate"], begun["high"]) == ("0.0500", "0.1000", "0.2000")
    assert "Look at the deals." in text_of(ana.get("/insights/1/"))
    form = text_of(ana.get("/decisions/new/?insight=1"))
    assert "0.1000" in form
    assert '<option value="proposed" selected>' in form


def test_2_it_becomes_a_case(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(JANUARY, monkeypatch)
    ana.post("/insights/1/", {"do": "case", "version": "1"})
    told = _at_home("insights", "case", "1")
    assert told == {"case_id": 1, "reviews": [], "draft": None}
    assert "Look at the deals." in text_of(ana.get("/cases/1/"))


def test_3_the_command_says_what_can_be_found_and_keeps_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock_at(JANUARY, monkeypatch)
    given = ("--insight", "1", "--why", DRAFT.why, "--confidence", "70 %", "--period", "2024-Q1",
             "--review-on", "2024-04-02", "--low", "10 points", "--estimate", "20 points",
             "--high", "30 points")  # fmt: skip
    checked = _at_home("decide", *given, "--check")
    assert isinstance(checked, dict)
    assert (checked["design"]["key"], checked["design"]["unit"]) == ("differences", "rep_id")
    shown = wald("decide", *given, "--check", "--home", str(settings.HOME)).out
    assert "four times in five" in shown
    kept = _at_home("decide", *given)
    assert isinstance(kept, dict)
    assert (kept["decision_id"], kept["insight_id"]) == (1, 1)


def test_4_the_form_draws_a_lot(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(JANUARY, monkeypatch)
    names = ("question", "choice", "why", "kind", "metric", "period", "confidence", "review_on")
    form = {name: getattr(DRAFT, name) for name in names} | _EXPECTED
    form |= {"options": "\n".join(DRAFT.options), "population": "", "baseline": "",
             "design": "randomised", "unit": "territory", "do": "check"}  # fmt: skip
    page = text_of(ana.post("/decisions/new/", form))
    assert "4 of 8 were drawn by lot, each as likely as any other." in page
    assert "The lot fell on T" in page


def test_5_on_its_day_the_effect_stands_with_its_interval(
    ana: Client, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_at(APRIL, monkeypatch)
    known_in_april(folder, workspace())
    (told,) = signed("ana").post(
        "/api/v1/decisions/review", "{}", content_type="application/json"
    ).json()  # fmt: skip
    effect = told["measured"]["effect"]
    assert float(effect["low"]) < 0.3 < float(effect["high"])
    assert told["has_come"] is True
    assert len(told["measured"]["chart"]) == 15
    page = text_of(ana.get("/decisions/1/"))
    assert "is the estimate of its effect" in page
    assert "Against how the others changed" in page
    assert "moved as the others did" in page
    shown = wald("decisions", "show", "1", "--home", str(settings.HOME)).out
    assert "Effect:" in shown
    assert "4 with it, 4 without" in shown


def test_6_and_is_recalled_beside_the_like(ana: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(APRIL, monkeypatch)
    rest = signed("ana")
    asked = {
        "claim": "In the North deals are lost again",
        "source": "win_rate_shift",
        "subject": "again",
        "question": {"metric": "win_rate", "where": "region = 'North'", "period": "2024-Q1"},
    }
    made = rest.post("/api/v1/insights", json.dumps(asked), content_type="application/json")
    number = made.json()["insight_id"]
    page = text_of(ana.get(f"/insights/{number}/"))
    assert "its effect +" in page[page.index("Similar, and what followed") :]
    similar = rest.get(f"/api/v1/insights/{number}/similar").json()
    decided = next(one for one in similar if one["kind"] == "decision")
    assert float(decided["effect"]["estimate"]) > 0.2
