"""A company in whose pipeline one fault of each kind is planted, among deals that are clean.

As of 2026-06-30, and loaded that evening. Sixty deals were won in 2025 and 2026, all alike: ten
days in each of three stages (one in seven took three days longer over each), an activity every
few days with two contacts, a meeting first. Each open deal is like them but for what its key says.
PAST, NOAMOUNT, FAR, PUSHED and CLEAN1 to CLEAN3 are Max's, of Alpha; all others are Ben's, of Beta.
"""

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

TODAY = date(2026, 6, 30)
LOADED_AT = "2026-06-30 20:00:00"
# Key of the deal, and the one rule that finds it.
PLANTED = {
    "PAST": "close_date_past",
    "STALE": "stale_for_stage",
    "NOAMOUNT": "no_amount",
    "NONEXT": "no_next_step",
    "SILENT": "no_activity",
    "SINGLE": "single_contact",
    "SKIPPED": "skipped_stage",
    "UNPROVED": "unproved_exit",
    "FAR": "amount_far_from_peers",
    "PUSHED": "pushed_three_times",
}
CLEAN = tuple(f"CLEAN{i}" for i in range(1, 7))
MAX = {"PAST", "NOAMOUNT", "FAR", "PUSHED", "CLEAN1", "CLEAN2", "CLEAN3"}
PROCESS = """\
document: sales_process
name: company
starts_on: 2026-01-01
owner: ana
reason: One process
content:
  stages:
    - key: qualify
      stage: Qualify
      exit_criteria:
        - {key: met, words: we met the customer, evidence: activity, like: meeting}
    - {key: demo, stage: Demo}
    - {key: offer, stage: Offer}
    - {key: won, stage: Won, outcome: won}
    - {key: lost, stage: Lost, outcome: lost}
"""
_STEPS = ("Qualify", "Demo", "Offer")
_PEOPLE = """\
person_id,valid_from,name,manager_id,team,region,role
L1,1900-01-01,Lea,,,,leader
M1,1900-01-01,Mia,L1,Alpha,North,manager
M2,1900-01-01,Bea,L1,Beta,South,manager
R1,1900-01-01,Max,M1,Alpha,North,rep
R3,1900-01-01,Ben,M2,Beta,South,rep
"""
_STAGES = """\
stage,position,outcome,probability
Qualify,1,open,0.2
Demo,2,open,0.4
Offer,3,open,0.6
Won,4,won,1
Lost,5,lost,0
"""


class _Rows:
    """Gathers the rows of the export, table by table."""

    def __init__(self) -> None:
        self.deals = [
            "opportunity_id,name,account_id,owner_id,type,stage,outcome,amount,currency,close_on,"
            "created_at,closed_on"
        ]
        self.changes = ["change_id,opportunity_id,field,old,new,changed_at,changed_by"]
        self.acts = ["activity_id,person_id,account_id,opportunity_id,contact_id,kind,happened_at"]

    def change(self, deal: str, field: str, old: object, new: object, on: date) -> None:
        self.changes.append(f"H{len(self.changes)},{deal},{field},{old},{new},{on} 10:00:00,R1")

    def act(self, deal: str, contact: str, on: date, kind: str = "call") -> None:
        self.acts.append(f"T{len(self.acts)},R1,A1,{deal},{contact},{kind},{on} 09:00:00")

    def moves(self, deal: str, stages: list[tuple[str, date]]) -> None:
        for (before, _), (after, day) in pairwise(stages):
            self.change(deal, "stage", before, after, day)


def write_hygiene(folder: Path) -> Path:
    """Write the export to `folder`."""
    rows = _Rows()
    for i in range(60):
        _won(rows, i)
    for key in (*CLEAN, *PLANTED):
        _open(rows, key)
    folder.mkdir(parents=True, exist_ok=True)
    tables = {
        "person": _PEOPLE,
        "stage": _STAGES,
        "account": "account_id,name,owner_id,segment\nA1,Pumps Ltd,R1,SMB\n",
        "contact": "contact_id,account_id,name,title\nC1,A1,Cleo,Buyer\nC2,A1,Cem,Engineer\n",
        "opportunity": "\n".join(rows.deals) + "\n",
        "opportunity_change": "\n".join(rows.changes) + "\n",
        "activity": "\n".join(rows.acts) + "\n",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def _won(rows: _Rows, i: int) -> None:
    """Opened a week apart from March 2025 on; amounts from 8,000 to 12,900."""
    opened = date(2025, 3, 3) + timedelta(days=7 * i)
    length = 13 if i % 7 == 0 else 10
    key = f"WON{i}"
    entered = [opened + timedelta(days=length * step) for step in range(4)]
    if entered[-1] > TODAY:
        return
    owner = "R1" if i % 2 else "R3"
    amount = 8000 + i * 83
    rows.deals.append(
        f"{key},Won {i},A1,{owner},renewal,Won,won,{amount},EUR,{entered[-1]},{opened} 08:00:00,"
        f"{entered[-1]}"
    )
    rows.moves(key, list(zip((*_STEPS, "Won"), entered, strict=True)))
    _acts(rows, key, opened, (entered[-1] - opened).days, ("C1", "C2"))


def _acts(
    rows: _Rows, key: str, opened: date, days: int, contacts: tuple[str, ...], meets: bool = True
) -> None:
    """An activity on days 2, 6, 10 and so on; the first is a meeting."""
    for place, day in enumerate(range(2, days, 4)):
        kind = "meeting" if place == 0 and meets else "call"
        rows.act(key, contacts[place % len(contacts)], opened + timedelta(days=day), kind)


def _open(rows: _Rows, key: str) -> None:
    owner = "R1" if key in MAX else "R3"
    age = 40 if key == "STALE" else 15 if key in ("SKIPPED", "UNPROVED") else 9
    opened = TODAY - timedelta(days=age)
    moved = TODAY - timedelta(days=5)
    stage = {"SKIPPED": "Offer", "UNPROVED": "Demo"}.get(key, "Qualify")
    amount = {"NOAMOUNT": "", "FAR": "900000"}.get(key, "10000")
    close_on = date(2026, 6, 20) if key == "PAST" else date(2026, 8, 31)
    rows.deals.append(
        f"{key},{key.title()},A1,{owner},renewal,{stage},open,{amount},EUR,{close_on},"
        f"{opened} 08:00:00,"
    )
    if stage != "Qualify":
        rows.change(key, "stage", "Qualify", stage, moved)
    if key == "PUSHED":
        days = [date(2026, 7, 10), date(2026, 7, 20), date(2026, 8, 10), close_on]
        for place, (before, after) in enumerate(pairwise(days)):
            rows.change(key, "close_on", before, after, opened + timedelta(days=place + 1))
    if key != "SILENT":
        contacts = ("C1",) if key == "SINGLE" else ("C1", "C2")
        _acts(rows, key, opened, age, contacts, meets=key != "UNPROVED")
    if key != "NONEXT":
        rows.act(key, "C1", TODAY + timedelta(days=6), "meeting")


def loaded_at() -> datetime:
    return datetime.fromisoformat(f"{LOADED_AT}+00:00")
