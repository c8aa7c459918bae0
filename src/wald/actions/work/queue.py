"""Ask for work in the background, stop it, repeat it."""

from collections.abc import Mapping
from datetime import datetime

from wald.actions.act import act
from wald.actions.work.job import Job, jobs
from wald.kernel.actor import Actor
from wald.kernel.policy import PERMISSIONS
from wald.kernel.problem import BadInput, Conflict, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import work as store

MACHINE = ""  # what a job keeps under no step's name: whoever asked may do everything
_LONGEST_KEY = 200


def queue(
    *,
    actor: Actor,
    workspace: Workspace,
    kind: str,
    at: datetime,
    arguments: Mapping[str, object] = {},  # never changed
    key: str = "",
    not_before: datetime | None = None,
) -> int:
    """Queue a job and return its number; under a `key` that was used, the job queued then.

    It runs with the rights that whoever asked has when it runs. Raises BadInput for a kind or
    a key that cannot be.
    """
    job = _kind(actor, kind)
    if len(key) > _LONGEST_KEY:
        what = f"it has {len(key)} characters"
        raise BadInput(
            "This key is too long.", [Problem("key", what, f"take {_LONGEST_KEY} or fewer")]
        )
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission=job.permission,
        action="work.queue",
        about="work",
    ) as entry:
        job_id, is_new = store.add_job(
            kind,
            arguments=arguments,
            key=key,
            kept=asked_by(actor),
            at=at,
            by=actor.name,
            not_before=not_before or at,
            database=workspace.database,
        )
        entry.about = f"work:{job_id}"
        entry.after = {"kind": kind, "arguments": dict(arguments), "is_new": is_new}
    return job_id


def stop(*, actor: Actor, workspace: Workspace, job_id: int, at: datetime) -> None:
    """Stop a job that waits or runs. Raises Refusal if there is none, Conflict if it has ended."""
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="work.run",
        action="work.stop",
        about=f"work:{job_id}",
    ) as entry:
        found = _job(workspace, job_id)
        entry.before = {"state": found.state.value}
        if not store.stop(job_id, at=at, database=workspace.database):
            raise Conflict(f"Job {job_id} is {found.state.value}: there is nothing to stop.")
        entry.after = {"state": store.State.STOPPED.value}


def repeat(*, actor: Actor, workspace: Workspace, job_id: int, at: datetime) -> int:
    """Let a failed or stopped job go on where it ended; of a finished one make a new one.

    Returns the number of the job that waits. Raises Refusal if there is no such job, Conflict
    while it waits or runs.
    """
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="work.run",
        action="work.repeat",
        about=f"work:{job_id}",
    ) as entry:
        found = _job(workspace, job_id)
        entry.before = {"state": found.state.value}
        if store.go_on(job_id, at=at, database=workspace.database):
            return job_id
        if found.state not in store.ENDED:
            raise Conflict(f"Job {job_id} is {found.state.value} already.")
        entry.after = {"of": job_id}
    return queue(
        actor=actor, workspace=workspace, kind=found.kind, at=at, arguments=found.arguments
    )


def asked_by(actor: Actor) -> dict[str, object]:
    """Return what a new job keeps of who asked: users are looked up when it runs."""
    is_machine = actor.role is None and actor.permissions == frozenset(PERMISSIONS)
    return {MACHINE: True} if is_machine else {}


def _kind(actor: Actor, kind: str) -> Job:
    found = jobs().get(kind)
    if found is None:
        actor.must("work.run")
        known = ", ".join(jobs())
        raise BadInput(
            f"There is no kind of work {kind!r}.",
            [Problem("kind", f"there is no {kind!r}", f"known are {known}")],
        )
    actor.must(found.permission)
    return found


def _job(workspace: Workspace, job_id: int) -> store.JobRecord:
    found = store.find_job(job_id, database=workspace.database)
    if found is None:
        raise Refusal(f"There is no job {job_id}; `wald work list` shows what there is.")
    return found
