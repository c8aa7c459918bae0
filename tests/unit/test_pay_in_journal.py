"""What an entry tells of somebody's pay is read by those only who may see that pay."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from pytest_django import DjangoDbBlocker

from tests.browsing import text_of, visitor
from tests.serving import served, signed, workspace
from tests.two_teams import PEOPLE, add_people, write_teams
from wald.actions.act import act
from wald.actions.erasure import erase_person
from wald.kernel.actor import Actor, everything
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import NotAllowed
from wald.queries import journal
from wald.queries.journal import Line
from wald.records.stores.users import create_user

ROOT = everything("root")
BEFORE, MOVED = datetime(2024, 2, 14, 23, tzinfo=UTC), datetime(2024, 2, 15, 1, tzinfo=UTC)
WORDS = "four quiet words here"
AMOUNT = "818181.81"
# The day that each statement is of, and whose pay it is: Max has moved from Bea to Mia.
STATEMENTS = {
    "statement:1": (BEFORE, "R1"),
    "statement:2": (MOVED, "R1"),
    "statement:3": (MOVED, "*"),
    "statement:4": (MOVED, "L1"),
    "statement:5": (MOVED, "nobody"),
}


@pytest.fixture(scope="module", autouse=True)
def service(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_teams(tmp_path_factory.mktemp("teams")), django_db_blocker):
        add_people()
        for about, (at, person_id) in STATEMENTS.items():
            _write(about, person_id, at)
        yield


def _write(about: str, pay_of: str | None, at: datetime, permission: str = "pay.read_all") -> None:
    with act(
        actor=ROOT, workspace=workspace(), at=at, permission=permission, action="test.pay",
        about=about, why=f"because of {AMOUNT}",
    ) as entry:  # fmt: skip
        entry.before, entry.after = {"paid": "1.00"}, {"paid": AMOUNT}
        if pay_of is not None:
            entry.pay_of = pay_of


def _actor(name: str) -> Actor:
    others = {"oli": (Role.SALES_OPERATIONS, "", ""), "rae": (Role.READ_ONLY, "", "")}
    role, person_id, unit = ({one[0]: one[1:] for one in PEOPLE} | others)[name]
    return Actor(name, GRANTS[role], role, person_id, unit)


def _in_journal(name: str) -> dict[str, Line]:
    found = journal.entries(actor=_actor(name), workspace=workspace(), action="test.pay")
    return {line.about: line for line in found if line.about in STATEMENTS}


def _of_pay(name: str) -> set[str]:
    found = journal.pay_entries(actor=_actor(name), workspace=workspace(), about="statement:")
    assert all(line.after == {"paid": AMOUNT} for line in found)
    return {line.about for line in found} & {*STATEMENTS}


@pytest.mark.parametrize("name", ["fay", "oli"])
def test_whoever_sees_everybodys_pay_reads_all_of_it(name: str) -> None:
    found = _in_journal(name)
    assert {line.after["paid"] for line in found.values()} == {AMOUNT}
    assert {line.why for line in found.values()} == {f"because of {AMOUNT}"}
    assert not any(line.is_withheld for line in found.values())
    assert {*found} == _of_pay(name) == {*STATEMENTS}


def test_an_administrator_reads_that_it_was_done_and_no_more() -> None:
    found = _in_journal("adam")
    assert {*found} == {*STATEMENTS}
    for line in found.values():
        assert (line.is_withheld, line.is_erased) == (True, False)
        assert (line.why, dict(line.before), dict(line.after), line.changes) == ("", {}, {}, ())
        assert (line.who, line.action) == ("root", "test.pay")


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("max", {"statement:1", "statement:2"}),
        ("bea", {"statement:1"}),
        ("mia", {"statement:2"}),
        ("lea", {"statement:1", "statement:2", "statement:4"}),
        ("moe", set()),
        ("ben", set()),
        ("una", set()),
    ],
)
def test_a_person_and_those_above_them_that_day_read_theirs(name: str, read: set[str]) -> None:
    assert _of_pay(name) == read
    with pytest.raises(NotAllowed):
        journal.entries(actor=_actor(name), workspace=workspace())


@pytest.mark.parametrize("name", ["adam", "lou", "rae"])
def test_whoever_sees_no_pay_may_not_ask_for_it(name: str) -> None:
    with pytest.raises(NotAllowed):
        journal.pay_entries(actor=_actor(name), workspace=workspace(), about="statement:1")


def test_an_action_of_pay_that_says_nothing_hides_its_details() -> None:
    _write("statement:forgotten", None, MOVED)
    _write("case:forgotten", None, MOVED, permission="cases.work")
    found = {
        line.about: line.is_withheld
        for line in journal.entries(actor=_actor("adam"), workspace=workspace())
    }
    assert (found["statement:forgotten"], found["case:forgotten"]) == (True, False)


def test_no_door_tells_an_administrator() -> None:
    seq = _in_journal("adam")["statement:2"].seq
    page, api = visitor("adam"), signed("adam")
    for address in ("/journal/?action=test.pay&about=statement:", f"/journal/{seq}/"):
        text = text_of(page.get(address))
        assert "pay that you may not see" in text
        assert AMOUNT not in text
    found = api.get(f"/api/v1/journal/{seq}").json()
    assert (found["is_withheld"], found["why"], found["before"], found["after"]) == (
        True, "", {}, {},
    )  # fmt: skip
    assert AMOUNT not in text_of(api.get("/api/v1/journal?about=statement:&limit=1000"))


def test_finance_reads_it_at_each_door() -> None:
    seq = _in_journal("fay")["statement:2"].seq
    assert AMOUNT in text_of(visitor("fay").get(f"/journal/{seq}/"))
    assert signed("fay").get(f"/api/v1/journal/{seq}").json()["after"] == {"paid": AMOUNT}


def test_an_export_tells_neither_amount_nor_whose_pay() -> None:
    (workspace().home / "heads.jsonl").unlink(missing_ok=True)  # of another journal in this home
    text = "".join(journal.exported(actor=_actor("adam"), workspace=workspace()))
    assert "statement:2" in text
    assert not [word for word in (AMOUNT, "pay_of", '"R1\\"') if word in text]
    assert journal.verified(actor=_actor("adam"), workspace=workspace()).is_sound


def test_erasing_a_person_erases_their_pay_too() -> None:
    create_user("pia", WORDS, Role.REP, database="default", person_id="P9")
    _write("statement:9", "P9", MOVED)
    (line,) = journal.entries(actor=ROOT, workspace=workspace(), about="statement:9")
    assert (line.concerns, line.after) == ("pia", {"paid": AMOUNT})
    erase_person(
        actor=ROOT, workspace=workspace(), name="pia", why="asked for", at=datetime.now(UTC)
    )
    (line,) = journal.entries(actor=ROOT, workspace=workspace(), about="statement:9")
    assert (line.is_erased, line.is_withheld, dict(line.after)) == (True, False, {})
