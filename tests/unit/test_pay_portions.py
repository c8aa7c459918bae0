"""Plans that look at each deal: credits are read a few people at a time, from every engine, and
the pay is the same as when everything is at hand."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.paying_runs import FIN, MANAGERS, REPS, Payroll, paid, payroll
from wald.engine import connect
from wald.engine.connect import Engine
from wald.kernel.workspace import Workspace
from wald.queries import pay_pool, pay_reading
from wald.queries.pay import pay_of
from wald.queries.pay_now import replayed

# Beside the commission 100 for each deal of 15,000 or more.
DEALS = f"""{REPS}\
    - key: big_deals
      measure: revenue
      spiff: {{amount: 100, per: deal, at_least: 15000}}
"""


@pytest.fixture
def desk(record_home: Workspace, tmp_path: Path) -> Payroll:
    return payroll(tmp_path, record_home, DEALS, MANAGERS)


def test_a_run_that_looks_at_deals_pays_what_a_statement_explains(desk: Payroll) -> None:
    run = desk.run("2026-Q1")
    # Max 10 % of 60,000 and 100 for two deals; Moe 10 % of 15,000; Mia 1 % of both.
    assert paid(desk, run) == {"R1": 6200, "R2": 1500, "M1": 750}
    for person in ("R1", "R2", "M1"):  # refused where it is not what the run has stored
        pay = pay_of(actor=FIN, workspace=desk.workspace, run_id=run.run_id, person_id=person)
        lines = [line for one in pay.pays for line in one.lines]
        assert sum(line.amount.value for line in lines) == paid(desk, run)[person]
        assert all(line.amount.parts for line in lines)


def test_people_read_one_by_one_are_paid_the_same(
    desk: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.run("2026-Q1")
    monkeypatch.setattr(pay_pool, "_MOST_PEOPLE", 1)
    again = replayed(actor=FIN, workspace=desk.workspace, run_id=run.run_id)
    assert [one.layer for one in again if not one.is_same] == []


def test_an_engine_that_keeps_nothing_at_hand_gives_the_same(
    desk: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = desk.run("2026-Q1")

    def without_stage(address: str, root: Path) -> Engine:
        return replace(connect.shared(address, root), stage=None)

    monkeypatch.setattr(pay_reading, "shared", without_stage)
    again = replayed(actor=FIN, workspace=desk.workspace, run_id=run.run_id)
    assert [one.layer for one in again if not one.is_same] == []


def test_groups_have_few_people_and_fewer_where_credits_are_many(
    desk: Payroll, monkeypatch: pytest.MonkeyPatch
) -> None:
    pool = pay_pool.Pool(connect.connect("", desk.workspace.facts))
    assert list(pool.groups(["a", "b", "c"])) == [("a", "b", "c")]
    monkeypatch.setattr(pay_pool, "_MOST_PEOPLE", 2)
    assert list(pool.groups(["a", "b", "c"])) == [("a", "b"), ("c",)]
    monkeypatch.setattr(pay_pool.Pool, "_sizes", lambda self: {"b": 20_001, "c": 5})
    assert list(pool.groups(["a", "b", "c"])) == [("a",), ("b",), ("c",)]
    assert list(pool.groups([])) == []
