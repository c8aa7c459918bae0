"""One person's credits: who may look at them, what they hold, what credits nobody and why."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoDbBlocker

from tests.ingesting import Desk, Desks
from tests.serving import served, workspace
from tests.two_teams import PEOPLE, add_people, write_teams
from wald.heart.compensation.credit import Credit, Event, Kind
from wald.heart.compensation.measuring import measured
from wald.heart.compensation.plan import CreditDate, CreditRule, MeasureRule, Plan
from wald.kernel.actor import Actor, everything
from wald.kernel.bitemporal import AsOf
from wald.kernel.policy import GRANTS
from wald.kernel.problem import NotAllowed
from wald.queries.credits import credit_problems, credits_of, measures_of

YEAR = (date(2024, 1, 1), date(2025, 1, 1))
WHEN = AsOf(date(2024, 3, 31))
PLAN = Plan(
    "reps",
    "EUR",
    (),
    measures=(MeasureRule("revenue"),),
    credits=(
        CreditRule("own", Kind.SPLIT),
        CreditRule("cash", credited=CreditDate.COLLECTED),
        CreditRule("team", Kind.ROLL_UP, levels=2),
    ),
)


@pytest.fixture(scope="module")
def teams(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    with served(write_teams(tmp_path_factory.mktemp("teams")), django_db_blocker):
        add_people()
        yield


@pytest.fixture(scope="module")
def desks(
    tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker
) -> Iterator[Desks]:
    with django_db_blocker.unblock():
        yield Desks(tmp_path_factory.mktemp("desks"))


@pytest.fixture
def desk(desks: Desks) -> Iterator[Desk]:
    made = desks.new()
    yield made
    desks.drop(made)


def actor(name: str) -> Actor:
    role, person_id, unit = next(one[1:] for one in PEOPLE if one[0] == name)
    return Actor(name, GRANTS[role], role, person_id, unit)


def asked(name: str, person_id: str) -> tuple[Credit, ...]:
    start, end = YEAR
    return credits_of(
        actor=actor(name),
        workspace=workspace(),
        plan=PLAN,
        person_id=person_id,
        start=start,
        end=end,
        when=WHEN,
    )


@pytest.mark.usefixtures("teams")
def test_credits_hold_what_happened_and_explain_themselves() -> None:
    booked, paid = asked("moe", "R2")
    assert booked.credit_id == "own/ALPHAMARK-B/booked/R2"
    assert (booked.credited_on, booked.amount) == (date(2024, 2, 10), Decimal("4111.11"))
    assert paid.credit_id == "cash/ALPHAMARK-B/paid:ALPHAMARK-P/R2"
    assert (paid.event, paid.credited_on, paid.booked_on) == (
        Event.PAID,
        date(2024, 2, 20),
        date(2024, 2, 10),
    )
    assert booked.row["cost"] == 2000
    assert measured(PLAN.measures[0], [booked, paid]).value == Decimal("8222.22")


@pytest.mark.usefixtures("teams")
def test_a_manager_is_credited_with_the_team_of_the_day() -> None:
    [mia] = asked("mia", "M1")
    assert (mia.kind, mia.credit_id) == (Kind.ROLL_UP, "team/ALPHAMARK-B/booked/M1/R2")
    assert [one.amount for one in asked("lea", "L1")] == [Decimal("4111.11"), Decimal("7222.22")]


@pytest.mark.usefixtures("teams")
@pytest.mark.parametrize(
    ("name", "person_id"),
    [("max", "R2"), ("bea", "R2"), ("moe", "M1"), ("una", "R2"), ("adam", "R2")],
)
def test_whoever_may_not_see_their_pay_sees_no_credit(name: str, person_id: str) -> None:
    with pytest.raises(NotAllowed):
        asked(name, person_id)


@pytest.mark.usefixtures("teams")
@pytest.mark.parametrize("name", ["mia", "fay"])
def test_whoever_may_sees_them(name: str) -> None:
    assert len(asked(name, "R2")) == 2


@pytest.mark.usefixtures("teams")
def test_everybodys_measures_are_for_those_who_see_everybodys_pay() -> None:
    start, end = YEAR
    rows = measures_of(
        actor=actor("fay"), workspace=workspace(), plan=PLAN, start=start, end=end, when=WHEN
    ).to_pylist()
    found = {(row["person_id"], row["counted_on"]): row["amount"] for row in rows}
    assert found["R2", date(2024, 2, 1)] == Decimal("8222.22")
    assert found["L1", date(2024, 3, 1)] == Decimal("7222.22")
    with pytest.raises(NotAllowed):
        measures_of(
            actor=actor("mia"), workspace=workspace(), plan=PLAN, start=start, end=end, when=WHEN
        )


def test_what_credits_nobody_is_named_with_its_cure(desk: Desk) -> None:
    desk.write(
        booking__csv="""
            booking_id,owner_id,booked_on,amount,currency
            B1,P1,2024-02-01,100,EUR
            B2,,2024-02-02,100,EUR
            B3,P1,2024-02-03,100,GBP
            B4,P1,2024-02-04,100,EUR
            B5,,2024-02-05,100,EUR
            """,
        booking_split__csv="""
            booking_split_id,booking_id,person_id,share
            S1,B4,P1,0.5
            S2,B4,P2,0.51
            S3,B5,P1,1
            """,
        payment__csv="""
            payment_id,booking_id,paid_on,amount,currency
            Y1,B1,2024-03-01,100,USD
            """,
        exchange_rate__csv="""
            from_currency,to_currency,valid_from,rate
            GBP,EUR,2024-02-04,1.2
            """,
        person__csv="person_id,name\nP1,Ann\nP2,Bo\n",
    ).load()
    ana, (start, end) = everything("ana"), YEAR
    found = credit_problems(
        actor=ana, workspace=desk.workspace, plan=PLAN, start=start, end=end, when=WHEN
    )
    assert [f"{one.where}: {one.what}" for one in found] == [
        "booking B4: its shares come to 101.00 %: nobody is paid on it",
        "booking B2: booked on 2024-02-02, and nobody owns or shares it",
        "booking B3: no rate from GBP is known on 2024-02-03",
        "booking B1: a payment of it is in USD, the booking in EUR: not counted",
    ]
    credits = credits_of(
        actor=ana, workspace=desk.workspace, plan=PLAN, person_id="P1", start=start, end=end,
        when=WHEN, held_deals=frozenset({"B5"}),
    )  # fmt: skip
    told = {one.deal_id: (one.amount, one.is_held) for one in credits}
    assert told == {"B1": (100, False), "B4": (50, True), "B5": (100, True)}
