"""Cases on the move: who may do what, four eyes, delegates, and what is refused as stale."""

from datetime import date, timedelta

import pytest

from tests.working import OPENED, act_as, at, people
from wald.actions import case_moves, cases
from wald.actions.case_touch import NoSuchCase
from wald.actions.delegations import delegate, end_delegation
from wald.cases.fold import Case
from wald.kernel.actor import everything
from wald.kernel.policy import Role
from wald.kernel.problem import BadInput, NotAllowed, Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.records.stores import cases as store


@pytest.fixture
def home(record_home: Workspace) -> Workspace:
    people(record_home)
    return record_home


def _open(home: Workspace, kind: str = "task", by: str = "ben", **more: object) -> int:
    given: dict[str, object] = {"kind": kind, "title": "Discount for Acme", **more}
    return cases.open_case(actor=act_as(by), workspace=home, at=OPENED, **given)  # type: ignore[arg-type]


def _now(home: Workspace, case_id: int) -> Case:
    case = store.load(case_id, database=home.database)
    assert case is not None
    return case


def _move(
    home: Workspace, name: str, case_id: int, move: str, version: int | None = 1, **more: str
) -> int:
    return case_moves.move_case(
        actor=act_as(name),
        workspace=home,
        case_id=case_id,
        move=move,
        version=version,
        at=at(60),
        **more,
    )


def _stand_in(home: Workspace, owner: str, to: str) -> int:
    today = OPENED.date()
    return delegate(
        actor=act_as(owner),
        workspace=home,
        to=to,
        starts_on=today,
        ends_on=today + timedelta(days=7),
        at=OPENED,
    )


def test_a_task_is_done_by_who_has_it(home: Workspace) -> None:
    case_id = _open(home, assignee="max")
    _move(home, "max", case_id, "finish")
    case = _now(home, case_id)
    assert (case.state, case.is_open, case.closed_at) == ("done", False, at(60))


def test_a_move_needs_its_reason_and_its_outcome(home: Workspace) -> None:
    case_id = _open(home, "dispute", by="max")
    with pytest.raises(BadInput) as refused:
        _move(home, "ana", case_id, "uphold", reason=" ")
    assert [problem.where for problem in refused.value.problems] == ["reason", "outcome"]
    _move(home, "ana", case_id, "uphold", reason="The credit was Max's", outcome="120 EUR more")
    assert _now(home, case_id).outcome == "120 EUR more"


def test_nobody_upholds_their_own_dispute(home: Workspace) -> None:
    case_id = _open(home, "dispute", by="ana")
    with pytest.raises(NotAllowed, match="somebody else"):
        _move(home, "ana", case_id, "uphold", reason="x", outcome="y")


def test_a_move_that_does_not_start_here_is_refused(home: Workspace) -> None:
    case_id = _open(home, assignee="max")
    _move(home, "max", case_id, "finish")
    with pytest.raises(BadInput, match="cannot be moved") as refused:
        _move(home, "max", case_id, "finish", None)
    assert "reopen" in refused.value.problems[0].fix
    with pytest.raises(BadInput):
        _move(home, "max", case_id, "dance", None)


def test_a_closed_case_changes_no_more_but_may_be_commented_and_opened_again(
    home: Workspace,
) -> None:
    case_id = _open(home, assignee="max")
    _move(home, "max", case_id, "finish")
    with pytest.raises(BadInput, match="cannot be changed"):
        case_moves.assign(actor=act_as("ben"), workspace=home, case_id=case_id, to="mia", at=at(2))
    cases.comment(actor=act_as("ben"), workspace=home, case_id=case_id, text="Thanks", at=at(3))
    _move(home, "ben", case_id, "reopen", None, reason="Not quite")
    case = _now(home, case_id)
    assert (case.state, case.is_open, case.closed_at) == ("open", True, None)
    assert case.due_at is not None
    assert case.due_at > at(60)


