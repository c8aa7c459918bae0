"""Accruals worked out by hand, and the laws that hold whatever comes."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wald.heart.compensation.accrual import Accrued, accrued, shifted
from wald.heart.compensation.bands import Method
from wald.heart.compensation.components.flat_rate import FlatRate
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.fold import Stretch
from wald.heart.compensation.inputs import Known, Quota
from wald.heart.compensation.plan import Entry, Every, MeasureRule, Plan
from wald.kernel.period import Grain, Period, months_calendar, periods

CALENDAR = months_calendar()
YEAR = Period(date(2026, 1, 1), date(2027, 1, 1), "2026")
MONTHS = tuple(periods(CALENDAR, Grain.MONTH, YEAR.start, YEAR.end))
TIERS = TieredRate(
    (Tier(Decimal(0), Decimal("0.05")), Tier(Decimal(1), Decimal("0.10"))), Method.WHOLE
)
MEASURES = (MeasureRule("revenue", quota="bookings"),)


def _credit(day: date, amount: str) -> Credit:
    return Credit(f"c{day}", "max", f"d{day}", day, Decimal(amount))


def _of(entry: Entry, credits: list[Credit], on: date, ahead: str = "") -> Accrued:
    plan = Plan("worked", "EUR", (entry,), MEASURES)
    known = Known(tuple(credits), (Quota("q", YEAR, Decimal(100000)),))
    left = [month for month in MONTHS if month.start >= on]
    scenarios = list(shifted([Decimal(ahead)], left, person_id="max")) if ahead else []
    stretches = [Stretch(month, month, plan) for month in MONTHS]
    (found,) = accrued("max", stretches, known, scenarios, CALENDAR, on)
    return found


def test_what_an_accelerator_will_pay_is_spread_over_the_year() -> None:
    """10,000 a month, so 120,000 of 100,000: 12,000 for the year at 10 %. After three months a
    quarter is earned, 3,000; paid at 5 % are 1,500; so 1,500 are owed beyond."""
    credits = [_credit(month.start, "10000") for month in MONTHS[:3]]
    found = _of(Entry("c", "tiered_rate", TIERS, "revenue"), credits, date(2026, 4, 1), "10000")
    assert (found.expected, found.share, found.earned) == (12000, Decimal("0.25"), 1500)
    assert found.accrued == 1500


def test_a_flat_rate_that_pays_every_month_leaves_nothing_to_accrue() -> None:
    credits = [_credit(month.start, "10000") for month in MONTHS[:3]]
    flat = Entry("c", "flat_rate", FlatRate(Decimal("0.05")), "revenue")
    assert _of(flat, credits, date(2026, 4, 1), "10000").accrued == 0


def test_within_a_quarter_that_pays_at_its_end_the_work_done_is_owed() -> None:
    """January and February sold 20,000 at 5 %, to be paid in March: 1,000 are owed."""
    credits = [_credit(month.start, "10000") for month in MONTHS[:2]]
    flat = Entry(
        "c",
        "flat_rate",
        FlatRate(Decimal("0.05")),
        "revenue",
        every=Every.QUARTER,
        resets=Every.QUARTER,
    )
    found = _of(flat, credits, date(2026, 3, 1), "10000")
    assert (found.expected, found.earned) == (1500, 0)
    assert found.accrued.quantize(Decimal("0.01")) == 1000


def test_at_the_end_of_the_window_nothing_is_left() -> None:
    credits = [_credit(month.start, "10000") for month in MONTHS]
    found = _of(Entry("c", "tiered_rate", TIERS, "revenue"), credits, YEAR.end)
    assert (found.share, found.accrued) == (1, 0)


def test_the_scenarios_are_the_mean_and_the_past_in_every_order_it_came() -> None:
    ahead = MONTHS[3:5]
    found = list(shifted([Decimal(x) for x in (1, 2, 6)], ahead, person_id="max"))
    amounts = [[credit.deal_amount for credit in one] for one in found]
    assert amounts == [[3, 3], [1, 2], [2, 6], [6, 1]]
    assert [credit.credited_on for credit in found[0]] == [date(2026, 4, 30), date(2026, 5, 31)]
    assert list(shifted([], ahead, person_id="max")) == [()]


@given(
    st.lists(st.integers(0, 50000), min_size=1, max_size=11), st.sampled_from(["", "0", "25000"])
)
def test_expected_lies_in_its_interval_and_the_share_is_one(sold: list[int], ahead: str) -> None:
    credits = [_credit(month.start, str(x)) for month, x in zip(MONTHS, sold, strict=False)]
    entry = Entry("c", "tiered_rate", TIERS, "revenue")
    found = _of(entry, credits, MONTHS[len(sold)].start, ahead)
    assert 0 <= found.share <= 1
    assert found.low <= found.accrued <= found.high
