"""Each kind of case on its usual way, as the people who work with it go."""

import pytest

from tests.working import OPENED, act_as, at, people
from wald.actions import case_moves, cases
from wald.cases.fold import Case
from wald.kernel.problem import NotAllowed
from wald.kernel.workspace import Workspace
from wald.records.stores import cases as store


@pytest.fixture
def home(record_home: Workspace) -> Workspace:
    people(record_home)
    return record_home


def _case(home: Workspace, case_id: int) -> Case:
    case = store.load(case_id, database=home.database)
    assert case is not None
    return case


@pytest.mark.parametrize(
    ("kind", "opener", "who", "way", "ends"),
    [
        ("data_fix", "max", "ana", ("begin", "fix", "reopen", "leave"), "left"),
        ("deal_review", "max", "ana", ("hold", "rework", "reopen", "go_on"), "go_on"),
        ("alert", "ben", "ana", ("look", "dismiss", "reopen", "resolve"), "resolved"),
        ("dispute", "max", "ana", ("review", "uphold"), "upheld"),
        ("task", "max", "ana", ("finish", "reopen", "drop"), "dropped"),
        ("approval", "max", "ana", ("approve",), "approved"),
    ],
)
def test_goes_its_way_to_an_end(
    home: Workspace, kind: str, opener: str, who: str, way: tuple[str, ...], ends: str
) -> None:
    case_id = cases.open_case(
        actor=act_as(opener), workspace=home, kind=kind, title="Acme", at=OPENED
    )
    for minute, move in enumerate(way):
        case_moves.move_case(
            actor=act_as(who), workspace=home, case_id=case_id, move=move, reason="Because",
            outcome="So be it", version=minute + 1, at=at(minute),
        )  # fmt: skip
    assert (_case(home, case_id).state, _case(home, case_id).is_open) == (ends, False)


def test_who_asked_for_a_deal_review_does_not_let_the_deal_go_on(home: Workspace) -> None:
    case_id = cases.open_case(
        actor=act_as("ana"), workspace=home, kind="deal_review", title="Acme", at=OPENED
    )
    with pytest.raises(NotAllowed, match="somebody else"):
        case_moves.move_case(
            actor=act_as("ana"), workspace=home, case_id=case_id, move="go_on",
            outcome="Fine", at=at(1),
        )  # fmt: skip
