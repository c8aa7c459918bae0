"""Money is neither lost nor doubled nor turned into another currency; nobody learns of others."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

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
from tests.stores import forget
from wald.actions import pay_entries
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import BadInput
from wald.kernel.workspace import Workspace
from wald.queries.pay_what_if import Tried, both_sides, what_if
from wald.records.stores.workspace import register
from wald.site.databases import records_database

HEAD = BOOKING.partition("\n")[0]


@pytest.fixture
def sqlite_home(
    tmp_path: Path, sqlite_records: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[Workspace]:
    home = tmp_path / "own"
    home.mkdir()
    shutil.copy(sqlite_records, home / "records.sqlite3")
    alias = f"pay-{home}"
    register(alias, records_database(home, ""))
    with django_db_blocker.unblock():
        yield Workspace(home, alias)
        forget(alias)


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


def test_an_adjustment_in_another_currency_is_not_paid_one_for_one(
    tmp_path: Path, sqlite_home: Workspace
) -> None:
    desk = payroll(tmp_path, sqlite_home, REPS)
    approved(desk, "R2", "100", "USD")
    run = desk.paid("2026-Q1")
    found = line(desk, run, "R2")
    assert (found.currency, found.adjustments, found.paid) == ("EUR", 0, 1500)
    assert [(one.where, one.what) for one in run.problems] == [
        ("person R2", "they are paid in EUR; what they are owed in USD is not paid")
    ]


RATES = """\
from_currency,to_currency,valid_from,rate
EUR,USD,2020-01-01,2
"""
EARLY = REPS.replace("starts_at: 1,", "starts_at: 0.1,")
IN_USD = EARLY.replace("starts_on: 2026-01-01", "starts_on: 2026-04-01").replace("EUR", "USD")


def test_a_past_in_another_currency_is_told_and_never_paid_one_for_one(
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
    may = desk.run("2026-05")
    assert line(desk, may, "R2").paid == 0
    assert [one.what for one in may.problems] == [
        "they are paid in USD; what they are owed in EUR is not paid"
    ]


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
