"""Cases against colleagues who want more than is theirs: approvals, delegates, fingerprints."""

from datetime import timedelta

import pytest

from tests.working import OPENED, act_as, at, people
from wald.actions import case_moves, cases
from wald.actions.case_touch import NoSuchCase
from wald.actions.delegations import delegate, end_delegation
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.queries.cases import CasesAsk, cases_page, find_cases, one_case
from wald.records.stores import cases as store


@pytest.fixture
def home(record_home: Workspace) -> Workspace:
    people(record_home)
    return record_home


def _open(home: Workspace, kind: str = "task", by: str = "max", **more: object) -> int:
    given: dict[str, object] = {"kind": kind, "title": "Discount for Acme", **more}
    return cases.open_case(actor=act_as(by), workspace=home, at=OPENED, **given)  # type: ignore[arg-type]


def _days(days: int = 7) -> dict[str, object]:
    return {"starts_on": OPENED.date(), "ends_on": OPENED.date() + timedelta(days=days)}


def test_operations_do_not_bring_an_approval_of_finance_to_their_own_queue(
    home: Workspace,
) -> None:
    case_id = _open(home, "approval", queue=Role.FINANCE)
    with pytest.raises(NotAllowed, match="queue"):
        case_moves.give_back(
            actor=act_as("ana"),
            workspace=home,
            case_id=case_id,
            queue=Role.SALES_OPERATIONS,
            at=at(1),
        )
    case_moves.take(actor=act_as("fin"), workspace=home, case_id=case_id, at=at(2))
    case_moves.give_back(
        actor=act_as("fin"), workspace=home, case_id=case_id, queue=Role.ADMINISTRATOR, at=at(3)
    )
    case = store.load(case_id, database=home.database)
    assert case is not None
    assert case.queue == "administrator"


def test_nobody_makes_themselves_stand_in_for_somebody(home: Workspace) -> None:
    role = Role.ADMINISTRATOR
    adam = Actor("adam", GRANTS[role], role)
    with pytest.raises(NotAllowed, match="themselves"):
        delegate(actor=adam, workspace=home, owner="fin", to="adam", at=OPENED, **_days())  # type: ignore[arg-type]
    delegate(actor=adam, workspace=home, owner="fin", to="ana", at=OPENED, **_days())  # type: ignore[arg-type]


def _sees(home: Workspace, name: str, case_id: int) -> bool:
    found = one_case(actor=act_as(name), workspace=home, case_id=case_id, at=at(5))
    return found is not None


@pytest.mark.parametrize("deed", ["comment", "hand on"])
def test_who_stood_in_sees_nothing_afterwards(home: Workspace, deed: str) -> None:
    case_id = _open(home, by="ben", assignee="mia")
    number = delegate(actor=act_as("mia"), workspace=home, to="meg", at=OPENED, **_days())  # type: ignore[arg-type]
    meg = {"actor": act_as("meg"), "workspace": home, "case_id": case_id, "at": at(1)}
    with pytest.raises(NotAllowed, match="sees it for mia"):
        cases.watch(**meg, on=True)  # type: ignore[arg-type]
    if deed == "comment":
        cases.comment(**meg, text="Hm")  # type: ignore[arg-type]
    else:
        case_moves.assign(**meg, to="zoe")  # type: ignore[arg-type]
    assert _sees(home, "meg", case_id)
    end_delegation(actor=act_as("mia"), workspace=home, delegation_id=number, at=at(2))
    assert not _sees(home, "meg", case_id)
    assert _sees(home, "mia", case_id)
    with pytest.raises(NoSuchCase):
        cases.comment(actor=act_as("meg"), workspace=home, case_id=case_id, text="Hm", at=at(3))


def test_a_search_finds_what_the_list_of_all_holds(home: Workspace) -> None:
    """The two look for what somebody may see in different ways."""
    _open(home, assignee="meg")
    _open(home, by="ana", assignee="fin")
    _open(home, by="ana", person_id="P3")
    _open(home, "approval", by="ana", body={"approvers": ["zoe", "fin"]})
    _open(home, by="ana", queue=Role.FINANCE)
    _open(home, by="zoe")
    delegate(actor=act_as("fin"), workspace=home, owner="fin", to="ben", at=OPENED, **_days())  # type: ignore[arg-type]
    seen = {}
    for name in ("ana", "ben", "fin", "max", "meg", "mia", "zoe", "lea", "rae"):
        ask = CasesAsk(whose="all", status="any")
        page = cases_page(actor=act_as(name), workspace=home, ask=ask, at=OPENED, limit=100)
        found = find_cases(
            actor=act_as(name), workspace=home, text="discount", limit=100, on=OPENED.date()
        )
        seen[name] = {one.case_id for one in found}
        assert seen[name] == {one.case_id for one in page.lines}, name
    assert len({frozenset(numbers) for numbers in seen.values()}) > 3  # they differ
