"""What to do about an insight: a case with what it needs, a decision to begin with, and whether the
finding came back."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copytree

import pytest
from pytest_django import DjangoDbBlocker

from tests.deciding import JULY, MARCH, drafted, known_in_july, known_in_march
from tests.hygiene_world import PROCESS
from tests.serving import ANA
from wald.actions import documents
from wald.actions.decisions import decide, review_due
from wald.actions.insights import move_insight, record_insight
from wald.actions.remedies import open_insight_case
from wald.actions.workspace import close_workspace, open_workspace
from wald.brain.came_back import came_back
from wald.brain.detector import detectors
from wald.brain.remedy import WAYS, remedy_of
from wald.cases.case import kinds
from wald.documents.version import State
from wald.insights.insight import Effect, Insight, Status, StoredQuery
from wald.kernel.actor import Actor, everything
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.memory.decision import KINDS
from wald.queries.insights import insight_page
from wald.queries.remedies import proposed_for
from wald.records import models
from wald.records.stores import documents as document_store

LOST = Insight(
    "Win rate in the North fell by 20 points",
    "win_rate_shift",
    "region:North",
    "win_rate",
    Effect(Decimal(-9000), Decimal(-5000), Decimal(-1000), Unit.MONEY, Decimal("0.001")),
    evidence={"effect": -0.2, "effect_unit": "ratio", "won": 4},
    question=StoredQuery("win_rate", where="region = 'North'", period="2024-Q1"),
)
FIN = everything("fin")


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    home = tmp_path_factory.mktemp("march") / "home"
    with django_db_blocker.unblock():
        place = open_workspace(home)
        known_in_march(home.parent / "export", place)
        close_workspace(place)
    return home


@pytest.fixture
def place(march: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Workspace]:
    with django_db_blocker.unblock():
        found = open_workspace(copytree(march, tmp_path / "home"))
        yield found
        close_workspace(found)


def _record(place: Workspace, insight: Insight = LOST, at: datetime = MARCH) -> int:
    return record_insight(actor=ANA, workspace=place, insight=insight, at=at)


def _case(place: Workspace, number: int) -> models.Case:
    return models.Case.objects.using(place.database).get(pk=number)


def test_every_detector_proposes_what_can_be_done() -> None:
    for key, detector in detectors().items():
        remedy = remedy_of(key)
        assert remedy.action in WAYS, key
        assert remedy.kind in KINDS, key
        assert remedy.is_own
        assert remedy.advice == detector.cure.advice
    assert {way.case for way in WAYS.values()} <= set(kinds())
    assert {way.decision for way in WAYS.values()} <= set(KINDS)


def test_without_a_cure_management_is_told(place: Workspace) -> None:
    number = _record(place, replace(LOST, source="person"))
    found = open_insight_case(actor=ANA, workspace=place, insight_id=number, at=MARCH)
    assert _case(place, found.case_id).kind == "alert"
    assert (found.reviews, found.version_id) == ((), None)


def test_the_case_says_what_to_do_and_on_which_figures(place: Workspace) -> None:
    """The two closed deals of North are linked; none is open, so there is none to stop."""
    number = _record(place)
    found = open_insight_case(actor=ANA, workspace=place, insight_id=number, at=MARCH)
    case = _case(place, found.case_id)
    assert case.kind == "task"
    assert {link.target for link in case.links.all()} == {
        f"insight:{number}", "metric:win_rate", "opportunity:O1", "opportunity:O2",
    }  # fmt: skip
    text = str(case.events.order_by("number")[0].body["text"])
    assert remedy_of("win_rate_shift").advice in text
    assert "Win rate, actual: 50.0 %" in text
    assert "Won: 4" in text
    assert f"wald decide --insight {number}" in text
    assert found.reviews == ()


def test_open_deals_behind_it_are_reviewed_before_the_mistake(place: Workspace) -> None:
    """Of the South, O4 is open."""
    asked = StoredQuery("open_pipeline", where="region = 'South'")
    number = _record(place, replace(LOST, metric="open_pipeline", question=asked))
    found = open_insight_case(actor=ANA, workspace=place, insight_id=number, at=MARCH)
    (review,) = (_case(place, one) for one in found.reviews)
    assert review.kind == "deal_review"
    assert f"insight:{number}" in {link.target for link in review.links.all()}
    again = open_insight_case(actor=ANA, workspace=place, insight_id=number, at=MARCH)
    assert (again.case_id, again.reviews) == (found.case_id, found.reviews)


def test_the_document_that_would_change_gets_a_draft(place: Workspace) -> None:
    _approve(place, ANA, FIN)
    number = _record(place, replace(LOST, source="deal_velocity"))
    found = open_insight_case(actor=ANA, workspace=place, insight_id=number, at=JULY)
    assert found.version_id is not None
    version = document_store.find_version(found.version_id, database=place.database)
    assert version is not None
    assert version.state is State.DRAFT
    case = _case(place, found.case_id)
    assert f"version:{found.version_id}" in {link.target for link in case.links.all()}
    assert version.reason.startswith(f"Insight {number}: {LOST.claim}")
    again = open_insight_case(actor=ANA, workspace=place, insight_id=number, at=JULY)
    assert again.version_id is None


def test_where_there_is_no_document_the_case_says_what_would_change(place: Workspace) -> None:
    number = _record(place, replace(LOST, source="deal_velocity"))
    found = open_insight_case(actor=ANA, workspace=place, insight_id=number, at=MARCH)
    assert found.version_id is None
    text = str(_case(place, found.case_id).events.order_by("number")[0].body["text"])
    assert "The document that would change: sales process." in text


def test_a_decision_begins_with_what_was_lost(place: Workspace) -> None:
    """20 points are out of line: half is expected back, a quarter at least, in the next quarter."""
    number = _record(place)
    found = proposed_for(actor=ANA, workspace=place, insight_id=number, on=MARCH.date())
    assert found is not None
    draft = found.draft
    assert (draft.low, draft.estimate, draft.high) == ("0.0500", "0.1000", "0.2000")
    assert (draft.period, draft.review_on) == ("2024-Q2", "2024-07-01")
    assert (draft.metric, draft.population, draft.design) == (
        "win_rate", "region = 'North'", "proposed",
    )  # fmt: skip
    assert draft.choice in draft.options
    whole = replace(
        draft, why="They could not try it.", confidence="70 %", baseline="2024-01-01..2024-03-01"
    )
    assert decide(actor=ANA, workspace=place, draft=whole, at=MARCH) == 1


def test_good_news_is_not_undone(place: Workspace) -> None:
    number = _record(place, replace(LOST, evidence={"effect": 0.2, "effect_unit": "ratio"}))
    found = proposed_for(actor=ANA, workspace=place, insight_id=number, on=MARCH.date())
    assert found is not None
    assert (found.draft.low, found.draft.estimate, found.draft.high) == ("", "", "")


def test_what_was_mended_and_is_there_again_says_so(place: Workspace) -> None:
    number = _record(place)
    decide(actor=ANA, workspace=place, draft=drafted(insight_id=number), at=MARCH)
    move_insight(
        actor=ANA, workspace=place, insight_id=number, status=Status.GONE, at=MARCH + _days(30),
        why="Not found again.",
    )  # fmt: skip
    assert _back(place, number) == ""
    _record(place, at=JULY)
    assert _back(place, number) == (
        "It came back: after decision 1 it was gone on 1 April 2024, and it was found again on "
        "1 July 2024. What was done did not last."
    )


def test_a_new_finding_in_the_place_of_an_old_one_says_so_too(place: Workspace) -> None:
    """Another insight, about the same metric and region as a decision whose effect came."""
    decide(actor=ANA, workspace=place, draft=drafted(), at=MARCH)
    _measure(place)
    number = _record(place, at=JULY + _days(7))
    told = _back(place, number)
    assert told == (
        "It came back: the effect of decision 1 had come, and it was found again on 8 July 2024."
    )


NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


def _days(many: int) -> timedelta:
    return timedelta(days=many)


@pytest.mark.parametrize(
    ("measured", "happened", "back"),
    [
        (None, [("seen", 1), ("seen", 2)], False),  # it never went
        (None, [("gone", 1)], False),
        (None, [("gone", 1), ("seen", 2)], True),
        (None, [("gone", -2), ("seen", -1)], False),  # before anything was done
        (3, [("seen", 2)], False),
        (3, [("seen", 4)], True),
        (None, [("gone", 1), ("seen", 2), ("gone", 3)], True),
    ],
)
def test_came_back_only_after_it_was_mended(
    measured: int | None, happened: list[tuple[str, int]], back: bool
) -> None:
    at = None if measured is None else NOON + _days(measured)
    events = [(kind, NOON + _days(day)) for kind, day in happened]
    found = came_back([(7, NOON, at)], events)
    assert (found is not None) is back
    assert came_back([], events) is None


def _back(place: Workspace, number: int) -> str:
    page = insight_page(actor=ANA, workspace=place, insight_id=number)
    assert page is not None
    found = proposed_for(actor=ANA, workspace=place, insight_id=number, on=date(2024, 8, 1))
    assert found is not None
    assert found.back == page.back
    return page.back.words if page.back else ""


def _measure(place: Workspace) -> None:
    """Let the effect of decision 1 have come, on its review date."""
    known_in_july(place.home.parent / "export", place)
    (found,) = review_due(actor=ANA, workspace=place, at=JULY)
    assert found.outcome.has_come


def _approve(place: Workspace, author: Actor, approver: Actor) -> None:
    text = PROCESS.replace("2026-01-01", "2024-01-01")
    made = documents.draft(actor=author, workspace=place, text=text, at=MARCH).version
    seen = {"version_id": made.version_id, "revision": made.revision}
    documents.submit(actor=author, workspace=place, at=MARCH, **seen)
    documents.approve(actor=approver, workspace=place, at=MARCH, **seen)
