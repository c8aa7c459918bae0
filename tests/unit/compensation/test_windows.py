"""Counters that never reset: what their quota is of."""

from datetime import date
from decimal import Decimal

from tests.paying import CALENDAR, credit, numbered, stretches
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate
from wald.heart.compensation.fold import fold
from wald.heart.compensation.inputs import Known
from wald.heart.compensation.plan import CreditRule, Entry, Every, MeasureRule, Plan

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
