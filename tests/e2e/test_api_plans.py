"""Plans over REST: linted and paid on texts that come with the call, and kept nowhere."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.exports import write_export
from tests.plan_texts import PLAN
from tests.serving import served, signed
from wald.records import models

CREDITS = "payee,credited_on,amount\nana,2026-01-15,60000\n"
QUOTAS = "payee,starts_on,ends_on,amount\nana,2026-01-01,2026-12-31,120000\n"


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_export(tmp_path_factory.mktemp("plans")), django_db_blocker):
        yield


@pytest.fixture
def ana() -> Client:
    return signed("ana")


def post(person: Client, path: str, status: int = 200, **body: object) -> Any:
    answer = person.post(f"/api/v1{path}", body, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_plan_is_linted_and_says_how_sure_each_finding_is(ana: Client) -> None:
    told = post(ana, "/plans/lint", plan=PLAN)
    assert told["warnings"] == 0
    assert {one["certainty"] for one in told["findings"]} == {"proved", "not asked"}
    whole = PLAN.replace("tiers:", "method: whole\n        tiers:")
    told = post(ana, "/plans/lint", plan=whole, quota="120000", margin="0.4")
    refuted = {one["rule"]: one for one in told["findings"] if one["verdict"] == "refuted"}
    assert refuted["cliffs"]["certainty"] == "refuted with this counterexample"
    assert refuted["cliffs"]["numbers"]["size"]


def test_a_margin_may_be_that_of_one_measure(ana: Client) -> None:
    """5 % of each further unit below the quota, 8 % above: more than 6 %."""
    told = post(ana, "/plans/lint", plan=PLAN, margins={"revenue": "0.06"})
    (margin,) = [one for one in told["findings"] if one["rule"] == "margin"]
    assert margin["verdict"] == "refuted"
    assert "that of revenue, given" in margin["sentence"]
    refused = post(ana, "/plans/lint", 422, plan=PLAN, margins={"profit": "0.06"})
    assert "no measure 'profit'" in str(refused)


def test_a_text_that_is_no_plan_is_told_as_findings(ana: Client) -> None:
    told = post(ana, "/plans/lint", plan=PLAN.replace("rate: 0.08", "rate: 8"))
    assert [one["rule"] for one in told["findings"]] == ["terms"]


def test_people_are_paid_by_texts_as_the_command_pays_them(ana: Client) -> None:
    """60,000 at 5 % is 3,000."""
    told = post(ana, "/pay/plain", plans=[PLAN], credits=CREDITS, quotas=QUOTAS)
    assert [(one["payee"], one["total"]) for one in told["payees"]] == [("ana", "3000.00")]
    as_json = '[{"payee": "ana", "credited_on": "2026-01-15", "amount": 60000}]'
    assert post(ana, "/pay/plain", plans=[PLAN], credits=as_json, quotas=QUOTAS) == told
    later = post(ana, "/pay/plain", plans=[PLAN], credits=CREDITS, quotas=QUOTAS, period="2026-02")
    assert later["payees"][0]["total"] == "0.00"


def test_what_keeps_somebody_from_being_paid_is_told(ana: Client) -> None:
    told = post(ana, "/pay/plain", plans=[PLAN], credits=CREDITS)
    assert told["left_out"] == ["ana"]
    assert "needs a quota" in told["problems"][0]["what"]


@pytest.mark.parametrize(
    ("credits", "said"),
    [
        ("payee,amount\nana,1\n", "the column is missing"),
        ("[1, 2]", "it is no list of objects"),
        ("payee,credited_on,amount\n" + "ana,2026-01-15,1\n" * 5001, "5,001 rows"),
        ("payee,credited_on,amount\nana,1900-01-15,1\nana,2999-01-15,1\n", "too much for one"),
    ],
)
def test_rows_that_cannot_be_used_are_refused(ana: Client, credits: str, said: str) -> None:
    assert said in str(post(ana, "/pay/plain", 422, plans=[PLAN], credits=credits))


def test_too_long_a_text_is_refused(ana: Client) -> None:
    assert "plan" in str(post(ana, "/plans/lint", 422, plan="x" * 200_001))
    assert "credits" in str(post(ana, "/pay/plain", 422, plans=[PLAN], credits="x" * 1_000_001))


def test_nothing_of_it_is_kept_even_under_a_key(ana: Client) -> None:
    for path, body in (
        ("/plans/lint", {"plan": PLAN}),
        ("/pay/plain", {"plans": [PLAN], "credits": CREDITS, "quotas": QUOTAS}),
    ):
        answer = ana.post(
            f"/api/v1{path}", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY="one"
        )
        assert answer.status_code == 200
    assert not models.IdempotentCall.objects.exists()
    assert not models.DocumentVersion.objects.exists()
