"""Two plans on the same credits, compared by hand."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from wald.heart.compensation.components.flat_rate import FlatRate
from wald.heart.compensation.components.goal_bonus import GoalBonus
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.fold import PeriodPay, Stretch, fold
from wald.heart.compensation.inputs import Known, Quota
from wald.heart.compensation.plan import Entry, MeasureRule, Plan
from wald.heart.compensation.what_if import Bend, Spread, bends, compared, spread
from wald.kernel.period import Grain, Period, months_calendar, periods

CALENDAR = months_calendar()
YEAR = Period(date(2025, 1, 1), date(2026, 1, 1), "2025")
FIVE = Entry("commission", "flat_rate", FlatRate(Decimal("0.05")), "revenue")
FOUR = Entry("commission", "flat_rate", FlatRate(Decimal("0.04")), "revenue")
CLUB = Entry("club", "goal_bonus", GoalBonus(Decimal(3000)), "revenue")
SOLD = {"max": Decimal(101000), "mia": Decimal(60000)}


def _paid(person: str, *components: Entry) -> Sequence[PeriodPay]:
    plan = Plan("tried", "EUR", components, (MeasureRule("revenue", quota="bookings"),))
    credit = Credit("c", person, "d", date(2025, 6, 15), SOLD[person])
    known = Known((credit,), (Quota("q", YEAR, Decimal(100000)),))
    months = periods(CALENDAR, Grain.MONTH, YEAR.start, YEAR.end)
    stretches = [Stretch(month, month, plan) for month in months]
    return list(fold(person, stretches, known, CALENDAR))


def test_who_gains_and_who_loses_and_by_what() -> None:
    """Max: 5,050 -> 4,040 + 3,000 = +1,990. Mia: 3,000 -> 2,400 = -600. Together +1,390."""
    found = compared(
        {who: _paid(who, FIVE) for who in SOLD},
        {who: _paid(who, FOUR, CLUB) for who in SOLD},
        SOLD,
        {"max": Decimal(20000), "mia": Decimal(10000)},
    )
    assert [(one.person_id, one.old, one.new, one.change) for one in found.people] == [
        ("max", 5050, 7040, 1990),
        ("mia", 3000, 2400, -600),
    ]
    assert (found.old_cost, found.new_cost) == (8050, 9440)
    assert [one.person_id for one in found.winners] == ["max"]
    assert [one.person_id for one in found.losers] == ["mia"]
    assert [(part.component, part.change) for part in found.people[0].why] == [
        ("club", 3000),
        ("commission", -1010),
    ]
    assert [(part.component, part.old, part.new) for part in found.parts] == [
        ("commission", 8050, 6440),
        ("club", 0, 3000),
    ]
    assert (found.credit, found.margin) == (161000, 30000)
    assert found.people[0].attainment == Decimal("1.01")


def test_who_is_on_one_side_alone_is_paid_nothing_on_the_other() -> None:
    found = compared({"mia": _paid("mia", FIVE)}, {"max": _paid("max", FOUR)}, SOLD, {})
    assert [(one.person_id, one.old, one.new) for one in found.people] == [
        ("max", 0, 4040),
        ("mia", 3000, 0),
    ]
    assert found.margin is None


def test_who_ends_close_to_where_pay_jumps_is_named() -> None:
    assert bends(_paid("max", FOUR, CLUB)) == (Bend("club", YEAR, Decimal(1), Decimal("1.01")),)
    assert bends(_paid("max", FOUR, CLUB), Decimal("0.009")) == ()
    assert bends(_paid("mia", FOUR, CLUB)) == ()


def test_the_spread_is_made_of_peoples_own_figures() -> None:
    assert spread(Decimal(x) for x in (50, 10, 40, 20, 30)) == Spread(
        *map(Decimal, (10, 20, 30, 40, 50))
    )
    assert spread([Decimal(7)]) == Spread(*[Decimal(7)] * 5)
    assert spread([]) is None
