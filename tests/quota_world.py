"""A company of four sellers, small enough to work its quotas out by hand.

North sells with Max and Moe (team Alpha), South with Ben (Beta) and with Ned (Gamma), who is hired
on 2026-04-01. In 2025 Max booked 300,000, Moe 100,000 and Ben 200,000. Lea leads Mia, of the North,
and Bea, of the South. The plan of 2026 is 1,000,000 and is handed down with 10 % more.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.serving import WORDS, workspace
from wald.actions import documents, ingest
from wald.actions.quotas import Published, publish
from wald.documents.version import Version
from wald.facts.load_report import LoadOptions
from wald.kernel.actor import Actor, Door
from wald.kernel.policy import GRANTS, Role
from wald.kernel.workspace import Workspace
from wald.queries.attainment import AskedAttainment, AttainmentPage, attainment
from wald.queries.quotas import PlanPage, plan_page
from wald.queries.tables import table_as_of
from wald.records.stores.users import create_user
from wald.records.stores.workspace import bring_up_to_date

IN_2026 = date(2026, 3, 1)
PEOPLE = (
    ("ana", Role.SALES_OPERATIONS, "", ""),
    ("oli", Role.SALES_OPERATIONS, "", ""),
    ("fin", Role.FINANCE, "", ""),
    ("rae", Role.READ_ONLY, "", ""),
    ("lou", Role.LOCAL_OPERATIONS, "", "South"),
    ("lea", Role.SALES_LEADER, "L1", ""),
    ("mia", Role.MANAGER, "M1", ""),
    ("bea", Role.MANAGER, "M2", ""),
    ("max", Role.REP, "R1", ""),
    ("ned", Role.REP, "R4", ""),
    ("una", Role.REP, "", ""),
)
FILES = {
    "person.csv": """\
person_id,valid_from,name,manager_id,team,region,role,hired_on
L1,1900-01-01,Lea,,,,leader,
M1,1900-01-01,Mia,L1,Alpha,North,manager,
M2,1900-01-01,Bea,L1,Beta,South,manager,
R1,1900-01-01,Max,M1,Alpha,North,rep,2020-01-01
R2,1900-01-01,Moe,M1,Alpha,North,rep,2020-01-01
R3,1900-01-01,Ben,M2,Beta,South,rep,2020-01-01
R4,1900-01-01,Ned,M2,Gamma,South,rep,2026-04-01
""",
    "booking.csv": """\
booking_id,owner_id,amount,currency,booked_on
B1,R1,300000,EUR,2025-03-01
B2,R2,100000,EUR,2025-06-01
B3,R3,200000,EUR,2025-12-01
B4,R1,50000,EUR,2026-02-10
B5,R3,30000,EUR,2026-02-11
B6,L1,7000,EUR,2026-01-15
""",
    "quota.csv": """\
quota_id,person_id,starts_on,ends_on,amount,currency
Q1,R1,2025-01-01,2025-04-01,250000,EUR
Q2,R2,2025-04-01,2025-07-01,125000,EUR
Q3,R3,2025-04-01,2025-07-01,100000,EUR
""",
}
LOCAL = """\
local:
  levels.team.over_assignment: {lowest: 1, highest: 1.10}
  levels.region.over_assignment: {lowest: 1, highest: 1.10}
  proposals.south.amount:
"""
PLAN = f"""\
document: quota_plan
name: company
starts_on: 2026-01-01
owner: ana
reason: Plan 2026
{LOCAL}content:
  fiscal_year: 2026
  total: 1000000
  currency: EUR
  levels:
    - {{level: organization, over_assignment: 1.1}}
    - {{level: region, over_assignment: 1}}
    - {{level: team, over_assignment: 1}}
  proposals:
    - {{name: max, node: "@R1", amount: 400000, by: Max}}
    - {{name: south, node: South, amount: 450000, by: Bea}}
  season: given
  season_shares:
    - {{period: 1, share: 0.2}}
    - {{period: 2, share: 0.25}}
    - {{period: 3, share: 0.2}}
    - {{period: 4, share: 0.35}}
  ramp:
    - {{month: 1, share: 0}}
    - {{month: 2, share: 0.5}}
"""
LOADED = datetime(2025, 12, 15, 12, tzinfo=UTC)


def at(day: str) -> datetime:
    """Return noon of a day in UTC."""
    return datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC).replace(hour=12)


def somebody(name: str) -> Actor:
    role, person, unit = next((r, p, u) for known, r, p, u in PEOPLE if known == name)
    return Actor(name, GRANTS[role], role, person, unit, Door.PYTHON)


def write_company(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@contextmanager
def planning(folder: Path, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Serve the company as it was known on 2025-12-15; afterwards nothing is left."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with blocker.unblock(), override_settings(PASSWORD_HASHERS=quick):
        bring_up_to_date("default")
        try:
            for name, role, person, unit in PEOPLE:
                create_user(name, WORDS, role, person_id=person, unit=unit, database="default")
            load(write_company(folder), LOADED, workspace())
            yield
        finally:
            call_command("flush", interactive=False, verbosity=0)


def load(folder: Path, moment: datetime, place: Workspace) -> int | None:
    return ingest.load(
        actor=somebody("ana"),
        workspace=place,
        folder=folder,
        options=LoadOptions(),
        at=moment,
    ).load_id


def agreed(
    place: Workspace,
    text: str = PLAN,
    on: str = "2025-12-20",
    *,
    by: str = "ana",
    approver: str = "fin",
) -> Version:
    """Draft, submit and approve a text on a day."""
    home, moment = place, at(on)
    made = documents.draft(actor=somebody(by), workspace=home, text=text, at=moment).version
    seen = {"version_id": made.version_id, "revision": made.revision}
    documents.submit(actor=somebody(by), workspace=home, at=moment, **seen)
    return documents.approve(actor=somebody(approver), workspace=home, at=moment, **seen)


def page(
    place: Workspace, name: str = "ana", on: date = IN_2026, version_id: int | None = None
) -> PlanPage:
    return plan_page(
        actor=somebody(name), workspace=place, name="company", on=on, version_id=version_id
    )


def published(
    place: Workspace, on: str = "2026-01-02", by: str = "ana", holds: date | None = None
) -> Published:
    return publish(actor=somebody(by), workspace=place, name="company", on=holds, at=at(on))


def reached(place: Workspace, ask: AskedAttainment, name: str = "ana") -> AttainmentPage:
    found = attainment(actor=somebody(name), workspace=place, ask=ask)
    assert found is not None
    return found


def quotas(place: Workspace) -> dict[str, Decimal]:
    rows = table_as_of(
        actor=somebody("ana"), workspace=place, name="quota", day=date(2026, 12, 31)
    ).to_pylist()
    return {row["quota_id"]: row["amount"] for row in rows if row["quota_id"].startswith("plan/")}


def held(found: PlanPage) -> dict[str, str]:
    return {line.key or "organization": f"{line.held:f}" for line in found.lines}
