"""Loads in the background, load_folder, and what follows every load, warm_pulse."""

from datetime import timedelta

from tests.ingesting import ANA, Desk
from wald.actions.work.queue import queue
from wald.actions.work.worker import work
from wald.records.stores import work as store
from wald.records.stores.loads import list_loads
from wald.records.stores.work import JobRecord, State

DEALS = """
    opportunity_id,name,outcome,amount,currency,created_at,closed_on
    O1,Big,won,100,EUR,2024-01-02,2024-02-03
"""


def worked(desk: Desk) -> None:
    at = desk.tick()
    work(workspace=desk.workspace, worker="w1", clock=lambda: at, until_idle=True)


def asked(desk: Desk, **arguments: object) -> int:
    return queue(
        actor=ANA,
        workspace=desk.workspace,
        kind="load_folder",
        at=desk.tick(),
        arguments={"folder": str(desk.folder), **arguments},
    )


def job(desk: Desk, job_id: int) -> JobRecord:
    found = store.find_job(job_id, database=desk.workspace.database)
    assert found is not None
    return found


def test_a_folder_is_loaded_and_the_pulse_is_warmed(desk: Desk) -> None:
    desk.write(opportunity__csv=DEALS)
    job_id = asked(desk)
    worked(desk)
    assert job(desk, job_id).state is State.DONE
    assert len(desk.rows("opportunity")) == 1
    warmed = store.job_under("warm_pulse:1", database=desk.workspace.database)
    assert warmed is not None
    assert (warmed.state, warmed.kept["pulse"]) == (State.DONE, {"has_facts": True})
    assert list((desk.workspace.cache).glob("*/*.arrow")), "no rows were kept for the first look"


def test_a_load_that_ended_and_was_not_noted_is_found_again(desk: Desk) -> None:
    desk.write(opportunity__csv=DEALS)
    job_id = asked(desk)
    database = desk.workspace.database
    at = desk.tick()
    store.take(worker="dead", at=at, lease_until=at, database=database)
    store.advance(
        job_id, worker="dead", step="begin", result=at.isoformat(), lease_until=at,
        database=database,
    )  # fmt: skip
    desk.load()
    worked(desk)
    report = job(desk, job_id).kept["load"]
    assert isinstance(report, dict)
    assert report["load_id"] == 1
    assert len(list_loads(database=database)) == 1


def test_a_folder_that_cannot_be_loaded_fails_at_once_with_every_problem(desk: Desk) -> None:
    nowhere = asked(desk, folder="")
    missing = asked(desk, folder=str(desk.root / "missing"))
    worked(desk)
    assert job(desk, nowhere).error.startswith("There is no folder to load.")
    assert job(desk, missing).state is State.FAILED
    assert "missing" in job(desk, missing).error


def test_another_load_under_way_is_waited_for(desk: Desk) -> None:
    from wald.engine.intake.lock import held

    desk.write(opportunity__csv=DEALS)
    job_id = asked(desk)
    with held(desk.workspace.home / "load.lock", "another"):
        worked_once = desk.at
        work(
            workspace=desk.workspace,
            worker="w1",
            clock=lambda: worked_once,
            until_idle=True,
        )
        assert job(desk, job_id).state is State.WAITING
    desk.at += timedelta(minutes=1)
    worked(desk)
    assert job(desk, job_id).state is State.DONE
