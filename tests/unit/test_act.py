"""Every write is one transaction with its entry, on both stores; entries have one order."""

import json
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections

import wald_verify
from wald.actions.act import Entry, act
from wald.kernel.actor import Actor, everything
from wald.kernel.policy import Role
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.records import models
from wald.records.stores import journal, sealing
from wald.records.stores.users import create_user, list_users

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ANA = everything("ana")


def _note(
    workspace: Workspace,
    about: str = "case:1",
    *,
    at: datetime = AT,
    after: Mapping[str, object] | None = None,
) -> None:
    with act(
        actor=ANA,
        workspace=workspace,
        at=at,
        permission="cases.work",
        action="test.note",
        about=about,
    ) as entry:
        entry.after = after or {}


def _acting(workspace: Workspace, block: Callable[[Entry], None], action: str = "x") -> None:
    with act(
        actor=ANA, workspace=workspace, at=AT, permission="cases.work", action=action
    ) as entry:
        block(entry)


def _entries(workspace: Workspace) -> list[journal.KeptEntry]:
    return list(journal.every_entry(database=workspace.database))


def _is_sound(workspace: Workspace) -> bool:
    entries = (
        wald_verify.Entry(one.seq, one.previous, one.hash, one.body) for one in _entries(workspace)
    )
    seq, head = journal.head(database=workspace.database)
    verdict = wald_verify.verify(entries, {seq: [head]} if seq else {})
    assert verdict.fault is None, verdict.fault
    return True


def test_an_action_leaves_its_entry_its_notices_and_its_events(record_home: Workspace) -> None:
    with act(
        actor=ANA,
        workspace=record_home,
        at=AT,
        permission="cases.work",
        action="case.comment",
        about="case:17",
        why="it was asked",
    ) as entry:
        entry.after = {"comment": "call them"}
        entry.tell(["max", "ana", "max", ""], "Ana commented on case 17", "/cases/17/")
        entry.emit("case.commented", {"case": 17})
    (kept,) = _entries(record_home)
    assert (kept.seq, kept.action, kept.about, kept.door) == (
        1,
        "case.comment",
        "case:17",
        "python",
    )
    assert kept.hash == wald_verify.chained("0" * 64, kept.body)
    notices = models.Notice.objects.using(record_home.database)
    assert [notice.name for notice in notices.all()] == ["max"]
    assert models.Event.objects.using(record_home.database).get().body == {"case": 17}


def test_what_it_says_is_sealed(record_home: Workspace) -> None:
    _note(record_home, after={"comment": "call Zebulon"})
    (kept,) = _entries(record_home)
    assert "Zebulon" not in kept.body
    assert "ana" not in kept.body
    ((subject, (name, key)),) = sealing.subjects(database=record_home.database).items()
    assert name == "ana"
    sealed = json.loads(kept.body)["sealed"]
    assert sealing.unsealed(key, subject, sealed)["after"] == {"comment": "call Zebulon"}


def test_without_the_right_nothing_begins(record_home: Workspace) -> None:
    nobody = Actor("zed", frozenset())
    with (
        pytest.raises(NotAllowed),
        act(actor=nobody, workspace=record_home, at=AT, permission="cases.work", action="x"),
    ):
        raise AssertionError("the block ran")
    assert _entries(record_home) == []


def test_a_block_that_raises_leaves_nothing(record_home: Workspace) -> None:
    def block(entry: Entry) -> None:
        create_user("max", None, Role.REP, database=record_home.database)
        entry.tell(["max"], "Hello", "/")
        entry.emit("x", {})
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _acting(record_home, block)
    assert _entries(record_home) == []
    assert list_users(database=record_home.database) == ()
    for table in (models.Notice, models.Event, models.Subject):
        assert not table.objects.using(record_home.database).exists()


def test_an_entry_that_cannot_be_written_takes_the_rows_with_it(record_home: Workspace) -> None:
    def block(entry: Entry) -> None:
        create_user("max", None, Role.REP, database=record_home.database)
        entry.after = {"what": object()}

    with pytest.raises(TypeError):
        _acting(record_home, block)
    assert list_users(database=record_home.database) == ()
    assert _entries(record_home) == []


