"""Whatever is missing, wrong, too large, somebody else's, stale or hostile: a sentence, and
nothing is written.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from tests.bad_input import CALLS, SEEN, World, counts, new_world
from tests.exports import write_export
from tests.serving import served, signed
from wald.api.urls import api
from wald.records import models

_HOSTILE = (
    "\0", "\ud800", "\u202eabc", "a\r\nSet-Cookie: x=1", "<script>alert(1)</script>", "' OR 1=1 --",
    "{{ 7 * 7 }}", "../../etc/passwd", "=1+1", "\uff19", "x" * 500, "%s%n", "\U0001f600", " ", "-1",
)  # fmt: skip
# What was written in between were the words of the case, which these do not touch.
_UNDISTURBED = ("assign_case", "take_case", "give_back_case", "set_case_due")
_EACH = 6  # hostile texts for each field; all of them turn up over the fields
_NOWHERE = (999_999_999, 2**63, 2**80, "nobody", "..%2F..%2Fetc", "%00", "-1")
_BODIES = (b"", b"null", b"[]", b'"x"', b"7", b"{", b"\xff", b'{"a": 1, "a": 2}')


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[World]:
    root = tmp_path_factory.mktemp("bad")
    export = write_export(root / "first")
    with served(export, django_db_blocker), override_settings(IMPORT_ROOT=str(root)):
        yield new_world()


@dataclass(frozen=True)
class Operation:
    name: str
    method: str
    path: str
    shape: dict[str, Any]  # JSON Schema of its body, {} where it takes none


def _operations() -> list[Operation]:
    document = api.get_openapi_schema(path_prefix="/api/v1/")
    shapes = document["components"]["schemas"]
    found = []
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            content = told.get("requestBody", {}).get("content", {}).get("application/json", {})
            name = content.get("schema", {}).get("$ref", "").rpartition("/")[2]
            if method != "get":
                shape = shapes.get(name, {})
                found.append(Operation(told["operationId"], method, path, shape))
    return found


_OPERATIONS = _operations()
_each = pytest.mark.parametrize(
    "operation", [pytest.param(one, id=one.name) for one in _OPERATIONS if one.name in CALLS]
)
_each_with_body = pytest.mark.parametrize(
    "operation",
    [pytest.param(one, id=one.name) for one in _OPERATIONS if one.name in CALLS and one.shape],
)


def test_every_writing_operation_has_an_entry() -> None:
    assert {one.name for one in _OPERATIONS} == set(CALLS), "add it to tests/bad_input.py"


def _send(operation: Operation, world: World, body: object, **parts: object) -> tuple[Any, bool]:
    """Send a call and take back what it did; return the answer, and whether anything was done."""
    call = CALLS[operation.name]
    path = operation.path
    for name, value in {**call.parts(world), **parts}.items():
        path = path.replace(f"{{{name}}}", str(value))
    if isinstance(body, dict) and body.get("version") == SEEN["version"]:
        body = {**body, "version": world.newest.get(operation.name, SEEN["version"])}
    content = body if isinstance(body, bytes) else json.dumps(body)
    before = counts()
    with transaction.atomic():
        person = signed(call.by)
        answer = person.generic(
            operation.method.upper(), path, content, content_type="application/json"
        )
        has_written = counts() != before
        transaction.set_rollback(True)
    return answer, has_written


def _is_refused(operation: Operation, world: World, body: object, **parts: object) -> None:
    answer, has_written = _send(operation, world, body, **parts)
    told = (operation.name, str(body)[:200], parts, answer.content[:500])
    assert 400 <= answer.status_code < 500, told
    assert answer["Content-Type"] == "application/problem+json", told
    assert len(answer.json()["detail"]) > 10, told
    assert not has_written, told


@_each
def test_the_good_call_is_good(operation: Operation, world: World) -> None:
    answer, _ = _send(operation, world, CALLS[operation.name].body)
    assert answer.status_code in (200, 201, 202, 204), answer.content


@_each_with_body
def test_what_is_missing_is_asked_for(operation: Operation, world: World) -> None:
    good = CALLS[operation.name].body
    for name in operation.shape.get("required", ()):
        _is_refused(operation, world, {key: good[key] for key in good if key != name})
        _is_refused(operation, world, {**good, name: None})


@_each_with_body
def test_what_has_the_wrong_type_is_refused(operation: Operation, world: World) -> None:
    good = CALLS[operation.name].body
    for name, shape in operation.shape["properties"].items():
        for value in ({"a": [1]}, [[{}]], "\x01wrong", -1.5):
            if not _may_be(shape, value):
                _is_refused(operation, world, {**good, name: value})


@_each_with_body
def test_what_is_too_large_is_refused(operation: Operation, world: World) -> None:
    good = CALLS[operation.name].body
    for name, shape in operation.shape["properties"].items():
        kinds = _kinds(shape)
        if "string" in kinds:
            _is_refused(operation, world, {**good, name: "x" * 250_000})
        if "integer" in kinds or "number" in kinds:
            _is_refused(operation, world, {**good, name: 10**300})
            _is_refused(operation, world, {**good, name: 2**63})
        if "array" in kinds:
            _is_refused(operation, world, {**good, name: ["x"] * 50_000})
    _is_refused(operation, world, {**good, "surprise": "x" * 3_000_000})


@_each_with_body
def test_a_name_that_is_not_known_is_refused(operation: Operation, world: World) -> None:
    _is_refused(operation, world, {**CALLS[operation.name].body, "surprise": 1})


@_each_with_body
def test_a_body_that_is_no_object_is_refused(operation: Operation, world: World) -> None:
    for body in _BODIES:
        if body or operation.shape.get("required"):
            _is_refused(operation, world, body)


@_each
def test_a_parameter_that_is_not_known_is_refused(operation: Operation, world: World) -> None:
    spoilt = Operation(
        operation.name, operation.method, f"{operation.path}?surprise=1", operation.shape
    )
    _is_refused(spoilt, world, CALLS[operation.name].body)


@_each
def test_what_is_not_there_is_not_found(operation: Operation, world: World) -> None:
    good = CALLS[operation.name]
    for name in good.parts(world):
        for value in _NOWHERE:
            _is_refused(operation, world, good.body, **{name: value})


@_each
def test_strangers_write_nothing(operation: Operation, world: World) -> None:
    call = CALLS[operation.name]
    path = operation.path.format(**call.parts(world))
    models.SignInFailure.objects.all().delete()  # who fails too often has to wait
    before = counts()
    for person in (Client(), signed("ada", "a wrong word"), Client(headers={"authorization": "x"})):
        answer = person.generic(
            operation.method.upper(), path, json.dumps(call.body), content_type="application/json"
        )
        assert answer.status_code == 401
    assert counts() == before


@_each
def test_who_may_only_read_changes_nothing_of_others(operation: Operation, world: World) -> None:
    """Rae may keep views and keys of her own, and see what may be seen; nothing else."""
    call = CALLS[operation.name]
    path = operation.path.format(**call.parts(world))
    with transaction.atomic():
        answer = signed("rae").generic(
            operation.method.upper(), path, json.dumps(call.body), content_type="application/json"
        )
        transaction.set_rollback(True)
    own = {
        "add_key", "add_view", "plan_document", "check_decision", "read_notices", "choose_notices",
        "lint_plan", "pay_plain",  # of texts that come with the call, kept nowhere
    }  # fmt: skip
    assert answer.status_code in ((200, 201, 403, 422) if operation.name in own else (403, 404))


@pytest.mark.parametrize(
    "operation",
    [
        pytest.param(one, id=one.name)
        for one in _OPERATIONS
        if "version" in one.shape.get("properties", {}) and one.name in CALLS
    ],
)
def test_who_saw_another_version_is_told_what_changed(operation: Operation, world: World) -> None:
    body = CALLS[operation.name].body
    if "version" not in body or operation.name in _UNDISTURBED:
        return  # it is optional, and the good call does without
    answer, has_written = _send(operation, world, {**body, "version": 1})
    assert answer.status_code == 409, answer.content
    assert answer.json()["changed"]
    assert not has_written
    _is_refused(operation, world, {**body, "version": 77})


@_each_with_body
def test_nothing_hostile_breaks_it(operation: Operation, world: World) -> None:
    good = CALLS[operation.name].body
    turn = cycle(_HOSTILE[len(operation.name) % len(_HOSTILE) :] + _HOSTILE)
    for name, shape in operation.shape["properties"].items():
        for text in islice(turn, _EACH):
            value = [text] if "array" in _kinds(shape) else text
            answer, has_written = _send(operation, world, {**good, name: value})
            assert answer.status_code < 500, (name, text, answer.content[:300])
            assert not (has_written and answer.status_code >= 400), (name, text)


def _kinds(shape: dict[str, Any]) -> set[str]:
    """Return the JSON types that a schema takes; an enumeration is none of them."""
    if "enum" in shape or "$ref" in shape or "const" in shape:
        return {"enum"}
    own = shape.get("type")
    found = {own} if isinstance(own, str) else set(own or ())
    for part in (*shape.get("anyOf", ()), *shape.get("allOf", ())):
        found |= _kinds(part)
    return found


def _may_be(shape: dict[str, Any], value: object) -> bool:
    """May a schema take such a value, or a text that reads like one?"""
    kinds = _kinds(shape)
    if isinstance(value, dict):
        return "object" in kinds
    if isinstance(value, list):
        return False
    if isinstance(value, str):
        return "string" in kinds
    return "number" in kinds or "string" in kinds


def test_a_spoilt_call_of_this_table_would_be_seen(world: World, tmp_path: Path) -> None:
    """The table itself: a good call writes, and what is written is counted."""
    operation = next(one for one in _OPERATIONS if one.name == "add_view")
    _, has_written = _send(operation, world, CALLS["add_view"].body)
    assert has_written
