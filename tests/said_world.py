"""A company whose forecast of 2024-Q1 can be worked out by hand; the data reach to 2024-02-20.

Lea leads Mia (team Alpha, North) and Bea (Beta, South). Olaf led Alpha until he left on 2024-02-01;
Mia was a rep of his until then. Max and Moe sell in Alpha, Ben in Beta. Oda is operations.

Max      quota 300, booked 70, open: 100 commit (60 until 2024-02-15), 200 best case
Moe      quota 100, open: 30 in a stage without a category, 11 without a day, 5 that are overdue
Ben      quota 500, open: 400 USD commit, which is 200 EUR
Nobody   9 commit
Said     commit of Max 120 in January, 150 on 2024-02-12; of Olaf 260 for Alpha on 2024-01-22; of
         Ben 300 USD, which is 150 EUR; of Moe 40 CHF, for which there is no rate
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

from django.core.management import call_command
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.serving import WORDS, workspace
from wald.actions import documents, ingest
from wald.facts.load_report import LoadOptions
from wald.kernel.actor import Actor, Door
from wald.kernel.policy import GRANTS, Role
from wald.records.stores.users import create_user
from wald.records.stores.workspace import bring_up_to_date

PEOPLE = (
    ("ana", Role.SALES_OPERATIONS, "", ""),
    ("fin", Role.FINANCE, "", ""),
    ("rae", Role.READ_ONLY, "", ""),
    ("lou", Role.LOCAL_OPERATIONS, "", "South"),
    ("lea", Role.SALES_LEADER, "L1", ""),
    ("mia", Role.MANAGER, "M1", ""),
    ("bea", Role.MANAGER, "M2", ""),
    ("max", Role.REP, "R1", ""),
    ("moe", Role.REP, "R2", ""),
    ("una", Role.REP, "", ""),
)
FILES = {
    "person.csv": """\
person_id,valid_from,name,manager_id,team,region,role,left_on
L1,1900-01-01,Lea,,,,leader,
M0,1900-01-01,Olaf,L1,Alpha,North,manager,
M0,2024-02-01,Olaf,L1,Alpha,North,manager,2024-02-01
M1,1900-01-01,Mia,M0,Alpha,North,rep,
M1,2024-02-01,Mia,L1,Alpha,North,manager,
M2,1900-01-01,Bea,L1,Beta,South,manager,
R1,1900-01-01,Max,M0,Alpha,North,rep,
R1,2024-02-01,Max,M1,Alpha,North,rep,
R2,1900-01-01,Moe,M0,Alpha,North,rep,
R2,2024-02-01,Moe,M1,Alpha,North,rep,
R3,1900-01-01,Ben,M2,Beta,South,rep,
O1,1900-01-01,Oda,L1,,,operations,
""",
    "stage.csv": """\
stage,position,outcome,probability,forecast_category
Talks,1,open,0.3,best_case
Idle,2,open,0.4,
Offer,3,open,0.8,commit
Won,4,won,1,closed
Lost,5,lost,0,omitted
""",
    "opportunity.csv": """\
opportunity_id,name,owner_id,stage,outcome,amount,currency,close_on,created_at,closed_on
D1,One,R1,Offer,open,100,EUR,2024-03-10,2024-01-05 09:00:00,
D2,Two,R1,Talks,open,200,EUR,2024-03-20,2024-01-05 09:00:00,
D3,Three,R2,Talks,open,50,EUR,2024-05-01,2024-01-05 09:00:00,
D4,Four,R2,Idle,open,30,EUR,2024-03-15,2024-01-05 09:00:00,
D5,Five,R3,Offer,open,400,USD,2024-03-30,2024-01-05 09:00:00,
D6,Six,,Offer,open,9,EUR,2024-03-01,2024-01-05 09:00:00,
D7,Seven,R1,Won,won,70,EUR,2024-02-10,2024-01-05 09:00:00,2024-02-10
D8,Eight,R2,Offer,open,11,EUR,,2024-01-05 09:00:00,
D9,Nine,R2,Offer,open,5,EUR,2023-12-01,2023-11-05 09:00:00,
""",
    "opportunity_change.csv": """\
