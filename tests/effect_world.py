"""A company of eight reps whose win rates are known by heart, before a decision and after.

Each closes ten deals a month, from January 2023 to March 2024. Before 2024 each wins four of ten,
a month one more, a month one less; from January 2024 the four of North win three more of ten, those
of South as before. Every rep has a territory: P1 has T1, and so on. The export of January holds
what closed in 2023, that of April all.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from tests.exports import write_export
from tests.serving import ANA
from wald.actions import ingest
from wald.facts.load_report import LoadOptions
from wald.kernel.workspace import Workspace
from wald.memory.draft import Draft

JANUARY = datetime(2024, 1, 2, 9, tzinfo=UTC)
APRIL = datetime(2024, 4, 2, 5, tzinfo=UTC)
_REPS = range(1, 9)
_MONTHS = [date(2023 + place // 12, place % 12 + 1, 28) for place in range(15)]
_SCATTER = (0, 1, -1, 0, -1, 1, 1, 0)  # deals of ten, by rep and month

DRAFT = Draft(
    question="How do we win more in the North?",
    options=("Offer a pilot before the quote", "Do nothing"),
    choice="Offer a pilot before the quote",
    why="Lost deals in the North say they could not try it.",
    kind="pipeline",
    metric="win_rate",
    population="region = 'North'",
    period="2024-Q1",
    low="10 points",
    estimate="20 points",
    high="30 points",
    confidence="70 %",
    review_on="2024-04-02",
    design="proposed",
)


def drafted(**changes: object) -> Draft:
    return replace(DRAFT, **changes)  # type: ignore[arg-type]  # fields by name


def known_in_january(folder: Path, place: Workspace) -> None:
    _load(folder / "january", _MONTHS[:12], JANUARY.replace(hour=1), place)


def known_in_april(folder: Path, place: Workspace) -> None:
    _load(folder / "april", _MONTHS, APRIL.replace(hour=1), place)


def _load(folder: Path, months: list[date], at: datetime, place: Workspace) -> None:
    people = ["person_id,valid_from,name,team,region,territory,role"]
    people += [f"P{rep},1900-01-01,Rep {rep},{_side(rep)},{_side(rep)},T{rep},rep" for rep in _REPS]
    deals = ["opportunity_id,name,account_id,owner_id,stage,outcome,amount,currency,close_on,"
             "created_at,closed_on"]  # fmt: skip
    for month, day in enumerate(months):
        for rep in _REPS:
            won = 4 + _SCATTER[(rep * 3 + month) % 8] + (3 if month >= 12 and rep <= 4 else 0)
            deals += [_deal(rep, month, one, one < won, day) for one in range(10)]
    export = write_export(
        folder, person="\n".join(people) + "\n", opportunity="\n".join(deals) + "\n"
    )
    (export / "booking.csv").unlink()
    ingest.load(actor=ANA, workspace=place, folder=export, options=LoadOptions(), at=at)


def _side(rep: int) -> str:
    return "North" if rep <= 4 else "South"


def _deal(rep: int, month: int, one: int, is_won: bool, day: date) -> str:
    stage, outcome = ("Won", "won") if is_won else ("Lost", "lost")
    key = f"O{rep}-{month}-{one}"
    return f"{key},{key},A1,P{rep},{stage},{outcome},100.00,EUR,{day},2022-12-01 09:00:00,{day}"
