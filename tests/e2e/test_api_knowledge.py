"""Insights and decisions by the API: what goes in, what is refused, what comes out."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.deciding import DRAFT, MARCH, clock_at, learning
from tests.serving import signed
from wald.records import models

NORTH = {"metric": "win_rate", "where": "region = 'North'", "period": "2024-Q1"}
SEEN = {"claim": "Half are lost", "question": NORTH, "estimate": "-0.5", "unit": "ratio"}
MADE = {
    "question": DRAFT.question, "options": list(DRAFT.options), "choice": DRAFT.choice,
    "why": DRAFT.why, "kind": DRAFT.kind, "metric": DRAFT.metric, "population": DRAFT.population,
    "period": DRAFT.period, "baseline": DRAFT.baseline, "low": DRAFT.low,
    "estimate": DRAFT.estimate, "high": DRAFT.high, "confidence": DRAFT.confidence,
    "review_on": DRAFT.review_on,
}  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with learning(tmp_path_factory.mktemp("api"), django_db_blocker):
        yield


@pytest.fixture(autouse=True)
def march(monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(MARCH, monkeypatch)


@pytest.fixture
def ana() -> Client:
    return signed("ana")


def _post(client: Client, path: str, body: object) -> Any:
    told = body if isinstance(body, str) else json.dumps(body)
    return client.post(f"/api/v1{path}", told, content_type="application/json")


def _wrong(answer: HttpResponse) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [problem["where"] for problem in json.loads(answer.content)["problems"]]


def test_the_same_finding_is_made_once_and_then_seen(ana: Client) -> None:
    first, again = _post(ana, "/insights", SEEN), _post(ana, "/insights", SEEN)
    assert (first.status_code, again.status_code) == (201, 200)
    told = again.json()
    assert told["insight_id"] == first.json()["insight_id"]
    assert (told["times_seen"], told["estimate"], told["status"]) == (2, "-0.5", "new")
    assert told["question"]["as_of"] == "2024-03-01"
    rows = ana.get(f"/api/v1/insights/{told['insight_id']}/rows").json()
    assert [row["opportunity_id"] for row in rows["rows_behind"]] == ["O1", "O2"]


def test_a_status_takes_the_version_that_was_read(ana: Client) -> None:
    made = _post(ana, "/insights", {**SEEN, "claim": "A status of it"}).json()
    path = f"/insights/{made['insight_id']}/status"
    done = _post(ana, path, {"status": "looking", "version": 1})
    assert (done.status_code, done.json()["version"]) == (200, 2)
    stale = _post(ana, path, {"status": "dismissed", "why": "noise", "version": 1})
    assert stale.status_code == 409
    assert stale.json()["changed"] == ["ana on 2024-03-02 09:00 UTC: looking"]
    assert _wrong(_post(ana, path, {"status": "dismissed", "version": 2})) == ["why"]
    history = ana.get(f"/api/v1/insights/{made['insight_id']}/history").json()
    assert [one["kind"] for one in history] == ["looking", "recorded"]


def test_a_decision_is_checked_without_being_kept(ana: Client) -> None:
    before = models.Decision.objects.count()
    told = _post(ana, "/decisions/check", MADE)
    assert told.status_code == 200
    assert told.json()["snapshot"]["value"] == "0.500000"
    assert models.Decision.objects.count() == before


def test_a_decision_is_made_and_told_in_full(ana: Client) -> None:
    made = _post(ana, "/decisions", MADE)
    assert made.status_code == 201
    told = made.json()
    assert (told["low"], told["confidence"], told["period"]) == ("0.1", "0.7", "2024-Q2")
    assert told["snapshot"]["denominator"] == "2"
    assert told["snapshot_of_others"]["value"] == "1.000000"
    assert (told["outcome"], told["interval"]) == (None, None)
    assert ana.get(f"/api/v1/decisions/{told['decision_id']}").json() == told
    superseding = {**MADE, "supersedes": told["decision_id"]}
    assert _post(ana, "/decisions", superseding).status_code == 201
    assert _post(ana, "/decisions", superseding).status_code == 409


def test_every_fault_of_a_decision_is_told_at_once(ana: Client) -> None:
    wrong = {**MADE, "choice": "No", "population": "regio = 1", "confidence": "2",
             "review_on": "2024-05-01", "insight_id": 999}  # fmt: skip
    assert _wrong(_post(ana, "/decisions", wrong)) == [
        "choice", "population, character 1", "confidence", "review_on", "insight",
    ]  # fmt: skip
    assert "metric" in _wrong(_post(ana, "/decisions", {**MADE, "metric": "winrate"}))


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/insights", {}),
        ("/insights", {**SEEN, "claim": ""}),
        ("/insights", {**SEEN, "claim": "a\0b"}),
        ("/insights", '{"claim": "\\ud800"}'),
        ("/insights", {**SEEN, "claim": "x" * 501}),
        ("/insights", {**SEEN, "surprise": 1}),
        ("/insights", {**SEEN, "estimate": "NaN"}),
        ("/insights", {**SEEN, "low": "1", "estimate": "0"}),
        ("/insights", {**SEEN, "p_value": "1.5"}),
        ("/insights", {**SEEN, "question": {"metric": "none"}}),
        ("/insights", {**SEEN, "question": {**NORTH, "where": "(("}}),
        ("/insights", {**SEEN, "question": {**NORTH, "where": "region = 'a\0'"}}),
        ("/insights", {**SEEN, "question": {**NORTH, "as_of": "9999-99-99"}}),
        ("/insights", {**SEEN, "evidence": {"deep": {"er": 1}}}),
        ("/insights", '{"claim": "x", "evidence": {"a": NaN}}'),
        ("/insights", '{"claim": "x", "evidence": {"a": "\\u0000"}}'),
        ("/insights", {**SEEN, "evidence": {"a": 10**400}}),
        ("/decisions", {}),
        ("/decisions", []),
        ("/decisions", {**MADE, "options": "One"}),
        ("/decisions", {**MADE, "why": "a\0b"}),
        ("/decisions", {**MADE, "insight_id": 10**30}),
        ("/decisions", {**MADE, "insight_id": -1}),
        ("/decisions", {**MADE, "low": 0.1}),
        ("/decisions", {**MADE, "low": "1e999999999"}),
        ("/decisions", {**MADE, "population": "x" * 5000}),
        ("/decisions/review", {"only": "all"}),
        ("/insights/1/status", {"status": "asleep", "version": 1}),
        ("/insights/1/status", {"status": "looking"}),
    ],
)
def test_what_cannot_be_read_is_refused_and_nothing_is_written(
    ana: Client, path: str, body: object
) -> None:
    before = (models.Insight.objects.count(), models.Decision.objects.count())
    answer = _post(ana, path, body)
    assert answer.status_code in (400, 422), answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert (models.Insight.objects.count(), models.Decision.objects.count()) == before


@pytest.mark.parametrize("number", ["404", "9" * 18, "9" * 40])
def test_what_is_not_there_is_not_found(ana: Client, number: str) -> None:
    for path in (f"/insights/{number}", f"/insights/{number}/rows", f"/insights/{number}/similar",
                 f"/insights/{number}/history", f"/decisions/{number}",
                 f"/decisions/{number}/similar"):  # fmt: skip
        assert ana.get(f"/api/v1{path}").status_code == 404
    body = {"status": "looking", "version": 1}
    assert _post(ana, f"/insights/{number}/status", body).status_code == 404
    assert _post(ana, f"/insights/{number}/case", {}).status_code == 404


def test_lists_are_paged_by_number_and_filtered(ana: Client) -> None:
    for place in range(3):
        _post(ana, "/insights", {**SEEN, "claim": f"Paged {'abc'[place]} of three"})
    newest = ana.get("/api/v1/insights?limit=2").json()
    numbers = [one["insight_id"] for one in newest]
    following = ana.get(f"/api/v1/insights?limit=2&before={numbers[-1]}").json()
    assert numbers == sorted(numbers, reverse=True)
    assert following[0]["insight_id"] < numbers[-1]
    assert ana.get("/api/v1/insights?status=dismissed").json() == []
    assert ana.get("/api/v1/insights?colour=red").status_code == 422
    assert ana.get("/api/v1/decisions?state=asleep").status_code == 422
    assert ana.get("/api/v1/decisions?decided_by=nobody").json() == []


def test_roles_are_kept_to(ana: Client) -> None:
    rae, max_ = signed("rae"), signed("max")
    assert _post(rae, "/insights", SEEN).status_code == 403
    assert _post(rae, "/decisions", MADE).status_code == 403
    assert _post(rae, "/decisions/review", {}).status_code == 403
    assert max_.get("/api/v1/insights").status_code == 403
    assert max_.get("/api/v1/search?text=north").status_code == 403
    assert Client().get("/api/v1/decisions").status_code == 401


@pytest.mark.parametrize("text", ['"', "* OR *", "' OR 1=1 --", "%F0%9F%8C%B2", "+"])
def test_any_text_can_be_looked_for(ana: Client, text: str) -> None:
    assert ana.get(f"/api/v1/search?text={text}").status_code == 200
