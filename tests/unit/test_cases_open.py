"""Opening a case: who has it, when it is due, once for the same finding, and what is refused."""

from datetime import UTC, datetime

import pytest

from tests.working import OPENED, act_as, at, people
from wald.actions.cases import open_case
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, NotAllowed
from wald.kernel.workspace import Workspace
from wald.records.stores import cases as store


@pytest.fixture
def home(record_home: Workspace) -> Workspace:
    people(record_home)
    return record_home


def _opened(home: Workspace, **more: object) -> int:
    given: dict[str, object] = {"kind": "task", "title": "Call Acme", **more}
    return open_case(actor=act_as("max"), workspace=home, at=OPENED, **given)  # type: ignore[arg-type]


def test_a_case_is_due_after_its_hours_of_business(home: Workspace) -> None:
    """Opened on a Friday at 16:00, 24 hours of 8 a day: 1 + 8 + 8 + 7, so Wednesday at 16:00."""
    case = store.load(_opened(home), database=home.database)
    assert case is not None
    assert case.due_at == datetime(2024, 5, 8, 16, tzinfo=UTC)
    assert case.queue == Role.SALES_OPERATIONS.value


def test_the_same_finding_opens_one_case(home: Workspace) -> None:
    first = _opened(home, kind="alert", fingerprint="stale:O1")
    assert _opened(home, kind="alert", fingerprint="stale:O1") == first
    assert _opened(home, kind="alert", fingerprint="stale:O2") != first


def test_what_is_asked_of_mia_is_hers_to_approve(home: Workspace) -> None:
    case = store.load(_opened(home, kind="approval", assignee="mia"), database=home.database)
    assert case is not None
    assert (case.assignee, case.approvers) == ("mia", ("mia",))


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"kind": "party"}, "kind"),
        ({"title": "  "}, "title"),
        ({"title": "x" * 400}, "title"),
        ({"title": "a\0b"}, "title"),
        ({"assignee": "nobody"}, "assignee"),
        ({"assignee": "rae"}, "assignee"),
        ({"queue": Role.READ_ONLY}, "queue"),
        ({"links": ["somewhere"]}, "link 1"),
        ({"links": ["insight:x"]}, "link 1"),
        ({"due_at": datetime(2024, 5, 8)}, "due"),  # noqa: DTZ001 - what is refused
        ({"body": {"approvers": ["mia"]}}, "approvers"),
        ({"kind": "approval", "body": {"approvers": ["max"]}}, "approvers"),
        ({"kind": "approval", "body": {"approvers": "mia"}}, "approvers"),
        ({"kind": "approval", "body": {"needs": "some"}}, "needs"),
        ({"body": {"when": OPENED}}, "body"),
        ({"fingerprint": "x" * 200}, "fingerprint"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    home: Workspace, given: dict[str, object], where: str
) -> None:
    with pytest.raises(BadInput) as refused:
        _opened(home, **given)
    assert where in [problem.where for problem in refused.value.problems]
    assert store.load(1, database=home.database) is None


def test_all_that_is_wrong_is_said_at_once(home: Workspace) -> None:
    with pytest.raises(BadInput) as refused:
        _opened(home, title="", links=["x"], assignee="nobody")
    assert len(refused.value.problems) == 3


def test_who_only_reads_opens_nothing(home: Workspace) -> None:
    with pytest.raises(NotAllowed):
        open_case(actor=act_as("rae"), workspace=home, kind="task", title="x", at=at(1))
