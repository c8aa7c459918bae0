"""Work in the background: each step once, leases, growing delays, stops, schedules."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

import pytest

from tests.ingesting import Desk
from wald.actions.work import queue, schedule, worker
from wald.actions.work.beat import LEASE
from wald.actions.work.job import Job, Run, Step
from wald.kernel.actor import Actor, everything
from wald.kernel.problem import BadInput, Conflict, NotAllowed, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import work as store
from wald.records.stores.work import JobRecord, State

ANA = everything("ana")
NOON = datetime(2024, 6, 3, 12, tzinfo=UTC)


@dataclass
class Shop:
    """A workspace with kinds of work of the test's own, and a clock that the test moves."""

    workspace: Workspace
    kinds: dict[str, Job] = field(default_factory=dict)
    at: datetime = NOON
    done: list[str] = field(default_factory=list)

    def step(self, name: str, *, together: bool = False) -> Step:
        def run(run: Run) -> object:
            self.done.append(name)
            return name.upper()

        return Step(name, run, together)

    def kind(self, key: str, *steps: Step, **more: object) -> None:
        self.kinds[key] = Job(key, key.title(), steps, "docs", **more)  # type: ignore[arg-type]

    def queue(self, kind: str = "walk", **more: object) -> int:
        return queue.queue(
            actor=ANA,
            workspace=self.workspace,
            kind=kind,
            at=self.at,
            **more,  # type: ignore[arg-type]
        )

    def work(self, name: str = "w1") -> int:
        return worker.work(
            workspace=self.workspace, worker=name, clock=lambda: self.at, until_idle=True
        )

    def job(self, job_id: int) -> JobRecord:
        found = store.find_job(job_id, database=self.workspace.database)
        assert found is not None
        return found


