"""Is a forecast being computed just now, and how far is it? Told to whoever may see forecasts."""

from dataclasses import dataclass

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores import work as store
from wald.records.stores.work import State

_KINDS = ("example_forecast", "forecast_backtest")


@dataclass(frozen=True, slots=True)
class Computing:
    """`words` say what is done now, "" while no worker has begun; `done` of `total` are done."""

    is_running: bool
    words: str
    done: int
    total: int | None


def computing(*, actor: Actor, workspace: Workspace) -> Computing | None:
    """Return the job that makes a forecast now, or waits to; None: there is none."""
    actor.must("facts.read")
    found = store.open_jobs(_KINDS, database=workspace.database)
    if not found:
        return None
    job = min(found, key=lambda one: (one.state is not State.RUNNING, one.job_id))
    return Computing(job.state is State.RUNNING, job.words, job.done, job.total)
