"""Cases and delegations at the terminal: opened, worked on, refused with a code."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.terminal import wald

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def people(home: Path) -> None:
    for name, role in (("mia", "manager"), ("max", "rep"), ("rae", "read_only")):
        assert wald("users", "add", name, "--role", role, "--generate").code == 0


def _open(*words: str) -> int:
    ended = wald("cases", "open", "task", "Call Acme", *words, "--json")
    assert ended.code == 0, ended.err
    return int(ended.json["case_id"])


@pytest.mark.usefixtures("people")
def test_a_case_is_opened_worked_on_and_done() -> None:
    number = str(_open("--assignee", "max", "--link", "opportunity:O1", "--due", "2099-01-31"))
    assert wald("cases", "comment", number, "Called").code == 0
    assert wald("cases", "link", number, "insight:7").code == 0
    assert wald("cases", "watch", number).code == 0
    assert wald("cases", "assign", number, "mia", "--json").json["assignee"] == "mia"
    assert wald("cases", "move", number, "finish", "--json").json["state"] == "done"
    told = wald("cases", "show", number, "--json").json
    assert [event["kind"] for event in told["events"]] == [
        "opened", "commented", "linked", "assigned", "moved"
    ]  # fmt: skip
    assert told["links"] == ["opportunity:O1", "insight:7"]
    assert "moved it from Open to Done" in wald("cases", "show", number).out


@pytest.mark.usefixtures("people")
def test_lists_what_is_asked_for() -> None:
    _open("--assignee", "max")
    _open()
    assert len(wald("cases", "list", "--json").json) == 2
    assert len(wald("cases", "list", "--assignee", "max", "--json").json) == 1
    assert "Call Acme" in wald("cases", "list").out
    assert wald("cases", "list", "--status", "closed", "--json").json == []
    assert wald("cases", "list", "--kind", "party").code == 2


@pytest.mark.usefixtures("people")
def test_a_case_of_the_queue_is_taken_by_who_sits_here() -> None:
    ended = wald("cases", "take", str(_open()), "--json")
    assert ended.code in (0, 2)


def test_what_is_wrong_has_its_code() -> None:
    number = str(_open())
    assert wald("cases", "show", "999").code == 2
    assert wald("cases", "open", "party", "x").code == 2
    assert wald("cases", "open", "task", "x", "--due", "soon").code == 2
    assert wald("cases", "open", "task", "x", "--assignee", "nobody").code == 2
    assert wald("cases", "move", number, "dance").code == 2
    assert wald("cases", "assign", number, "nobody").code == 2
    assert wald("cases", "link", number, "nonsense").code == 2
    approval = wald("cases", "open", "approval", "20 %", "--json").json["case_id"]
    assert wald("cases", "move", str(approval), "approve", "--version", "1").code == 5


@pytest.mark.usefixtures("people")
def test_what_somebody_did_meanwhile_is_said() -> None:
    number = str(_open("--assignee", "max"))
    wald("cases", "assign", number, "mia")
    ended = wald("cases", "move", number, "finish", "--version", "1")
    assert ended.code == 4
    assert "assigned it to mia" in ended.err
    ended = wald("cases", "move", number, "finish", "--version", "1", "--json")
    assert "assigned it to mia" in ended.err


@pytest.mark.usefixtures("people")
def test_somebody_is_let_stand_in_and_it_ends() -> None:
    today = datetime.now(UTC).date()
    days = ("--from", today.isoformat(), "--until", (today + timedelta(days=3)).isoformat())
    number = wald("delegations", "add", "mia", "max", *days, "--json").json["delegation_id"]
    (one,) = wald("delegations", "list", "--json").json
    assert (one["owner"], one["delegate"], one["ended_at"]) == ("mia", "max", None)
    assert "mia" in wald("delegations", "list").out
    assert wald("delegations", "end", str(number)).code == 0
    assert wald("delegations", "end", str(number)).code == 2
    assert wald("delegations", "add", "mia", "rae", *days).code == 2
    assert wald("delegations", "add", "mia", "max", "--from", "soon", "--until", "x").code == 2
    over = wald("delegations", "add", "mia", "mia", "--from", "2024-01-02", "--until", "2024-01-01")
    assert over.code == 2
    assert "NAME: nobody stands in for themselves" in over.err
    assert "--until: it is not after the first day" in over.err
