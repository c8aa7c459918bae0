"""Whose rows and whose pay each role sees, by the hierarchy of the day asked about."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.serving import served, workspace
from tests.two_teams import ALPHA, BETA, MAX, ORPHAN, PEOPLE, add_people, write_teams
from wald.kernel.actor import Actor, everything
from wald.kernel.policy import GRANTS, WHOLE, Role
from wald.kernel.problem import NotAllowed
from wald.queries.deals import DealsAsk, deals_page
from wald.queries.measure import Ask, measure, rows_behind
from wald.queries.sight import Place, above, below, may_see_pay, names_below, persons_seen
from wald.queries.tables import table_as_of

BEFORE, MOVED, AFTER = date(2024, 2, 14), date(2024, 2, 15), date(2024, 3, 5)


def _actor(name: str) -> Actor:
    given = {person[0]: person[1:] for person in PEOPLE}
    role, person_id, unit = given[name]
    return Actor(name, GRANTS[role], role, person_id, unit)


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_teams(tmp_path_factory.mktemp("teams")), django_db_blocker):
        add_people()
        yield


def _seen(name: str, on: date) -> set[str] | None:
    found = persons_seen(actor=_actor(name), workspace=workspace(), on=on)
    return None if found is None else set(found)


def _deals(name: str, on: date) -> set[str]:
    asked = DealsAsk(as_of=on, columns=("name",))
    page = deals_page(actor=_actor(name), workspace=workspace(), ask=asked, limit=100)
    assert page is not None
    assert page.total == page.rows.num_rows
    return {name.split()[0] for name in page.rows.column("name").to_pylist()}


@pytest.mark.parametrize("on", [BEFORE, MOVED, AFTER])
def test_a_manager_sees_the_team_that_was_theirs_then(on: date) -> None:
    has_max, had_max = ({"R1"}, set()) if on >= MOVED else (set(), {"R1"})
    assert _seen("mia", on) == {"M1", "R2"} | has_max
    assert _seen("bea", on) == {"M2", "R3"} | had_max


def test_who_asks_of_an_earlier_day_sees_the_rows_of_that_days_team() -> None:
    assert _deals("mia", AFTER) == {ALPHA, MAX}
    assert _deals("mia", BEFORE) == {ALPHA}
    assert _deals("bea", AFTER) == {BETA}
    assert _deals("bea", BEFORE) == {BETA, MAX}


def test_everybody_below_is_seen_at_any_depth() -> None:
    assert _seen("lea", AFTER) == {"L1", "M1", "M2", "R1", "R2", "R3"}
    assert _deals("lea", AFTER) == {ALPHA, BETA, MAX}


def test_local_operations_see_the_people_of_their_unit() -> None:
    assert _seen("lou", BEFORE) == {"M1", "R2"}
    assert _seen("lou", AFTER) == {"M1", "R1", "R2"}


def test_a_unit_opens_rows_to_a_leader_and_no_pay() -> None:
    everybody = {"L1", "M1", "M2", "R1", "R2", "R3"}
    unit = _actor("lou").unit
    mia = replace(_actor("bea"), unit=unit)
    assert _reached(mia, AFTER) == {"M2", "R3"} | {"M1", "R1", "R2"}
    nobody = replace(_actor("lea"), person_id="", unit=WHOLE)
    assert _reached(nobody, AFTER) == everybody
    assert _reached(replace(nobody, unit=""), AFTER) == set()
    for role in (Role.REP, Role.LOCAL_OPERATIONS):  # to whom the word is a name like any other
        assert _reached(replace(nobody, role=role, permissions=GRANTS[role]), AFTER) == set()
    for person_id in everybody:
        assert not may_see_pay(actor=nobody, workspace=workspace(), person_id=person_id, on=AFTER)


def _reached(actor: Actor, on: date) -> set[str]:
    return set(persons_seen(actor=actor, workspace=workspace(), on=on) or ())


def test_a_rep_sees_their_own_and_one_who_is_nobody_sees_nothing() -> None:
    assert _seen("max", AFTER) == {"R1"}
    assert _deals("max", AFTER) == {MAX}
    assert _seen("una", AFTER) == set()
    assert _deals("una", AFTER) == set()


def test_a_manager_without_a_person_and_operations_without_a_unit_see_nothing() -> None:
    for role in (Role.MANAGER, Role.LOCAL_OPERATIONS, Role.REP, Role.SALES_LEADER):
        actor = Actor("x", GRANTS[role], role)
        assert persons_seen(actor=actor, workspace=workspace(), on=AFTER) == frozenset()


@pytest.mark.parametrize("name", ["adam", "fay"])
def test_those_who_reach_everybody_see_also_what_is_nobodys(name: str) -> None:
    assert _seen(name, AFTER) is None
    assert _deals(name, AFTER) == {ALPHA, BETA, MAX, ORPHAN}


def test_the_rows_behind_a_managers_number_are_their_teams_and_add_up() -> None:
    ask = Ask("bookings", as_of=AFTER)
    for name, booked in (("mia", "4111.11"), ("bea", "7222.22"), ("lea", "11333.33")):
        found = rows_behind(actor=_actor(name), workspace=workspace(), ask=ask)
        assert str(found.answer.value) == booked
        assert str(sum(found.rows.column("numerator").to_pylist())) == f"{booked}00"


def test_answers_of_one_are_not_kept_for_another() -> None:
    ask = Ask("bookings", as_of=AFTER)
    values = [
        measure(actor=_actor(name), workspace=workspace(), ask=ask).value
        for name in ("fay", "mia", "bea", "una", "fay", "mia")
    ]
    assert [str(value) for value in values] == [
        *("11333.33", "4111.11", "7222.22", "0.00"),
        *("11333.33", "4111.11"),
    ]


def test_a_whole_table_has_the_rows_that_are_seen() -> None:
    for table in ("contact", "account", "payment", "booking_line", "opportunity_change", "lead"):
        rows = table_as_of(actor=_actor("moe"), workspace=workspace(), name=table)
        assert ALPHA in str(rows.to_pylist())
        assert BETA not in str(rows.to_pylist())
    people = table_as_of(actor=_actor("moe"), workspace=workspace(), name="person")
    assert people.column("person_id").to_pylist() == ["R2"]


def test_rings_in_the_hierarchy_end() -> None:
    ring = {
        "a": Place("b", "", ""),
        "b": Place("c", "", ""),
        "c": Place("a", "", ""),
        "d": Place("d", "", ""),
        "e": Place("gone", "", ""),
    }
    assert below("a", ring) == {"a", "b", "c"}
    assert above("a", ring) == {"b", "c"}
    assert below("d", ring) == {"d"}
    assert above("d", ring) == frozenset()
    assert above("e", ring) == {"gone"}
    assert above("nobody", ring) == frozenset()


def test_a_long_line_of_managers_is_walked() -> None:
    line = {str(number): Place(str(number - 1), "", "") for number in range(1, 20_000)}
    assert len(below("0", line)) == 20_000
    assert len(above("19999", line)) == 19_999


@pytest.mark.parametrize(
    ("name", "of_max_before", "of_max_after", "of_moe", "of_mia"),
    [
        ("max", True, True, False, False),
        ("moe", False, False, True, False),
        ("mia", False, True, True, True),
        ("bea", True, False, False, False),
        ("lea", True, True, True, True),
        ("fay", True, True, True, True),
        ("adam", False, False, False, False),
        ("lou", False, False, False, False),
        ("una", False, False, False, False),
    ],
)
def test_pay_is_seen_by_the_person_those_above_and_who_pays(
    name: str, of_max_before: bool, of_max_after: bool, of_moe: bool, of_mia: bool
) -> None:
    def may(person_id: str, on: date) -> bool:
        return may_see_pay(actor=_actor(name), workspace=workspace(), person_id=person_id, on=on)

    assert may("R1", BEFORE) == of_max_before
    assert may("R1", AFTER) == of_max_after
    assert may("R2", AFTER) == of_moe
    assert may("M1", AFTER) == of_mia
    assert may("", AFTER) == (name == "fay")


def test_pay_needs_the_right_whatever_the_hierarchy() -> None:
    reads_all = Actor("rae", GRANTS[Role.READ_ONLY], Role.READ_ONLY, person_id="M1")
    ana = Actor("ana", GRANTS[Role.SALES_OPERATIONS], Role.SALES_OPERATIONS)
    nobody = Actor("nobody", frozenset(), Role.MANAGER, person_id="M1")

    def may(actor: Actor) -> bool:
        return may_see_pay(actor=actor, workspace=workspace(), person_id="R2", on=AFTER)

    assert (may(reads_all), may(ana), may(nobody), may(everything("x"))) == (
        *(False, True),
        *(False, True),
    )


def test_cases_are_seen_of_users_below() -> None:
    def names(name: str) -> set[str] | None:
        found = names_below(actor=_actor(name), workspace=workspace(), on=AFTER)
        return None if found is None else set(found)

    assert names("mia") == {"mia", "max", "moe"}
    assert names("max") == {"max"}
    assert names("una") == {"una"}
    assert names("lea") == {"lea", "mia", "bea", "max", "moe", "ben"}
    assert names("fay") is None
    reads = Actor("rae", GRANTS[Role.READ_ONLY], Role.READ_ONLY)
    assert names_below(actor=reads, workspace=workspace(), on=AFTER) == {"rae"}


def test_asks_the_policy_first() -> None:
    nobody = Actor("nobody", frozenset())
    with pytest.raises(NotAllowed, match=r"facts\.read"):
        persons_seen(actor=nobody, workspace=workspace(), on=AFTER)
    with pytest.raises(NotAllowed, match=r"cases\.read"):
        names_below(actor=nobody, workspace=workspace(), on=AFTER)


def test_the_hierarchy_is_the_one_known_then(tmp_path: Path) -> None:
    long_ago = datetime(2001, 1, 1, tzinfo=UTC)
    found = persons_seen(actor=_actor("mia"), workspace=workspace(), on=AFTER, known=long_ago)
    assert found == {"M1"}
