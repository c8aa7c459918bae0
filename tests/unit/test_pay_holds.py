"""What is held back, and what is entered by hand: when it counts, who decides, what it says."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.paying_runs import (
    ANA,
    BOOKING,
    FIN,
    Payroll,
    causes,
    line,
    page_of,
    paid,
    payroll,
)
from wald.actions import pay_entries
from wald.heart.compensation.result import Cause
from wald.kernel.actor import Actor
from wald.kernel.policy import GRANTS, Role
from wald.kernel.problem import BadInput, Conflict, NotAllowed, Stale
from wald.kernel.workspace import Workspace
from wald.queries import journal

HEAD = BOOKING.partition("\n")[0]
LATE = f"{HEAD}\nB7,A1,R1,new_business,1000,EUR,2026-02-17\n"


@pytest.fixture
def sqlite_desk(tmp_path: Path, sqlite_home: Workspace) -> Payroll:
    return payroll(tmp_path, sqlite_home)


def test_a_held_deal_is_paid_in_the_run_after_the_hold(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    new = pay_entries.NewHold("deal", "B2", desk.at.date(), None, "disputed")
    number = pay_entries.hold(actor=ANA, workspace=desk.workspace, new=new, at=desk.tick())
    run = desk.run("2026-Q1")
    assert paid(desk, run) == {"R1": 4000, "R2": 1500, "M1": 550}
    desk.release(run)
    desk.until(2026, 4, 10)
    pay_entries.lift(
        actor=FIN, workspace=desk.workspace, hold_id=number, why="settled", at=desk.tick()
    )
    run = desk.run("2026-04")
    assert causes(desk, run) == {
        ("R1", "2026-02", Cause.MANUAL, Decimal(2000)),
        ("M1", "2026-02", Cause.MANUAL, Decimal(200)),
    }
    assert page_of(desk, run).deltas[0].delta.why == (
        "the hold on deal B2 was lifted on 10 April 2026"
    )


def test_a_held_payee_is_paid_nothing_until_the_hold_ends(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    until = desk.at.date().replace(month=4, day=20)
    new = pay_entries.NewHold("payee", "R1", desk.at.date(), until, "left")
    pay_entries.hold(actor=ANA, workspace=desk.workspace, new=new, at=desk.tick())
    run = desk.run("2026-Q1")
    held = line(desk, run, "R1")
    assert (held.pay, held.carried, held.paid, held.is_withheld) == (6000, -6000, 0, True)
    desk.release(run)
    then = line(desk, desk.run("2026-04"), "R1")
    assert (then.pay, then.carried, then.paid) == (0, 6000, 6000)


def test_a_hold_placed_after_the_draft_stops_its_release(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    run = desk.run("2026-Q1")
    new = pay_entries.NewHold("payee", "R1", desk.at.date(), None, "left")
    pay_entries.hold(actor=ANA, workspace=desk.workspace, new=new, at=desk.tick())
    with pytest.raises(Conflict, match="was placed after this draft was computed"):
        desk.release(run)


def test_an_adjustment_counts_once_somebody_else_approved_it(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    new = pay_entries.NewAdjustment("R2", "-120.50", "EUR", "paid twice", desk.at.date())
    number = pay_entries.adjust(actor=ANA, workspace=desk.workspace, new=new, at=desk.tick())
    key = {"workspace": desk.workspace, "adjustment_id": number, "is_approved": True}
    assert line(desk, desk.run("2026-Q1"), "R2").adjustments == 0
    with pytest.raises(NotAllowed, match="ana made adjustment 1"):
        pay_entries.decide(actor=ANA, at=desk.tick(), **key)
    moe = Actor("moe", GRANTS[Role.FINANCE], Role.FINANCE, "R2")
    with pytest.raises(NotAllowed, match="their own pay"):
        pay_entries.decide(actor=moe, at=desk.tick(), **key)
    pay_entries.decide(actor=FIN, at=desk.tick(), **key)
    with pytest.raises(Stale, match="decided before"):
        pay_entries.decide(actor=FIN, at=desk.tick(), **key)
    run = desk.run("2026-Q1")
    assert line(desk, run, "R2").paid == Decimal("1379.50")
    desk.release(run)
    assert line(desk, desk.run("2026-04"), "R2").paid == 0


def test_an_approved_adjustment_can_be_retracted_until_it_is_paid(sqlite_desk: Payroll) -> None:
    desk = sqlite_desk
    day, key = desk.at.date(), {"workspace": desk.workspace}

    def promised(amount: str) -> int:
        new = pay_entries.NewAdjustment("R2", amount, "EUR", "a promise", day)
        return pay_entries.adjust(actor=ANA, new=new, at=desk.tick(), **key)

    def approve(number: int) -> None:
        pay_entries.decide(actor=FIN, adjustment_id=number, is_approved=True, at=desk.tick(), **key)

    def retract(number: int, actor: Actor = ANA, why: str = "a mistake") -> None:
        pay_entries.retract(actor=actor, adjustment_id=number, why=why, at=desk.tick(), **key)

    one, other = promised("100"), promised("7")
    with pytest.raises(Stale, match="waits to be decided; refuse it"):
        retract(one)
    approve(one)
    approve(other)
    draft = desk.run("2026-Q1")
    assert line(desk, draft, "R2").paid == 1607
    moe = Actor("moe", GRANTS[Role.FINANCE], Role.FINANCE, "R2")
    with pytest.raises(NotAllowed, match="their own pay"):
        retract(one, moe)
    with pytest.raises(BadInput, match="Say why"):
        retract(one, why=" ")
    retract(one)
    assert "adjustments were approved or retracted" in page_of(desk, draft).news
    with pytest.raises(Stale, match="was paid or retracted since; compute the run again"):
        desk.release(draft)
    with pytest.raises(Stale, match="was retracted by ana before"):
        retract(one)
    run = desk.run("2026-Q1")
    assert line(desk, run, "R2").paid == 1507
    desk.release(run)
    with pytest.raises(Stale, match=f"was paid in run {run.run_id}; enter one that takes it back"):
        retract(other)
    told = journal.entries(actor=FIN, workspace=desk.workspace, action="pay.retract_adjustment")
    assert [(entry.who, entry.about, entry.why) for entry in told] == [
        ("ana", f"adjustment:{one}", "a mistake")
    ]


@pytest.mark.parametrize(
    ("kind", "key", "told"),
    [
        ("payee", "Max", "did you mean R1 (Max)?"),
        ("payee", "r2", "did you mean R2 (Moe)?"),
        ("payee", "R9", "the nearest are R2 (Moe), R1 (Max)"),
        ("payee", "somebody", "load the people first, or look the key up in your source"),
        ("deal", "b1", "did you mean B1?"),
        ("deal", "B11", "did you mean B1?"),
        ("deal", "%", "load the bookings first, or look the key up in your source"),
        ("deal", "' OR 1=1 --", "load the bookings first, or look the key up in your source"),
    ],
)
def test_what_is_not_in_the_facts_is_not_held_and_the_nearest_are_named(
    sqlite_desk: Payroll, kind: str, key: str, told: str
) -> None:
    new = pay_entries.NewHold(kind, key, sqlite_desk.at.date(), None, "why")
    with pytest.raises(BadInput) as refused:
        pay_entries.hold(actor=ANA, workspace=sqlite_desk.workspace, new=new, at=sqlite_desk.tick())
    assert [(one.where, one.fix) for one in refused.value.problems] == [("subject", told)]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"person_id": "R7"}, "person_id"),
        ({"amount": "a lot"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": "NaN"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"currency": "euro"}, "currency"),
        ({"reason": " "}, "reason"),
        ({"person_id": ""}, "person_id"),
    ],
)
def test_a_bad_adjustment_is_told_by_its_field(
    sqlite_desk: Payroll, change: dict[str, str], where: str
) -> None:
    given = {"person_id": "R1", "amount": "10", "currency": "EUR", "reason": "why"} | change
    new = pay_entries.NewAdjustment(**given, counts_on=sqlite_desk.at.date())
    with pytest.raises(BadInput) as refused:
        pay_entries.adjust(
            actor=ANA, workspace=sqlite_desk.workspace, new=new, at=sqlite_desk.tick()
        )
    assert [one.where for one in refused.value.problems] == [where]
