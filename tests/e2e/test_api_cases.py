"""Cases over the API: what is told, what is taken, and what another one's call is refused with."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client, override_settings
from pytest_django import DjangoAssertNumQueries, DjangoDbBlocker

from tests.serving import WORDS, signed, workspace
from tests.working import people
from wald.actions.cases import open_case
from wald.kernel.actor import everything
from wald.records.stores.users import set_password
from wald.records.stores.workspace import bring_up_to_date

TODAY = datetime.now(UTC).date()


@pytest.fixture(autouse=True)
def service(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with django_db_blocker.unblock(), override_settings(PASSWORD_HASHERS=quick):
        bring_up_to_date("default")
        people(workspace())
        for name in ("ana", "ben", "max", "mia", "rae", "zoe"):
            set_password(name, WORDS, database="default")
        yield
        call_command("flush", interactive=False, verbosity=0)


def sent(who: Client, path: str, body: object = None, status: int = 200) -> Any:
    answer = who.post(f"/api/v1/{path}", body or {}, content_type="application/json")
    assert answer.status_code == status, answer.content
    return answer.json()


def told(who: Client, path: str, status: int = 200) -> Any:
    answer = who.get(f"/api/v1/{path}")
    assert answer.status_code == status, answer.content
    return answer.json()


def opened(who: str = "ben", **more: object) -> Any:
    return sent(signed(who), "cases", {"kind": "task", "title": "Call Acme", **more}, 201)


def test_a_case_is_opened_and_read() -> None:
    made = opened(assignee="max", links=["opportunity:O1"], text="Before Friday")
    assert (made["waits_for"], made["links"], made["version"]) == ("max", ["opportunity:O1"], 1)
    assert told(signed("max"), f"cases/{made['case_id']}")["moves"] == ["finish", "drop"]
    (line,) = told(signed("max"), "cases?whose=mine")
    assert (line["case_id"], line["title"]) == (made["case_id"], "Call Acme")


def test_the_same_finding_is_one_case() -> None:
    given = {"kind": "alert", "title": "Stale", "fingerprint": "stale:O1"}
    first = sent(signed("ben"), "cases", given, 201)
    again = sent(signed("ben"), "cases", given, 200)
    assert first["case_id"] == again["case_id"]


def test_a_fingerprint_takes_nobody_elses_place() -> None:
    """Neither Wald's own, which would then open no case, nor that of a case one does not see."""
    given = {"kind": "alert", "title": "Stale", "fingerprint": "decision:7:review"}
    first = sent(signed("max"), "cases", given, 201)
    other = sent(signed("zoe"), "cases", given, 201)
    wald = open_case(
        actor=everything("wald"),
        workspace=workspace(),
        kind="task",
        title="Look at decision 7",
        fingerprint=given["fingerprint"],
        at=datetime.now(UTC),
    )
    assert len({first["case_id"], other["case_id"], wald}) == 3


def test_pages_go_down_by_number() -> None:
    numbers = [opened(assignee="max")["case_id"] for _ in range(5)]
    first = told(signed("max"), "cases?limit=2")
    rest = told(signed("max"), f"cases?limit=9&before={first[-1]['case_id']}")
    assert [one["case_id"] for one in (*first, *rest)] == numbers[::-1]


def test_events_tell_what_happened_and_for_whom() -> None:
    number = opened(assignee="mia")["case_id"]
    days = {"starts_on": str(TODAY), "ends_on": str(TODAY + timedelta(days=3))}
    sent(signed("mia"), "delegations", {"to": "max", **days}, 201)
    sent(signed("max"), f"cases/{number}/moves", {"move": "finish", "version": 1})
    last = told(signed("mia"), f"cases/{number}/events")[-1]
    assert (last["by"], last["for"], last["move"]) == ("max", "mia", "finish")


