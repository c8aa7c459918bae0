"""What a plan, a rule of credits and a number say where nothing else is said."""

from collections.abc import Sequence
from decimal import Decimal as D

from wald.heart.compensation.credit import Event, Kind
from wald.heart.compensation.layers import plain
from wald.heart.compensation.plan import CreditDate, CreditRule, Plan, Rounding
from wald.heart.compensation.plan import Step as RoundingStep


def test_a_decimal_is_written_in_one_way() -> None:
    given: Sequence[str] = ("0", "-0.00", "1E+3", "1000.000", "0E-10", "-1.50", "10")
    assert [plain(D(text)) for text in given] == ["0", "0", "1000", "1000", "0", "-1.5", "10"]


def test_a_plan_says_to_what_it_rounds() -> None:
    assert Rounding().unit("EUR") == D("0.01")
    assert Rounding().unit("JPY") == 1
    assert Rounding(to=D("0.05")).unit("EUR") == D("0.05")
    assert Rounding().step is RoundingStep.LINE
    assert not Rounding().half_even


def test_a_rule_of_credits_that_says_nothing_else_credits_the_owner_with_the_whole_deal() -> None:
    assert CreditRule("deals") == CreditRule(
        name="deals",
        kind=Kind.DIRECT,
        credited=CreditDate.BOOKED,
        events=(Event.BOOKED, Event.CANCELLED),
        share=D(1),
        where="",
        levels=1,
        people=(),
        who="",
        by_line=False,
        includes_tax=False,
    )
    assert not Plan("reps", "EUR", ()).beside_others
