"""Ana keeps views, shares one, takes one back; the same through the API."""

import json
from collections.abc import Iterator

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.exports import write_export
from tests.serving import served, signed
from wald.kernel.policy import Role
from wald.records.models import SavedView
from wald.records.stores.users import create_user

WON = "/deals/?outcome=won"


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_export(tmp_path_factory.mktemp("views")), django_db_blocker):
        create_user("max", "four quiet words here", Role.REP, database="default")
        yield


@pytest.fixture(autouse=True)
def no_views(service: None) -> Iterator[None]:
    yield
    SavedView.objects.all().delete()


@pytest.fixture
def ana() -> Client:
    return visitor("ana")


@pytest.fixture
def rae() -> Client:
    return visitor("rae")


def _keep(person: Client, name: str = "Won", address: str = WON, **more: str) -> int:
    answer = person.post("/views/", {"name": name, "address": address, **more})
    assert answer.headers.get("Location") == address, text_of(answer)
    return SavedView.objects.get(name=name).pk


def test_a_view_stands_above_its_list_and_opens_it(ana: Client) -> None:
    assert "Save this view" in text_of(ana.get(WON))
    _keep(ana)
    page = text_of(ana.get(WON))
    assert f'<a href="{WON}" aria-current="page">Won</a>' in page
    assert "Save this view" not in page
    assert WON not in text_of(ana.get("/metrics/"))


def test_a_view_is_its_owner_s_alone_until_it_is_shared(ana: Client, rae: Client) -> None:
    number = _keep(ana)
    assert WON not in text_of(rae.get("/views/"))
    ana.post(f"/views/{number}/change/", {"name": "Won deals", "is_shared": "on"})
    assert "Won deals" in text_of(rae.get("/views/"))
    assert "Won deals" in text_of(rae.get("/deals/"))


def test_a_shared_view_is_not_shown_to_who_may_not_open_its_page(ana: Client) -> None:
    _keep(ana, "Who did what", "/journal/?who=max", is_shared="on")
    assert "Who did what" not in text_of(visitor("max").get("/views/"))


def test_nobody_changes_or_deletes_the_view_of_somebody_else(ana: Client, rae: Client) -> None:
    number = _keep(ana, is_shared="on")
    assert rae.post(f"/views/{number}/change/", {"name": "Mine"}).status_code == 404
    assert rae.post(f"/views/{number}/delete/").status_code == 404
    assert SavedView.objects.get(pk=number).name == "Won"


def test_a_deleted_view_comes_back_with_one_click(ana: Client) -> None:
    number = _keep(ana, is_shared="on")
    page = text_of(ana.post(f"/views/{number}/delete/", follow=True))
    assert "The view Won is deleted." in page
    assert "Undo" in page
    assert f'name="address" value="{WON}"' in page
    _keep(ana, is_shared="on")
    assert "Undo" not in text_of(ana.get("/views/"))


@pytest.mark.parametrize(
    "address",
    [
        "https://example.org/deals/",
        "//example.org/deals/",
        "/deals//example.org/",
        "/\\example.org",
        "javascript:alert(1)",
        "/api/v1/loads",
        "/deals/?x=\n",
        "/deals/?x=" + "x" * 2000,
        "deals/",
        "",
    ],
)
def test_only_pages_of_this_site_are_kept(ana: Client, address: str) -> None:
    answer = ana.post("/views/", {"name": "Strange", "address": address})
    assert answer.status_code == 400
    assert 'class="wrong"' in text_of(answer)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("name", ["", " ", "x" * 101, "a\x00b", "a\u202eb"])
def test_a_view_needs_a_name(ana: Client, name: str) -> None:
    answer = ana.post("/views/", {"name": name, "address": WON})
    assert answer.status_code == 400
    assert "it is no name for a view" in text_of(answer).lower()


def test_one_person_has_a_name_once(ana: Client, rae: Client) -> None:
    _keep(ana)
    again = ana.post("/views/", {"name": "Won", "address": "/metrics/"})
    assert again.status_code == 409
    assert "already; give this one another name" in text_of(again)
    rae.post("/views/", {"name": "Won", "address": WON})
    assert SavedView.objects.count() == 2


def test_a_view_takes_no_name_that_another_one_has(ana: Client) -> None:
    _keep(ana)
    other = _keep(ana, "Lost", "/deals/?outcome=lost")
    page = text_of(ana.post(f"/views/{other}/change/", {"name": "Won"}, follow=True))
    assert "already; give this one another name" in page
    assert SavedView.objects.get(pk=other).name == "Lost"


def test_who_has_no_role_keeps_nothing() -> None:
    User.objects.create_user("nobody")
    assert visitor("nobody").get("/views/").status_code == 403


def _json(answer: object) -> dict[str, object]:
    found: dict[str, object] = answer.json()  # type: ignore[attr-defined]  # a test's response
    return found


def test_the_api_keeps_changes_lists_and_deletes() -> None:
    ana = signed("ana")
    body = json.dumps({"name": "Won", "address": WON})
    made = ana.post("/api/v1/views", body, content_type="application/json")
    assert made.status_code == 201
    number = _json(made)["view_id"]
    again = ana.post("/api/v1/views", body, content_type="application/json")
    assert again.status_code == 409
    change = json.dumps({"name": "Won deals", "is_shared": True})
    changed = ana.put(f"/api/v1/views/{number}", change, content_type="application/json")
    assert _json(changed)["is_shared"] is True
    assert [one["name"] for one in signed("rae").get("/api/v1/views").json()] == ["Won deals"]
    assert signed("rae").delete(f"/api/v1/views/{number}").status_code == 404
    assert _json(ana.delete(f"/api/v1/views/{number}"))["address"] == WON
    assert ana.get(f"/api/v1/views/{number}").status_code == 404


def test_the_api_says_what_is_wrong_with_an_address() -> None:
    body = json.dumps({"name": "Won", "address": "//example.org/"})
    answer = signed("ana").post("/api/v1/views", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == "address"


@pytest.mark.parametrize("number", ["0", "99", str(2**63), str(2**80)])
def test_a_view_that_is_not_there_is_not_found(number: str) -> None:
    assert signed("ana").get(f"/api/v1/views/{number}").status_code == 404
    assert visitor("ana").post(f"/views/{number}/delete/").status_code == 404
