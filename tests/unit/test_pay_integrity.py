"""Money is neither lost nor doubled nor turned into another currency; nobody learns of others."""

from decimal import Decimal
from pathlib import Path

import pytest
from django.urls import reverse

import wald_verify_pay
from tests.paying_runs import (
    ACCOUNT,
    ANA,
    BOOKING,
    FIN,
    PERSON,
    REPS,
    Payroll,
    line,
    page_of,
    paid,
    payroll,
)
from wald.actions import pay_entries
from wald.heart.compensation.statement_json import line_nodes, statement_json
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import BadInput
from wald.kernel.workspace import Workspace
from wald.queries.pay import NoSuchPay
from wald.queries.pay_export import payroll_table
from wald.queries.pay_now import replayed
from wald.queries.pay_statements import line_page, statement
from wald.queries.pay_what_if import both_sides, what_if
from wald.queries.pay_what_if_plans import Tried
from wald.records.stores.pay import KeptRun

HEAD = BOOKING.partition("\n")[0]


def approved(desk: Payroll, person: str, amount: str, currency: str = "EUR") -> int:
    new = pay_entries.NewAdjustment(person, amount, currency, "a promise", desk.at.date())
    number = pay_entries.adjust(actor=ANA, workspace=desk.workspace, new=new, at=desk.tick())
    pay_entries.decide(
        actor=FIN, workspace=desk.workspace, adjustment_id=number, is_approved=True, at=desk.tick()
    )
    return number


TWICE = """\
document: compensation_plan
name: twice
starts_on: 2026-01-01
ends_on: 2026-04-01
owner: ana
reason: A fault
content:
  currency: EUR
  eligible: {people: [R2]}
  measures:
    - {key: revenue}
  components:
    - key: more
      measure: revenue
      flat_rate: {rate: 0.01}
"""


def test_an_adjustment_of_somebody_left_out_is_paid_once_they_are_paid(
    tmp_path: Path, sqlite_home: Workspace
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS, TWICE)
    approved(desk, "R2", "100")
    assert paid(desk, desk.paid("2026-Q1")) == {"R1": 6000}
    desk.until(2026, 4, 10)
    desk.agree(TWICE.replace("people: [R2]", "people: [R9]"))
    second = desk.paid("2026-04")
    found = line(desk, second, "R2")
    assert (found.deltas, found.adjustments, found.paid) == (1500, 100, 1600)
    assert all(one.adjustments == 0 for one in page_of(desk, desk.run("2026-05")).people)


def in_currencies(desk: Payroll, run: KeptRun, person: str) -> dict[str, Decimal]:
    return {one.currency: one.paid for one in page_of(desk, run).people if one.person_id == person}


def test_an_adjustment_in_another_currency_is_a_payment_of_its_own(
    tmp_path: Path, sqlite_home: Workspace
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS)
    approved(desk, "R2", "100", "USD")
    run = desk.paid("2026-Q1")
    assert run.problems == ()
    assert in_currencies(desk, run, "R2") == {"EUR": 1500, "USD": 100}
    assert run.totals["amounts"] == {
        "EUR": {"pay": "7500", "paid": "7500"},
        "USD": {"adjustment": "100", "paid": "100"},
    }
    assert in_currencies(desk, desk.run("2026-04"), "R2") == {"EUR": 0}, "it is paid once"


RATES = """\
from_currency,to_currency,valid_from,rate
EUR,USD,2020-01-01,2
"""
EARLY = REPS.replace("starts_at: 1,", "starts_at: 0.1,")
IN_USD = EARLY.replace("starts_on: 2026-01-01", "starts_on: 2026-04-01").replace("EUR", "USD")


def test_a_past_in_another_currency_is_paid_in_its_own(
    tmp_path: Path, sqlite_home: Workspace
) -> None:
    desk = payroll(tmp_path, sqlite_home, EARLY, exchange_rate__csv=RATES)
    desk.paid("2026-Q1")
    desk.until(2026, 4, 30)
    desk.agree(IN_USD)
    desk.load(
        booking__csv=f"{HEAD}\nB7,A1,R2,new_business,1000,EUR,2026-04-17\n",
        person__csv=PERSON,
        account__csv=ACCOUNT,
    )
    april = desk.paid("2026-04")
    # 1,000 EUR are 2,000 USD, beyond a tenth of quota; the past has not changed: its quota is in
    # euros as its credits are.
    found = line(desk, april, "R2")
    assert (found.currency, found.pay, found.deltas, found.paid) == ("USD", 400, 0, 400)
    assert april.problems == ()
    desk.load(
        booking__csv=f"{HEAD}\nB8,A1,R2,new_business,1000,EUR,2026-02-17\n",
        person__csv=PERSON,
        account__csv=ACCOUNT,
    )
    may = desk.paid("2026-05")
    # 1,000 EUR of February were beyond a tenth of quota: 200 EUR, for a month paid in euros.
    assert in_currencies(desk, may, "R2") == {"USD": 0, "EUR": 200}
    assert may.problems == ()
    assert in_currencies(desk, desk.run("2026-06"), "R2") == {"USD": 0}