def test_an_action_within_another_has_its_entry_in_the_same_transaction(
    record_home: Workspace,
) -> None:
    with act(actor=ANA, workspace=record_home, at=AT, permission="cases.work", action="outer"):
        _note(record_home)
        _note(record_home)
    assert [one.action for one in _entries(record_home)] == ["test.note", "test.note", "outer"]
    assert _is_sound(record_home)


def test_when_the_outer_one_fails_the_inner_ones_are_gone_too(record_home: Workspace) -> None:
    def block(entry: Entry) -> None:
        _note(record_home)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        _acting(record_home, block)
    _note(record_home)
    assert [one.seq for one in _entries(record_home)] == [1]


def test_an_inner_one_that_fails_and_is_caught_leaves_no_gap(record_home: Workspace) -> None:
    with act(actor=ANA, workspace=record_home, at=AT, permission="cases.work", action="outer"):
        _note(record_home)
        with pytest.raises(TypeError):
            _note(record_home, after={"what": object()})
        _note(record_home)
    assert [one.seq for one in _entries(record_home)] == [1, 2, 3]
    assert _is_sound(record_home)


def test_the_order_is_that_of_the_numbers_whatever_the_clock_says(record_home: Workspace) -> None:
    for hours in (5, 0, 3, -1000):
        _note(record_home, f"case:{hours}", at=AT + timedelta(hours=hours))
    found = journal.list_entries(journal.Wanted(), database=record_home.database, limit=10)
    assert [one.about for one in found] == ["case:-1000", "case:3", "case:0", "case:5"]
    assert _is_sound(record_home)


def test_a_name_stands_nowhere_in_the_open(record_home: Workspace) -> None:
    _note(record_home, "user:zebulon")
    (kept,) = _entries(record_home)
    subject = sealing.known_subject("zebulon", database=record_home.database)
    assert kept.about == f"user:{subject}"
    wanted = journal.Wanted(about="user:zebulon")
    assert journal.list_entries(wanted, database=record_home.database, limit=9) == (kept,)


@pytest.mark.parametrize("about", ["a\0b", "\ud800", "x" * 1000, "é" * 1000])
def test_what_no_database_could_hold_is_kept_as_well_as_it_can_be(
    record_home: Workspace, about: str
) -> None:
    _note(record_home, about, after={about: about})
    assert len(_entries(record_home)[0].about) <= 300
    assert _is_sound(record_home)


@pytest.mark.parametrize("few", [0, 1, 2000])
def test_entries_are_found_by_what_they_are(
    record_home: Workspace, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "_FEW", few)  # how they are looked for changes nothing
    for number in (1, 2, 1):
        _note(record_home, f"case:{number}", at=AT + timedelta(days=number))
    _note(record_home, "load:1", at=AT)

    def found(wanted: journal.Wanted) -> list[int]:
        entries = journal.list_entries(wanted, database=record_home.database, limit=9)
        return [one.seq for one in entries]

    assert found(journal.Wanted(about="case:1")) == [3, 1]
    assert found(journal.Wanted(about="case:")) == [3, 2, 1]
    assert found(journal.Wanted(before=3)) == [2, 1]
    assert found(journal.Wanted(who="ana", action="test.")) == [4, 3, 2, 1]
    assert found(journal.Wanted(who="zed")) == []
    assert found(journal.Wanted(action="test.not")) == []
    assert found(journal.Wanted(since=AT + timedelta(days=2))) == [2]
    assert found(journal.Wanted(until=AT + timedelta(days=1))) == [4]


def test_threads_append_to_one_chain(record_home: Workspace) -> None:
    threads, each = 6, 15
    failed: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for step in range(each):
                with act(
                    actor=everything(f"person {step % 5}"),
                    workspace=record_home,
                    at=AT,
                    permission="cases.work",
                    action="test.note",
                    about=f"case:{number}",
                ):
                    _note(record_home, f"user:person {(step + number) % 5}")
        except BaseException as error:  # noqa: BLE001  # told to the test
            failed.append(error)
        finally:
            connections[record_home.database].close()

    started = [threading.Thread(target=write, args=(number,)) for number in range(threads)]
    for thread in started:
        thread.start()
    for thread in started:
        thread.join()
    assert failed == []
    assert [one.seq for one in _entries(record_home)] == [*range(1, 2 * threads * each + 1)]
    assert _is_sound(record_home)
