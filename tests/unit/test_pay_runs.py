"""Pay runs: figures done by hand, deltas with their causes, what is held, closed for ever."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from threading import Barrier

import pytest

from tests.paying_runs import (
    ANA,
    BOOKING,
    FIN,
    MANAGERS,
    QUOTA,
    REPS,
    Payroll,
    causes,
    page_of,
    paid,
    payroll,
)
from wald.actions import pay
from wald.actions.delegations import delegate
from wald.heart.compensation.result import Cause
from wald.kernel.actor import Actor, everything
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import BadInput, NotAllowed, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.queries.pay import pay_of
from wald.queries.pay_export import payroll_csv, payroll_table
from wald.queries.pay_now import delta_now, replayed
from wald.queries.pay_page import run_page
from wald.records.stores.pay import KeptRun, State
from wald.records.stores.users import create_user
from wald.records.stores.work import close_connection

HEAD = BOOKING.partition("\n")[0]
LATE = f"{HEAD}\nB7,A1,R1,new_business,1000,EUR,2026-02-17\n"


@pytest.fixture
def desk(record_home: Workspace, tmp_path: Path) -> Payroll:
    return payroll(tmp_path, record_home)


@pytest.fixture
def sqlite_desk(tmp_path: Path, sqlite_home: Workspace) -> Payroll:
    return payroll(tmp_path, sqlite_home)


def test_pays_what_the_plans_say_and_two_persons_agree(desk: Payroll) -> None:
    run = desk.run("2026-Q1")
    # Max 10 % of 60,000; Moe 10 % of 15,000; Mia 1 % of both.
    assert paid(desk, run) == {"R1": 6000, "R2": 1500, "M1": 750}
    assert run.state is State.DRAFT
    done = desk.release(run)
    assert (done.state, done.released_by) == (State.RELEASED, "fin")
    found = pay_of(actor=FIN, workspace=desk.workspace, run_id=run.run_id, person_id="R1")
    assert found.paid is not None
    assert (found.paid.value, len(found.pays), len(found.credits)) == (6000, 3, 3)


def test_twice_the_same_run_gives_the_same_bytes(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    first = desk.run("2026-Q1")
    second = desk.run("2026-Q1")
    assert first.run_id != second.run_id
    assert (first.layers, first.inputs_hash) == (second.layers, second.inputs_hash)
    for layer in first.layers:
        one, other = (
            (pay.folder_of(desk.workspace, run.run_id) / f"{layer}.parquet").read_bytes()
            for run in (first, second)
        )
        assert one == other
    replaced = page_of(desk, first).run
    assert (replaced.state, replaced.why) == (State.WITHDRAWN, f"replaced by run {second.run_id}")


def test_order_of_arrival_does_not_change_pay(sqlite_home: Workspace, tmp_path: Path) -> None:
    head, *rows = BOOKING.splitlines()
    desk = payroll(tmp_path, sqlite_home, booking__csv=f"{head}\n{rows[5]}\n")
    for row in reversed(rows[:5]):
        desk.load(booking__csv=f"{head}\n{row}\n")
    assert paid(desk, desk.run("2026-Q1")) == {"R1": 6000, "R2": 1500, "M1": 750}


def test_a_late_booking_is_paid_in_the_open_period_with_its_cause(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    closed = desk.paid("2026-Q1")
    desk.until(2026, 4, 4).load(booking__csv=LATE)
    run = desk.run("2026-04")
    # 10 % of 1,000 for Max in February, 1 % for Mia; nobody booked anything in April.
    assert causes(desk, run) == {
        ("R1", "2026-02", Cause.DATA, Decimal(100)),
        ("M1", "2026-02", Cause.DATA, Decimal(10)),
    }
    (told,) = (one.delta for one in page_of(desk, run).deltas if one.person_id == "R1")
    assert told.why == "booking B7 of 17 February 2026 became known on 4 April 2026"
    assert (told.old, told.new) == (2000, 2100)
    assert paid(desk, run) == {"R1": 100, "R2": 0, "M1": 10}
    assert page_of(desk, closed).run.layers == closed.layers


def test_what_was_paid_as_a_delta_is_not_paid_again(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    desk.paid("2026-Q1")
    desk.until(2026, 4, 4).load(booking__csv=LATE)
    desk.paid("2026-04")
    assert paid(desk, desk.run("2026-05")) == {"R1": 0, "R2": 0, "M1": 0}
    corrected = LATE.replace(",1000,", ",400,")
    desk.until(2026, 6, 2).load(booking__csv=corrected)
    run = desk.run("2026-05")
    assert causes(desk, run) == {
        ("R1", "2026-02", Cause.DATA, Decimal(-60)),
        ("M1", "2026-02", Cause.DATA, Decimal(-6)),
    }
    (told,) = (one.delta for one in page_of(desk, run).deltas if one.person_id == "R1")
    assert told.why == "booking B7 of 17 February 2026 was corrected on 2 June 2026"


def test_causes_add_up_to_what_changed(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    desk.paid("2026-Q1")
    desk.until(2026, 4, 4).load(
        booking__csv=LATE,
        booking_split__csv="booking_split_id,booking_id,person_id,share,kind\n"
        "S1,B3,R1,0.5,split\nS2,B3,R2,0.5,split\n",
        quota__csv=QUOTA.replace("120000", "30000"),
    )
    desk.agree(REPS.replace("rate: 0.10", "rate: 0.12").replace("2026-01-01", "2026-03-01"))
    run = desk.run("2026-04")
    found = page_of(desk, run)
    by_cause = {one.name for one in found.by_cause}
    assert by_cause == {"data", "split", "plan"}
    # Max: 46,000 of a quota of 30,000 by the end of March. The first 30,000 and what was beyond
    # by the end of February (1,000 at 20 %) as the version of February says; March as the new one.
    for person in ("R1", "R2", "M1"):
        own = [one.delta for one in found.deltas if one.person_id == person]
        slots = {(one.period, one.component) for one in own}
        for slot in slots:
            chain = [one for one in own if (one.period, one.component) == slot]
            assert all(a.new == b.old for a, b in pairwise(chain))
        moved = sum((one.amount for one in own), Decimal(0))
        now = pay_of(actor=FIN, workspace=desk.workspace, run_id=run.run_id, person_id=person)
        before = sum((one.total.value for one in now.earlier), Decimal(0))
        assert moved == before - {"R1": 6000, "R2": 1500, "M1": 750}[person]
    shares = [one.delta for one in found.deltas if one.delta.cause is Cause.SPLIT]
    assert {one.why for one in shares} == {
        "the split of booking B3 of 15 March 2026 became known on 4 April 2026"
    }


def test_a_closed_period_and_a_gap_are_refused(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    desk.paid("2026-Q1")
    with pytest.raises(Refusal, match="2026-02 is closed: pay run 1 of 2026-Q1 was released"):
        desk.run("2026-02")
    with pytest.raises(Refusal, match="2026-05 leaves a gap"):
        desk.run("2026-05")
    with pytest.raises(BadInput, match="This period cannot be paid"):
        desk.run("2026-01-01..2026-01-20")
    with pytest.raises(Stale, match="its state is released"):
        desk.release(page_of(desk, desk_run(desk)).run)
    with pytest.raises(Stale):
        pay.withdraw(actor=ANA, workspace=desk.workspace, run_id=1, why="no", at=desk.tick())


def desk_run(desk: Payroll) -> KeptRun:
    return run_page(actor=ANA, workspace=desk.workspace, run_id=1).run


def test_nobody_releases_their_own_run_nor_through_a_delegate(desk: Payroll) -> None:
    database = desk.workspace.database
    for name in ("ana", "fin", "oli"):
        create_user(name, None, Role.SALES_OPERATIONS, database=database)
    run = desk.run("2026-Q1")
    with pytest.raises(NotAllowed, match="ana made pay run"):
        desk.release(run, ANA)
    day = desk.at.date()
    delegate(
        actor=ANA, workspace=desk.workspace, to="oli", starts_on=day,
        ends_on=day.replace(month=6), at=desk.tick(),
    )  # fmt: skip
    oli = Actor("oli", GRANTS[Role.SALES_OPERATIONS], Role.SALES_OPERATIONS)
    with pytest.raises(NotAllowed, match="count as one"):
        desk.release(run, oli)
    assert desk.release(run).released_by == "fin"


def test_of_two_who_release_at_once_one_does(desk: Payroll) -> None:
    run, at = desk.run("2026-Q1"), desk.tick()
    both = Barrier(2)

    def released_by(name: str) -> str:
        try:
            both.wait()
            done = pay.release(
                actor=everything(name), workspace=desk.workspace, run_id=run.run_id, at=at
            )
        except Stale:
            return ""
        else:
            return done.released_by
        finally:
            close_connection(desk.workspace.database)

    with ThreadPoolExecutor(2) as pool:
        names = [*pool.map(released_by, ("fin", "fay"))]
    (winner,) = filter(None, names)
    assert page_of(desk, run).run.released_by == winner


def test_who_is_in_two_plans_is_left_out_and_all_others_are_paid(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    second = REPS.replace("name: reps", "name: more").replace("{roles: [rep]}", "{people: [R1]}")
    desk = payroll(tmp_path, sqlite_home, REPS, MANAGERS, second)
    run = desk.run("2026-Q1")
    assert paid(desk, run) == {"R2": 1500, "M1": 750}
    (problem,) = run.problems
    assert problem.where == "person R1"
    assert "two plans at once" in problem.what


def test_a_run_is_computed_again_to_the_same_hashes(desk: Payroll) -> None:
    first = desk.paid("2026-Q1")
    desk.until(2026, 4, 4).load(booking__csv=LATE)
    second = desk.paid("2026-04")
    for run in (first, second):
        again = replayed(actor=FIN, workspace=desk.workspace, run_id=run.run_id)
        assert [one.layer for one in again if not one.is_same] == []
        assert {one.layer: one.hash for one in again} == {
            name: layer.hash for name, layer in run.layers.items()
        }


def test_both_record_stores_give_one_hash(
    tmp_path: Path, record_home: Workspace, sqlite_home: Workspace
) -> None:
    one = payroll(tmp_path / "one", record_home).run("2026-Q1")
    other = payroll(tmp_path / "other", sqlite_home).run("2026-Q1")
    assert (one.results_hash, one.inputs_hash) == (other.results_hash, other.inputs_hash)


def test_a_layer_that_was_changed_is_never_released(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    run = desk.run("2026-Q1")
    folder = pay.folder_of(desk.workspace, run.run_id)
    other = desk.run("2026-01")
    (folder.parent / str(other.run_id) / "payment.parquet").replace(folder / "payment.parquet")
    third = desk.run("2026-Q1")
    (folder / "payment.parquet").replace(
        pay.folder_of(desk.workspace, third.run_id) / "payment.parquet"
    )
    with pytest.raises(Refusal, match="payment layer of pay run 3 is gone or was changed"):
        desk.release(third)


def test_a_delta_of_one_person_is_found_at_once(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    found = delta_now(actor=ANA, workspace=desk.workspace, person_id="R1", at=desk.tick())
    assert found == ()  # nothing was released yet
    desk.paid("2026-Q1")
    desk.until(2026, 4, 4).load(booking__csv=LATE)
    (found,) = delta_now(actor=ANA, workspace=desk.workspace, person_id="R1", at=desk.tick())
    assert (found.amount, found.cause) == (100, Cause.DATA)
    nothing = delta_now(actor=ANA, workspace=desk.workspace, person_id="R2", at=desk.tick())
    assert nothing == ()


def test_payroll_ties_to_the_run_and_is_no_formula(sqlite_home: Workspace, tmp_path: Path) -> None:
    people = (
        "person_id,valid_from,name,manager_id,role\n=1+1,1900-01-01,@SUM(A1),,rep\n"
        "R1,1900-01-01,Max,,rep\nR2,1900-01-01,Moe,,rep\nM1,1900-01-01,Mia,,manager\n"
    )
    booking = BOOKING + "B9,A1,=1+1,new_business,100,EUR,2026-01-15\n"
    quota = QUOTA + "Q9,=1+1,2026-01-01,2027-01-01,1000,EUR\n"
    desk = payroll(
        tmp_path, sqlite_home, person__csv=people, booking__csv=booking, quota__csv=quota
    )
    run = desk.run("2026-Q1")
    table = payroll_table(actor=FIN, workspace=desk.workspace, run_id=run.run_id)
    total = sum(table.column("amount").to_pylist(), Decimal(0))
    assert total == sum(paid(desk, run).values(), Decimal(0)) == 7510
    text = payroll_csv(table).decode()
    assert '"\'=1+1"' in text
    assert '"\'@SUM(A1)"' in text


def test_managers_see_their_people_and_reps_themselves(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    mia = Actor("mia", GRANTS[Role.MANAGER], Role.MANAGER, "M1")
    max_ = Actor("max", GRANTS[Role.REP], Role.REP, "R1")
    run = desk.run("2026-Q1")
    key = {"workspace": desk.workspace, "run_id": run.run_id}
    with pytest.raises(Refusal, match="There is no pay run"):
        run_page(actor=mia, **key)
    desk.release(run)
    assert {one.person_id for one in run_page(actor=mia, **key).people} == {"R1", "R2", "M1"}
    page = run_page(actor=max_, **key)
    assert [one.person_id for one in page.people] == ["R1"]
    assert [(one.name, one.amount) for one in page.sums] == [("pay", 6000), ("paid", 6000)]
    assert (page.run.totals, page.problems) == ({}, ())
    with pytest.raises(NotAllowed):
        pay_of(actor=max_, person_id="R2", **key)
    admin = Actor("adam", GRANTS[Role.ADMINISTRATOR], Role.ADMINISTRATOR)
    with pytest.raises(NotAllowed):
        run_page(actor=admin, **key)


def test_a_quota_of_another_measure_is_what_a_measure_of_its_name_is_held_against(
    tmp_path: Path, record_home: Workspace
) -> None:
    """Max books 10,000 in January: exactly his quota of renewals, far from that of bookings."""
    bonus = """\
document: compensation_plan
name: bonus
starts_on: 2026-01-01
content:
  currency: EUR
  eligible: {people: [R1]}
  measures:
    - {key: booked, quota: bookings}
    - {key: renewed, quota: renewals}
  components:
    - {key: of_bookings, measure: booked, resets: month, goal_bonus: {amount: 700}}
    - {key: of_renewals, measure: renewed, resets: month, goal_bonus: {amount: 500}}
"""
    head, *rows = QUOTA.splitlines()
    own = "Q3,R1,2026-01-01,2026-02-01,10000,EUR,renewals"
    quotas = "\n".join([f"{head},measure", *(f"{row}," for row in rows), own, ""])
    desk = payroll(tmp_path, record_home, bonus, quota__csv=quotas)
    assert paid(desk, desk.until(2026, 2, 5).run("2026-01")) == {"R1": Decimal(500)}