def test_somebody_elses_case_is_not_there(home: Workspace) -> None:
    case_id = _open(home)
    for name in ("max", "mia", "lea"):
        with pytest.raises(NoSuchCase):
            cases.comment(actor=act_as(name), workspace=home, case_id=case_id, text="Hm", at=at(1))


def test_an_approval_needs_somebody_else(home: Workspace) -> None:
    case_id = _open(home, "approval")
    with pytest.raises(NotAllowed, match="wrote what is asked for"):
        _move(home, "ben", case_id, "approve")
    _move(home, "ana", case_id, "approve")
    assert _now(home, case_id).state == "approved"


def test_a_vote_says_which_version_it_saw(home: Workspace) -> None:
    case_id = _open(home, "approval")
    with pytest.raises(BadInput) as refused:
        _move(home, "ana", case_id, "approve", None)
    assert "give version 1" in refused.value.problems[0].fix


def test_all_who_were_asked_must_agree(home: Workspace) -> None:
    case_id = _open(home, "approval", body={"approvers": ["mia", "fin"], "needs": "all"})
    _move(home, "mia", case_id, "approve")
    assert _now(home, case_id).state == "waiting"
    with pytest.raises(NotAllowed, match="agreed already"):
        _move(home, "mia", case_id, "approve", 2)
    _move(home, "fin", case_id, "approve")  # Mia's vote changed nothing that Fin decides
    assert _now(home, case_id).state == "approved"


def test_one_of_those_who_were_asked_is_enough(home: Workspace) -> None:
    case_id = _open(home, "approval", body={"approvers": ["mia", "fin"], "needs": "any"})
    _move(home, "fin", case_id, "approve")
    assert _now(home, case_id).state == "approved"
    with pytest.raises(BadInput):
        _move(home, "mia", case_id, "reject", None, reason="Late")


def test_a_change_makes_approvals_void_and_its_writer_an_author(home: Workspace) -> None:
    case_id = _open(home, "approval", body={"approvers": ["mia", "fin"], "needs": "all"})
    _move(home, "mia", case_id, "approve")
    cases.change_case(
        actor=act_as("ana"), workspace=home, case_id=case_id, text="20 % now", at=at(61)
    )
    case = _now(home, case_id)
    assert (case.votes, case.authors) == ((), ("ben", "ana"))
    with pytest.raises(Stale) as stale:
        _move(home, "fin", case_id, "approve", 2)
    assert "ana changed what is asked for" in stale.value.changed[0]


def test_who_is_asked_does_not_write_what_they_approve(home: Workspace) -> None:
    case_id = _open(home, "approval", body={"approvers": ["ana"]})
    with pytest.raises(NotAllowed, match="say in a comment"):
        cases.change_case(
            actor=act_as("ana"), workspace=home, case_id=case_id, text="22 %", at=at(1)
        )


def test_a_delegate_approves_for_who_was_asked_and_the_event_says_so(home: Workspace) -> None:
    case_id = _open(home, "approval", assignee="mia")
    _stand_in(home, "mia", "max")
    _move(home, "max", case_id, "approve")
    last = store.events(case_id, database=home.database)[-1]
    assert (last.who, last.text("vote")) == ("max for mia", "mia")


def test_who_asked_does_not_approve_as_a_delegate(home: Workspace) -> None:
    case_id = _open(home, "approval", by="max", assignee="mia")
    _stand_in(home, "mia", "max")
    with pytest.raises(NotAllowed, match="wrote what is asked for"):
        _move(home, "max", case_id, "approve")


def test_the_delegate_of_who_asked_does_not_approve_for_them(home: Workspace) -> None:
    case_id = _open(home, "approval", by="ben", assignee="mia")
    _stand_in(home, "ben", "max")
    with pytest.raises(NotAllowed, match="stands in for who wrote this"):
        _move(home, "max", case_id, "approve")


def test_one_person_does_not_count_twice(home: Workspace) -> None:
    body = {"approvers": ["mia", "fin"], "needs": "all"}
    case_id = _open(home, "approval", body=body)
    _stand_in(home, "mia", "fin")
    _move(home, "fin", case_id, "approve")
    with pytest.raises(NotAllowed, match="agreed already"):
        _move(home, "fin", case_id, "approve", 2)
    assert _now(home, case_id).state == "waiting"


