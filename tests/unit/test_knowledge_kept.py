"""Insights and decisions over facts: kept once, seen by whom they concern, measured once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from shutil import copytree

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests.deciding import DRAFT, JULY, MARCH, drafted, known_in_july, known_in_march
from tests.serving import ANA
from wald.actions.decisions import decide, review_due
from wald.actions.insights import move_insight, record_insight
from wald.actions.remedies import open_insight_case
from wald.actions.workspace import close_workspace, open_workspace
from wald.insights.insight import Effect, Insight, Status, StoredQuery
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import BadInput, NotAllowed, Refusal, Stale
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.queries.decisions import Deciders, deciders, decision_list, decision_page, find_decision
from wald.queries.insights import find_insight, insight_list, insight_page
from wald.queries.search import find
from wald.records import models
from wald.records.stores.insights import Wanted

ASKED = StoredQuery("win_rate", where="region = 'North'", period="2024-Q1")
HALF = Insight(
    "Half of the deals in the North are lost",
    "shift",
    "region:North",
    "win_rate",
    Effect(Decimal("-0.6"), Decimal("-0.5"), Decimal("-0.1"), Unit.RATIO, Decimal("0.04")),
    question=ASKED,
)


def _actor(name: str, role: Role, person_id: str = "") -> Actor:
    return Actor(name, GRANTS[role], role, person_id)


MIA = _actor("mia", Role.MANAGER, "P2")  # below her is nobody but herself
MAX = _actor("max", Role.REP, "P1")


@pytest.fixture(scope="module")
def march(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Path:
    """Return a workspace that knows what is known in March, to be copied."""
    home = tmp_path_factory.mktemp("march") / "home"
    with django_db_blocker.unblock():
        place = open_workspace(home)
        known_in_march(home.parent / "export", place)
        close_workspace(place)
    return home


@pytest.fixture
def place(march: Path, tmp_path: Path, django_db_blocker: DjangoDbBlocker) -> Iterator[Workspace]:
    """Return a workspace of the test's own, in March 2024."""
    with django_db_blocker.unblock():
        found = open_workspace(copytree(march, tmp_path / "home"))
        yield found
        close_workspace(found)


def _record(place: Workspace, insight: Insight = HALF, actor: Actor = ANA) -> int:
    return record_insight(actor=actor, workspace=place, insight=insight, at=MARCH)


def _decide(place: Workspace, **changes: object) -> int:
    return decide(actor=ANA, workspace=place, draft=drafted(**changes), at=MARCH)


def _found(place: Workspace, text: str, actor: Actor = ANA) -> list[tuple[str, int]]:
    return [(f.kind, f.number) for f in find(actor=actor, workspace=place, text=text)]


def test_the_same_finding_is_one_row_seen_twice(place: Workspace) -> None:
    number = _record(place)
    later = replace(HALF, claim="Two thirds of the deals in the North are lost")
    again = record_insight(actor=ANA, workspace=place, insight=later, at=JULY)
    kept = find_insight(actor=ANA, workspace=place, insight_id=number)
    assert again == number
    assert kept is not None
    assert (kept.times_seen, kept.version, kept.last_seen_at) == (2, 2, JULY)
    assert kept.insight.claim == later.claim
    assert kept.insight.effect == HALF.effect


def test_the_rows_behind_open_as_they_were_known(place: Workspace, tmp_path: Path) -> None:
    number = _record(place)
    known_in_july(tmp_path / "export", place)
    page = insight_page(actor=ANA, workspace=place, insight_id=number)
    assert page is not None
    assert page.rows.table.column("opportunity_id").to_pylist() == ["O1", "O2"]


def test_the_rows_behind_are_those_the_asker_may_see(place: Workspace) -> None:
    """Mia is P2 in the South: of the deals of the North she sees none."""
    number = _record(place)
    page = insight_page(actor=MIA, workspace=place, insight_id=number)
    assert page is not None
    assert page.rows.total == 0


def test_what_is_about_one_person_is_seen_by_who_sees_that_person(place: Workspace) -> None:
    about_max = replace(HALF, question=replace(ASKED, where="rep_id = 'P1'"))
    about_mia = replace(HALF, subject="x", question=replace(ASKED, where="rep_id = 'P2'"))
    theirs, hers = _record(place, about_max), _record(place, about_mia)
    listed = insight_list(actor=MIA, workspace=place)
    assert [kept.insight_id for kept in listed.rows] == [hers]
    assert listed.total == 1
    assert find_insight(actor=MIA, workspace=place, insight_id=theirs) is None
    assert _found(place, "deals", MIA) == [("insight", hers)]
    assert len(_found(place, "deals")) == 2
    with pytest.raises(Refusal, match="There is no insight"):
        move_insight(actor=MIA, workspace=place, insight_id=theirs, status=Status.LOOKING, at=MARCH)


