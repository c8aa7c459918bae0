"""Plain files: people whose role, manager or rate changes within a year; what is cancelled."""

from decimal import Decimal

import pytest

from wald.heart.compensation.plain_pay import PlainPay
from wald.kernel.actor import everything
from wald.kernel.problem import BadInput
from wald.queries.plain_pay import pay_of_texts

REPS = """\
document: compensation_plan
name: reps
starts_on: 2026-01-01
content:
  currency: EUR
  eligible: {roles: [rep]}
  measures:
    - {key: sold}
  components:
    - {key: commission, measure: sold, flat_rate: {rate: 0.05}}
"""
MANAGERS = """\
document: compensation_plan
name: managers
starts_on: 2026-01-01
content:
  currency: EUR
  eligible: {roles: [manager]}
  credits:
    - {name: team, kind: roll_up}
  measures:
    - {key: team}
  components:
    - {key: override, measure: team, flat_rate: {rate: 0.01}}
"""
PEOPLE = """\
payee,valid_from,role,manager,rates
ana,,rep,mia,
ana,2026-03-16,rep,max,commission=0.06
ana,2026-06-01,manager,max,
ben,,rep,ana,
mia,,manager,,
max,,manager,,
"""
CREDITS = """\
payee,credited_on,amount,deal,event
ana,2026-02-10,1000,A,
ana,2026-03-10,1000,B,
ana,2026-03-20,1000,C,
ana,2026-07-05,5000,D,
ben,2026-05-05,10000,E,
ben,2026-07-05,10000,F,
"""


def paid(credits: str = CREDITS, people: str = PEOPLE) -> PlainPay:
    return pay_of_texts(
        actor=everything("ana"),
        plans=[REPS, MANAGERS],
        sheets={"credits": credits, "people": people},
    )


def totals(found: PlainPay) -> dict[tuple[str, str], Decimal]:
    return {(one.payee, one.plan): one.total for one in found.payees}


def test_each_row_of_a_person_holds_until_their_next() -> None:
    """Ana: 1,000 x 5 %, in March 2,000 x 6 %, the rate of its last day; as a manager from June she
    has 1 % of Ben's 10,000 of July. Mia has 1 % of February and of 10 March, Max of 20 March and
    of Ana's own 5,000 of July, which pay her nothing as a manager."""
    found = paid()
    assert found.problems == ()
    assert totals(found) == {
        ("ana", "reps"): 50 + 120,
        ("ana", "managers"): 100,
        ("ben", "reps"): 1000,
        ("max", "managers"): 10 + 50,
        ("mia", "managers"): 10 + 10,
    }


def test_a_change_within_a_month_that_changes_no_plan_pays_that_month_once() -> None:
    found = paid()
    (ana,) = [one for one in found.payees if (one.payee, one.plan) == ("ana", "reps")]
    march = [pay for pay in ana.pays if pay.stretch.paid_in.label == "2026-03"]
    assert [pay.total.value for pay in march] == [120]


def test_two_rows_from_one_day_are_a_problem() -> None:
    found = paid(people=PEOPLE + "ben,,rep,mia,\n")
    assert "ben" in found.left_out
    assert "say in valid_from from which day each holds" in found.problems[0].fix


def test_a_ring_of_some_days_is_found() -> None:
    found = paid(people=PEOPLE + "mia,2026-09-01,manager,max,\nmax,2026-10-01,manager,mia,\n")
    assert any("the hierarchy is a ring" in one.what for one in found.problems)


@pytest.mark.parametrize(
    ("cancelled", "taken", "told"),
    [
        ("-400,A", 24, ""),  # at 6 %, the rate of the month of the cancellation
        ("-1500,A", 60, "1,500 of deal A is cancelled, and 1,000 is left"),
        ("-300,Z", 18, ""),  # credited before the file begins: it is taken back as it says
    ],
)
def test_no_more_is_taken_back_than_was_credited(cancelled: str, taken: int, told: str) -> None:
    found = paid(CREDITS + f"ana,2026-04-02,{cancelled},cancelled\n")
    assert totals(found)["ana", "reps"] == 170 - taken
    assert [told in one.what for one in found.problems] == ([True] if told else [])
    assert found.left_out == ()


def test_two_cancellations_take_back_what_is_left() -> None:
    rows = "ana,2026-04-02,-700,A,cancelled\nana,2026-04-03,-700,A,cancelled\n"
    found = paid(CREDITS + rows)
    assert totals(found)["ana", "reps"] == 170 - 60
    assert "700 of deal A is cancelled, and 300 is left" in found.problems[0].what


def test_rows_that_none_can_be_read_say_why() -> None:
    with pytest.raises(BadInput) as refused:
        paid('payee,credited_on,amount\nana,01/15/2026,"1,000.00"\n', "payee\nana\n")
    assert [one.fix[:40] for one in refused.value.problems][:2] == [
        "write a number such as 1250.00: a point,",
        "write it like 2026-01-31",
    ]


def test_per_cent_written_as_such_is_told_as_a_share() -> None:
    found = paid("payee,credited_on,amount,share\nben,2026-01-15,1000,60\nana,2026-01-15,1,\n")
    assert found.problems[0].fix == "write 0.6 for 60 %"
    with pytest.raises(BadInput) as refused:
        pay_of_texts(
            actor=everything("ana"), plans=[REPS.replace("0.05", "6%")], sheets={"credits": CREDITS}
        )
    assert refused.value.problems[0].fix == "write 0.06"
    quota = REPS.replace("{key: sold}", "{key: sold, yearly_quota: 100}")
    tiers = "tiered_rate: {tiers: [{starts_at: 0, rate: 0.05}, {starts_at: 100, rate: 0.08}]}"
    with pytest.raises(BadInput) as refused:
        pay_of_texts(
            actor=everything("ana"),
            plans=[quota.replace("flat_rate: {rate: 0.05}", tiers)],
            sheets={"credits": CREDITS},
        )
    assert "write 1 for 100 %" in refused.value.problems[0].fix


def test_a_cancellation_above_zero_is_no_credit() -> None:
    found = paid(CREDITS + "ana,2026-04-02,400,A,cancelled\n")
    assert "ana" in found.left_out
    assert any("write -400" in one.fix for one in found.problems)
