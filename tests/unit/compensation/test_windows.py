"""Windows: what the quota of one without end is of, and which share of one some days are."""

from datetime import date
from decimal import Decimal

import pytest

from tests.paying import CALENDAR, credit, numbered, stretches
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate
from wald.heart.compensation.figure import EXACT, ONE
from wald.heart.compensation.fold import fold
from wald.heart.compensation.inputs import Known
from wald.heart.compensation.plan import CreditRule, DayCount, Entry, Every, MeasureRule, Plan
from wald.heart.compensation.spans import share_of
from wald.kernel.period import Period

TIERS = TieredRate((Tier(Decimal(0), Decimal("0.1")), Tier(Decimal(1), Decimal("0.2"))))


def test_a_yearly_quota_of_a_counter_without_resets_begins_with_the_first_day_in_the_plan() -> None:
    plan = Plan(
        "reps",
        "EUR",
        (Entry("commission", "tiered_rate", TIERS, "revenue", resets=Every.NEVER),),
        (MeasureRule("revenue", yearly_quota=Decimal(12_000)),),
        (CreditRule("deals"),),
    )
    known = Known(
        [credit(1, date(2026, 1, 10), "3000"), credit(2, date(2026, 2, 10), "30000")],
    )
    days = numbered(stretches(plan, date(2026, 1, 1), date(2026, 4, 1)))
    paid = list(fold("max", days, known, CALENDAR))
    quotas = [pay.components[0].measures["revenue"].quota for pay in paid]
    assert [quota.value for quota in quotas if quota is not None] == [1000, 2000, 3000]
    # January: 1,000 at 10 % and 2,000 beyond quota at 20 %; February: all of it beyond quota.
    assert [pay.total.value for pay in paid] == [500, 6000, 0]


def days(start: date, end: date) -> Period:
    return Period(start, end, str(start))


WINTER = days(date(2026, 11, 1), date(2027, 2, 1))
JAN, FEB, MAR = (date(2026, month, 1) for month in (1, 2, 3))
NEXT = date(2027, 1, 1)


@pytest.mark.parametrize(
    ("part", "whole", "actual", "thirty"),
    [
        (days(JAN, date(2026, 1, 16)), days(JAN, FEB), "15/31", "15/30"),
        (days(date(2026, 1, 16), FEB), days(JAN, FEB), "16/31", "15/30"),
        (days(date(2026, 1, 31), FEB), days(JAN, FEB), "1/31", "1/30"),
        (days(date(2026, 2, 15), MAR), days(FEB, MAR), "14/28", "16/30"),
        (days(FEB, date(2026, 2, 28)), days(FEB, MAR), "27/28", "27/30"),
        (days(JAN, date(2026, 1, 31)), days(JAN, FEB), "30/31", "30/30"),
        (days(date(2026, 10, 1), NEXT), days(JAN, NEXT), "92/365", "90/360"),
        (days(date(2026, 11, 16), NEXT), WINTER, "46/92", "45/90"),
        (days(NEXT, date(2027, 1, 11)), WINTER, "10/92", "10/90"),
        (days(date(2026, 12, 16), date(2027, 1, 11)), WINTER,
         "26/92", "25/90"),
    ],
)  # fmt: skip
def test_which_share_some_days_are(part: Period, whole: Period, actual: str, thirty: str) -> None:
    for count, told in ((DayCount.ACTUAL, actual), (DayCount.THIRTY, thirty)):
        above, below = map(Decimal, told.split("/"))
        assert share_of(part, whole, count).value == EXACT.divide(above, below), count


def test_all_days_of_a_period_are_one_and_need_no_count() -> None:
    whole = days(FEB, MAR)
    for part in (whole, days(JAN, MAR), days(FEB, NEXT), days(JAN, NEXT)):
        assert share_of(part, whole, DayCount.ACTUAL) is ONE
        assert share_of(part, whole, DayCount.THIRTY) is ONE
