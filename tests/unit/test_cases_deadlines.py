"""Before a case is due Wald reminds, afterwards it tells those above; each once."""

from datetime import timedelta

import pytest

from tests.working import OPENED, act_as, people
from wald.actions import case_deadlines, case_moves, cases
from wald.actions.case_deadlines import escalate_overdue, remind_due
from wald.actions.work.kinds.watch_deadlines import JOB
from wald.kernel.actor import everything
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.queries.sight import Place
from wald.records import models
from wald.records.stores import cases as store

WALD = everything("wald")
DAY = timedelta(days=1)


@pytest.fixture
def home(record_home: Workspace) -> Workspace:
    people(record_home)
    return record_home


@pytest.fixture
def hierarchy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Max reports to somebody without an account, who reports to Mia."""
    places = {"P1": Place("P9", "", ""), "P9": Place("P2", "", ""), "P2": Place("", "", "")}
    monkeypatch.setattr(case_deadlines, "places_on", lambda **_: places)


def _open(home: Workspace, **more: object) -> int:
    given: dict[str, object] = {"kind": "task", "title": "Call", "due_at": OPENED + 3 * DAY, **more}
    return cases.open_case(actor=act_as("ben"), workspace=home, at=OPENED, **given)  # type: ignore[arg-type]


def _remind(home: Workspace, days: float) -> int:
    return remind_due(actor=WALD, workspace=home, at=OPENED + days * DAY)


def _escalate(home: Workspace, days: float) -> int:
    return escalate_overdue(actor=WALD, workspace=home, at=OPENED + days * DAY)


def _told(home: Workspace, words: str) -> set[str]:
    rows = models.Notice.objects.using(home.database).filter(title__contains=words)
    return set(rows.values_list("name", flat=True))


def test_reminds_once_a_day_before(home: Workspace) -> None:
    _open(home, assignee="max")
    assert [_remind(home, days) for days in (1.9, 2.1, 2.2)] == [0, 1, 0]
    assert _told(home, "due soon") == {"max"}


def test_a_short_case_is_reminded_of_half_way(home: Workspace) -> None:
    _open(home, assignee="max", due_at=OPENED + DAY / 4)
    assert [_remind(home, days) for days in (0.1, 0.13)] == [0, 1]


def test_more_time_is_reminded_of_anew(home: Workspace) -> None:
    case_id = _open(home, assignee="max")
    assert _remind(home, 2.5) == 1
    case_moves.set_due(
        actor=act_as("max"), workspace=home, case_id=case_id,
        due_at=OPENED + 6 * DAY, at=OPENED + 2.6 * DAY,
    )  # fmt: skip
    assert [_remind(home, days) for days in (2.7, 5.5)] == [0, 1]


@pytest.mark.usefixtures("hierarchy")
def test_tells_the_nearest_manager_above_who_has_an_account(home: Workspace) -> None:
    case_id = _open(home, assignee="max")
    assert [_escalate(home, days) for days in (2.9, 3.1, 3.2)] == [0, 1, 0]
    assert _told(home, "is overdue") == {"mia", "max"}
    case = store.load(case_id, database=home.database)
    assert case is not None
    assert case.watchers == ("mia",)


@pytest.mark.usefixtures("hierarchy")
def test_without_a_manager_tells_sales_operations(home: Workspace) -> None:
    _open(home, assignee="fin")
    assert _escalate(home, 4) == 1
    assert _told(home, "is overdue") == {"ana", "ben", "fin"}


def test_a_closed_case_is_left_alone(home: Workspace) -> None:
    case_id = _open(home, assignee="max")
    case_moves.move_case(
        actor=act_as("max"), workspace=home, case_id=case_id, move="finish", at=OPENED
    )
    assert (_remind(home, 4), _escalate(home, 4)) == (0, 0)


def test_who_may_not_see_all_cases_watches_none(home: Workspace) -> None:
    with pytest.raises(NotAllowed):
        remind_due(actor=act_as("max"), workspace=home, at=OPENED)
    with pytest.raises(NotAllowed):
        escalate_overdue(actor=act_as("max"), workspace=home, at=OPENED)


def test_runs_every_few_minutes_under_the_name_watch_deadlines() -> None:
    assert (JOB.key, JOB.every_minutes) == ("watch_deadlines", 5)
