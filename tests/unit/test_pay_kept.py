"""Pay that was released stays what it is, over a backup and a restore, and when a user goes."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import wald_verify_pay
from tests.paying_runs import ANA, FIN, Payroll, paid, payroll
from wald.actions import pay, pay_entries
from wald.actions.backup import backup
from wald.actions.erasure import erase_person
from wald.actions.pay_statements import accept_plan, dispute
from wald.actions.restore import restore
from wald.actions.workspace import close_workspace, open_workspace
from wald.heart.compensation.statement import Statement
from wald.heart.compensation.statement_json import line_nodes
from wald.kernel.actor import Actor, everything
from wald.kernel.policy import GRANTS, Role
from wald.kernel.workspace import Workspace
from wald.queries.journal import verified
from wald.queries.pay_export import payroll_table
from wald.queries.pay_now import delta_now, replayed
from wald.queries.pay_plans import plans_of
from wald.queries.pay_statements import statement
from wald.queries.statement_files import json_of
from wald.records.stores import pay as store
from wald.records.stores import pay_entries as entries
from wald.records.stores.cases import load as load_case
from wald.records.stores.users import create_user

NAME, FULL = "max.berg", "Max Berg"
TRACE = re.compile(rb"max.berg", re.IGNORECASE)
MAX = Actor(NAME, GRANTS[Role.REP], Role.REP, "R1")
ADMIN = everything("ada")
MAY = datetime(2026, 5, 1, 8, tzinfo=UTC)


@pytest.fixture
def desk(record_home: Workspace, tmp_path: Path) -> Payroll:
    """Two months released, one of them by the user who goes; a draft, holds, adjustments, a
    dispute, an acceptance: whatever pay leaves in the records."""
    made = payroll(tmp_path, record_home)
    create_user(NAME, None, Role.REP, database=record_home.database, person_id="R1")
    _adjusted(made, "R1", "100", f"prize of {FULL}, told by {NAME}")
    january = made.run("2026-01")
    made.release(january)
    (plan,) = plans_of(actor=MAX, workspace=made.workspace, person_id="R1", at=made.tick())
    accept_plan(actor=MAX, workspace=made.workspace, version_id=plan.version_id, at=made.tick())
    node = next(iter(line_nodes(_statement(made, january.run_id, "R1"))))
    dispute(
        actor=MAX, workspace=made.workspace, run_id=january.run_id, person_id="R1",
        node=node, text=f"{FULL} misses a deal", at=made.tick(),
    )  # fmt: skip
    made.load(booking__csv=(
        "booking_id,account_id,owner_id,type,amount,currency,booked_on\n"
        "B7,A1,R2,new_business,500,EUR,2026-01-30\n"
    ))  # fmt: skip
    for kind, subject in (("deal", "B3"), ("payee", "M1")):
        new = pay_entries.NewHold(kind, subject, date(2026, 2, 1), None, f"asked by {FULL}")
        pay_entries.hold(actor=ANA, workspace=made.workspace, new=new, at=made.tick())
    february = pay.run(
        actor=everything(NAME), workspace=made.workspace, period="2026-02", at=made.tick(),
        how=pay.How(processes=1),
    )  # fmt: skip
    made.release(february)
    _adjusted(made, "R2", "-7", f"agreed with {FULL}")
    made.run("2026-03")
    return made


def _adjusted(desk: Payroll, person: str, amount: str, reason: str) -> None:
    key = {"workspace": desk.workspace}
    new = pay_entries.NewAdjustment(person, amount, "EUR", reason, date(2026, 1, 5))
    number = pay_entries.adjust(actor=ANA, new=new, at=desk.tick(), **key)
    pay_entries.decide(actor=FIN, adjustment_id=number, is_approved=True, at=desk.tick(), **key)


def _statement(desk: Payroll, run_id: int, person: str) -> Statement:
    return statement(actor=ADMIN, workspace=desk.workspace, run_id=run_id, person_id=person)


def _told(workspace: Workspace) -> Iterator[tuple[object, ...]]:
    """Yield what counts of each run: state, hashes, totals, and each person's sealed figures."""
    for run in store.list_runs(database=workspace.database):
        key = {"actor": ADMIN, "workspace": workspace, "run_id": run.run_id}
        same = [one.is_same for one in replayed(**key)]
        amounts = payroll_table(**key).column("amount").to_pylist()
        yield (
            run.run_id, run.state, run.inputs_hash, run.results_hash, dict(run.layers),
            json.dumps(dict(run.totals), sort_keys=True), same, amounts,
        )  # fmt: skip


