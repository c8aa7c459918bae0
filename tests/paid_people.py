"""People who are paid, with users and released runs, in the workspace that pages and API show.

Max and Moe sell, Mia leads them, Lena leads Mia. January to March 2026 are paid. What is secret
of each is an amount that stands on no other statement.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pytest_django import DjangoDbBlocker

from tests.ingesting import write
from tests.paying_runs import ACCOUNT, MANAGERS, QUOTA, REPS, Payroll
from tests.serving import WORDS, served, workspace
from wald.kernel.policy import Role
from wald.records.stores.users import create_user

PERSON = """\
person_id,valid_from,name,manager_id,team,region,role,hired_on,left_on
L1,1900-01-01,Lena,,Top,North,leader,,
M1,1900-01-01,Mia,L1,Alpha,North,manager,,
R1,1900-01-01,Max,M1,Alpha,North,rep,,
R2,1900-01-01,Moe,M1,Alpha,North,rep,,
"""
# Max: 10,000 + 20,000 + 30,000, at 10 % up to 120,000. Moe: 7,777 a month, 777.70 each.
BOOKING = """\
booking_id,opportunity_id,account_id,owner_id,type,amount,currency,booked_on
B1,O1,A1,R1,new_business,10000,EUR,2026-01-15
B2,,A1,R1,new_business,20000,EUR,2026-02-15
B3,,A1,R1,new_business,30000,EUR,2026-03-15
B4,,A1,R2,new_business,7777,EUR,2026-01-20
B5,,A1,R2,new_business,7777,EUR,2026-02-20
B6,,A1,R2,new_business,7777,EUR,2026-03-20
"""
OPPORTUNITY = """\
opportunity_id,name,account_id,owner_id,stage,outcome,amount,currency,close_on,created_at,closed_on
O1,First,A1,R1,Won,won,10000,EUR,2026-01-15,2025-11-01 09:00:00,2026-01-15
O2,Next one,A1,R1,Talks,open,50000,EUR,2030-05-10,2026-01-10 09:00:00,
O3,Moe's own,A1,R2,Talks,open,8888,EUR,2030-05-10,2026-01-10 09:00:00,
"""
FILES = {
    "person__csv": PERSON,
    "account__csv": ACCOUNT,
    "opportunity__csv": OPPORTUNITY,
    "booking__csv": BOOKING,
    "quota__csv": QUOTA,
}
USERS = (
    ("max", Role.REP, "R1", ""),
    ("moe", Role.REP, "R2", ""),
    ("mia", Role.MANAGER, "M1", ""),
    ("lena", Role.SALES_LEADER, "L1", ""),
    ("fin", Role.FINANCE, "", ""),
    ("ada", Role.ADMINISTRATOR, "", ""),
    ("loc", Role.LOCAL_OPERATIONS, "", "North"),
)
SEES_MOE = ("moe", "mia", "lena", "fin", "ana")
NOT_MOE = ("max", "ada", "loc", "rae")
MOES = ("777.7", "7,777", "7777")  # amounts of Moe's alone


@contextmanager
def paid_people(root: Path, blocker: DjangoDbBlocker) -> Iterator[Payroll]:
    """Serve the company with three released runs, numbered as the database numbers them."""
    start = datetime.now(UTC) - timedelta(hours=3)  # a run pays what was known before it
    with served(write(root / "first", **FILES), blocker, start):
        for name, role, person_id, unit in USERS:
            create_user(name, WORDS, role, database="default", person_id=person_id, unit=unit)
        made = Payroll(root, workspace(), start)
        for text in (REPS, MANAGERS):
            made.agree(text)
        for period in ("2026-01", "2026-02", "2026-03"):
            made.paid(period)
        yield made