@pytest.fixture
def shop(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    made = Shop(desk.workspace)
    for module in (queue, schedule, worker):
        monkeypatch.setattr(module, "jobs", lambda: made.kinds)
    made.kind("walk", made.step("one"), made.step("two"))
    return made


def raises(error: Exception, times: int = 1000) -> Callable[[Run], object]:
    """Return what a step runs that breaks some times and then works."""
    left = [error] * times

    def run(run: Run) -> object:
        if left:
            raise left.pop()
        return "at last"

    return run


def test_each_step_runs_once_and_what_it_returned_is_kept(shop: Shop) -> None:
    job_id = shop.queue()
    assert shop.work() == 1
    assert shop.done == ["one", "two"]
    found = shop.job(job_id)
    assert (found.state, found.step) == (State.DONE, 2)
    assert {name: value for name, value in found.kept.items() if name} == {
        "one": "ONE",
        "two": "TWO",
    }


def test_the_same_key_queues_once(shop: Shop) -> None:
    assert shop.queue(key="a") == shop.queue(key="a")
    assert shop.queue(key="b") != shop.queue(key="a")


def test_nothing_is_taken_before_its_time(shop: Shop) -> None:
    shop.queue(not_before=NOON + timedelta(hours=1))
    assert shop.work() == 0
    shop.at += timedelta(hours=1)
    assert shop.work() == 1


def test_a_job_of_a_dead_worker_goes_on_where_it_was(shop: Shop) -> None:
    job_id = shop.queue()
    database = shop.workspace.database
    store.take(worker="dead", at=NOON, lease_until=NOON + LEASE, database=database)
    store.advance(
        job_id, worker="dead", step="one", result=1, lease_until=NOON + LEASE, database=database
    )
    assert shop.work() == 0, "its lease has not run out"
    shop.at += LEASE + timedelta(seconds=1)
    shop.work("w2")
    assert shop.done == ["two"]
    assert shop.job(job_id).state is State.DONE
    assert not store.advance(
        job_id, worker="dead", step="two", result=2, lease_until=NOON, database=database
    ), "who lost the lease changes nothing"


def test_a_step_in_one_transaction_leaves_nothing_unless_it_ended(shop: Shop) -> None:
    def run(run: Run) -> object:
        queue.queue(actor=ANA, workspace=run.workspace, kind="walk", at=run.at, key="written")
        raise Refusal("No.")

    shop.kind("write", Step("write", run, is_one_transaction=True))
    shop.queue("write")
    shop.work()
    assert store.job_under("written", database=shop.workspace.database) is None


def test_a_broken_step_is_tried_again_each_time_later_and_then_fails_with_a_sentence(
    shop: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    shop.kind("break", Step("fall", raises(ValueError("oh\nmore"))), attempts=3)
    job_id = shop.queue("break")
    waits = []
    for _ in range(3):
        shop.work()
        waits.append(shop.job(job_id).not_before - shop.at)
        shop.at = max(shop.at, shop.job(job_id).not_before)
    assert waits[:2] == [timedelta(seconds=10), timedelta(seconds=40)]
    found = shop.job(job_id)
    assert found.state is State.FAILED
    assert found.error == "Break broke in 'fall': ValueError: oh"
    assert "Traceback" in caplog.text


def test_a_refusal_fails_at_once_and_a_conflict_is_tried_again(shop: Shop) -> None:
    shop.kind("refuse", Step("ask", raises(Refusal("No such folder."))))
    shop.kind("collide", Step("ask", raises(Conflict("Another load runs."), times=1)))
    refused, collided = shop.queue("refuse"), shop.queue("collide")
    shop.work()
    assert (shop.job(refused).state, shop.job(refused).error) == (State.FAILED, "No such folder.")
    assert shop.job(collided).state is State.WAITING
    shop.at += timedelta(seconds=10)
    shop.work()
    assert shop.job(collided).state is State.DONE


def test_a_job_that_kills_its_workers_ends(shop: Shop) -> None:
    job_id = shop.queue()
    for number in range(5):
        store.take(
            worker=f"dead {number}",
            at=shop.at,
            lease_until=shop.at + LEASE,
            database=shop.workspace.database,
        )
        shop.at += LEASE + timedelta(seconds=1)
    shop.work()
    assert shop.job(job_id).state is State.FAILED
    assert "5 times" in shop.job(job_id).error
    assert shop.done == []


def test_a_failed_job_goes_on_where_it_failed(shop: Shop) -> None:
    shop.kind("mend", shop.step("one"), Step("two", raises(Refusal("No."), times=1)))
    job_id = shop.queue("mend")
    shop.work()
    assert queue.repeat(actor=ANA, workspace=shop.workspace, job_id=job_id, at=shop.at) == job_id
    shop.work()
    assert shop.done == ["one"]
    assert shop.job(job_id).state is State.DONE


def test_a_finished_job_is_repeated_as_a_new_one(shop: Shop) -> None:
    job_id = shop.queue()
    with pytest.raises(Conflict, match="waiting already"):
        queue.repeat(actor=ANA, workspace=shop.workspace, job_id=job_id, at=shop.at)
    shop.work()
    assert queue.repeat(actor=ANA, workspace=shop.workspace, job_id=job_id, at=shop.at) > job_id


def test_a_stopped_job_is_not_taken_and_a_step_hears_of_it(shop: Shop) -> None:
    job_id = shop.queue()
    queue.stop(actor=ANA, workspace=shop.workspace, job_id=job_id, at=shop.at)
    assert shop.work() == 0
    with pytest.raises(Conflict, match="nothing to stop"):
        queue.stop(actor=ANA, workspace=shop.workspace, job_id=job_id, at=shop.at)


def test_a_worker_that_has_to_end_gives_its_job_back(shop: Shop) -> None:
    ending = threading.Event()

    def run(run: Run) -> object:
        ending.set()
        run.told("half", 1, 2)
        raise AssertionError("the step went on")

    shop.kind("long", shop.step("one"), Step("two", run))
    job_id = shop.queue("long")
    worker.work(workspace=shop.workspace, worker="w1", clock=lambda: shop.at, ending=ending)
    found = shop.job(job_id)
    assert (found.state, found.step, found.attempts) == (State.WAITING, 1, 0)


def test_it_runs_with_the_rights_that_who_asked_has_now(shop: Shop) -> None:
    asked = []

    def run(run: Run) -> object:
        asked.append(run.actor)
        return None

    shop.kind("look", Step("look", run))
    gone = Actor("gone", frozenset({"work.run"}))
    queue.queue(actor=gone, workspace=shop.workspace, kind="look", at=NOON)
    shop.queue("look")
    shop.work()
    assert [actor.permissions for actor in asked] == [frozenset(), ANA.permissions]


def test_asking_needs_the_permission_of_the_kind(shop: Shop) -> None:
    shop.kind("load", shop.step("one"), permission="facts.load")
    runs = Actor("max", frozenset({"work.run"}))
    with pytest.raises(NotAllowed, match=r"facts\.load"):
        queue.queue(actor=runs, workspace=shop.workspace, kind="load", at=NOON)
    with pytest.raises(BadInput, match="no kind of work 'fly'"):
        queue.queue(actor=runs, workspace=shop.workspace, kind="fly", at=NOON)


def test_what_was_missed_is_caught_up_once(shop: Shop) -> None:
    shop.kind("tick", shop.step("tick"), every_minutes=15)
    shop.work()
    shop.at += timedelta(hours=3)
    shop.work()
    shop.work()
    assert shop.done == ["tick", "tick"]


def test_a_day_has_its_moment(shop: Shop) -> None:
    job = Job("night", "Night", (), "docs", daily_at=time(3, 30))
    assert schedule.last_due(job, NOON) == datetime(2024, 6, 3, 3, 30, tzinfo=UTC)
    early = datetime(2024, 6, 3, 3, 29, tzinfo=UTC)
    assert schedule.last_due(job, early) == datetime(2024, 6, 2, 3, 30, tzinfo=UTC)
    assert schedule.next_due(job, early) == datetime(2024, 6, 3, 3, 30, tzinfo=UTC)


def test_wanted_work_is_queued_when_there_is_something_to_do(shop: Shop) -> None:
    wanted = [False]
    shop.kind("send", shop.step("send"), wanted=lambda workspace, at: wanted[0])
    assert shop.work() == 0
    wanted[0] = True
    schedule.queue_due(workspace=shop.workspace, at=shop.at)
    schedule.queue_due(workspace=shop.workspace, at=shop.at)
    wanted[0] = False
    assert shop.work() == 1


def test_old_scheduled_jobs_are_forgotten(shop: Shop) -> None:
    shop.kind("tick", shop.step("tick"), every_minutes=1)
    for _ in range(30):
        shop.work()
        shop.at += timedelta(minutes=1)
    kept = store.list_jobs(database=shop.workspace.database, kind="tick")
    assert len(kept) == 21


def test_workers_share_the_work(shop: Shop) -> None:
    for _ in range(20):
        shop.queue()
    taken: list[int] = []

    def run(name: str) -> None:
        taken.append(shop.work(name))
        store.close_connection(shop.workspace.database)

    threads = [threading.Thread(target=run, args=(f"w{n}",)) for n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(taken) == 20
    assert len(shop.done) == 40
