"""A small world in which a decision is made, its day comes, and something alike turns up.

To the small export, which is known on 2 March 2024, a second one adds on 1 July what closed
in the second quarter. North closed O5 won, O6 won, O7 lost: two of three, after one of two
in the first quarter, so its win rate rose by 16.6667 points. South closed O8 won: one of one,
as before. The data reach to 30 June.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import override_settings
from pytest_django import DjangoDbBlocker

from tests.exports import FILES, write_export
from tests.serving import ANA, WORDS, workspace
from wald.actions import ingest
from wald.facts.load_report import LoadOptions
from wald.kernel.policy import Role
from wald.kernel.workspace import Workspace
from wald.memory.draft import Draft
from wald.records.stores.users import create_user
from wald.records.stores.workspace import bring_up_to_date

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


@contextmanager
def learning(folder: Path, blocker: DjangoDbBlocker) -> Iterator[None]:
    """Serve what is known in March: Ana is sales operations, Rae reads, Max is a rep and Mia
    the manager of nobody. Afterwards nothing is left."""
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with blocker.unblock(), override_settings(PASSWORD_HASHERS=quick):
        bring_up_to_date("default")
        try:
            create_user("ana", WORDS, Role.SALES_OPERATIONS, database="default")
            create_user("rae", WORDS, Role.READ_ONLY, database="default")
            create_user("max", WORDS, Role.REP, database="default", person_id="P1")
            create_user("mia", WORDS, Role.MANAGER, database="default", person_id="P2")
            known_in_march(folder)
            yield
        finally:
            call_command("flush", interactive=False, verbosity=0)


def clock_at(at: datetime, patch: pytest.MonkeyPatch) -> None:
    """Let every door read this moment."""
    for page in ("insights", "decisions"):
        patch.setattr(f"wald.web.pages.{page}.now", lambda: at)
        patch.setattr(f"wald.api.{page}.moment", lambda: at)
        patch.setattr(f"wald.cli.{page}.moment", lambda: at)
    patch.setattr("wald.cli.decide.moment", lambda: at)


def known_in_march(folder: Path, place: Workspace | None = None) -> None:
    """Load what is known on 2 March 2024."""
    _load(write_export(folder / "march"), MARCH, place)


def known_in_july(folder: Path, place: Workspace | None = None) -> None:
    """Load what has closed since, on 1 July 2024 before the review."""
    deals = FILES["opportunity.csv"] + _LATER
    _load(write_export(folder / "july", opportunity=deals), JULY.replace(hour=1), place)


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
