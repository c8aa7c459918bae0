"""A real `wald worker`, killed at the boundary of each step and in the middle of them.

A folder is to be loaded in the background. The worker is killed with SIGKILL, its lease runs out,
another one takes over, which may be killed too. Afterwards the job is done, the facts are those
of a load that nobody disturbed, there is one load, one notice and one warm pulse.

Every tenth workspace has workers that are started from nothing; those of the others are forked
from `worker_nest`, which has imported what a worker needs, and then run the same command.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.ingesting import ANA, Desk, Desks, write
from tests.reliability.result import Result
from tests.reliability.worker_nest import Nest, Worker, nested, started
from wald.actions.work.queue import queue
from wald.kernel.policy import Role
from wald.records import models
from wald.records.stores import work as store
from wald.records.stores.loads import list_loads
from wald.records.stores.users import create_user
from wald.records.stores.work import State

_DEALS = 2000
_LAST_STEP = 3
_PATIENCE = 60.0  # seconds for one worker
_COLD_EVERY = 10  # workspaces


def run(count: int, seed: int) -> Result:
    """Kill workers `count` times. `failed` counts the workspaces that ended differently."""
    started = time.monotonic()
    draw = random.Random(seed)  # noqa: S311  # a campaign, not a secret
    broken: list[str] = []
    kills = 0
    with TemporaryDirectory(prefix="wald-kills-") as root:
        desks = Desks(Path(root) / "desks")
        folder = _export(Path(root) / "export")
        wanted = _undisturbed(desks, folder)
        with nested(_queued(desks.new(), folder).workspace.home) as nest:
            while kills < count:
                desk = _queued(desks.new(), folder)
                is_cold = desks.made % _COLD_EVERY == 0
                kills += _disturbed(desk, None if is_cold else nest, draw, kills)
                broken += [f"after kill {kills}: {one}" for one in _faults(desk, wanted)]
                desks.drop(desk)
    words = f"{kills} workers killed" + "".join(f"; {one}" for one in broken[:5])
    return Result(kills, len(broken), words, time.monotonic() - started)


def _queued(desk: Desk, folder: Path) -> Desk:
    """Let Ana ask for the load."""
    create_user("ana", None, Role.SALES_OPERATIONS, database=desk.workspace.database)
    queue(
        actor=ANA,
        workspace=desk.workspace,
        kind="load_folder",
        at=datetime.now(UTC),
        arguments={"folder": str(folder)},
    )
    return desk


def _disturbed(desk: Desk, nest: Nest | None, draw: random.Random, number: int) -> int:
    """Load with workers that are killed once or twice; return how often."""
    home, kills, killed = desk.workspace.home, draw.choice((1, 1, 2)), 0
    (job,) = store.list_jobs(database=desk.workspace.database)
    for turn in range(kills):
        step = (number + turn) % (_LAST_STEP + 2)
        with started(home, nest) as worker:
            if step <= _LAST_STEP:
                _wait_for_step(desk, job.job_id, step, worker)
            else:
                time.sleep(draw.uniform(0, worker.usual))
            killed += worker.kill()
        _let_leases_run_out(desk)
    with started(home, nest) as worker:
        worker.wait(_PATIENCE)
    return killed


def _wait_for_step(desk: Desk, job_id: int, step: int, worker: Worker) -> None:
    """Wait until the job is taken and so many of its steps are done, or the worker has ended."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and not worker.is_over():
        found = store.find_job(job_id, database=desk.workspace.database)
        assert found is not None
        if found.step >= step and found.state is not State.WAITING:
            return
        time.sleep(0.002)


def _let_leases_run_out(desk: Desk) -> None:
    """Put every lease into the past, as the minute that nobody here waits for would."""
    past = datetime.now(UTC) - timedelta(seconds=1)
    rows = models.Job.objects.using(desk.workspace.database)
    rows.filter(state=State.RUNNING.value).update(lease_until=past)


def _faults(desk: Desk, wanted: dict[str, list[tuple[object, ...]]]) -> Iterator[str]:
    """Yield what differs from a load that nobody disturbed."""
    database = desk.workspace.database
    jobs = {one.kind: one for one in store.list_jobs(database=database)}
    for kind in ("load_folder", "warm_pulse"):
        if kind not in jobs or jobs[kind].state is not State.DONE:
            yield f"{kind} is {jobs.get(kind, 'missing')}"
    if desk.everything() != wanted:
        yield "the facts differ"
    if len(list_loads(database=database)) != 1:
        yield f"there are {len(list_loads(database=database))} loads"
    notices = models.Notice.objects.using(database).filter(name="ana").count()
    if notices != 1:
        yield f"there are {notices} notices"
    report = jobs["load_folder"].kept.get("load") if "load_folder" in jobs else None
    if not isinstance(report, dict) or report["load_id"] is None:
        yield "the job does not know its load"


def _undisturbed(desks: Desks, folder: Path) -> dict[str, list[tuple[object, ...]]]:
    desk = desks.new()
    desk.load(folder=folder)
    found = desk.everything()
    desks.drop(desk)
    return found


def _export(folder: Path) -> Path:
    rows = "".join(f"O{n},deal {n},open,{n},EUR,2024-01-02\n" for n in range(_DEALS))
    head = "opportunity_id,name,outcome,amount,currency,created_at\n"
    return write(folder, opportunity__csv=head + rows)
