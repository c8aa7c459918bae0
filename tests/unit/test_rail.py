"""What the rail counts in one query is what the lists behind its entries hold."""

from datetime import timedelta

import pytest

from tests.working import OPENED, act_as, at, people
from wald.actions import case_moves, cases
from wald.actions.delegations import delegate
from wald.kernel.actor import Actor
from wald.kernel.policy import Role
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.queries.cases import CasesAsk, cases_page
from wald.queries.notices import notices
from wald.queries.rail import rail_counts
from wald.records import models
from wald.records.stores.rail import Counts

DAY = OPENED.date()


@pytest.fixture
def home(record_home: Workspace) -> Workspace:
    people(record_home)
    return record_home


def _open(home: Workspace, **more: object) -> int:
    given: dict[str, object] = {"kind": "task", "title": "Discount for Acme", **more}
    return cases.open_case(actor=act_as("ana"), workspace=home, at=OPENED, **given)  # type: ignore[arg-type]


def _busy(home: Workspace) -> None:
    """Cases that people have, that were closed, and about which several are asked at once."""
    for name in ("ana", "ben", "ben", "fin", "max"):
        _open(home, assignee=name)
    _open(home, kind="approval", body={"approvers": ["fin", "ben"], "needs": "all"})
    _open(home, kind="approval", body={"approvers": ["fin"]})
    _open(home, queue=Role.FINANCE)
    done = _open(home, assignee="ben")
    case_moves.move_case(actor=act_as("ben"), workspace=home, case_id=done, move="finish", at=at(5))
    away = {"starts_on": DAY, "ends_on": DAY + timedelta(days=2), "at": OPENED}
    delegate(actor=act_as("fin"), workspace=home, owner="fin", to="ben", **away)  # type: ignore[arg-type]


def _listed(home: Workspace, name: str, days: int) -> Counts:
    """Return the same from the lists, one after the other."""
    actor, ask = act_as(name), CasesAsk(whose="mine")
    moment = OPENED + timedelta(days=days)
    page = cases_page(actor=actor, workspace=home, ask=ask, at=moment, limit=100)
    assert len(page.lines) == page.total == page.counts["mine"]
    unread = notices(actor=actor, workspace=home, unread_only=True)
    return Counts(page.total, len(unread), is_invented=False)


@pytest.mark.parametrize("days", [0, 1, 2])
def test_counts_what_the_lists_hold(home: Workspace, days: int) -> None:
    _busy(home)
    on = DAY + timedelta(days=days)
    for name in ("ana", "ben", "fin", "max", "rae"):
        found = rail_counts(actor=act_as(name), workspace=home, on=on)
        assert found == _listed(home, name, days), name
    standing_in = rail_counts(actor=act_as("ben"), workspace=home, on=on).waiting
    assert standing_in == (3 if days == 2 else 5)


def test_nobody_is_stood_in_for_who_may_not_sign_in(home: Workspace) -> None:
    _busy(home)
    from django.contrib.auth.models import User

    User.objects.using(home.database).filter(username="fin").update(is_active=False)
    assert rail_counts(actor=act_as("ben"), workspace=home, on=DAY) == _listed(home, "ben", 0)


def test_says_that_what_counts_is_invented(home: Workspace) -> None:
    def is_invented(actor: Actor = act_as("ana")) -> bool:  # noqa: B008  # never changed
        return rail_counts(actor=actor, workspace=home, on=DAY).is_invented

    rows = models.Load.objects.using(home.database)
    row = rows.create(loaded_at=OPENED, loaded_by="ana", source="x", report={"is_invented": False})
    for state, report, expected in (
        ("published", {"is_invented": False}, False),
        ("published", {"is_invented": True}, True),
        ("rejected", {"is_invented": True}, False),
    ):
        rows.filter(pk=row.pk).update(state=state, report=report)
        assert is_invented() is expected
    rows.filter(pk=row.pk).update(state="published", undone_at=OPENED)
    assert not is_invented()


def test_counts_nothing_that_somebody_may_not_see(home: Workspace) -> None:
    _busy(home)
    only = Actor("ben", frozenset({"notices.keep"}), Role.SALES_OPERATIONS)
    assert rail_counts(actor=only, workspace=home, on=DAY).waiting == 0
    with pytest.raises(NotAllowed):
        rail_counts(actor=Actor("ben", frozenset()), workspace=home, on=DAY)
