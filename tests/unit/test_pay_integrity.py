"""Money is neither lost nor doubled nor changed into another currency on its way to a person."""

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.paying_runs import ANA, FIN, REPS, Payroll, line, page_of, paid, payroll
from tests.stores import forget
from wald.actions import pay_entries
from wald.kernel.workspace import Workspace
from wald.records.stores.workspace import register
from wald.site.databases import records_database


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