def test_everything_that_can_be_done_to_a_case() -> None:
    number = opened(who="max")["case_id"]
    ana = signed("ana")
    assert sent(ana, f"cases/{number}/take", {"version": 1})["assignee"] == "ana"
    assert sent(ana, f"cases/{number}/comments", {"text": "On it"})["version"] == 3
    assert sent(ana, f"cases/{number}/links", {"links": ["insight:7"]})["links"] == ["insight:7"]
    assert sent(ana, f"cases/{number}/watch", {"on": True})["on"] is True
    words = {"title": "Call them", "text": "Twice", "version": 4}
    assert sent(ana, f"cases/{number}/words", words)["title"] == "Call them"
    due = (datetime.now(UTC) + timedelta(days=2)).isoformat()
    version = sent(ana, f"cases/{number}/due", {"due_at": due, "version": 5})["version"]
    assert (
        sent(ana, f"cases/{number}/assign", {"to": "mia", "version": version})["assignee"] == "mia"
    )
    back = sent(ana, f"cases/{number}/give-back", {"version": version + 1, "queue": "finance"})
    assert (back["assignee"], back["queue"]) == (None, "finance")


def test_a_stale_call_is_told_what_changed() -> None:
    number = opened(assignee="max")["case_id"]
    sent(signed("ben"), f"cases/{number}/assign", {"to": "mia", "version": 1})
    body = {"move": "drop", "reason": "x", "version": 1}
    fault = sent(signed("ben"), f"cases/{number}/moves", body, 409)
    assert "assigned it to mia" in fault["changed"][0]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("cases", {"kind": "party", "title": "x"}, 422),
        ("cases", {"kind": "task"}, 422),
        ("cases", {"kind": "task", "title": "x", "colour": "red"}, 422),
        ("cases", {"kind": "task", "title": "x", "due_at": "0001-01-01T00:00:00+23:00"}, 422),
        ("cases", {"kind": "task", "title": "x", "assignee": "nobody"}, 422),
        ("cases", {"kind": "task", "title": "x", "links": ["nonsense"]}, 422),
        ("cases/1/moves", {"move": "finish"}, 422),
        ("cases/1/moves", {"move": "dance", "version": 1}, 422),
        ("cases/1/moves", {"move": "finish", "version": 99}, 422),
        ("cases/1/due", {"due_at": "2001-01-01", "version": 1}, 422),
        ("cases/1/comments", {"text": " "}, 422),
        ("cases/999/comments", {"text": "Hm"}, 404),
        ("cases/99999999999999999999/comments", {"text": "Hm"}, 404),
        ("delegations", {"to": "rae", "starts_on": "2024-01-01", "ends_on": "2024-01-02"}, 422),
        ("delegations/99/end", {}, 404),
    ],
)
def test_what_is_wrong_is_said(path: str, body: object, status: int) -> None:
    number = opened(assignee="max")["case_id"]
    fault = sent(signed("ben"), path.replace("cases/1/", f"cases/{number}/"), body, status)
    assert fault["detail"]
    assert told(signed("ben"), f"cases/{number}")["version"] == 1


def test_a_fault_of_a_delegation_names_the_field_that_was_sent() -> None:
    body = {"to": "mia", "starts_on": "2099-01-02", "ends_on": "2099-01-01"}
    problems = sent(signed("ben"), "delegations", body, 422)["problems"]
    assert [one["where"] for one in problems] == ["ends_on"]


def test_somebody_elses_case_is_not_there() -> None:
    number = opened()["case_id"]
    for name in ("max", "zoe", "rae"):
        assert told(signed(name), "cases?status=any") == []
        assert told(signed(name), f"cases?status=any&search={number}") == []
        told(signed(name), f"cases/{number}", 404)
        told(signed(name), f"cases/{number}/events", 404)
    sent(signed("max"), f"cases/{number}/comments", {"text": "Hm"}, 404)
    sent(signed("rae"), f"cases/{number}/comments", {"text": "Hm"}, 403)
    sent(signed("rae"), "cases", {"kind": "task", "title": "x"}, 403)


def test_a_typo_in_a_parameter_is_said() -> None:
    told(signed("max"), "cases?whoose=mine", 422)
    told(signed("max"), "cases?kind=party", 422)


def test_a_list_costs_the_same_however_long(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(6):
        opened(assignee="max")
    person = signed("max")
    person.get("/api/v1/cases")  # the password is checked once
    with django_assert_num_queries(4):  # user, for whom one stands in, the cases, who is asked
        person.get("/api/v1/cases")
