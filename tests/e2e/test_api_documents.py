"""Documents over REST: planned, drafted, approved as they were read, told with their origins."""

from collections.abc import Iterator
from typing import Any

import pytest
from pytest_django import DjangoDbBlocker

from tests.agreeing import CENTRAL, OVERRIDE, agreeing, approved
from tests.serving import signed
from wald.documents.document import document_types
from wald.records import models


@pytest.fixture(autouse=True)
def people(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with agreeing(django_db_blocker):
        yield


def get(name: str, path: str, status: int = 200) -> Any:
    answer = signed(name).get(f"/api/v1/documents{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def post(name: str, path: str, status: int = 200, **sent: object) -> Any:
    address = f"/api/v1/documents{path}"
    answer = signed(name).post(address, sent, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def test_a_text_goes_its_way_through_approval() -> None:
    plan = post("ana", "/plan", text=CENTRAL)
    assert plan["problems"] == []
    assert "finance approves discounts above 30 %" in plan["changes"]
    made = post("ana", "", 201, text=CENTRAL)
    assert (made["state"], made["version"], made["text"]) == ("draft", 1, CENTRAL)
    assert post("ana", "", 200, text=CENTRAL)["id"] == made["id"]
    path = f"/versions/{made['id']}"
    post("ana", f"{path}/submit", version=1)
    assert "somebody else" in post("ana", f"{path}/approve", 403, version=1)["detail"]
    assert post("fin", f"{path}/approve", version=1)["state"] == "approved"
    found = get("rae", "/approval_policy/discounts/effective?on=2026-03-01")
    assert found["content"]["rules"][0]["discount_above"] == "0.15"
    (line,) = get("rae", "?state=in force")["documents"]
    assert (line["name"], line["in_force"]) == ("discounts", 1)


def test_who_read_something_else_is_told_what_changed() -> None:
    made = post("ana", "", 201, text=CENTRAL)
    path = f"/versions/{made['id']}"
    post("ana", f"{path}/submit", version=1)
    post("oli", "", 201, text=CENTRAL.replace("0.15", "0.10"), id=made["id"], version=1)
    post("oli", f"{path}/submit", version=2)
    stale = post("fin", f"{path}/approve", 409, version=1)
    assert "revision 2" in stale["changed"][0]
    assert post("fin", f"{path}/approve", 200, version=2)["version"] == 2


def test_every_problem_comes_with_its_line() -> None:
    bad = CENTRAL.replace("0.15", "much").replace("name: finance", "nme: finance")
    told = post("ana", "", 422, text=bad)
    places = [one["where"] for one in told["problems"]]
    assert [place.partition(",")[0] for place in places] == ["line 12", "line 13", "line 13"]
    assert not models.Document.objects.exists()


def test_a_document_tells_its_versions_and_overrides() -> None:
    approved(CENTRAL, "2026-01-01")
    approved(OVERRIDE, "2026-01-02", by="lou")
    found = get("rae", "/approval_policy/discounts?unit=EMEA&on=2026-03-01")
    assert [one["standing"] for one in found["versions"]] == ["in force"]
    (override,) = found["overrides"]
    assert (override["unit"], override["expires_on"]) == ("EMEA", "2026-06-01")
    assert [one["path"] for one in found["effective"]["fields"] if one["is_local"]] == [
        "rules.regional_director.discount_above"
    ]
    changes = get("rae", "/versions/1/diff")["changes"]
    assert "regional_director approves discounts above 15 %" in changes


def test_local_operations_write_for_their_own_unit_only() -> None:
    approved(CENTRAL, "2026-01-01")
    assert "EMEA" in post("lou", "", 403, text=CENTRAL)["detail"]
    assert post("lou", "", 201, text=OVERRIDE.replace("EMEA", "EMEA/DACH"))["unit"] == "EMEA/DACH"
    post("lou", "", 403, text=OVERRIDE.replace("EMEA", "APAC"))
    post("lou", "", 403, text=OVERRIDE.replace("EMEA", "EMEA North"))
    post("rae", "", 403, text=OVERRIDE)


def test_schemas_are_there_for_editors() -> None:
    keys = [one["key"] for one in get("rae", "/types")]
    assert keys == [*document_types()]
    schema = get("rae", "/types/approval_policy/schema")
    assert schema["properties"]["document"] == {"const": "approval_policy"}


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/versions/404", 404),
        ("/versions/99999999999", 404),
        ("/versions/404/diff", 404),
        ("/types/colours/schema", 404),
        ("/approval_policy/nothing", 404),
        ("/approval_policy/nothing/effective", 404),
        ("?on=soon", 422),
        ("?state=lost", 422),
        ("?colour=blue", 422),
        ("/approval_policy/nothing?known=soon", 422),
    ],
)
def test_what_cannot_be_answered_is_said(path: str, status: int) -> None:
    assert get("rae", path, status)["detail"]


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"text": 7},
        {"text": CENTRAL, "colour": "blue"},
        {"text": CENTRAL, "id": 1},
        {"text": CENTRAL, "id": "x", "version": 1},
        {"text": "x" * 300_000},
        {"text": "\n"},
    ],
)
def test_a_body_of_another_form_is_refused(sent: dict[str, object]) -> None:
    assert post("ana", "", 422, **sent)["problems"]
    assert not models.Document.objects.exists()
