"""While a step runs, a second thread keeps its lease and says how far it is."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import OperationalError

from wald.kernel.workspace import Workspace
from wald.records.stores import work as store

LEASE = timedelta(seconds=60)
_BEAT = 5.0  # seconds between two writes; a stop is seen as quickly


class Interrupted(Exception):
    """Ends a step before its end: the job was stopped, taken by another worker, or has to wait."""


@dataclass(slots=True)
class Beat:
    """What the step tells, and whether it may go on. Shared by two threads."""

    ending: threading.Event  # the worker has to end
    is_lost: threading.Event = field(default_factory=threading.Event)
    progress: tuple[str, int, int | None] = ("", 0, None)

    def told(self, words: str, done: int, total: int | None) -> None:
        """Say how far the step is. Raises Interrupted if it is to end here."""
        self.progress = (words, done, total)
        if self.ending.is_set() or self.is_lost.is_set():
            raise Interrupted


@contextmanager
def beating(
    *,
    workspace: Workspace,
    job_id: int,
    worker: str,
    clock: Callable[[], datetime],
    ending: threading.Event,
    seconds: float = _BEAT,
) -> Iterator[Beat]:
    """Keep the lease of a job until the block ends."""
    beat, over = Beat(ending), threading.Event()

    def keep() -> None:
        try:
            while not over.wait(seconds) and not beat.is_lost.is_set():
                _extend(beat, workspace, job_id, worker, clock())
        finally:
            store.close_connection(workspace.database)

    thread = threading.Thread(target=keep, name=f"lease of job {job_id}", daemon=True)
    thread.start()
    try:
        yield beat
    finally:
        over.set()
        thread.join()


def _extend(beat: Beat, workspace: Workspace, job_id: int, worker: str, at: datetime) -> None:
    words, done, total = beat.progress
    try:
        is_ours = store.extend(
            job_id,
            worker=worker,
            lease_until=at + LEASE,
            words=words,
            done=done,
            total=total,
            database=workspace.database,
        )
    except OperationalError:
        return  # the database is busy or away; the lease outlasts many of these
    if not is_ours:
        beat.is_lost.set()
