"""A region changes the organization's plan within its bounds: its people are paid by that."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

import wald_verify_pay
from tests.paying_runs import (
    ANA,
    FIN,
    PERSON,
    QUOTA,
    Payroll,
    causes,
    page_of,
    paid,
    payroll,
)
from wald.actions import documents
from wald.engine.layers import read_layer
from wald.heart.compensation.result import Cause
from wald.heart.compensation.statement_json import statement_json
from wald.kernel.problem import BadInput, Refusal
from wald.kernel.workspace import Workspace
from wald.queries.pay_basis import basis_of
from wald.queries.pay_now import replayed
from wald.queries.pay_people import plans_in
from wald.queries.pay_plans import plans_of
from wald.queries.pay_statements import statement
from wald.queries.pay_trials import beginnings
from wald.queries.pay_what_if import both_sides, what_if
from wald.queries.pay_what_if_plans import Tried
from wald.records.stores.pay import KeptRun

# 10 % up to quota, 15 % beyond; units may pay up to 25 % beyond it.
REPS = """\
document: compensation_plan
name: reps
starts_on: 2026-01-01
owner: ana
reason: Rates for 2026
local:
  components.commission.accelerator.steps.1.times: {lowest: 1, highest: 2.5}
content:
  currency: EUR
  eligible: {roles: [rep]}
  credits:
    - {name: deals, kind: split}
  measures:
    - {key: revenue, quota: bookings}
  components:
    - key: commission
      measure: revenue
      accelerator:
        rate: 0.10
        steps:
          - {starts_at: 1, times: 1.5}
"""
SOUTH = """\
document: compensation_plan
name: reps
unit: South
starts_on: 2026-02-01
expires_on: 2026-03-01
owner: ana
reason: A hard region
content:
  components:
    - key: commission
      accelerator:
        steps:
          - {starts_at: 1, times: 2}