def test_who_moves_to_a_plan_in_another_currency_within_a_run_is_paid_in_both(
    tmp_path: Path, sqlite_home: Workspace
) -> None:
    """Max moves to the west in March: 30,000 EUR at 10 %, then 30,000 EUR are 60,000 USD."""
    east = REPS.replace("{roles: [rep]}", "{roles: [rep], where: region = 'North'}")
    west = EARLY.replace("name: reps", "name: west").replace("EUR", "USD").replace(
        "{roles: [rep]}", "{roles: [rep], where: region = 'West'}"
    )  # fmt: skip
    moved = PERSON + "R1,2026-03-01,Max,M1,Alpha,West,rep,,\n"
    quotas = (
        "quota_id,person_id,starts_on,ends_on,amount,currency\n"
        "Q1,R1,2026-01-01,2026-03-01,120000,EUR\nQ3,R1,2026-03-01,2027-01-01,120000,USD\n"
        "Q2,R2,2026-01-01,2027-01-01,60000,EUR\n"
    )
    desk = payroll(
        tmp_path, sqlite_home, east, west, person__csv=moved, exchange_rate__csv=RATES,
        quota__csv=quotas,
    )  # fmt: skip
    approved(desk, "R1", "7", "EUR")
    run = desk.run("2026-Q1")
    assert run.problems == ()
    # In the west the year counts on, in dollars: 60,000 by March, beyond a tenth of 120,000, so
    # all 60,000 of March at 20 %.
    assert in_currencies(desk, run, "R1") == {"USD": 12000, "EUR": 3007}
    page = page_of(desk, run)
    assert [(one.person_id, one.currency, one.is_beside) for one in page.people] == [
        ("R1", "USD", False), ("R1", "EUR", True), ("R2", "EUR", False),
    ]  # fmt: skip
    assert {(one.currency, one.amount) for one in page.sums if one.name == "paid"} == {
        ("USD", 12000), ("EUR", 4507),
    }  # fmt: skip
    table = payroll_table(actor=FIN, workspace=desk.workspace, run_id=run.run_id).to_pylist()
    assert [(one["person_id"], one["currency"], one["amount"]) for one in table] == [
        ("R1", "EUR", 3007), ("R1", "USD", 12000), ("R2", "EUR", 1500),
    ]  # fmt: skip
    key = {"actor": FIN, "workspace": desk.workspace, "run_id": run.run_id, "person_id": "R1"}
    first, beside = statement(**key), statement(**key, currency="EUR")
    assert (first.pay.currency, first.paid.value, first.key) == ("USD", 12000, "1/R1")
    assert (beside.pay.currency, beside.paid.value, beside.key) == ("EUR", 3007, "1/R1/EUR")
    assert first.pay.currencies == beside.pay.currencies == ("USD", "EUR")
    assert [one.stretch.plan.key for one in first.pay.pays] == ["west"]
    assert {one.stretch.plan.key for one in beside.pay.pays} == {"reps"}
    for found in (first, beside):
        assert wald_verify_pay.fault_of(statement_json(found)) == ""
    nodes = [*line_nodes(first), *line_nodes(beside)]
    assert len(set(nodes)) == len(nodes) == 3
    assert all(one.startswith("EUR-n") for one in line_nodes(beside))
    for node, one in (*line_nodes(first).items(), *line_nodes(beside).items()):
        shown = line_page(**key, node=node)
        assert (shown.line.amount.value, shown.line.reason) == (one.amount.value, one.reason)
        assert reverse("pay_line", args=(run.run_id, "R1", node)).endswith(f"/{node}/")
    with pytest.raises(NoSuchPay, match="pays nothing to R1 in CHF"):
        statement(**key, currency="CHF")
    desk.release(run)
    later = desk.run("2026-04")
    assert in_currencies(desk, later, "R1") == {"USD": 0}
    again = replayed(actor=FIN, workspace=desk.workspace, run_id=run.run_id)
    assert [one.is_same for one in again] == [True] * 5
    assert statement(**key, currency="EUR").to_date.value == 3007


def test_a_hold_of_two_currencies_is_carried_in_both(
    tmp_path: Path, sqlite_home: Workspace
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS)
    approved(desk, "R2", "100", "USD")
    until = desk.at.date().replace(month=4, day=20)
    new = pay_entries.NewHold("payee", "R2", desk.at.date(), until, "left")
    pay_entries.hold(actor=ANA, workspace=desk.workspace, new=new, at=desk.tick())
    assert in_currencies(desk, desk.paid("2026-Q1"), "R2") == {"EUR": 0, "USD": 0}
    assert in_currencies(desk, desk.paid("2026-04"), "R2") == {"EUR": 1500, "USD": 100}
    assert in_currencies(desk, desk.run("2026-05"), "R2") == {"EUR": 0}


OVER = REPS.replace("{name: deals, kind: split}", "{name: deals, kind: overlay, people: [R1]}")


def test_nobody_credits_themselves_with_the_deals_of_others_in_a_what_if(
    tmp_path: Path, sqlite_home: Workspace
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS)
    max_ = Actor("max", GRANTS[Role.REP], Role.REP, "R1")
    desk.until(2026, 5, 1)
    tried = Tried("2026-Q1", text=OVER)
    home, at = desk.workspace, desk.tick()
    with pytest.raises(BadInput, match="tell of others"):
        what_if(actor=max_, workspace=home, tried=tried, at=at)
    with pytest.raises(BadInput, match="tell of others"):
        both_sides(actor=max_, workspace=home, tried=tried, person_id="R1", at=at)
    whole = what_if(actor=ANA, workspace=home, tried=tried, at=at).comparison
    assert {one.person_id: one.new for one in whole.people}["R1"] == 7500  # Moe's deals too
    better = Tried("2026-Q1", text=REPS.replace("0.10", "0.12"))
    own = what_if(actor=max_, workspace=home, tried=better, at=at).comparison
    assert {one.person_id: one.new for one in own.people} == {"R1": 7200}
