"""Who sees which case, as SQL decides it, against the sentence that says who should."""

from collections.abc import Iterator
from random import Random

import pytest

from tests.working import OPENED, ROLES, act_as, people
from wald.cases.case import QUEUE_ROLES, kinds
from wald.cases.checks import Person, in_queue
from wald.cases.fold import Case, Event, EventKind
from wald.kernel.actor import Actor
from wald.kernel.policy import REACH, Reach
from wald.kernel.workspace import Workspace
from wald.queries.case_sight import person_of
from wald.records.stores import case_lists
from wald.records.stores import cases as store
from wald.records.stores.case_lists import CaseSight, Wanted
from wald.records.stores.transaction import together

NAMES = tuple(ROLES)
BELOW = {"mia": (("max",), ("P1",)), "zoe": (("meg",), ("P3",))}
STANDS_IN = {"max": ("mia",), "lea": ("ana",)}


@pytest.fixture
def home(record_home: Workspace) -> Workspace:
    people(record_home)
    return record_home


def _sight(actor: Actor) -> CaseSight:
    """Return what `queries.case_sight.sight` makes of the hierarchy and delegations above."""
    names, persons = BELOW.get(actor.name, ((), ()))
    role = actor.role
    assert role is not None
    has_queue = role in QUEUE_ROLES and not (REACH[role] is Reach.UNIT and not actor.unit)
    return CaseSight(
        actor.name,
        is_all=actor.may("cases.read_all"),
        owners=STANDS_IN.get(actor.name, ()),
        queue=role.value if has_queue else "",
        queue_unit=actor.unit if REACH[role] is Reach.UNIT else None,
        is_queue_below=REACH[role] is Reach.BELOW,
        names=frozenset(names),
        persons=frozenset(persons),
    )


def _made(home: Workspace, chance: Random) -> dict[int, Case]:
    with together(database=home.database):
        return dict(_cases(home, chance))


def _cases(home: Workspace, chance: Random) -> Iterator[tuple[int, Case]]:
    for _ in range(50):
        kind = chance.choice(list(kinds().values()))
        body = {
            "kind": kind.key, "title": "Acme", "state": kind.states[0],
            "assignee": chance.choice((*NAMES, "", "", "")),
            "queue": chance.choice(QUEUE_ROLES).value,
            "unit": chance.choice(("", "North", "South")),
            "person": chance.choice(("", "P1", "P2", "P3", "P4")),
            "approvers": chance.sample(NAMES, chance.choice((0, 0, 1, 2))),
            "links": chance.sample(("insight:7", "user:max", "load:1"), 1),
        }  # fmt: skip
        event = Event(1, EventKind.OPENED, OPENED, chance.choice(NAMES), "", body)
        number = store.create(event, fingerprint="", database=home.database)
        case = store.load(number, database=home.database)
        assert case is not None
        if chance.random() < 0.3:
            end = {"from": case.state, "to": sorted(kind.ends)[0], "ends": True}
            moved = Event(2, EventKind.MOVED, OPENED, "wald", "", end)
            case = store.append(number, case, moved, database=home.database)
        yield number, case


def _should_see(actor: Actor, who: Person, case: Case) -> bool:
    if actor.may("cases.read_all"):
        return True
    own = {actor.name, *who.stands_in_for}
    named = {case.opened_by, case.assignee, *case.approvers, *case.watchers}
    is_above = case.assignee in who.names or case.person_id in who.persons
    return bool(own & named) or is_above or in_queue(case, who)


def test_everybody_sees_what_they_should_and_nothing_else(home: Workspace) -> None:
    made = _made(home, Random(1))  # noqa: S311  # a seed
    for name in NAMES:
        actor = act_as(name)
        sight = _sight(actor)
        who = person_of(actor, sight)
        should = {n for n, case in made.items() if _should_see(actor, who, case)}
        for is_open in (True, False, None):
            wanted = Wanted(is_open=is_open)
            right = {n for n in should if is_open in (None, made[n].is_open)}
            found = case_lists.lines(sight, wanted, limit=500, database=home.database)
            assert {line.case_id for line in found} == right, name
            assert case_lists.count(sight, wanted, database=home.database) == len(right)
        seen = {n for n in made if case_lists.sees(sight, n, database=home.database)}
        assert seen == should, name


def test_each_side_of_the_inbox_holds_only_what_is_seen(home: Workspace) -> None:
    _made(home, Random(3))  # noqa: S311  # a seed
    for name in NAMES:
        sight = _sight(act_as(name))
        everything = case_lists.lines(
            sight, Wanted(is_open=None), limit=500, database=home.database
        )
        numbers = {line.case_id for line in everything}
        for whose in ("mine", "team", "waiting", "queue"):
            for is_open in (True, False, None):
                wanted = Wanted(whose=whose, is_open=is_open)
                found = case_lists.lines(sight, wanted, limit=500, database=home.database)
                assert {line.case_id for line in found} <= numbers, (name, whose)


def test_many_below_are_seen_like_few(home: Workspace) -> None:
    made = _made(home, Random(4))  # noqa: S311  # a seed
    few = _sight(act_as("mia"))
    many = CaseSight(
        few.name, owners=few.owners, queue=few.queue, is_queue_below=True,
        names=few.names | {f"nobody{n}" for n in range(40)}, persons=few.persons,
    )  # fmt: skip
    for is_open in (True, False, None):
        lists = [
            case_lists.lines(one, Wanted(is_open=is_open), limit=500, database=home.database)
            for one in (few, many)
        ]
        assert lists[0] == lists[1]
    assert made