"""
# Moe works in the south; both have more than their quota by February.
PEOPLE = PERSON.replace("Moe,M1,Alpha,North", "Moe,M1,Alpha,South")
QUOTAS = QUOTA.replace("120000", "30000").replace("60000", "6000")
FACTS = {"person__csv": PEOPLE, "quota__csv": QUOTAS}
# By hand. Max: 30,000 x 10 % + 30,000 x 15 %. Moe, 5,000 a month: 500, then 1,000 x 10 % +
# 4,000 x 15 % = 700, then 5,000 x 15 % = 750. Where beyond quota 20 % are paid February is 900.
MAX, MOE, IN_FEBRUARY = Decimal(7500), Decimal(1950), Decimal(200)


def layer(desk: Payroll, run: KeptRun, name: str) -> list[dict[str, object]]:
    path = desk.workspace.home / "pay" / "runs" / str(run.run_id) / f"{name}.parquet"
    return list(read_layer(path).to_pylist())


def test_a_region_is_paid_by_its_own_accelerator_in_its_days(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS, **FACTS)
    without = desk.run("2026-Q1")
    assert paid(desk, without) == {"R1": MAX, "R2": MOE}
    desk.agree(SOUTH)
    run = desk.run("2026-Q1")
    assert paid(desk, run) == {"R1": MAX, "R2": MOE + IN_FEBRUARY}
    versions = [
        (row["person_id"], row["period"], row["plan"]) for row in layer(desk, run, "component")
    ]
    assert versions == [
        ("R1", "2026-01", "reps, version 1"),
        ("R1", "2026-02", "reps, version 1"),
        ("R1", "2026-03", "reps, version 1"),
        ("R2", "2026-01", "reps, version 1"),
        ("R2", "2026-02", "reps, version 1 + South, version 1"),
        ("R2", "2026-03", "reps, version 1"),
    ]
    assert {row["plan"] for row in layer(desk, run, "payment")} == {"reps"}
    of_max = [
        [row for row in layer(desk, one, name) if row["person_id"] == "R1"]
        for one in (without, run)
        for name in ("credit", "measure", "component", "payout", "payment")
    ]
    assert of_max[:5] == of_max[5:], "nothing changes for who is in another region"
    again = replayed(actor=FIN, workspace=sqlite_home, run_id=run.run_id)
    assert [one.layer for one in again if not one.is_same] == []


def test_an_override_is_tried_over_what_its_unit_has(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    """Moe with 20 % beyond quota all quarter: 500, 1,000 x 10 % + 4,000 x 20 % = 900, 5,000 x 20 %
    = 1,000: 2,400 against 1,950. With 25 % 500 + 1,100 + 1,250 = 2,850, by then against the 2,150
    that he has with the override of February. Max is in another region, and not compared."""
    desk = payroll(tmp_path, sqlite_home, REPS, **FACTS)
    asked = {"actor": ANA, "workspace": sqlite_home, "at": datetime(2026, 5, 1, tzinfo=UTC)}
    found = what_if(tried=Tried("2026-Q1", SOUTH), **asked)
    assert [(one.person_id, one.old, one.new) for one in found.comparison.people] == [
        ("R2", 1950, 2400)
    ]
    assert found.plan.version == "reps, version 1 + South, tried"
    assert found.old == ("reps, version 1",)
    desk.agree(SOUTH)
    more = Tried("2026-Q1", SOUTH.replace("times: 2}", "times: 2.5}"))
    found = what_if(tried=more, **asked)
    assert [(one.person_id, one.old, one.new) for one in found.comparison.people] == [
        ("R2", 2150, 2850)
    ]
    both = both_sides(tried=more, person_id="R2", **asked)
    assert [one.stretch.plan.version for one in both.new] == ["reps, version 1 + South, tried"] * 3
    with pytest.raises(Refusal, match="Neither plan pays R1"):
        both_sides(tried=more, person_id="R1", **asked)


def test_an_override_is_tried_as_a_draft(sqlite_home: Workspace, tmp_path: Path) -> None:
    payroll(tmp_path, sqlite_home, REPS, **FACTS)
    moment = datetime(2026, 5, 1, tzinfo=UTC)
    made = documents.draft(actor=ANA, workspace=sqlite_home, text=SOUTH, at=moment).version
    begun = beginnings(actor=ANA, workspace=sqlite_home, on=moment.date())
    assert begun.drafts == ((made.version_id, "reps of South, version 1 (draft)"),)
    tried = Tried("2026-Q1", version_id=made.version_id)
    found = what_if(actor=ANA, workspace=sqlite_home, tried=tried, at=moment)
    assert found.comparison.new_cost - found.comparison.old_cost == 450


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("times: 2}", "times: 3}", "above 2.5, the highest allowed by version 1"),
        ("name: reps", "name: nobody", "no plan 'nobody' was in force"),
    ],
)
def test_an_override_that_cannot_hold_is_not_tried(
    sqlite_home: Workspace, tmp_path: Path, old: str, new: str, told: str
) -> None:
    payroll(tmp_path, sqlite_home, REPS, **FACTS)
    tried = Tried("2026-Q1", SOUTH.replace(old, new))
    with pytest.raises(BadInput) as refusal:
        what_if(actor=ANA, workspace=sqlite_home, tried=tried, at=datetime(2026, 5, 1, tzinfo=UTC))
    assert told in "\n".join(map(str, refusal.value.problems))


def test_an_override_approved_later_is_a_delta_with_its_cause(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS, **FACTS)
    first = desk.paid("2026-Q1")
    desk.until(2026, 4, 4).agree(SOUTH)
    run = desk.run("2026-04")
    assert causes(desk, run) == {("R2", "2026-02", Cause.PLAN, IN_FEBRUARY)}
    [delta] = page_of(desk, run).deltas
    assert delta.delta.why == (
        "compensation plan reps of South, version 1 was approved on 4 April 2026"
    )
    assert paid(desk, run) == {"R1": 0, "R2": IN_FEBRUARY}
    again = replayed(actor=FIN, workspace=sqlite_home, run_id=first.run_id)
    assert [one.is_same for one in again] == [True] * 5, "what was released rests on what was known"


def test_who_moves_is_paid_by_the_region_of_the_day(sqlite_home: Workspace, tmp_path: Path) -> None:
    moved = PERSON + "R2,2026-02-10,Moe,M1,Alpha,South,rep,,\n"
    desk = payroll(tmp_path, sqlite_home, REPS, person__csv=moved, quota__csv=QUOTAS)
    desk.agree(SOUTH)
    run = desk.run("2026-Q1")
    assert paid(desk, run) == {"R1": MAX, "R2": MOE + IN_FEBRUARY}
    own = [row for row in layer(desk, run, "component") if row["person_id"] == "R2"]
    assert [(str(row["starts_on"]), row["plan"]) for row in own] == [
        ("2026-01-01", "reps, version 1"),
        ("2026-02-01", "reps, version 1"),
        ("2026-02-10", "reps, version 1 + South, version 1"),
        ("2026-03-01", "reps, version 1"),
    ]


def test_a_move_between_regions_without_an_override_cuts_no_days(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    moved = PERSON + "R1,2026-02-10,Max,M1,Alpha,West,rep,,\n"
    desk = payroll(tmp_path, sqlite_home, REPS, person__csv=moved, quota__csv=QUOTAS)
    before = layer(desk, desk.run("2026-Q1"), "component")
    desk.agree(SOUTH)
    after = layer(desk, desk.run("2026-Q1"), "component")
    assert before == after
    assert len([row for row in after if row["person_id"] == "R1"]) == 3


def test_a_team_changes_what_its_region_says(sqlite_home: Workspace, tmp_path: Path) -> None:
    team = SOUTH.replace("unit: South", "unit: South/Alpha").replace("times: 2}", "times: 2.5}")
    people = PEOPLE + "R3,1900-01-01,Mo,M1,Beta,South,rep,,\n"
    desk = payroll(tmp_path, sqlite_home, REPS, person__csv=people, quota__csv=QUOTAS)
    desk.agree(SOUTH)
    desk.agree(team)
    run = desk.run("2026-Q1")
    # 4,000 beyond quota in February at 25 % instead of 15 %.
    assert paid(desk, run)["R2"] == MOE + 400
    held = {(one.unit, one.plan.version) for one in plans_in(sqlite_home, basis_of(run.inputs))}
    south = "reps, version 1 + South, version 1"
    assert held == {
        ("", "reps, version 1"),
        ("South", "reps, version 1"),
        ("South", south),
        ("South/Alpha", "reps, version 1"),
        ("South/Alpha", "reps, version 1 + South/Alpha, version 1"),
    }


def test_the_statement_says_what_the_region_changed_and_can_be_verified(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS, SOUTH, **FACTS)
    run = desk.run("2026-Q1")
    found = statement(actor=FIN, workspace=sqlite_home, run_id=run.run_id, person_id="R2")
    told = statement_json(found)
    assert wald_verify_pay.fault_of(told) == ""
    switches = told["switches"]
    assert isinstance(switches, dict)
    label = "reps, version 1 + South, version 1"
    assert list(switches) == ["reps, version 1", label]
    assert [one for one in switches[label] if one[0] == "override"] == [
        ["override", "version 1 of South", "commission from 100 %: times: 2"]
    ]
    assert [one for one in switches["reps, version 1"] if one[0] == "override"] == []


def test_who_is_in_an_override_accepts_it_by_its_own_number(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS, **FACTS)
    number = desk.agree(SOUTH)
    desk.until(2026, 2, 15)
    both = {
        person: plans_of(actor=ANA, workspace=sqlite_home, person_id=person, at=desk.tick())
        for person in ("R1", "R2")
    }
    assert [(one.label, one.version_id == number) for one in both["R1"]] == [
        ("reps, version 1", False)
    ]
    assert [(one.label, one.version_id == number) for one in both["R2"]] == [
        ("reps, version 1 + South, version 1", True)
    ]


def test_an_override_outside_newer_bounds_does_not_hold_and_is_told(
    sqlite_home: Workspace, tmp_path: Path
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS, SOUTH, **FACTS)
    desk.agree(REPS.replace("highest: 2.5", "highest: 1.8"))
    run = desk.run("2026-Q1")
    assert paid(desk, run) == {"R1": MAX, "R2": MOE}
    [problem] = run.problems
    assert problem.where == "plan reps"
    assert "of South does not hold" in problem.what
    assert "the highest allowed" in problem.what


def test_a_contest_is_among_all_who_are_in_the_plan(sqlite_home: Workspace, tmp_path: Path) -> None:
    prize = """\
    - key: prize
      measure: revenue
      every: month
      contest: {prizes: [1000]}
"""
    desk = payroll(tmp_path, sqlite_home, REPS + prize, SOUTH, **FACTS)
    # Max books more in every month: Moe, whose region has its own rate, wins nothing.
    assert paid(desk, desk.run("2026-Q1")) == {"R1": MAX + 3000, "R2": MOE + IN_FEBRUARY}
