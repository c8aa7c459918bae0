"""The job keep_head: every night the journal is verified, and its head kept where it is found."""

import json
import subprocess
import sys
import textwrap
from datetime import UTC, datetime

import pytest
from django.db import connections

from tests.stores import Postgres
from wald.actions.act import act
from wald.actions.work.job import Run
from wald.actions.work.kinds.keep_head import JOB
from wald.kernel.actor import everything
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.queries.journal import head, kept_heads, verified
from wald.records import models
from wald.records.stores import heads
from wald.records.stores.journal import every_entry

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ANA = everything("ana")


def _note(workspace: Workspace) -> None:
    with act(
        actor=ANA, workspace=workspace, at=AT, permission="cases.work", action="x", about="case:1"
    ):
        pass


def _run(workspace: Workspace) -> None:
    told = Run(1, everything("wald"), workspace, AT, {}, {}, lambda *words: None)
    for step in JOB.steps:
        step.run(told)


def test_the_head_is_kept_in_a_file_and_told(record_home: Workspace) -> None:
    _note(record_home)
    _run(record_home)
    (kept,) = kept_heads(actor=ANA, workspace=record_home)
    assert kept.seq == 2  # the note, and that it was verified
    (line,) = (record_home.home / heads.NAME).read_text().splitlines()
    assert json.loads(line) == {"at": "2026-03-01T09:00:00.000000Z", "seq": 2, "hash": kept.hash}
    event = models.Event.objects.using(record_home.database).get()
    assert (event.type, event.body) == ("journal.head", {"seq": 2, "hash": kept.hash})
    assert verified(actor=ANA, workspace=record_home).is_sound


def test_every_head_that_was_kept_is_looked_for(record_home: Workspace) -> None:
    for _ in range(3):
        _note(record_home)
        _run(record_home)
    assert [one.seq for one in kept_heads(actor=ANA, workspace=record_home)] == [2, 5, 8]
    path = record_home.home / heads.NAME
    path.write_text(path.read_text().replace('"seq":2', '"seq":x'))
    with pytest.raises(Refusal, match="kept heads of the journal were altered"):
        _run(record_home)


def test_a_fault_ends_the_job_and_is_told_and_no_head_is_kept(record_home: Workspace) -> None:
    _note(record_home)
    _note(record_home)
    rows = models.JournalEntry.objects.using(record_home.database)
    rows.filter(seq=2).update(about="case:2")
    with pytest.raises(Refusal, match="Entry 2: is altered: its column 'about'"):
        _run(record_home)
    assert models.Event.objects.using(record_home.database).get().type == "journal.fault"
    assert not (record_home.home / heads.NAME).exists()


def test_processes_append_to_one_chain(
    record_home: Workspace, request: pytest.FixtureRequest
) -> None:
    """Four processes, started at once, each with a connection of its own."""
    address = ""
    if connections[record_home.database].vendor == "postgresql":
        server: Postgres = request.getfixturevalue("postgres_records")
        address = server.at(str(connections[record_home.database].settings_dict["NAME"]))
    program = textwrap.dedent(
        f"""
        import os, sys
        os.environ.update(
            WALD_HOME={str(record_home.home)!r}, WALD_RECORDS={address!r},
            DJANGO_SETTINGS_MODULE="wald.site.settings",
        )
        import django
        django.setup()
        from datetime import UTC, datetime
        from pathlib import Path
        from wald.actions.act import act
        from wald.kernel.actor import everything
        from wald.kernel.workspace import Workspace
        place = Workspace(Path({str(record_home.home)!r}), "default")
        for number in range(25):
            with act(
                actor=everything(f"person {{number % 3}}"), workspace=place,
                at=datetime(2026, 3, 1, tzinfo=UTC), permission="cases.work", action="x",
                about=f"user:person {{number % 4}}",
            ):
                pass
        """
    )
    started = [subprocess.Popen([sys.executable, "-c", program]) for _ in range(4)]
    assert [process.wait() for process in started] == [0] * 4
    found = [one.seq for one in every_entry(database=record_home.database)]
    assert found == [*range(1, 101)]
    assert verified(actor=ANA, workspace=record_home).is_sound
    assert head(actor=ANA, workspace=record_home).seq == 100
