"""What runs in the background: jobs with their progress, and the workers there are."""

from collections.abc import Collection
from datetime import datetime, timedelta

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores import work as store
from wald.records.stores.work import JobRecord, State

_SEEN_WITHIN = timedelta(seconds=100)  # a worker says every half minute that it is there


def list_jobs(
    *,
    actor: Actor,
    workspace: Workspace,
    states: Collection[State] = (),
    kind: str = "",
    before: int | None = None,
    limit: int = 100,
) -> tuple[JobRecord, ...]:
    """Return jobs, newest first; with `before` only those with a lower number."""
    actor.must("work.read")
    return store.list_jobs(
        database=workspace.database,
        states=tuple(states),
        kind=kind,
        before=before,
        limit=limit,
    )


def one_job(*, actor: Actor, workspace: Workspace, job_id: int) -> JobRecord | None:
    """Return a job: anybody's for those who see the work, else only one's own."""
    if not actor.may("work.read"):
        actor.must("facts.load")  # the one kind of work that others ask for
    found = store.find_job(job_id, database=workspace.database)
    is_own = found is not None and found.queued_by == actor.name
    return found if is_own or actor.may("work.read") else None


def workers(*, actor: Actor, workspace: Workspace, at: datetime) -> dict[str, datetime]:
    """Return the workers that are there, with when each was last seen."""
    actor.must("work.read")
    return store.workers(since=at - _SEEN_WITHIN, database=workspace.database)