def test_nobody_writes_over_an_insight_that_they_do_not_see(place: Workspace) -> None:
    about_max = replace(HALF, question=replace(ASKED, where="rep_id = 'P1'"))
    theirs = _record(place, about_max)
    for mine in (replace(HALF, claim="Mine"), replace(about_max, claim="Mine")):
        number = _record(place, mine, MIA)
        assert find_insight(actor=MIA, workspace=place, insight_id=number) is not None
        assert find_insight(actor=MIA, workspace=place, insight_id=theirs) is None
    kept = find_insight(actor=ANA, workspace=place, insight_id=theirs)
    assert kept is not None
    assert (kept.insight.claim, kept.times_seen) == (HALF.claim, 1)


def test_reps_read_neither(place: Workspace) -> None:
    with pytest.raises(NotAllowed):
        insight_list(actor=MAX, workspace=place)
    with pytest.raises(NotAllowed):
        find(actor=MAX, workspace=place, text="deals")


def test_dismissing_asks_for_a_reason_and_for_the_version_that_was_read(
    place: Workspace,
) -> None:
    number = _record(place)
    with pytest.raises(BadInput):
        move_insight(
            actor=ANA, workspace=place, insight_id=number, status=Status.DISMISSED, at=MARCH
        )
    _record(place)
    with pytest.raises(Stale) as stale:
        move_insight(
            actor=ANA,
            workspace=place,
            insight_id=number,
            status=Status.DISMISSED,
            why="noise",
            version=1,
            at=MARCH,
        )
    assert stale.value.changed == ("ana on 2024-03-02 09:00 UTC: seen",)


def test_dismissed_stays_dismissed_when_seen_again(place: Workspace) -> None:
    number = _record(place)
    move_insight(
        actor=ANA,
        workspace=place,
        insight_id=number,
        status=Status.DISMISSED,
        why="noise",
        at=MARCH,
    )
    _record(place)
    kept = find_insight(actor=ANA, workspace=place, insight_id=number)
    assert kept is not None
    assert (kept.status, kept.times_seen) == (Status.DISMISSED, 2)


def test_an_insight_becomes_one_case(place: Workspace) -> None:
    number = _record(place)
    first = open_insight_case(actor=ANA, workspace=place, insight_id=number, at=MARCH)
    again = open_insight_case(actor=ANA, workspace=place, insight_id=number, at=MARCH)
    assert first.case_id == again.case_id
    kept = find_insight(actor=ANA, workspace=place, insight_id=number)
    assert kept is not None
    assert kept.status is Status.LOOKING


def test_lists_by_money_metric_and_status(place: Workspace) -> None:
    _record(place)
    much = Effect(None, Decimal(1200), None, Unit.MONEY, currency="EUR")
    dear = Insight("Discounts cost us", "creep", "", "", much)
    number = _record(place, dear)
    for wanted in (Wanted(least=120_000), Wanted(by_size=True)):
        found = insight_list(actor=ANA, workspace=place, wanted=wanted)
        assert [kept.insight_id for kept in found.rows] == [number]
    assert insight_list(actor=ANA, workspace=place, wanted=Wanted(least=120_001)).rows == ()
    assert insight_list(actor=ANA, workspace=place, wanted=Wanted(metric="win_rate")).total == 1
    assert insight_list(actor=ANA, workspace=place, wanted=Wanted(is_open=True)).total == 2


def test_a_decision_freezes_its_metric(place: Workspace) -> None:
    kept = find_decision(actor=ANA, workspace=place, decision_id=_decide(place))
    assert kept is not None
    reading = kept.snapshot.reading
    assert (reading.value, reading.numerator, reading.denominator) == (Decimal("0.5"), 1, 2)
    assert (reading.as_of, reading.known, reading.loads) == (date(2024, 3, 1), MARCH, (1,))
    assert kept.snapshot.outside is not None
    assert kept.snapshot.outside.value == 1
    assert kept.decision.expected.low == Decimal("0.1")


def test_a_baseline_without_a_value_is_refused(place: Workspace) -> None:
    with pytest.raises(BadInput) as refused:
        _decide(place, baseline="2023-Q4")
    assert [problem.where for problem in refused.value.problems] == ["baseline"]


def test_an_insight_does_not_say_what_was_decided_about_one_person(place: Workspace) -> None:
    number = _record(place)
    about = {"population": "rep_id = 'P1'", "low": "-5 points", "estimate": "0 points"}
    _decide(place, insight_id=number, **about)
    page = insight_page(actor=MIA, workspace=place, insight_id=number)
    assert page is not None
    assert (page.decisions, page.history[0].body["why"]) == ((), "Decision 1")


