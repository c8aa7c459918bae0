"""Accruals worked out by hand, and the laws that hold whatever comes."""

from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from wald.heart.compensation.accrual import Accrued, accrued, shifted
from wald.heart.compensation.bands import Method
from wald.heart.compensation.components.flat_rate import FlatRate
from wald.heart.compensation.components.guarantee import Guarantee
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


def test_the_interval_is_that_of_all_scenarios() -> None:
    """30,000 sold, 1,500 paid. With nothing more all is earned. With 90,000 more it will be 10 %:
    12,000, of which a quarter is earned, 3,000: 1,500 more than was paid."""
    plan = Plan("worked", "EUR", (Entry("c", "tiered_rate", TIERS, "revenue"),), MEASURES)
    known = Known(
        [_credit(month.start, "10000") for month in MONTHS[:3]],
        (Quota("q", YEAR, Decimal(100000)),),
    )
    stretches = [Stretch(month, month, plan) for month in MONTHS]
    more = [_credit(MONTHS[5].start, "90000")]
    for scenarios, accrues in (([[], more], 0), ([more, []], 1500)):
        (found,) = accrued("max", stretches, known, scenarios, CALENDAR, date(2026, 4, 1))
        assert (found.low, found.high, found.accrued) == (0, 1500, accrues)


FLAT = Entry("c", "flat_rate", FlatRate(Decimal("0.05")), "revenue")
LEAST = Entry("c", "guarantee", Guarantee(Decimal(310)))


def _flat(credits: list[Credit], more: list[Credit], on: date, entry: Entry = FLAT) -> Accrued:
    plan = Plan("worked", "EUR", (entry,), MEASURES)
    stretches = [Stretch(month, month, plan) for month in MONTHS]
    (found,) = accrued("max", stretches, Known(credits), [more], CALENDAR, on)
    return found


def test_the_share_of_the_work_is_that_of_the_credit() -> None:
    january, july, october = MONTHS[0].start, MONTHS[6].start, MONTHS[9].start
    assert _flat([_credit(january, "0.5")], [_credit(october, "0.5")], july).share == Decimal("0.5")
    assert _flat([], [_credit(october, "100")], july).share == 0
    # More is given back than stays: what is done is all there is.
    assert _flat([_credit(january, "100")], [_credit(october, "-50")], july).share == 1


def test_without_credit_the_share_is_that_of_the_days() -> None:
    """181 of 365 days are over on 1 July."""
    january, july, october = MONTHS[0].start, MONTHS[6].start, MONTHS[9].start
    days = Decimal(181) / Decimal(365)
    for found in (
        _flat([], [], july),
        _flat([_credit(january, "100")], [_credit(october, "-100")], july),
        _flat([_credit(january, "-100")], [_credit(october, "400")], july),
        _flat([_credit(january, "400")], [], july, LEAST),
    ):
        assert found.share.quantize(Decimal("1E-9")) == days.quantize(Decimal("1E-9"))


def test_who_left_has_done_all_of_their_work() -> None:
    plan = Plan("worked", "EUR", (LEAST,), MEASURES)
    stretches = [Stretch(month, month, plan) for month in MONTHS[:2]]
    (found,) = accrued("max", stretches, Known(), [], CALENDAR, date(2026, 4, 1))
    assert (found.share, found.expected, found.earned, found.accrued) == (1, 620, 620, 0)


def test_a_window_that_begins_on_the_day_is_another_one() -> None:
    """1,000 in 2026 and 3,000 in January 2027, at 5 %: on 1 January 50 are expected and paid."""
    plan = Plan("worked", "EUR", (FLAT,), MEASURES)
    months = periods(CALENDAR, Grain.MONTH, YEAR.start, date(2028, 1, 1))
    known = Known([_credit(YEAR.start, "1000"), _credit(YEAR.end, "3000")])
    stretches = [Stretch(month, month, plan) for month in months]
    (found,) = accrued("max", stretches, known, [], CALENDAR, YEAR.end)
    assert (found.window, found.expected, found.earned) == (YEAR, 50, 50)
    (after,) = accrued("max", stretches, known, [], CALENDAR, date(2027, 1, 2))
    assert (after.window.start, after.expected, after.earned) == (YEAR.end, 150, 0)


@given(
    st.lists(st.integers(0, 50000), min_size=1, max_size=11), st.sampled_from(["", "0", "25000"])
)
def test_expected_lies_in_its_interval_and_the_share_is_one(sold: list[int], ahead: str) -> None:
    credits = [_credit(month.start, str(x)) for month, x in zip(MONTHS, sold, strict=False)]
    entry = Entry("c", "tiered_rate", TIERS, "revenue")
    found = _of(entry, credits, MONTHS[len(sold)].start, ahead)
    assert 0 <= found.share <= 1
    assert found.low <= found.accrued <= found.high
