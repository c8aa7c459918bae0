"""A worker: takes one job after the other and runs its steps, until it is told to end.

Killed at any moment it loses nothing: steps that ended are kept, the one that ran is repeated by
whoever takes the job when the lease has run out.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import OperationalError

from wald.actions.act import act
from wald.actions.work.beat import LEASE, Beat, Interrupted, beating
from wald.actions.work.job import Job, Run, Step, jobs
from wald.actions.work.queue import MACHINE
from wald.actions.work.schedule import WALD, queue_due
from wald.kernel.actor import Actor, Door, everything
from wald.kernel.problem import BadInput, Conflict, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import work as store
from wald.records.stores.transaction import together
from wald.records.stores.users import actor_named, has_user

POLL = 1.0  # seconds between two looks for work
SEEN_EVERY = timedelta(seconds=30)  # how often a worker says that it is there
_FIRST_DELAY = timedelta(seconds=10)
_LONGEST_DELAY = timedelta(hours=1)

log = logging.getLogger("wald.work")


@dataclass(frozen=True, slots=True)
class _Bench:
    """Where a worker works."""

    workspace: Workspace
    worker: str
    clock: Callable[[], datetime]
    ending: threading.Event

    @property
    def database(self) -> str:
        return self.workspace.database


def work(
    *,
    workspace: Workspace,
    worker: str,
    clock: Callable[[], datetime],
    ending: threading.Event | None = None,
    until_idle: bool = False,
    poll: float = POLL,
) -> int:
    """Work until `ending` is set, or until nothing waits; return how many jobs were taken.

    `worker` is a name no other worker has. What is scheduled is queued when it is due.
    """
    bench = _Bench(workspace, worker, clock, ending or threading.Event())
    taken, seen_at = 0, None
    try:
        while not bench.ending.is_set():
            at = clock()
            try:
                if seen_at is None or at - seen_at >= SEEN_EVERY:
                    store.see_worker(worker, at=at, database=bench.database)
                    seen_at = at
                found = _next(bench, at)
            except OperationalError:
                log.warning("The record database does not answer; trying again.")
                found = None
            if found is not None:
                taken += 1
                _run(found, bench)
            elif until_idle:
                break
            else:
                bench.ending.wait(poll)
    finally:
        store.forget_worker(worker, database=bench.database)
    return taken


def delay(attempts: int) -> timedelta:
    """Return how long a job waits after its `attempts`-th attempt failed: longer each time."""
    seconds = _FIRST_DELAY.total_seconds() * 4 ** (max(1, attempts) - 1)
    return min(timedelta(seconds=min(seconds, 1e6)), _LONGEST_DELAY)


def _next(bench: _Bench, at: datetime) -> store.JobRecord | None:
    queue_due(workspace=bench.workspace, at=at)
    return store.take(worker=bench.worker, at=at, lease_until=at + LEASE, database=bench.database)


def _run(found: store.JobRecord, bench: _Bench) -> None:
    job = jobs().get(found.kind)
    if job is None:
        _fail(found, bench, f"This version of Wald knows no work of the kind {found.kind!r}.")
        return
    if found.attempts > job.attempts:
        _fail(found, bench, f"Its worker ended {job.attempts} times before the step did.")
        return
    with beating(
        workspace=bench.workspace,
        job_id=found.job_id,
        worker=bench.worker,
        clock=bench.clock,
        ending=bench.ending,
    ) as beat:
        _steps(found, job, bench, beat)


def _steps(found: store.JobRecord, job: Job, bench: _Bench, beat: Beat) -> None:
    kept = dict(found.kept)
    attempts = found.attempts
    for step in job.steps[found.step :]:
        if bench.ending.is_set():
            _give_back(found, bench)
            return
        try:
            kept[step.name] = _one(step, found, kept, bench, beat)
        except Interrupted:
            _give_back(found, bench)  # changes nothing if the job is no longer this worker's
            return
        except Exception as error:  # noqa: BLE001  # one broken job must not end the worker
            _tried(found, job, step, attempts, error, bench)
            return
        attempts = 1
    store.end(
        found.job_id,
        worker=bench.worker,
        state=store.State.DONE,
        at=bench.clock(),
        error="",
        database=bench.database,
    )


def _one(
    step: Step, found: store.JobRecord, kept: dict[str, object], bench: _Bench, beat: Beat
) -> object:
    """Run one step and keep what it returned; return that."""
    actor = _actor(found, bench)
    run = Run(
        job_id=found.job_id,
        actor=actor,
        workspace=bench.workspace,
        at=bench.clock(),
        arguments=found.arguments,
        kept={name: value for name, value in kept.items() if name != MACHINE},
        told=beat.told,
    )
    beat.progress = (step.name, 0, None)
    if step.is_one_transaction:
        with together(database=bench.database):
            result = step.run(run)
            _advance(found, step, result, bench)
        return result
    result = step.run(run)
    _advance(found, step, result, bench)
    return result


def _advance(found: store.JobRecord, step: Step, result: object, bench: _Bench) -> None:
    is_ours = store.advance(
        found.job_id,
        worker=bench.worker,
        step=step.name,
        result=result,
        lease_until=bench.clock() + LEASE,
        database=bench.database,
    )
    if not is_ours:
        raise Interrupted


def _actor(found: store.JobRecord, bench: _Bench) -> Actor:
    """Return who asked, with the rights they have now."""
    if found.kept.get(MACHINE):
        return everything(found.queued_by, Door.WORKER)
    return actor_named(found.queued_by, Door.WORKER, database=bench.database)


def _tried(
    found: store.JobRecord, job: Job, step: Step, attempts: int, error: Exception, bench: _Bench
) -> None:
    """Let the job wait for another attempt, or fail: refused for good, or tried often enough."""
    is_refusal = isinstance(error, Refusal)
    sentence = _sentence(error, job, step)
    if not is_refusal:
        log.error("job %s, %s, broke in %r", found.job_id, job.key, step.name, exc_info=error)
    if attempts >= job.attempts or (is_refusal and not isinstance(error, Conflict)):
        _fail(found, bench, sentence)
        return
    store.give_back(
        found.job_id,
        worker=bench.worker,
        not_before=bench.clock() + delay(attempts),
        error=sentence,
        counts=True,
        database=bench.database,
    )


def _sentence(error: Exception, job: Job, step: Step) -> str:
    if isinstance(error, BadInput):
        return " ".join([str(error), *(str(problem) for problem in error.problems[:20])])
    if isinstance(error, Refusal):
        return str(error)
    words = str(error).partition("\n")[0][:200]
    return f"{job.title} broke in {step.name!r}: {type(error).__name__}: {words}"


def _give_back(found: store.JobRecord, bench: _Bench) -> None:
    store.give_back(
        found.job_id,
        worker=bench.worker,
        not_before=bench.clock(),
        error=found.error,
        counts=False,
        database=bench.database,
    )


def _fail(found: store.JobRecord, bench: _Bench, sentence: str) -> None:
    """End the job, and tell whoever asked for it; nothing if it is this worker's no longer."""
    with suppress(Interrupted):
        _end_failed(found, bench, sentence, bench.clock())


def _end_failed(found: store.JobRecord, bench: _Bench, sentence: str, at: datetime) -> None:
    with act(
        actor=WALD,
        workspace=bench.workspace,
        at=at,
        permission="work.run",
        action="work.fail",
        about=f"work:{found.job_id}",
    ) as entry:
        is_ours = store.end(
            found.job_id,
            worker=bench.worker,
            state=store.State.FAILED,
            at=at,
            error=sentence,
            database=bench.database,
        )
        if not is_ours:
            raise Interrupted
        entry.after = {"kind": found.kind, "error": sentence}
        known = jobs().get(found.kind)
        title = known.title if known is not None else found.kind
        if has_user(found.queued_by, database=bench.database):
            entry.tell([found.queued_by], f"{title} failed: {sentence}", f"/work/{found.job_id}/")
        entry.emit("work.failed", {"job": found.job_id, "kind": found.kind})
