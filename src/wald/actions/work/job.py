"""What a job is: named steps, each repeatable with the same result, kept as they end.

A step that died half way runs again; one that ended never does. So a step must not mind being
repeated: it writes in one transaction, or under a key that makes the second time nothing new.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

from wald.kernel.actor import Actor
from wald.kernel.catalogue import collect
from wald.kernel.workspace import Workspace


@dataclass(frozen=True, slots=True)
class Run:
    """What a step works with. `at` is when the worker began it."""

    job_id: int
    actor: Actor
    workspace: Workspace
    at: datetime
    arguments: Mapping[str, object]
    kept: Mapping[str, object]  # what the steps before it returned, by name
    told: Callable[[str, int, int | None], None]  # progress: words, done, total; extends the lease


@dataclass(frozen=True, slots=True)
class Step:
    """`is_one_transaction`: what it writes and that it ended are kept together or not at all, so
    it has happened exactly once. Only for brief ones: nobody else may write meanwhile."""

    name: str
    run: Callable[[Run], object]  # returns JSON
    is_one_transaction: bool = False


@dataclass(frozen=True, slots=True)
class Job:
    """`every_minutes` or `daily_at` (UTC) put it on the schedule; neither: only when asked.

    Where `wanted` is given, a scheduled job is queued only if it says so; without a schedule
    the job is queued as soon as it does. `permission` is what asking for it needs.
    """

    key: str
    title: str
    steps: tuple[Step, ...]
    source: str
    every_minutes: int | None = None
    daily_at: time | None = None
    attempts: int = 5
    permission: str = "work.run"
    wanted: Callable[[Workspace, datetime], bool] | None = None


def jobs() -> Mapping[str, Job]:
    """Return every kind of job by key."""
    return collect("wald.actions.work.kinds", Job, "JOB")