def _statements(workspace: Workspace, person: str) -> list[bytes]:
    return [
        json_of(statement(actor=ADMIN, workspace=workspace, run_id=run.run_id, person_id=person))
        for run in store.released(database=workspace.database)
    ]


def _deeds(workspace: Workspace) -> list[object]:
    """Return holds, adjustments and what has changed since, without who and why."""
    database = workspace.database
    return [
        [(one.kind, one.subject, one.from_on, one.until_on)
         for one in entries.list_holds(database=database)],
        [(one.adjustment_id, one.person_id, one.amount, one.counts_on)
         for one in entries.list_adjustments(database=database)],
        [[(d.period.label, d.component, d.old, d.new)
          for d in delta_now(actor=ADMIN, workspace=workspace, person_id=person, at=MAY)]
         for person in ("R1", "R2", "M1")],
    ]  # fmt: skip


def test_what_is_tried_here_is_there(desk: Payroll) -> None:
    runs = store.list_runs(database=desk.workspace.database)
    assert [one.state.value for one in runs] == ["draft", "released", "released"]
    assert paid(desk, runs[2]) == {"R1": Decimal(1100), "R2": Decimal(500), "M1": Decimal(150)}
    # February of Max, of Moe with 50 for the late deal; Mia's 255 are on hold.
    assert paid(desk, runs[1]) == {"R1": Decimal(2000), "R2": Decimal(550), "M1": Decimal(0)}
    assert all(all(one[6]) for one in _told(desk.workspace))  # type: ignore[arg-type]


def test_a_restored_workspace_has_the_same_runs_and_computes_them_to_the_same_hashes(
    desk: Payroll, tmp_path: Path
) -> None:
    backup(actor=ADMIN, workspace=desk.workspace, path=tmp_path / "b.zip", at=desk.tick())
    restore(actor=ADMIN, home=tmp_path / "again", path=tmp_path / "b.zip", at=desk.tick())
    again = open_workspace(tmp_path / "again")
    assert list(_told(again)) == list(_told(desk.workspace))
    assert _deeds(again) == _deeds(desk.workspace)
    for person in ("R1", "R2", "M1"):
        assert _statements(again, person) == _statements(desk.workspace, person)
    case = load_case(1, database=again.database)
    assert case is not None
    assert case.kind == "dispute"
    draft = store.list_runs(database=again.database)[0]
    released = pay.release(actor=FIN, workspace=again, run_id=draft.run_id, at=desk.tick())
    assert released.results_hash == draft.results_hash
    close_workspace(again)


def test_who_is_erased_leaves_pay_as_it_was(desk: Payroll) -> None:
    before, deeds = list(_told(desk.workspace)), _deeds(desk.workspace)
    others = {person: _statements(desk.workspace, person) for person in ("R2", "M1")}
    own = [json.loads(text) for text in _statements(desk.workspace, "R1")]
    erased = erase_person(
        actor=ADMIN, workspace=desk.workspace, name=NAME, why="asked for it", at=desk.tick(),
        also=[FULL],
    )  # fmt: skip
    assert list(_told(desk.workspace)) == before
    assert all(all(one[6]) for one in before)  # type: ignore[arg-type]
    assert _deeds(desk.workspace) == deeds
    for person in ("R2", "M1"):
        assert _statements(desk.workspace, person) == others[person]
    now = [json.loads(text) for text in _statements(desk.workspace, "R1")]
    assert [one["paid"] for one in now] == [one["paid"] for one in own]
    for one in now:
        wald_verify_pay.verify(one)
    assert verified(actor=ADMIN, workspace=desk.workspace).is_sound
    february = store.released(database=desk.workspace.database)[1]
    assert february.made_by == erased.pseudonym


def test_no_name_stays_in_what_pay_keeps(desk: Payroll) -> None:
    assert any(TRACE.search(text) for _, text in _kept(desk.workspace))
    erase_person(
        actor=ADMIN, workspace=desk.workspace, name=NAME, why="asked for it", at=desk.tick(),
        also=[FULL],
    )  # fmt: skip
    found = [(name, TRACE.findall(text)) for name, text in _kept(desk.workspace)]
    assert [one for one in found if one[1]] == []
    told = b"".join(_statements(desk.workspace, "R1"))
    assert not TRACE.search(told)


def _kept(workspace: Workspace) -> Iterator[tuple[str, bytes]]:
    """Yield everything in the tables, and the rows of every layer."""
    from django.db import connections

    from wald.engine.layers import read_layer

    connection = connections[workspace.database]
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')
            yield table, repr(cursor.fetchall()).encode()
    for path in sorted((workspace.home / "pay").rglob("*.parquet")):
        yield f"{path.parent.name}/{path.name}", repr(read_layer(path).to_pylist()).encode()
