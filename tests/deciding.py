"""A small world in which a decision is made, its day comes, and something alike turns up.

To the small export, which is known on 2 March 2024, a second one adds on 1 July what closed
in the second quarter. North closed O5 won, O6 won, O7 lost: two of three, after one of two
in the first quarter, so its win rate rose by 16.6667 points. South closed O8 won: one of one,
as before. The data reach to 30 June.
"""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from tests.exports import FILES, write_export
from tests.serving import ANA, workspace
from wald.actions import ingest
from wald.facts.load_report import LoadOptions
from wald.kernel.workspace import Workspace
from wald.memory.draft import Draft

MARCH = datetime(2024, 3, 2, 9, tzinfo=UTC)
JULY = datetime(2024, 7, 1, 5, tzinfo=UTC)
REVIEW = JULY.date()

_LATER = """\
O5,Five,A1,P1,Won,won,10.00,EUR,2024-04-10,2024-03-03 09:00:00,2024-04-10
O6,Six,A1,P1,Won,won,20.00,EUR,2024-05-10,2024-03-04 09:00:00,2024-05-10
O7,Seven,A2,P1,Lost,lost,30.00,EUR,2024-06-10,2024-03-05 09:00:00,2024-06-10
O8,Eight,A2,P2,Won,won,40.00,EUR,2024-06-30,2024-03-06 09:00:00,2024-06-30
"""

DRAFT = Draft(
    question="How do we stop losing deals in the North?",
    options=("Offer a pilot before the quote", "Do nothing"),
    choice="Offer a pilot before the quote",
    why="Lost deals in the North say they could not try it.",
    kind="pipeline",
    metric="win_rate",
    population="region = 'North'",
    period="2024-Q2",
    baseline="2024-01-01..2024-03-01",
    low="10 points",
    estimate="15 points",
    high="20 points",
    confidence="70 %",
    review_on="2024-07-01",
)


def known_in_march(folder: Path, place: Workspace | None = None) -> None:
    """Load what is known on 2 March 2024."""
    _load(write_export(folder / "march"), MARCH, place)


def known_in_july(folder: Path, place: Workspace | None = None) -> None:
    """Load what has closed since, on 1 July 2024 before the review."""
    deals = FILES["opportunity.csv"] + _LATER
    july = replace_hour(JULY, 1)
    _load(write_export(folder / "july", opportunity=deals), july, place)


def replace_hour(at: datetime, hour: int) -> datetime:
    return at.replace(hour=hour)


def drafted(**changes: object) -> Draft:
    """Return the draft with some of it changed."""
    return replace(DRAFT, **changes)  # type: ignore[arg-type]  # fields by name


def _load(folder: Path, at: datetime, place: Workspace | None) -> None:
    ingest.load(
        actor=ANA,
        workspace=place or workspace(),
        folder=folder,
        options=LoadOptions(),
        at=at,
    )