def test_a_delegation_ends(home: Workspace) -> None:
    case_id = _open(home, "approval", assignee="mia")
    number = _stand_in(home, "mia", "max")
    end_delegation(actor=act_as("max"), workspace=home, delegation_id=number, at=at(1))
    with pytest.raises(NoSuchCase):
        _move(home, "max", case_id, "approve")


def test_delegations_do_not_go_on_to_a_third(home: Workspace) -> None:
    case_id = _open(home, "approval", assignee="mia")
    _stand_in(home, "mia", "max")
    _stand_in(home, "max", "meg")
    with pytest.raises(NoSuchCase):
        _move(home, "meg", case_id, "approve")


def test_who_asked_does_not_choose_who_agrees(home: Workspace) -> None:
    case_id = _open(home, "approval", assignee="mia")
    for name, to in (("ben", "zoe"), ("mia", "ben")):
        with pytest.raises(NotAllowed, match="wrote what is asked for"):
            case_moves.assign(actor=act_as(name), workspace=home, case_id=case_id, to=to, at=at(1))


def test_who_was_asked_hands_an_approval_on(home: Workspace) -> None:
    case_id = _open(home, "approval", assignee="mia")
    case_moves.assign(actor=act_as("mia"), workspace=home, case_id=case_id, to="zoe", at=at(1))
    assert _now(home, case_id).approvers == ("zoe",)
    with pytest.raises(NotAllowed, match="Approve is for zoe"):
        _move(home, "mia", case_id, "approve", 2)


def test_handing_on_never_loses_an_approver(home: Workspace) -> None:
    case_id = _open(home, "approval", body={"approvers": ["mia", "fin"], "needs": "all"})
    with pytest.raises(Refusal, match="asked already"):
        case_moves.assign(actor=act_as("mia"), workspace=home, case_id=case_id, to="fin", at=at(1))


def test_operations_do_not_hand_an_approval_to_themselves(home: Workspace) -> None:
    case_id = _open(home, "approval", assignee="mia")
    with pytest.raises(NotAllowed, match="only who was asked"):
        case_moves.assign(actor=act_as("ana"), workspace=home, case_id=case_id, to="ana", at=at(1))


def test_a_case_of_the_queue_is_taken_once(home: Workspace) -> None:
    case_id = _open(home, by="max")
    case_moves.take(actor=act_as("ana"), workspace=home, case_id=case_id, at=at(1), version=1)
    with pytest.raises(Stale) as stale:
        case_moves.take(actor=act_as("ben"), workspace=home, case_id=case_id, at=at(2), version=1)
    assert stale.value.changed == ("ana took it on 03 May 2024 at 16:01 UTC.",)
    with pytest.raises(Stale, match="ana has case"):
        case_moves.take(actor=act_as("ben"), workspace=home, case_id=case_id, at=at(2))


def test_a_case_is_given_back_to_its_queue_or_another(home: Workspace) -> None:
    case_id = _open(home, by="max", assignee="ana")
    case_moves.give_back(
        actor=act_as("ana"), workspace=home, case_id=case_id, queue=Role.FINANCE, at=at(1)
    )
    case = _now(home, case_id)
    assert (case.assignee, case.queue) == ("", "finance")
    case_moves.take(actor=act_as("fin"), workspace=home, case_id=case_id, at=at(2))
    assert _now(home, case_id).assignee == "fin"


def test_comments_and_links_never_make_a_move_stale(home: Workspace) -> None:
    case_id = _open(home, assignee="max")
    cases.comment(actor=act_as("ben"), workspace=home, case_id=case_id, text="Hm", at=at(1))
    cases.link(
        actor=act_as("ben"), workspace=home, case_id=case_id, links=["opportunity:O1"], at=at(2)
    )
    _move(home, "max", case_id, "finish", 1)
    assert _now(home, case_id).links == ("opportunity:O1",)


