"""Two teams whose rows differ at sight: Mia's Alpha in the North, Bea's Beta in the South.

Lea leads both. Max was in Beta until 2024-02-14 and is in Alpha from the next day on; his rows
bear the mark MAXMARK. What is Moe's, of Alpha, bears ALPHAMARK and the amounts 4111.11; what is
Ben's, of Beta, bears BETAMARK and 7222.22; what is nobody's, ORPHANMARK and 9333.33.
"""

from pathlib import Path

from wald.kernel.policy import Role
from wald.records.stores.users import create_user

ALPHA, BETA, MAX, ORPHAN = "ALPHAMARK", "BETAMARK", "MAXMARK", "ORPHANMARK"
WORDS = "four quiet words here"

# Name, role, person of the facts, unit.
PEOPLE = (
    ("adam", Role.ADMINISTRATOR, "", ""),
    ("lou", Role.LOCAL_OPERATIONS, "", "North"),
    ("lea", Role.SALES_LEADER, "L1", ""),
    ("mia", Role.MANAGER, "M1", ""),
    ("bea", Role.MANAGER, "M2", ""),
    ("max", Role.REP, "R1", ""),
    ("moe", Role.REP, "R2", ""),
    ("ben", Role.REP, "R3", ""),
    ("fay", Role.FINANCE, "", ""),
    ("una", Role.REP, "", ""),  # nobody of the facts
)

FILES = {
    "person.csv": """\
person_id,valid_from,name,manager_id,team,region,role
L1,1900-01-01,Lea,,,,leader
M1,1900-01-01,Mia,L1,Alpha,North,manager
M2,1900-01-01,Bea,L1,Beta,South,manager
R1,1900-01-01,Max,M2,Beta,South,rep
R1,2024-02-15,Max,M1,Alpha,North,rep
R2,1900-01-01,Moe,M1,Alpha,North,rep
R3,1900-01-01,Ben,M2,Beta,South,rep
""",
    "account.csv": """\
account_id,name,owner_id,segment
A1,ALPHAMARK account,R2,SMB
A2,BETAMARK account,R3,Enterprise
A3,ORPHANMARK account,,SMB
""",
    "contact.csv": """\
contact_id,account_id,name,email
C1,A1,ALPHAMARK contact,a@example.org
C2,A2,BETAMARK contact,b@example.org
""",
    "product.csv": """\
product_id,name,family
P1,Pump,Pumps
""",
    "stage.csv": """\
stage,position,outcome,probability
Talks,1,open,0.5
Won,2,won,1
Lost,3,lost,0
""",
    "opportunity.csv": """\
opportunity_id,name,account_id,owner_id,product_id,stage,outcome,amount,currency,close_on,created_at,closed_on
ALPHAMARK-1,ALPHAMARK won,A1,R2,P1,Won,won,4111.11,EUR,2024-02-10,2024-01-01 09:00:00,2024-02-10
ALPHAMARK-2,ALPHAMARK open,A1,R2,P1,Talks,open,4111.11,EUR,2024-05-10,2024-02-01 09:00:00,
MAXMARK-1,MAXMARK open,A1,R1,P1,Talks,open,5444.44,EUR,2024-05-01,2024-01-20 09:00:00,
BETAMARK-1,BETAMARK won,A2,R3,P1,Won,won,7222.22,EUR,2024-03-01,2024-01-10 09:00:00,2024-03-01
BETAMARK-2,BETAMARK open,A2,R3,P1,Talks,open,7222.22,EUR,2024-05-01,2024-02-01 09:00:00,
BETAMARK-3,BETAMARK lost,A2,R3,P1,Lost,lost,7222.22,EUR,2024-03-02,2024-02-01 09:00:00,2024-03-02
ORPHANMARK-1,ORPHANMARK open,A3,,P1,Talks,open,9333.33,EUR,2024-05-01,2024-02-01 09:00:00,
""",
    "opportunity_change.csv": """\
change_id,opportunity_id,field,old,new,changed_at,changed_by
ALPHAMARK-C,ALPHAMARK-2,close_on,2024-04-10,2024-05-10,2024-02-20 09:00:00,R2
BETAMARK-C,BETAMARK-2,close_on,2024-04-01,2024-05-01,2024-02-21 09:00:00,R3
""",
    "booking.csv": """\
booking_id,opportunity_id,account_id,owner_id,amount,currency,booked_on
ALPHAMARK-B,ALPHAMARK-1,A1,R2,4111.11,EUR,2024-02-10
BETAMARK-B,BETAMARK-1,A2,R3,7222.22,EUR,2024-03-01
""",
    "booking_line.csv": """\
booking_line_id,booking_id,product_id,booked_on,quantity,list_price,net_price,unit_cost,amount,currency
ALPHAMARK-L,ALPHAMARK-B,P1,2024-02-10,1,4200,4111.11,2000,4111.11,EUR
BETAMARK-L,BETAMARK-B,P1,2024-03-01,1,7300,7222.22,2000,7222.22,EUR
""",
    "payment.csv": """\
payment_id,booking_id,account_id,paid_on,amount,currency
ALPHAMARK-P,ALPHAMARK-B,A1,2024-02-20,4111.11,EUR
BETAMARK-P,BETAMARK-B,A2,2024-03-05,7222.22,EUR
""",
    "activity.csv": """\
activity_id,person_id,account_id,opportunity_id,kind,happened_at
ALPHAMARK-A,R2,A1,ALPHAMARK-2,call,2024-02-22 09:00:00
BETAMARK-A,R3,A2,BETAMARK-2,call,2024-02-23 09:00:00
""",
    "lead.csv": """\
lead_id,name,company,owner_id,source,created_at,first_response_at,converted_on
ALPHAMARK-D,ALPHAMARK lead,ALPHAMARK Ltd,R2,web,2024-02-01 09:00:00,2024-02-01 10:00:00,2024-02-05
BETAMARK-D,BETAMARK lead,BETAMARK Ltd,R3,web,2024-02-02 09:00:00,2024-02-02 12:00:00,
""",
    "quota.csv": """\
quota_id,person_id,starts_on,ends_on,amount,currency
ALPHAMARK-Q,R2,2024-01-01,2024-04-01,4111.11,EUR
BETAMARK-Q,R3,2024-01-01,2024-04-01,7222.22,EUR
""",
    "forecast_submission.csv": """\
submission_id,person_id,starts_on,ends_on,category,submitted_at,amount,currency
ALPHAMARK-F,R2,2024-01-01,2024-04-01,commit,2024-02-01 09:00:00,4111.11,EUR
BETAMARK-F,R3,2024-01-01,2024-04-01,commit,2024-02-01 09:00:00,7222.22,EUR
""",
}


def write_teams(folder: Path) -> Path:
    """Write the export of both teams to `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


def add_people() -> None:
    """Give each of PEOPLE a user of the served workspace."""
    for name, role, person_id, unit in PEOPLE:
        create_user(name, WORDS, role, database="default", person_id=person_id, unit=unit)
