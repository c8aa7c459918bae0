"""Jobs as rows and as values: taken under a lease, advanced step by step, ended.

A job belongs to the worker that took it until its lease runs out. Every write of a worker names
the worker, so one that lost its lease changes nothing any more.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from django.db import connections
from django.db.models import Q, QuerySet

from wald.records import models
from wald.records.stores.transaction import together

_LONGEST_WORDS = 300  # of progress


class State(Enum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


ENDED = (State.DONE, State.FAILED, State.STOPPED)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """A job as it stands. `step` steps are done; `kept` is what they returned, by name."""

    job_id: int
    kind: str
    arguments: Mapping[str, object]
    state: State
    key: str
    queued_at: datetime
    queued_by: str
    not_before: datetime
    step: int
    kept: Mapping[str, object]
    done: int  # progress of the running step
    total: int | None
    words: str
    attempts: int  # of the step that is next or running
    worker: str
    lease_until: datetime | None
    started_at: datetime | None
    ended_at: datetime | None
    error: str


def add_job(
    kind: str,
    *,
    arguments: Mapping[str, object],
    key: str,
    kept: Mapping[str, object],
    at: datetime,
    by: str,
    not_before: datetime,
    database: str,
) -> tuple[int, bool]:
    """Return the job under `key`, or a new one, and whether it is new; "" is no key."""
    values = {
        "kind": kind,
        "arguments": dict(arguments),
        "kept": dict(kept),
        "state": State.WAITING.value,
        "queued_at": at,
        "queued_by": by,
        "not_before": not_before,
    }
    rows = models.Job.objects.using(database)
    if not key:
        return int(rows.create(**values).pk), True
    row, is_new = rows.get_or_create(key=key, defaults=values)
    return int(row.pk), is_new


def find_job(job_id: int, *, database: str) -> JobRecord | None:
    row = models.Job.objects.using(database).filter(pk=job_id).first()
    return None if row is None else _record(row)


def job_under(key: str, *, database: str) -> JobRecord | None:
    """Return the job that was queued under a key."""
    row = models.Job.objects.using(database).filter(key=key).first()
    return None if row is None else _record(row)


def list_jobs(
    *,
    database: str,
    states: tuple[State, ...] = (),
    kind: str = "",
    before: int | None = None,
    limit: int = 100,
) -> tuple[JobRecord, ...]:
    """Return jobs, newest first; without `states` and `kind` all of them."""
    rows = models.Job.objects.using(database).order_by("-id")
    if states:
        rows = rows.filter(state__in=[state.value for state in states])
    if kind:
        rows = rows.filter(kind=kind)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(_record(row) for row in rows[:limit])


def take(*, worker: str, at: datetime, lease_until: datetime, database: str) -> JobRecord | None:
    """Take the job that has waited longest, or whose worker died; None: there is none.

    SQLite lets one transaction write at a time; PostgreSQL skips rows that others hold.
    """
    if not _free(at, database).exists():
        return None
    with together(database=database):
        row = _free(at, database).select_for_update(skip_locked=True).first()
        if row is None:
            return None
        row.state = State.RUNNING.value
        row.worker = worker
        row.lease_until = lease_until
        row.attempts += 1
        row.started_at = row.started_at or at
        row.done, row.total, row.words = 0, None, ""
        row.save(using=database)
        return _record(row)


def extend(
    job_id: int,
    *,
    worker: str,
    lease_until: datetime,
    words: str,
    done: int,
    total: int | None,
    database: str,
) -> bool:
    """Keep the job and say how far it is. False: it is this worker's no longer."""
    rows = _held(job_id, worker, database)
    changed = rows.update(
        lease_until=lease_until, words=words[:_LONGEST_WORDS], done=done, total=total
    )
    return changed == 1


def advance(
    job_id: int, *, worker: str, step: str, result: object, lease_until: datetime, database: str
) -> bool:
    """Keep what a step returned and count it as done. False: it is this worker's no longer."""
    with together(database=database):
        row = _held(job_id, worker, database).select_for_update().first()
        if row is None:
            return False
        row.kept = {**row.kept, step: result}
        row.step += 1
        row.attempts = 1
        row.done, row.total, row.words = 0, None, ""
        row.lease_until = lease_until
        row.save(using=database)
        return True


def give_back(
    job_id: int,
    *,
    worker: str,
    not_before: datetime,
    error: str,
    counts: bool,
    database: str,
) -> bool:
    """Let the job wait again. Unless it `counts`, the attempt was none: the worker had to end."""
    with together(database=database):
        row = _held(job_id, worker, database).select_for_update().first()
        if row is None:
            return False
        row.state = State.WAITING.value
        row.worker, row.lease_until = "", None
        row.not_before = not_before
        row.error = error
        row.attempts = row.attempts if counts else max(0, row.attempts - 1)
        row.save(using=database)
        return True


def end(job_id: int, *, worker: str, state: State, at: datetime, error: str, database: str) -> bool:
    """End the job. False: it is this worker's no longer."""
    rows = _held(job_id, worker, database)
    changed = rows.update(
        state=state.value, ended_at=at, error=error, worker="", lease_until=None, words=""
    )
    return changed == 1


