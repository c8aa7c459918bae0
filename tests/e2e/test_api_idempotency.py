"""A program that does not know whether its call arrived sends it again: it is made once."""

import json
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import sleep

import pytest
from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.test import Client, override_settings
from pytest_django import DjangoDbBlocker

from tests.exports import FILES, write_export
from tests.reliability import idempotency as campaign
from tests.serving import served, signed
from tests.stores import Postgres
from wald.api.door import PasswordsSeen
from wald.api.idempotency import KEPT
from wald.records import models


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Path]:
    root = tmp_path_factory.mktemp("idempotency")
    with served(write_export(root / "first"), django_db_blocker):
        yield root


@pytest.fixture(autouse=True)
def no_keys() -> Iterator[None]:
    yield
    models.ApiKey.objects.all().delete()
    models.IdempotentCall.objects.all().delete()


def _post(person: Client, path: str, key: str, **given: object):  # type: ignore[no-untyped-def]  # a response of the test client, which has no public type
    return person.post(
        f"/api/v1/{path}",
        json.dumps(given),
        content_type="application/json",
        headers={"idempotency-key": key},
    )


def _key_id(person: Client) -> int:
    made = person.post("/api/v1/keys", '{"name": "x"}', content_type="application/json")
    number: int = made.json()["key_id"]
    return number


def test_the_second_answer_is_the_first_one_again() -> None:
    ana, key = signed("ana"), str(uuid.uuid4())
    path = f"keys/{_key_id(ana)}/revoke"
    first, again = _post(ana, path, key), _post(ana, path, key)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert first["Content-Type"] == again["Content-Type"]
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert models.JournalEntry.objects.filter(action="key.revoke").count() == 1


def test_the_same_key_with_another_request_is_refused() -> None:
    ana, key = signed("ana"), str(uuid.uuid4())
    assert _post(ana, "keys", key, name="one").status_code == 201
    for path, given in (("keys", {"name": "two"}), ("keys/1/revoke", {"name": "one"})):
        answer = _post(ana, path, key, **given)
        assert answer.status_code == 422
        assert answer.json()["problems"][0]["where"] == "Idempotency-Key"
    assert models.ApiKey.objects.count() == 1


def test_a_call_that_was_to_wait_is_not_made_outside_of_its_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Asked again a moment later the password would do: the call must not go past its key."""
    waits = iter([7, 0, 0])
    monkeypatch.setattr("wald.api.door._begun", lambda request, name: next(waits))
    monkeypatch.setattr("wald.api.door._checked", PasswordsSeen())
    ana, key = signed("ana"), str(uuid.uuid4())
    answer = _post(ana, "keys", key, name="one")
    assert (answer.status_code, answer.json()["detail"]) == (
        429,
        "Too many attempts; try again in 7 seconds.",
    )
    assert models.ApiKey.objects.count() == 0
    assert _post(ana, "keys", key, name="one").status_code == 201
    assert _post(ana, "keys", key, name="one").status_code == 409
    assert models.ApiKey.objects.count() == 1


def test_sixteen_first_calls_at_once_are_one_and_nobody_waits(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The password is new to this process and slow to check, so all of them are checking it."""

    def slow(request: HttpRequest, **given: str) -> object:
        sleep(0.2)
        return authenticate(request, **given)

    monkeypatch.setattr("wald.api.door.authenticate", slow)
    monkeypatch.setattr("wald.api.door._checked", PasswordsSeen())
    with ThreadPoolExecutor(campaign.AT_ONCE) as people:
        call = campaign._caller("newcomer")
        assert list(campaign._at_once(call, "one", people)) == []
        list(people.map(lambda _: campaign._hang_up(), range(campaign.AT_ONCE)))


def test_two_people_may_use_the_same_key() -> None:
    key = str(uuid.uuid4())
    assert _post(signed("ana"), "keys", key, name="one").status_code == 201
    assert _post(signed("rae"), "keys", key, name="one").status_code == 201


def test_an_answer_that_held_a_secret_is_not_kept() -> None:
    ana, key = signed("ana"), str(uuid.uuid4())
    secret = _post(ana, "keys", key, name="one").json()["key"]
    assert secret not in models.IdempotentCall.objects.get().answer
    again = _post(ana, "keys", key, name="one")
    assert again.status_code == 409
    assert "secret" in again.json()["detail"]
    assert models.ApiKey.objects.count() == 1


