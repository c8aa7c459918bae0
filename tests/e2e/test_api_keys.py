"""A program comes with a key: made by a person, cut down, shown once, ended at any moment."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.exports import write_export
from tests.serving import WORDS, served, signed
from tests.terminal import wald
from wald.kernel.policy import Role
from wald.records import models
from wald.records.stores.keys import new_text, prefix_of
from wald.records.stores.users import create_user

_KEY = re.compile(r"wald_[0-9A-Za-z]{10}_[0-9A-Za-z]{38}")


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_export(tmp_path_factory.mktemp("keys")), django_db_blocker):
        create_user("ada", WORDS, Role.ADMINISTRATOR, database="default")
        yield


@pytest.fixture(autouse=True)
def no_keys() -> Iterator[None]:
    yield
    models.ApiKey.objects.all().delete()


def _made(person: Client, **given: object) -> dict[str, object]:
    body = json.dumps({"name": "nightly", **given})
    answer = person.post("/api/v1/keys", body, content_type="application/json")
    assert answer.status_code == 201, answer.content
    made: dict[str, object] = answer.json()
    return made


def _bearing(key: object) -> Client:
    return Client(headers={"authorization": f"Bearer {key}"})


def _row(made: dict[str, object]) -> models.ApiKey:
    return models.ApiKey.objects.get(pk=made["key_id"])


def test_a_key_is_shown_once_and_only_its_digest_is_kept() -> None:
    ana = signed("ana")
    made = _made(ana)
    assert _KEY.fullmatch(str(made["key"]))
    assert _bearing(made["key"]).get("/api/v1/loads").status_code == 200
    (listed,) = ana.get("/api/v1/keys").json()
    assert listed == ana.get(f"/api/v1/keys/{made['key_id']}").json()
    assert "key" not in listed
    kept = " ".join(str(value) for value in vars(_row(made)).values())
    assert str(made["key"])[16:] not in kept


def test_no_cache_may_keep_the_answer_with_the_key() -> None:
    answer = signed("ana").post("/api/v1/keys", '{"name": "x"}', content_type="application/json")
    assert answer["Cache-Control"] == "no-store"


def test_a_key_may_what_its_user_may_cut_down_to_its_scopes() -> None:
    key = _bearing(_made(signed("ana"), scopes=["facts.read"])["key"])
    assert key.get("/api/v1/loads").status_code == 200
    refused = key.post("/api/v1/loads/1/undo")
    assert refused.status_code == 403
    assert "facts.undo" in refused.json()["detail"]


def test_a_scope_gives_nothing_that_its_user_lost() -> None:
    key = _bearing(_made(signed("ana"), scopes=["facts.read", "facts.undo"])["key"])
    models.Profile.objects.filter(user__username="ana").update(role=Role.READ_ONLY.value)
    try:
        assert key.post("/api/v1/loads/1/undo").status_code == 403
    finally:
        models.Profile.objects.filter(user__username="ana").update(role="sales_operations")


def test_a_scope_that_the_user_lacks_is_refused_with_those_there_are() -> None:
    body = json.dumps({"name": "x", "scopes": ["facts.load", "nonsense"]})
    answer = signed("rae").post("/api/v1/keys", body, content_type="application/json")
    assert answer.status_code == 422
    assert [one["where"] for one in answer.json()["problems"]] == ["scopes", "scopes"]
    assert "facts.read" in answer.json()["problems"][0]["fix"]
    assert not models.ApiKey.objects.exists()


def test_a_key_makes_no_key() -> None:
    made = _made(signed("ana"))
    key = _bearing(made["key"])
    body, kind = '{"name": "another"}', "application/json"
    assert key.post("/api/v1/keys", body, content_type=kind).status_code == 401
    rotate = f"/api/v1/keys/{made['key_id']}/rotate"
    assert key.post(rotate, "{}", content_type=kind).status_code == 401


def test_a_revoked_key_works_no_longer_at_once() -> None:
    made = _made(signed("ana"))
    key = _bearing(made["key"])
    assert key.get("/api/v1/loads").status_code == 200
    assert key.post(f"/api/v1/keys/{made['key_id']}/revoke").json()["state"] == "revoked"
    assert key.get("/api/v1/loads").status_code == 401
    again = signed("ana").post(f"/api/v1/keys/{made['key_id']}/revoke")
    assert again.status_code == 409


def test_who_is_put_out_has_no_key_either() -> None:
    create_user("cy", WORDS, Role.READ_ONLY, database="default")
    key = _bearing(_made(signed("cy"))["key"])
    assert key.get("/api/v1/loads").status_code == 200
    User.objects.filter(username="cy").update(is_active=False)
    assert key.get("/api/v1/loads").status_code == 401


def test_an_expired_key_works_no_longer() -> None:
    made = _made(signed("ana"))
    models.ApiKey.objects.update(expires_at=datetime.now(UTC))
    assert _bearing(made["key"]).get("/api/v1/loads").status_code == 401


@pytest.mark.parametrize("days", [-1, 0, 400, 10**5])
def test_a_key_ends_within_a_year(days: int) -> None:
    day = (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
    body = json.dumps({"name": "x", "expires_on": day})
    answer = signed("ana").post("/api/v1/keys", body, content_type="application/json")
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["where"] == "expires_on"


def test_rotating_leaves_the_old_key_for_a_while() -> None:
    ana = signed("ana")
    old = _made(ana, scopes=["facts.read"])
    path = f"/api/v1/keys/{old['key_id']}/rotate"
    new = ana.post(path, '{"overlap_hours": 2}', content_type="application/json").json()
    assert (new["name"], new["scopes"]) == ("nightly", ["facts.read"])
    for key in (old["key"], new["key"]):
        assert _bearing(key).get("/api/v1/loads").status_code == 200
    left = _row(old).expires_at - datetime.now(UTC)
    assert timedelta(hours=1) < left <= timedelta(hours=2)


def test_the_last_use_is_noted_once_a_minute(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = _made(signed("ana"))
    key = _bearing(made["key"])
    assert _row(made).last_used_at is None
    key.get("/api/v1/keys")
    first = _row(made).last_used_at
    assert first is not None
    with django_assert_num_queries(2):  # the key with its user and role, the keys
        key.get("/api/v1/keys")
    assert _row(made).last_used_at == first


def test_nobody_sees_or_ends_the_keys_of_others() -> None:
    made = _made(signed("ana"))
    rae, path = signed("rae"), f"/api/v1/keys/{made['key_id']}"
    assert rae.get("/api/v1/keys").json() == []
    assert rae.get(path).status_code == 404
    assert rae.post(f"{path}/revoke").status_code == 404
    assert rae.get("/api/v1/keys?everybody=true").status_code == 403
    assert _row(made).revoked_at is None


def test_an_administrator_sees_and_ends_everybodys_and_the_user_hears_of_it() -> None:
    made = _made(signed("ana"))
    ada = signed("ada")
    (listed,) = ada.get("/api/v1/keys?everybody=true").json()
    assert listed["user"] == "ana"
    assert ada.post(f"/api/v1/keys/{made['key_id']}/revoke").status_code == 200
    assert models.Notice.objects.filter(name="ana").get().title.startswith("ada revoked")


def test_an_administrator_makes_no_key_in_anothers_name() -> None:
    made = _made(signed("ana"))
    path = f"/api/v1/keys/{made['key_id']}/rotate"
    assert signed("ada").post(path, "{}", content_type="application/json").status_code == 403


@pytest.mark.parametrize("fault", ["short", "other case", "long", "typed", "word"])
def test_a_key_with_a_fault_in_it_is_none(fault: str) -> None:
    key = str(_made(signed("ana"))["key"])
    faulty = {
        "short": key[:-1],
        "other case": key.swapcase(),
        "long": f"{key}x",
        "typed": f"{key[:20]}aaaa{key[24:]}",
        "word": "wald_\xe9",
    }
    assert _bearing(faulty[fault]).get("/api/v1/loads").status_code == 401


def test_a_check_of_its_form_finds_typing_errors() -> None:
    text = new_text()
    assert prefix_of(text) == text[5:15]
    other = "b" if text[20] == "a" else "a"
    assert prefix_of(text[:20] + other + text[21:]) is None


def test_each_change_has_its_entry_and_none_holds_the_key() -> None:
    before = models.JournalEntry.objects.count()
    made = _made(signed("ana"))
    signed("ana").post(f"/api/v1/keys/{made['key_id']}/revoke")
    entries = models.JournalEntry.objects.filter(seq__gt=before)
    told = [(one.action, one.about, one.door) for one in entries]
    about = f"key:{made['key_id']}"
    assert told == [("key.add", about, "api"), ("key.revoke", about, "api")]


def test_a_page_makes_a_key_and_shows_it_once() -> None:
    ana = visitor("ana")
    page = ana.post("/account/keys/", {"name": "sheet", "scope": ["facts.read"]})
    found = _KEY.search(text_of(page))
    assert found
    assert page["Cache-Control"] == "no-store"
    again = text_of(ana.get("/account/keys/"))
    assert "sheet" in again
    assert found[0] not in again
    assert _bearing(found[0]).get("/api/v1/loads").status_code == 200


def test_a_page_keeps_what_was_typed_beside_the_problem() -> None:
    answer = visitor("ana").post("/account/keys/", {"name": "sheet", "expires_on": "soon"})
    page = text_of(answer)
    assert answer.status_code == 400
    assert 'value="sheet"' in page
    assert 'value="soon"' in page
    assert 'id="expires-wrong"' in page
    assert not models.ApiKey.objects.exists()


def test_a_page_replaces_and_ends_keys() -> None:
    made, ana = _made(signed("ana")), visitor("ana")
    assert _KEY.search(text_of(ana.post(f"/account/keys/{made['key_id']}/rotate/")))
    page = text_of(ana.post(f"/account/keys/{made['key_id']}/revoke/", follow=True))
    assert "works no longer" in page
    assert "revoked" in page
    refused = visitor("rae").post(f"/account/keys/{made['key_id']}/revoke/", follow=True)
    assert "You have no key" in text_of(refused)


def test_only_administrators_see_everybodys_page() -> None:
    _made(signed("ana"))
    assert "nightly" in text_of(visitor("ada").get("/account/keys/?everybody=1"))
    assert "nightly" not in text_of(visitor("rae").get("/account/keys/?everybody=1"))


@pytest.mark.usefixtures("home")
def test_commands_make_list_rotate_and_end_keys(tmp_path: Path) -> None:
    wald("users", "add", "robot", "--generate")
    words = ["keys", "add", "nightly", "--for", "robot", "--scope", "facts.read"]
    key = wald(*words).out.strip()
    assert _KEY.fullmatch(key)
    (listed,) = wald("keys", "list", "--json").json
    assert (listed["user"], listed["scopes"], listed["state"]) == (
        "robot",
        ["facts.read"],
        "active",
    )
    new = wald("keys", "rotate", str(listed["key_id"]), "--overlap", "1", "--json").json
    assert new["key"] != key
    ended = wald("keys", "revoke", str(new["key_id"]), "--json").json
    assert ended["state"] == "revoked"
    assert "nightly" in wald("keys", "list").out


@pytest.mark.usefixtures("home")
def test_commands_refuse_what_cannot_be() -> None:
    assert wald("keys", "list", "--json").json == []
    assert wald("keys", "add", "nightly", "--for", "nobody").code == 2
    wald("users", "add", "robot", "--generate")
    refused = wald("keys", "add", "nightly", "--for", "robot", "--scope", "users.change")
    assert refused.code == 2
    assert "facts.read" in refused.err
    assert wald("keys", "revoke", "7").code == 2
    assert wald("keys", "add", "nightly", "--for", "robot", "--expires", "soon").code == 2
    assert wald("keys", "list", "--json").json == []
