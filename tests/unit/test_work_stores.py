"""The queue on both record stores: workers share it, and a lost lease changes nothing."""

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta

from tests.ingesting import ANA
from wald.actions import deliver
from wald.actions.act import act
from wald.actions.ingest import silent
from wald.actions.work.queue import queue
from wald.actions.work.worker import work
from wald.kernel.workspace import Workspace
from wald.records.stores import deliveries, notices
from wald.records.stores import work as store
from wald.records.stores.notices import Choice

NOON = datetime(2024, 6, 3, 12, tzinfo=UTC)
LEASE = timedelta(minutes=1)
JOBS, WORKERS = 40, 4


def test_no_job_is_taken_twice(record_home: Workspace) -> None:
    database = record_home.database
    for _ in range(JOBS):
        queue(actor=ANA, workspace=record_home, kind="warm_pulse", at=NOON)
    taken: list[int] = []

    def take_all(name: str) -> None:
        while True:
            found = store.take(worker=name, at=NOON, lease_until=NOON + LEASE, database=database)
            if found is None:
                break
            taken.append(found.job_id)
        store.close_connection(database)

    threads = [threading.Thread(target=take_all, args=(f"w{n}",)) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [times for times in Counter(taken).values() if times > 1] == []
    # Who finds every free row held by others goes away: nothing that is left is lost.
    rest = [store.take(worker="w", at=NOON, lease_until=NOON, database=database) for _ in "1234"]
    assert len(taken) + sum(one is not None for one in rest) == JOBS


def test_a_lease_that_ran_out_is_somebody_else_s(record_home: Workspace) -> None:
    database = record_home.database
    job_id = queue(actor=ANA, workspace=record_home, kind="warm_pulse", at=NOON)
    store.take(worker="slow", at=NOON, lease_until=NOON + LEASE, database=database)
    assert store.take(worker="w", at=NOON, lease_until=NOON, database=database) is None
    later = NOON + LEASE * 2
    assert store.take(worker="w", at=later, lease_until=later + LEASE, database=database)
    kept = store.advance(
        job_id, worker="slow", step="pulse", result=1, lease_until=later, database=database
    )
    assert not kept


def test_a_schedule_is_queued_once_by_many(record_home: Workspace) -> None:
    queued: list[bool] = []

    def queue_due(name: str) -> None:
        one = store.add_due(
            "keep_head", due_at=NOON, at=NOON, by="wald", kept={}, database=record_home.database
        )
        queued.append(one)
        store.close_connection(record_home.database)

    threads = [threading.Thread(target=queue_due, args=(f"w{n}",)) for n in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(queued) == [False] * (WORKERS - 1) + [True]


def test_a_worker_does_what_waits(record_home: Workspace) -> None:
    job_id = queue(actor=ANA, workspace=record_home, kind="warm_pulse", at=NOON)
    work(workspace=record_home, worker="w", clock=lambda: NOON, until_idle=True)
    found = store.find_job(job_id, database=record_home.database)
    assert found is not None
    assert (found.state, found.kept["pulse"]) == (store.State.DONE, {"has_facts": False})


def test_events_are_spread_and_choices_are_kept(record_home: Workspace) -> None:
    database = record_home.database
    with act(
        actor=ANA, workspace=record_home, at=NOON, permission="cases.work", action="test.emit"
    ) as entry:
        entry.emit("case.closed", {"case": 1})
    assert deliver.spread(actor=ANA, workspace=record_home, at=NOON) == 0
    assert deliveries.unspread(database=database) == ()
    told = deliver.send(actor=ANA, workspace=record_home, at=NOON, told=silent)
    assert told == {"came": 0, "failed": 0}
    notices.save_choice("ana", Choice(zone="Europe/Berlin"), database=database)
    assert notices.choice_of("ana", database=database) == Choice(zone="Europe/Berlin")
