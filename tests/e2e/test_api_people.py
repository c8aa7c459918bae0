"""Rights through the API and by command: the same rules as on the pages, told as JSON and codes."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.serving import WORDS, served, signed
from tests.two_teams import add_people, write_teams

_NEW = "five more quiet words"


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_teams(tmp_path_factory.mktemp("teams")), django_db_blocker):
        add_people()
        yield


@pytest.fixture
def adam() -> Client:
    return signed("adam")


def _send(person: Client, method: str, path: str, **given: object) -> tuple[int, Any]:
    send = getattr(person, method)
    answer = send(f"/api/v1/{path}", json.dumps(given), content_type="application/json")
    return answer.status_code, answer.json()


def test_people_are_listed_page_by_page(adam: Client) -> None:
    names = [one["name"] for one in adam.get("/api/v1/people").json()]
    assert names == sorted(names)
    first = adam.get("/api/v1/people", {"limit": 2}).json()
    assert [one["name"] for one in first] == names[:2]
    later = adam.get("/api/v1/people", {"limit": 2, "after": names[1]}).json()
    assert [one["name"] for one in later] == names[2:4]
    assert adam.get("/api/v1/people/mia").json()["sees"] == "rows of Mia and of everybody below"
    assert adam.get("/api/v1/people/nobody").status_code == 404
    assert [p["person_id"] for p in adam.get("/api/v1/persons?find=mo").json()] == ["R2"]


def test_somebody_comes_changes_and_goes(adam: Client) -> None:
    status, made = _send(adam, "post", "people", name="zed", password=WORDS, role="rep")
    assert (status, made["role"], made["sees"][:6]) == (201, "rep", "no row")
    assert signed("zed").get("/api/v1/pulse").status_code == 200
    status, changed = _send(
        adam, "patch", "people/zed", role="finance", why="moved", version=made["version"]
    )
    assert (status, changed["sees"]) == (200, "everybody's rows")
    status, stale = _send(
        adam, "patch", "people/zed", role="rep", why="back", version=made["version"]
    )
    assert status == 409
    assert "zed is finance now" in stale["changed"]
    assert _send(adam, "post", "people/zed/disable")[0] == 422
    assert _send(adam, "post", "people/zed/disable", why="left")[0] == 200
    assert signed("zed").get("/api/v1/pulse").status_code == 401
    assert _send(adam, "post", "people/zed/enable", why="came back")[0] == 200
    assert _send(adam, "post", "people/zed/password", password=_NEW)[0] == 200
    assert signed("zed", _NEW).get("/api/v1/pulse").status_code == 200


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"name": "", "role": "rep"}, "name"),
        ({"name": "a b", "role": "rep"}, "name"),
        ({"name": "x", "role": "king"}, "role"),
        ({"name": "x", "person_id": "R9"}, "person_id"),
        ({"name": "x", "unit": "East"}, "unit"),
        ({"name": "x", "email": "no"}, "email"),
        ({"name": "x", "is_superuser": True}, "is_superuser"),
    ],
)
def test_wrong_input_is_told_and_nothing_is_made(
    adam: Client, given: dict[str, object], where: str
) -> None:
    status, told = _send(adam, "post", "people", **given)
    assert status == 422
    assert where in str(told["problems"])
    assert adam.get("/api/v1/people/x").status_code == 404


def test_rules_above_rights_hold_here_too(adam: Client) -> None:
    assert _send(adam, "patch", "people/adam", role="sales_operations", why="pay")[0] == 403
    assert _send(adam, "post", "people/adam/disable", why="tired")[0] == 409
    for name in ("ana", "mia", "rae"):
        assert _send(signed(name), "patch", "people/mia", role="finance", why="me")[0] == 403