def stop(job_id: int, *, at: datetime, database: str) -> bool:
    """Stop a job that waits or runs; its worker learns of it. False: it has ended already."""
    open_states = [State.WAITING.value, State.RUNNING.value]
    rows = models.Job.objects.using(database).filter(pk=job_id, state__in=open_states)
    changed = rows.update(
        state=State.STOPPED.value, ended_at=at, worker="", lease_until=None, words=""
    )
    return changed == 1


def go_on(job_id: int, *, at: datetime, database: str) -> bool:
    """Let a failed or stopped job wait again; the steps that are done stay done."""
    ended = [State.FAILED.value, State.STOPPED.value]
    rows = models.Job.objects.using(database).filter(pk=job_id, state__in=ended)
    changed = rows.update(
        state=State.WAITING.value, not_before=at, attempts=0, error="", ended_at=None
    )
    return changed == 1


def add_due(
    kind: str, *, due_at: datetime, at: datetime, by: str, kept: Mapping[str, object], database: str
) -> bool:
    """Queue a scheduled kind once for `due_at`; moments that were missed before it are skipped.

    While one of its jobs still waits or runs, the next is not queued.
    """
    with together(database=database):
        rows = models.Schedule.objects.using(database)
        row, is_new = rows.get_or_create(kind=kind, defaults={"last_due_at": due_at})
        row = rows.select_for_update().get(kind=kind)
        if not is_new and row.last_due_at >= due_at:
            return False
        open_states = [State.WAITING.value, State.RUNNING.value]
        if models.Job.objects.using(database).filter(kind=kind, state__in=open_states).exists():
            return False
        row.last_due_at = due_at
        row.save(using=database)
        models.Job.objects.using(database).create(
            kind=kind,
            state=State.WAITING.value,
            kept=dict(kept),
            queued_at=at,
            queued_by=by,
            not_before=at,
        )
        return True


def last_due(*, database: str) -> dict[str, datetime]:
    """Return the newest moment of each schedule for which a job was queued."""
    return dict(models.Schedule.objects.using(database).values_list("kind", "last_due_at"))


def has_open(kind: str, *, database: str) -> bool:
    """Does a job of this kind wait or run?"""
    open_states = [State.WAITING.value, State.RUNNING.value]
    return models.Job.objects.using(database).filter(kind=kind, state__in=open_states).exists()


def open_jobs(kinds: Collection[str], *, database: str) -> tuple[JobRecord, ...]:
    """Return the jobs of some kinds that run or wait, oldest first."""
    open_states = [State.WAITING.value, State.RUNNING.value]
    rows = models.Job.objects.using(database).filter(kind__in=kinds, state__in=open_states)
    return tuple(_record(row) for row in rows.order_by("id"))


def forget_done(kind: str, *, by: str, most: int, database: str) -> None:
    """Remove the oldest jobs of a schedule that ended well, all but `most`."""
    rows = models.Job.objects.using(database).filter(
        kind=kind, queued_by=by, state=State.DONE.value
    )
    spare = list(rows.order_by("-id").values_list("pk", flat=True)[most : most + 500])
    models.Job.objects.using(database).filter(pk__in=spare).delete()


def see_worker(worker: str, *, at: datetime, database: str) -> None:
    """Note that a worker is there."""
    rows = models.Setting.objects.using(database)
    rows.update_or_create(key=f"{_WORKER}{worker}"[:100], defaults={"value": at.isoformat()})


def forget_worker(worker: str, *, database: str) -> None:
    models.Setting.objects.using(database).filter(key=f"{_WORKER}{worker}"[:100]).delete()


def workers(*, since: datetime, database: str) -> dict[str, datetime]:
    """Return the workers that were seen since, with when they were last."""
    rows = models.Setting.objects.using(database).filter(key__startswith=_WORKER)
    seen = {
        key.removeprefix(_WORKER): datetime.fromisoformat(str(value))
        for key, value in rows.values_list("key", "value")
    }
    return {name: at for name, at in sorted(seen.items()) if at >= since}


def close_connection(database: str) -> None:
    """Close this thread's connection, before the thread ends."""
    connections[database].close()


_WORKER = "worker:"


def _free(at: datetime, database: str) -> QuerySet[models.Job]:
    waits = Q(state=State.WAITING.value, not_before__lte=at)
    died = Q(state=State.RUNNING.value, lease_until__lt=at)
    return models.Job.objects.using(database).filter(waits | died).order_by("not_before", "id")


def _held(job_id: int, worker: str, database: str) -> QuerySet[models.Job]:
    rows = models.Job.objects.using(database)
    return rows.filter(pk=job_id, worker=worker, state=State.RUNNING.value)


def _record(row: models.Job) -> JobRecord:
    return JobRecord(
        job_id=int(row.pk),
        kind=row.kind,
        arguments=row.arguments,
        state=State(row.state),
        key=row.key or "",
        queued_at=row.queued_at,
        queued_by=row.queued_by,
        not_before=row.not_before,
        step=row.step,
        kept=row.kept,
        done=row.done,
        total=row.total,
        words=row.words,
        attempts=row.attempts,
        worker=row.worker,
        lease_until=row.lease_until,
        started_at=row.started_at,
        ended_at=row.ended_at,
        error=row.error,
    )
