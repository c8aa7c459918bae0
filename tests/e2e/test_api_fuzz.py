"""The API answers as openapi.json says, whatever is sent; the campaign sends far more."""

import json
import re

import pytest
from django.test import Client
from ninja.openapi.schema import OpenAPISchema
from pytest_django import DjangoDbBlocker

from tests.reliability import api_fuzz
from tests.reliability.desk import served
from tests.serving import WORDS, signed
from wald.api.urls import api
from wald.kernel.policy import Role
from wald.kernel.problem import Stale
from wald.records.stores.users import create_user


def test_nothing_sent_breaks_a_promise_of_the_document(django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        # The chains of calls take longer than a suite may; they are the campaign's.
        found = api_fuzz.run(1, seed=5, phases=("examples", "coverage"))
    assert found.failed == 0, found.words
    assert found.tried > 500


def test_every_operation_declares_what_stands_before_all_of_them() -> None:
    for path, methods in api.get_openapi_schema()["paths"].items():
        for method, operation in methods.items():
            declared = {int(status) for status in operation["responses"]}
            wanted = {401, 403, 422, 503} | ({400, 409, 413, 415} if method != "get" else {304})
            assert wanted <= declared, (method, path)


def test_operations_have_names_of_their_own() -> None:
    paths = api.get_openapi_schema()["paths"].values()
    names = [operation["operationId"] for methods in paths for operation in methods.values()]
    assert sorted(names) == sorted(set(names))


def test_no_two_shapes_share_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    # The document keeps one of them for both, and what the other answers is not declared.
    found: dict[str, list[object]] = {}
    add = OpenAPISchema.add_schema_definitions

    def added(schema: OpenAPISchema, definitions: dict[str, object]) -> None:
        for name, definition in definitions.items():
            if definition not in found.setdefault(name, []):
                found[name].append(definition)
        add(schema, definitions)

    monkeypatch.setattr(OpenAPISchema, "add_schema_definitions", added)
    OpenAPISchema(api, "/api/v1/")  # what the API keeps may have been made before
    assert len(found) > 100
    assert [name for name, forms in found.items() if len(forms) > 1] == []


_BODIES = [
    (b"{", 400, "line 1, column 2"),
    (b"\xff\xfe{}", 400, "byte 1"),
    (b'{"name": NaN}', 400, "NaN"),
    (b'{"name": "a", "name": "b"}', 422, "name"),
    (b'{"name": "a\\u0000b"}', 422, "name"),
    (b'{"name": "\\ud800"}', 422, "name"),
    (b'{"scopes": ["a", "\\udfff"]}', 422, "scopes.1"),
    (b'{"name": 1e999}', 422, "name"),
    (b'{"name": ' + b"9" * 5000 + b"}", 422, "a number"),
    (b'{"name": ' + b"[" * 50 + b"]" * 50 + b"}", 422, "the body"),
    (b"[" * 100_000, 422, "the body"),
]


@pytest.mark.parametrize(("body", "status", "where"), _BODIES, ids=lambda value: str(value)[:30])
def test_a_body_that_nobody_could_keep_is_refused_with_its_place(
    body: bytes, status: int, where: str
) -> None:
    answer = Client().post("/api/v1/keys", body, content_type="application/json")
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["problems"][0]["where"] == where


def test_a_body_that_is_too_large_is_refused_with_the_limit() -> None:
    body = json.dumps({"name": "x" * 3_000_000})
    answer = Client().post("/api/v1/keys", body, content_type="application/json")
    assert answer.status_code == 413
    assert "2,621,440" in answer.json()["detail"]


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/jsonp", "nonsense"])
def test_a_body_of_another_type_is_refused_with_a_sentence(kind: str) -> None:
    answer = Client().post("/api/v1/keys", "{}", content_type=kind)
    assert answer.status_code == 415
    assert "Content-Type: application/json" in answer.json()["detail"]


def test_a_form_is_no_body() -> None:
    assert Client().post("/api/v1/keys", {"name": "x"}).status_code == 415


@pytest.mark.parametrize("path", ["/api/v1/loads?limit=%00", "/api/v1/metrics/%00", "/api/v1/a%00"])
def test_a_nul_in_an_address_breaks_nothing(path: str) -> None:
    assert Client().get(path).status_code in (404, 422)


def test_a_bug_is_told_with_an_id_and_logged_once(
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    def broken(**_: object) -> None:
        raise ZeroDivisionError("a secret")

    monkeypatch.setattr("wald.api.keys.desk.keys", broken)
    with django_db_blocker.unblock(), served():
        create_user("rae", WORDS, Role.READ_ONLY, database="default")
        answer = signed("rae").get("/api/v1/keys")
    assert answer.status_code == 500
    name = re.search(r"urn:wald:fault:(\w+)", answer.json()["instance"])
    assert name
    assert "secret" not in answer.content.decode()
    assert [name[1] in one.getMessage() for one in caplog.records] == [True]


def test_what_was_read_before_is_not_sent_again(django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock(), served():
        create_user("rae", WORDS, Role.READ_ONLY, database="default")
        rae = signed("rae")
        first = rae.get("/api/v1/metrics/win_rate")
        again = rae.get("/api/v1/metrics/win_rate", headers={"if-none-match": first["ETag"]})
        other = rae.get("/api/v1/metrics/win_rate", headers={"if-none-match": '"other"'})
    assert (again.status_code, again.content) == (304, b"")
    assert other.content == first.content


def test_somebody_who_wrote_in_between_is_told_with_what_changed(
    monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> None:
    def stale(**_: object) -> None:
        raise Stale("Somebody was quicker.", ["Ben changed the due date to 3 June."])

    monkeypatch.setattr("wald.api.keys.desk.keys", stale)
    with django_db_blocker.unblock(), served():
        create_user("rae", WORDS, Role.READ_ONLY, database="default")
        answer = signed("rae").get("/api/v1/keys")
    assert answer.status_code == 409
    assert answer.json()["detail"] == "Somebody was quicker."
    assert answer.json()["changed"] == ["Ben changed the due date to 3 June."]
