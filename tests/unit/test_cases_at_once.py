"""Several people on one case at once, in threads: nothing that one of them did is lost."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connections

from tests.working import OPENED, act_as, at, people
from wald.actions import case_moves, cases
from wald.cases.fold import Case, fold
from wald.kernel.problem import Refusal, Stale
from wald.kernel.workspace import Workspace
from wald.records.stores import cases as store

SIX = 6


@pytest.fixture
def home(record_home: Workspace) -> Workspace:
    people(record_home)
    return record_home


def _at_once(home: Workspace, *deeds: Callable[[], object]) -> list[Refusal | None]:
    """Do all of them at once; return for each what it was refused with."""
    start = Barrier(len(deeds))

    def do(deed: Callable[[], object]) -> Refusal | None:
        try:
            start.wait()
            deed()
        except Refusal as refusal:
            return refusal
        finally:
            connections[home.database].close()
        return None

    with ThreadPoolExecutor(len(deeds)) as threads:
        return list(threads.map(do, deeds))


def _opened(home: Workspace, **more: object) -> int:
    given: dict[str, object] = {"kind": "task", "title": "Call Acme", **more}
    return cases.open_case(actor=act_as("ben"), workspace=home, at=OPENED, **given)  # type: ignore[arg-type]


def _now(home: Workspace, case_id: int) -> Case:
    events = store.events(case_id, database=home.database)
    assert [event.number for event in events] == list(range(1, len(events) + 1))
    return fold(events)


def test_comments_and_links_are_all_kept(home: Workspace) -> None:
    case_id = _opened(home)

    def comment(number: int) -> None:
        cases.comment(
            actor=act_as("ana"), workspace=home, case_id=case_id, text=f"{number}", at=at(1)
        )

    def link(number: int) -> None:
        cases.link(
            actor=act_as("ben"), workspace=home, case_id=case_id,
            links=[f"insight:{number}"], at=at(1),
        )  # fmt: skip

    deeds = [lambda n=n: comment(n) for n in range(1, SIX)]
    deeds += [lambda n=n: link(n) for n in range(1, SIX)]
    assert _at_once(home, *deeds) == [None] * len(deeds)
    texts = {event.text("text") for event in store.events(case_id, database=home.database)}
    assert {str(n) for n in range(1, SIX)} <= texts
    assert set(_now(home, case_id).links) == {f"insight:{n}" for n in range(1, SIX)}


def test_of_two_who_take_a_case_one_has_it_and_the_other_knows(home: Workspace) -> None:
    case_id = _opened(home)

    def take(name: str) -> None:
        case_moves.take(actor=act_as(name), workspace=home, case_id=case_id, version=1, at=at(1))

    refused = _at_once(home, lambda: take("ana"), lambda: take("ben"))
    loser = next(one for one in refused if one is not None)
    assert refused.count(None) == 1
    assert isinstance(loser, Stale)
    assert f"{_now(home, case_id).assignee} took it" in loser.changed[0]


def test_of_two_moves_on_the_same_version_one_is_stale(home: Workspace) -> None:
    case_id = _opened(home, assignee="max")

    def move(name: str, key: str) -> None:
        case_moves.move_case(
            actor=act_as(name), workspace=home, case_id=case_id, move=key, version=1,
            reason="Not needed", at=at(1),
        )  # fmt: skip

    refused = _at_once(home, lambda: move("max", "finish"), lambda: move("ben", "drop"))
    assert [type(one) for one in refused if one is not None] == [Stale]
    assert _now(home, case_id).state in ("done", "dropped")


def test_a_move_and_a_comment_at_once_are_both_kept(home: Workspace) -> None:
    case_id = _opened(home, assignee="max")
    refused = _at_once(
        home,
        lambda: case_moves.move_case(
            actor=act_as("max"), workspace=home, case_id=case_id, move="finish", version=1,
            at=at(1),
        ),
        lambda: cases.comment(
            actor=act_as("ben"), workspace=home, case_id=case_id, text="Well?", at=at(1)
        ),
    )  # fmt: skip
    assert refused == [None, None]
    assert (_now(home, case_id).version, _now(home, case_id).state) == (3, "done")


def test_two_votes_at_once_both_count(home: Workspace) -> None:
    body = {"approvers": ["mia", "fin"], "needs": "all"}
    case_id = _opened(home, kind="approval", body=body)

    def approve(name: str) -> None:
        case_moves.move_case(
            actor=act_as(name), workspace=home, case_id=case_id, move="approve", version=1,
            at=at(1),
        )  # fmt: skip

    assert _at_once(home, lambda: approve("mia"), lambda: approve("fin")) == [None, None]
    assert _now(home, case_id).state == "approved"


def test_the_same_finding_at_once_opens_one_case(home: Workspace) -> None:
    found: list[int] = []

    def notice() -> None:
        found.append(_opened(home, kind="alert", fingerprint="stale:O1"))

    assert _at_once(home, *[notice] * SIX) == [None] * SIX
    assert len(found) == SIX
    assert len(set(found)) == 1


def test_the_row_says_what_the_events_say(home: Workspace) -> None:
    case_id = _opened(home, assignee="max")
    case_moves.assign(actor=act_as("max"), workspace=home, case_id=case_id, to="mia", at=at(1))
    from wald.records import models

    row = models.Case.objects.using(home.database).get(pk=case_id)
    case = _now(home, case_id)
    assert (row.assignee, row.version, row.state) == (case.assignee, case.version, case.state)