def test_it_is_superseded_once_and_measured_all_the_same(place: Workspace, tmp_path: Path) -> None:
    first = _decide(place)
    second = _decide(place, supersedes=first, choice="Do nothing")
    with pytest.raises(Refusal, match="superseded by decision 2 already"):
        _decide(place, supersedes=first)
    page = decision_page(actor=ANA, workspace=place, decision_id=first, on=MARCH.date())
    assert page is not None
    assert [one.decision_id for one in page.chain] == [first, second]
    assert page.kept.superseded_by == second
    known_in_july(tmp_path / "export", place)
    found = review_due(actor=ANA, workspace=place, at=JULY)
    assert [one.decision_id for one in found] == [first, second]


def test_nothing_is_measured_before_its_day(place: Workspace) -> None:
    _decide(place)
    assert review_due(actor=ANA, workspace=place, at=JULY - timedelta(hours=6)) == ()


def test_what_lacks_data_is_told_when_they_come_and_has_one_case(
    place: Workspace, tmp_path: Path
) -> None:
    number = _decide(place)
    (early,) = review_due(actor=ANA, workspace=place, at=JULY)
    assert (early.outcome.has_come, early.outcome.waits) == (None, True)
    assert review_due(actor=ANA, workspace=place, at=JULY) == ()
    known_in_july(tmp_path / "export", place)
    (late,) = review_due(actor=ANA, workspace=place, at=JULY + timedelta(days=1))
    assert (late.outcome.has_come, late.case_id) == (True, None)
    assert late.outcome.earlier == (
        "2024-07-01: The data reach to 2024-03-01; they are needed to 2024-06-30.",
    )
    cases = models.Case.objects.using(place.database)
    assert cases.filter(fingerprint=f"decision:{number}:review").count() == 1


def test_who_does_not_see_a_decision_is_not_told_what_came_of_it(
    place: Workspace, tmp_path: Path
) -> None:
    _decide(place, population="rep_id = 'P1'", low="-5 points", estimate="0 points")
    known_in_july(tmp_path / "export", place)
    assert review_due(actor=MIA, workspace=place, at=JULY) == ()
    (found,) = review_due(actor=ANA, workspace=place, at=JULY)
    assert found.case_id is not None


def test_it_waits_no_longer_than_ninety_days(place: Workspace, tmp_path: Path) -> None:
    _decide(place)
    review_due(actor=ANA, workspace=place, at=JULY)
    known_in_july(tmp_path / "export", place)
    assert review_due(actor=ANA, workspace=place, at=JULY + timedelta(days=90)) == ()


def test_many_reviews_at_once_keep_one_outcome(place: Workspace, tmp_path: Path) -> None:
    for _ in range(3):
        _decide(place)
    known_in_july(tmp_path / "export", place)

    def review(_: int) -> list[int]:
        try:
            found = review_due(actor=ANA, workspace=place, at=JULY)
            return [one.decision_id for one in found]
        finally:
            connections[place.database].close()

    with ThreadPoolExecutor(3) as pool:
        measured = [number for ones in pool.map(review, range(3)) for number in ones]
    assert sorted(measured) == [1, 2, 3]
    assert models.Case.objects.using(place.database).count() == 3


def test_a_manager_decides_about_what_a_manager_sees(place: Workspace, tmp_path: Path) -> None:
    """Mia sees the South only: O3, then O8; asked of everybody the answer would be another."""
    mia = replace(MIA, permissions=MIA.permissions)
    draft = drafted(population="", low="-5 points", estimate="0 points", high="5 points")
    number = decide(actor=mia, workspace=place, draft=draft, at=MARCH)
    known_in_july(tmp_path / "export", place)
    (found,) = review_due(actor=ANA, workspace=place, at=JULY)
    assert (found.outcome.reading.numerator, found.outcome.reading.denominator) == (1, 1)
    kept = find_decision(actor=mia, workspace=place, decision_id=number)
    assert kept is not None
    assert kept.snapshot.reading.denominator == 1


def test_an_author_who_names_several_people_sees_it_and_other_managers_do_not(
    place: Workspace,
) -> None:
    draft = drafted(population="rep IN ('Ana', 'Ben')")
    number = decide(actor=MIA, workspace=place, draft=draft, at=MARCH)
    other = _actor("moe", Role.MANAGER, "P1")
    assert find_decision(actor=MIA, workspace=place, decision_id=number) is not None
    assert find_decision(actor=other, workspace=place, decision_id=number) is None
    assert decision_list(actor=other, workspace=place).total == 0
    assert _found(place, "pilot", other) == []


def test_calibration_is_of_those_that_could_be_told(place: Workspace, tmp_path: Path) -> None:
    _decide(place)
    _decide(place, low="30 points", estimate="31 points", high="40 points", kind="price")
    known_in_july(tmp_path / "export", place)
    review_due(actor=ANA, workspace=place, at=JULY)
    found: Deciders = deciders(actor=ANA, workspace=place)
    assert found.all is not None
    assert (found.all.times, found.all.came) == (2, 1)
    assert list(found.by_kind) == ["pipeline", "price"]
    assert DRAFT.kind == "pipeline"
