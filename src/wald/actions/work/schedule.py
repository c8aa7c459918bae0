"""When scheduled work is due, and queueing it then: what was missed is caught up once."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from wald.actions.work.job import Job, jobs
from wald.actions.work.queue import asked_by
from wald.kernel.actor import Actor, Door, everything
from wald.kernel.workspace import Workspace
from wald.queries.plain import plain
from wald.records.stores import work as store

WALD = everything("wald", Door.WORKER)  # who asks for what is scheduled
_MOST_KEPT = 20  # jobs of one schedule that ended well

_DAY = timedelta(days=1)


def last_due(job: Job, at: datetime) -> datetime | None:
    """Return the newest moment, up to `at`, at which a job is due; None: it has no schedule."""
    now = at.astimezone(UTC)
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    if job.daily_at is not None:
        today = midnight.replace(hour=job.daily_at.hour, minute=job.daily_at.minute)
        return today if today <= now else today - _DAY
    if job.every_minutes is not None:
        minutes = int((now - midnight) / timedelta(minutes=1))
        return midnight + timedelta(minutes=minutes - minutes % job.every_minutes)
    return None


def next_due(job: Job, at: datetime) -> datetime | None:
    """Return the first moment after `at` at which a job is due."""
    last = last_due(job, at)
    if last is None:
        return None
    if job.every_minutes is None:
        return last + _DAY
    midnight = last.replace(hour=0, minute=0) + _DAY
    return min(last + timedelta(minutes=job.every_minutes), midnight)


def queue_due(*, workspace: Workspace, at: datetime) -> tuple[str, ...]:
    """Queue what is due and is not queued yet; return the kinds."""
    known = store.last_due(database=workspace.database)
    queued = []
    for job in jobs().values():
        due = last_due(job, at)
        if due is None and job.wanted is not None:
            due = at
        if due is None or (job.key in known and known[job.key] >= due):
            continue
        if job.wanted is not None and not job.wanted(workspace, at):
            continue
        if _add(job, due, at, workspace):
            queued.append(job.key)
    return tuple(queued)


def _add(job: Job, due: datetime, at: datetime, workspace: Workspace) -> bool:
    if store.has_open(job.key, database=workspace.database):
        return False
    is_new = store.add_due(
        job.key,
        due_at=due,
        at=at,
        by=WALD.name,
        kept=asked_by(WALD),
        database=workspace.database,
    )
    if is_new:
        store.forget_done(job.key, by=WALD.name, most=_MOST_KEPT, database=workspace.database)
    return is_new


@dataclass(frozen=True, slots=True)
class Planned:
    """A kind of work with its schedule; without one both instants are None."""

    key: str
    title: str
    source: str
    often: str  # in words
    last_at: datetime | None  # for which a job was queued
    next_at: datetime | None


def timetable(*, actor: Actor, workspace: Workspace, at: datetime) -> tuple[Planned, ...]:
    """Return every kind of work there is, by title."""
    actor.must("work.read")
    known = store.last_due(database=workspace.database)
    planned = (
        Planned(job.key, job.title, job.source, _often(job), known.get(job.key), next_due(job, at))
        for job in jobs().values()
    )
    return tuple(sorted(planned, key=lambda one: one.title))


def _often(job: Job) -> str:
    if job.daily_at is not None:
        return f"daily at {job.daily_at:%H:%M} UTC"
    if job.every_minutes == 1:
        return "every minute"
    if job.every_minutes is not None:
        return f"every {job.every_minutes} minutes"
    return "when there is something to do" if job.wanted is not None else "when somebody asks"


def planned_json(one: Planned) -> dict[str, object]:
    """Return a line of the timetable as JSON, the same at every door."""
    return {
        "kind": one.key,
        "title": one.title,
        "often": one.often,
        "last_at": plain(one.last_at),
        "next_at": plain(one.next_at),
    }
