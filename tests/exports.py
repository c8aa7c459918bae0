"""An export small enough to work out by eye: two reps, three closed deals, one open.

North (Ana): O1 won for 100.00, O2 lost for 300.00. South (Ben): O3 won for 50.50, O4 open.
So three deals closed, two were won: a win rate of 0.666667; one of two in North, one of one
in South. Booked: 100.00 + 50.50 = 150.50 EUR.
"""

from pathlib import Path

FILES = {
    "person.csv": """\
person_id,valid_from,name,team,region,role
P1,1900-01-01,Ana,One,North,rep
P2,1900-01-01,Ben,Two,South,rep
""",
    "account.csv": """\
account_id,name,segment
A1,Acorn,SMB
A2,Birch,Enterprise
""",
    "stage.csv": """\
stage,position,outcome
Talks,1,open
Won,2,won
Lost,3,lost
""",
    "opportunity.csv": """\
opportunity_id,name,account_id,owner_id,stage,outcome,amount,currency,close_on,created_at,closed_on
O1,One,A1,P1,Won,won,100.00,EUR,2024-02-10,2024-01-01 09:00:00,2024-02-10
O2,Two,A2,P1,Lost,lost,300.00,EUR,2024-02-20,2024-01-05 09:00:00,2024-02-20
O3,Three,A1,P2,Won,won,50.50,EUR,2024-03-01,2024-01-10 09:00:00,2024-03-01
O4,Four,A2,P2,Talks,open,75.00,EUR,2024-05-01,2024-02-01 09:00:00,
""",
    "booking.csv": """\
booking_id,opportunity_id,account_id,owner_id,amount,currency,booked_on
B1,O1,A1,P1,100.00,EUR,2024-02-10
B3,O3,A1,P2,50.50,EUR,2024-03-01
""",
}


def write_export(folder: Path, **changed: str) -> Path:
    """Write the export to `folder`; `changed` gives other text for a file, by its stem."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(changed.get(name.removesuffix(".csv"), text), encoding="utf-8")
    return folder