change_id,opportunity_id,field,old,new,changed_at,changed_by
C1,D1,amount,60,100,2024-02-15 09:00:00,R1
""",
    "booking.csv": """\
booking_id,opportunity_id,owner_id,amount,currency,booked_on
B1,D7,R1,70,EUR,2024-02-10
""",
    "quota.csv": """\
quota_id,person_id,starts_on,ends_on,amount,currency
Q1,R1,2024-01-01,2024-04-01,300,EUR
Q2,R2,2024-01-01,2024-04-01,100,EUR
Q3,R3,2024-01-01,2024-04-01,500,EUR
""",
    "forecast_submission.csv": """\
submission_id,person_id,starts_on,ends_on,category,submitted_at,amount,currency
F0,R1,2024-01-01,2024-04-01,commit,2024-01-15 09:00:00,120,EUR
F1,R1,2024-01-01,2024-04-01,commit,2024-02-12 09:00:00,150,EUR
F2,M0,2024-01-01,2024-04-01,commit,2024-01-22 09:00:00,260,EUR
F3,R3,2024-01-01,2024-04-01,commit,2024-02-05 09:00:00,300,USD
F4,R2,2024-01-01,2024-04-01,commit,2024-02-05 09:00:00,40,CHF
F5,R3,2024-01-01,2024-02-01,commit,2024-01-05 09:00:00,77,EUR
""",
    "exchange_rate.csv": """\
from_currency,to_currency,valid_from,rate
USD,EUR,2023-01-01,0.5
""",
    "activity.csv": """\
activity_id,person_id,kind,happened_at
A1,R1,call,2024-02-20 09:00:00
""",
}
CALENDAR = """\
document: forecast_calendar
name: company
starts_on: 2024-01-01
owner: ana
reason: One rhythm
local:
  deadline_time: {lowest: "09:00", highest: "18:00"}
content:
  time_zone: UTC
  deadline_day: monday
  deadline_time: "12:00"
  lock_weeks: [8]
  categories: [commit, best_case]
"""
LOADED = datetime(2024, 2, 20, 20, tzinfo=UTC)


def at(text: str) -> datetime:
    """Return a moment in UTC: "2024-02-21", which is noon, or "2024-02-21 15:00"."""
    day, _, hour = text.partition(" ")
    found = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
    return found.replace(hour=int(hour[:2] or 12)) if hour else found.replace(hour=12)


def somebody(name: str) -> Actor:
    role, person, unit = next((r, p, u) for known, r, p, u in PEOPLE if known == name)
    return Actor(name, GRANTS[role], role, person, unit, Door.PYTHON)


@contextmanager
def forecasting(folder: Path, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Serve the company as it was known on 2024-02-20; afterwards nothing is left."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with blocker.unblock(), override_settings(PASSWORD_HASHERS=quick):
        bring_up_to_date("default")
        try:
            for name, role, person, unit in PEOPLE:
                create_user(name, WORDS, role, person_id=person, unit=unit, database="default")
            load(folder, LOADED, FILES)
            yield
        finally:
            call_command("flush", interactive=False, verbosity=0)


def load(folder: Path, moment: datetime, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    ingest.load(
        actor=somebody("ana"),
        workspace=workspace(),
        folder=folder,
        options=LoadOptions(),
        at=moment,
    )


def agreed(text: str = CALENDAR, on: str = "2024-01-02") -> int:
    """Put a forecast calendar in force; return its version."""
    home, moment = workspace(), at(on)
    made = documents.draft(actor=somebody("ana"), workspace=home, text=text, at=moment).version
    number, revision = made.version_id, made.revision
    documents.submit(
        actor=somebody("ana"), workspace=home, at=moment, version_id=number, revision=revision
    )
    documents.approve(
        actor=somebody("fin"), workspace=home, at=moment, version_id=number, revision=revision
    )
    return made.version_id
