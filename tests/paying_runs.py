"""A small company that pays by plans: people, deals and plans so small that pay is done by eye."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from tests.ingesting import write
from wald.actions import documents, ingest, pay
from wald.facts.load_report import LoadOptions
from wald.heart.compensation.result import Cause
from wald.kernel.actor import Actor, everything
from wald.kernel.workspace import Workspace
from wald.queries.pay_page import PersonLine, RunPage, run_page
from wald.records.stores.pay import KeptRun

ANA, FIN = everything("ana"), everything("fin")
START = datetime(2026, 1, 2, 8, tzinfo=UTC)

PERSON = """\
person_id,valid_from,name,manager_id,team,region,role,hired_on,left_on
M1,1900-01-01,Mia,,Alpha,North,manager,,
R1,1900-01-01,Max,M1,Alpha,North,rep,,
R2,1900-01-01,Moe,M1,Alpha,North,rep,,
"""
ACCOUNT = "account_id,name,segment\nA1,Alpha,SMB\n"
# Max books 10,000 in January, 20,000 in February, 30,000 in March; Moe 5,000 a month.
BOOKING = """\
booking_id,account_id,owner_id,type,amount,currency,booked_on
B1,A1,R1,new_business,10000,EUR,2026-01-15
B2,A1,R1,new_business,20000,EUR,2026-02-15
B3,A1,R1,new_business,30000,EUR,2026-03-15
B4,A1,R2,new_business,5000,EUR,2026-01-20
B5,A1,R2,new_business,5000,EUR,2026-02-20
B6,A1,R2,new_business,5000,EUR,2026-03-20
"""
QUOTA = """\
quota_id,person_id,starts_on,ends_on,amount,currency
Q1,R1,2026-01-01,2027-01-01,120000,EUR
Q2,R2,2026-01-01,2027-01-01,60000,EUR
"""
# 10 % up to quota, 20 % beyond; and 1 % of what those below somebody book, for managers.
REPS = """\
document: compensation_plan
name: reps
starts_on: 2026-01-01
owner: ana
reason: Rates for 2026
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
      tiered_rate:
        tiers:
          - {starts_at: 0, rate: 0.10}
          - {starts_at: 1, rate: 0.20}
"""
MANAGERS = """\
document: compensation_plan
name: managers
starts_on: 2026-01-01
owner: ana
reason: Rates for 2026
content:
  currency: EUR
  eligible: {roles: [manager]}
  credits:
    - {name: team, kind: roll_up, levels: 3}
  measures:
    - {key: team_revenue}
  components:
    - key: override
      measure: team_revenue
      flat_rate: {rate: 0.01}
"""
# Five per cent of everything, for the reps of `tests/exports.py`.
SELLERS = """\
document: compensation_plan
name: sellers
starts_on: 2024-01-01
content:
  currency: EUR
  eligible: {roles: [rep]}
  measures:
    - {key: revenue}
  components:
    - key: commission
      measure: revenue
      flat_rate: {rate: 0.05}
"""
FILES = {
    "person__csv": PERSON,
    "account__csv": ACCOUNT,
    "booking__csv": BOOKING,
    "quota__csv": QUOTA,
}


@dataclass
class Payroll:
    """A workspace and its clock; whatever is done is done a minute after what was done before."""

    root: Path
    workspace: Workspace
    at: datetime = START
    loads: int = field(default=0)

    def tick(self) -> datetime:
        self.at += timedelta(minutes=1)
        return self.at

    def until(self, year: int, month: int, day: int) -> "Payroll":
        """Let the time go on to the morning of a day."""
        self.at = datetime(year, month, day, 8, tzinfo=UTC)
        return self

    def load(self, **files: str) -> int:
        self.loads += 1
        folder = write(self.root / f"export-{self.loads}", **files)
        report = ingest.load(
            actor=ANA, workspace=self.workspace, folder=folder, options=LoadOptions(),
            at=self.tick(),
        )  # fmt: skip
        assert report.load_id is not None, report.problems
        return report.load_id

    def agree(self, text: str) -> int:
        """Let Ana write a document and Fin approve it."""
        drafted = documents.draft(
            actor=ANA, workspace=self.workspace, text=text, at=self.tick()
        ).version
        key = {"version_id": drafted.version_id, "revision": drafted.revision}
        documents.submit(actor=ANA, workspace=self.workspace, at=self.tick(), **key)
        documents.approve(actor=FIN, workspace=self.workspace, at=self.tick(), **key)
        return drafted.version_id

    def run(self, period: str, **how: object) -> KeptRun:
        return pay.run(
            actor=ANA, workspace=self.workspace, period=period, at=self.tick(),
            how=pay.How(processes=1, **how),
        )  # fmt: skip

    def release(self, run: KeptRun, actor: Actor = FIN) -> KeptRun:
        return pay.release(actor=actor, workspace=self.workspace, run_id=run.run_id, at=self.tick())

    def paid(self, period: str) -> KeptRun:
        """Run a period and release it."""
        return self.release(self.run(period))


def payroll(root: Path, workspace: Workspace, *plans: str, **files: str) -> Payroll:
    """Return the company with its facts loaded and its plans in force."""
    made = Payroll(root, workspace)
    made.load(**FILES | files)
    for text in plans or (REPS, MANAGERS):
        made.agree(text)
    return made


def page_of(desk: Payroll, run: KeptRun) -> RunPage:
    return run_page(actor=ANA, workspace=desk.workspace, run_id=run.run_id, at=desk.tick())


def paid(desk: Payroll, run: KeptRun) -> dict[str, Decimal]:
    return {one.person_id: one.paid for one in page_of(desk, run).people}


def line(desk: Payroll, run: KeptRun, person: str) -> PersonLine:
    return next(one for one in page_of(desk, run).people if one.person_id == person)


def causes(desk: Payroll, run: KeptRun) -> set[tuple[str, str, Cause, Decimal]]:
    return {
        (one.person_id, one.delta.period.label, one.delta.cause, one.delta.amount)
        for one in page_of(desk, run).deltas
    }