def test_a_refused_call_leaves_its_key_free() -> None:
    ana, key = signed("ana"), str(uuid.uuid4())
    assert _post(ana, "keys", key, name="one", scopes=["nonsense"]).status_code == 422
    assert _post(ana, "keys", key, name="one").status_code == 201


def test_a_call_that_breaks_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def break_after(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    ana, key = signed("ana"), str(uuid.uuid4())
    with monkeypatch.context() as broken:
        broken.setattr("wald.api.keys._shown_once", break_after)  # after the key is written
        assert _post(ana, "keys", key, name="one").status_code == 500
    assert not models.ApiKey.objects.exists()
    assert not models.IdempotentCall.objects.exists()
    assert _post(ana, "keys", key, name="one").status_code == 201


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "a\x7f", "é"])
def test_a_key_that_is_none_is_refused(key: str) -> None:
    answer = _post(signed("ana"), "keys", key, name="one")
    assert answer.status_code == 422
    assert "255" in answer.json()["problems"][0]["fix"]
    assert not models.ApiKey.objects.exists()


def test_the_longest_key_is_taken() -> None:
    assert _post(signed("ana"), "keys", "x" * 255, name="one").status_code == 201


def test_a_key_is_forgotten_after_thirty_days() -> None:
    ana, key = signed("ana"), str(uuid.uuid4())
    assert _post(ana, "keys", key, name="one").status_code == 201
    long_ago = datetime.now(UTC) - KEPT - timedelta(minutes=1)
    models.IdempotentCall.objects.update(at=long_ago)
    assert _post(ana, "keys", key, name="one").status_code == 201
    assert models.ApiKey.objects.count() == 2
    assert models.IdempotentCall.objects.count() == 1


def test_a_stranger_learns_nothing_of_a_call() -> None:
    key = str(uuid.uuid4())
    _post(signed("ana"), "keys", key, name="one")
    assert _post(Client(), "keys", key, name="one").status_code == 401
    assert _post(signed("ana", "a wrong word"), "keys", key, name="one").status_code == 401


def test_an_answer_is_not_for_a_key_that_may_do_less() -> None:
    ana, key = signed("ana"), str(uuid.uuid4())
    path = f"keys/{_key_id(ana)}/revoke"
    assert _post(ana, path, key).status_code == 200
    body = json.dumps({"name": "less", "scopes": ["facts.read"]})
    less = ana.post("/api/v1/keys", body, content_type="application/json").json()["key"]
    narrow = Client(headers={"authorization": f"Bearer {less}"})
    assert _post(narrow, path, key).status_code == 422


def test_reading_needs_no_key_and_keeps_none() -> None:
    answer = signed("ana").get("/api/v1/keys", headers={"idempotency-key": "x"})
    assert answer.status_code == 200
    assert not models.IdempotentCall.objects.exists()


def test_a_load_is_made_once(service: Path) -> None:
    more = FILES["booking.csv"] + "B9,,A1,P1,1,EUR,2024-03-01\n"
    write_export(service / "second", booking=more)
    ana, key = signed("ana"), str(uuid.uuid4())
    with override_settings(IMPORT_ROOT=str(service)):
        first = _post(ana, "loads", key, folder="second")
        again = _post(ana, "loads", key, folder="second")
        assert (first.status_code, again.status_code) == (201, 201)
        assert first.json() == again.json()
        assert _post(ana, "loads", key, folder="first").status_code == 422
        # Its process died while it was running: it is made anew, and finds nothing new.
        models.IdempotentCall.objects.update(status=None, answer="")
        assert _post(ana, "loads", key, folder="second").status_code == 200


def test_the_campaign_in_small_in_a_file() -> None:
    found = campaign.run(120, seed=7)
    assert found.failed == 0, found.words


def test_the_campaign_in_small_in_postgresql(postgres_records: Postgres) -> None:
    found = campaign.run(120, seed=8, address=postgres_records.at(postgres_records.new()))
    assert found.failed == 0, found.words
