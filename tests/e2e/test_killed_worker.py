"""A worker killed at any step loses nothing and doubles nothing; told to end, it ends cleanly."""

import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from tests.ingesting import ANA
from tests.reliability.killed_worker import run
from wald.actions.work.queue import queue
from wald.actions.workspace import open_workspace
from wald.records.stores import work as store


def test_a_killed_worker_loses_nothing_and_doubles_nothing(records: None) -> None:
    found = run(count=4, seed=3)
    assert found.failed == 0, found.words
    assert found.tried >= 4


def test_a_worker_told_to_end_ends_and_leaves_its_name_nowhere(records: None, home: Path) -> None:
    workspace = open_workspace(home)
    queue(actor=ANA, workspace=workspace, kind="warm_pulse", at=datetime.now(UTC))
    with subprocess.Popen(
        [sys.executable, "-m", "wald", "worker", "--home", str(home)],
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        assert "until you press Ctrl-C" in process.stderr.readline()
        _wait_until_done(workspace.database)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert "took" in process.stderr.read()
    assert store.workers(since=datetime(2000, 1, 1, tzinfo=UTC), database=workspace.database) == {}


def test_a_worker_ends_with_who_started_it(home: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "wald", "worker", "--with-parent", "--home", str(home)],
        stdin=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as process:
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(60) == 0


def _wait_until_done(database: str) -> None:
    import time

    end = time.monotonic() + 60
    while time.monotonic() < end:
        jobs = store.list_jobs(database=database, kind="warm_pulse")
        if jobs and jobs[0].state is store.State.DONE:
            return
        time.sleep(0.1)
    raise AssertionError("the worker did not do what waited")