def test_a_version_to_come_is_refused(home: Workspace) -> None:
    case_id = _open(home, assignee="max")
    with pytest.raises(BadInput, match="is at version 1"):
        _move(home, "max", case_id, "finish", 9)


def test_a_due_time_lies_ahead(home: Workspace) -> None:
    case_id = _open(home, assignee="max")
    with pytest.raises(BadInput, match="cannot be due then"):
        case_moves.set_due(
            actor=act_as("max"), workspace=home, case_id=case_id, due_at=at(-5), at=at(1)
        )
    case_moves.set_due(actor=act_as("max"), workspace=home, case_id=case_id, due_at=at(5), at=at(1))
    assert _now(home, case_id).due_at == at(5)


def test_a_due_time_is_taken_back_by_who_gave_it(home: Workspace) -> None:
    case_id = _open(home, assignee="max")
    was = _now(home, case_id).due_at

    def put_back(name: str) -> None:
        case_moves.put_back_due(actor=act_as(name), workspace=home, case_id=case_id, at=at(3))

    with pytest.raises(Refusal, match="you did not give it"):
        put_back("max")
    for due in (at(5), at(6)):
        case_moves.set_due(
            actor=act_as("max"), workspace=home, case_id=case_id, due_at=due, at=at(1)
        )
    with pytest.raises(Refusal, match="you did not give it"):
        put_back("ana")
    put_back("max")
    assert _now(home, case_id).due_at == at(5)
    put_back("max")  # the undoing is undone
    assert _now(home, case_id).due_at == at(6)
    assert was not in (at(5), at(6))


def test_watchers_come_and_go(home: Workspace) -> None:
    case_id = _open(home)
    for on, watchers in ((True, ("ana",)), (True, ("ana",)), (False, ())):
        cases.watch(actor=act_as("ana"), workspace=home, case_id=case_id, on=on, at=at(1))
        assert _now(home, case_id).watchers == watchers


@pytest.mark.parametrize(
    ("given", "where"),
    [
        ({"to": "nobody"}, "to"),
        ({"to": "rae"}, "to"),
        ({"to": "mia"}, "to"),
        ({"ends_on": date(2024, 5, 3)}, "ends_on"),
        ({"starts_on": date(2023, 5, 3), "ends_on": date(2023, 5, 4)}, "ends_on"),
        ({"ends_on": date(2034, 5, 3)}, "ends_on"),
        ({"why": "x" * 600}, "why"),
    ],
)
def test_a_delegation_that_cannot_be_is_refused(
    home: Workspace, given: dict[str, object], where: str
) -> None:
    usual: dict[str, object] = {
        "to": "max", "starts_on": date(2024, 5, 3), "ends_on": date(2024, 5, 10), "why": ""
    }  # fmt: skip
    with pytest.raises(BadInput) as refused:
        delegate(actor=act_as("mia"), workspace=home, at=OPENED, **{**usual, **given})  # type: ignore[arg-type]
    assert where in [problem.where for problem in refused.value.problems]


def test_a_delegation_is_given_once_and_by_its_owner(home: Workspace) -> None:
    _stand_in(home, "mia", "max")
    with pytest.raises(Refusal, match="stands in for mia already"):
        _stand_in(home, "mia", "max")
    with pytest.raises(NotAllowed):
        delegate(
            actor=act_as("max"),
            workspace=home,
            owner="zoe",
            to="max",
            starts_on=OPENED.date(),
            ends_on=OPENED.date() + timedelta(days=1),
            at=OPENED,
        )


def test_who_sits_at_the_machine_approves_nothing_they_asked_for(home: Workspace) -> None:
    root = everything("root")
    case_id = cases.open_case(
        actor=root, workspace=home, kind="approval", title="Discount", at=OPENED
    )
    with pytest.raises(NotAllowed):
        case_moves.move_case(
            actor=root, workspace=home, case_id=case_id, move="approve", version=1, at=at(1)
        )
