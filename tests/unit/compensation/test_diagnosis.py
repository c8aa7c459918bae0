"""What may be behind a disputed line: each kind of finding alone, or that there is none."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from decimal import Decimal

from tests.paying import credit, pay_of, stretches
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate
from wald.heart.compensation.credit import Credit
from wald.heart.compensation.diagnosis import Deed, Finding, Found, diagnose, disputed
from wald.heart.compensation.inputs import Known, Quota
from wald.heart.compensation.plan import CreditRule, Entry, MeasureRule, Plan
from wald.heart.compensation.statement import statement_of
from wald.kernel.period import Period

D = Decimal
RUN = datetime(2026, 4, 2, tzinfo=UTC)
TIERS = TieredRate((Tier(D(0), D("0.05")), Tier(D(1), D("0.08"))))


def _found(
    credits: Sequence[Credit], deeds: Sequence[Deed] = (), *, rule: CreditRule | None = None
) -> tuple[Finding, ...]:
    """Max disputes his line of March; quota 100,000."""
    plan = Plan(
        "ae",
        "EUR",
        (Entry("commission", "tiered_rate", TIERS, "revenue"),),
        (MeasureRule("revenue", quota="bookings"),),
        (rule or CreditRule("deals"),),
        version="ae, version 1",
    )
    quota = Quota("q1", Period(date(2026, 1, 1), date(2027, 1, 1), "2026"), D(100_000))
    days = stretches(plan, date(2026, 1, 1), date(2026, 4, 1))
    statement = statement_of(pay_of(Known(credits, [quota]), days, last=1))
    (_, _, line) = next(iter(statement.lines))
    return diagnose(disputed(statement, line), deeds, RUN, _rates)


def _rates(currency: str, on: date) -> Decimal | None:
    """One dollar is worth 0.90 EUR until the 20th of March, then 0.95."""
    return (D("0.90") if on < date(2026, 3, 20) else D("0.95")) if currency == "USD" else None


def _deed(deal: str, on: date, known: datetime, *, is_held: bool = False) -> Deed:
    return Deed(deal, on, D(5000), "EUR", known, is_held=is_held)


MARCH = [credit(1, date(2026, 3, 10), "40000")]
EARLY, LATE = datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 4, 9, tzinfo=UTC)


def test_says_that_nothing_was_found() -> None:
    (one,) = _found(MARCH, [_deed("D1", date(2026, 3, 10), EARLY)])
    assert one.kind is Found.NOTHING


def test_names_a_deal_that_became_known_after_the_run() -> None:
    (one,) = _found(MARCH, [_deed("D9", date(2026, 3, 12), LATE)])
    assert one.kind is Found.LATE
    assert one.sentence == (
        "Deal D9 of 2026-03-12, 5,000.00 EUR, became known on 2026-04-09, after the run: the next "
        "run pays the difference."
    )
    assert one.deals == ("D9",)


def test_names_a_deal_without_credit_and_what_the_rule_takes() -> None:
    rule = CreditRule("deals", where="amount > 6000")
    (one,) = _found(MARCH, [_deed("D9", date(2026, 3, 12), EARLY)], rule=rule)
    assert one.kind is Found.MISSING
    assert one.sentence.endswith("has no credit: rule deals takes deals where amount > 6000.")


def test_names_a_deal_that_is_held() -> None:
    (one,) = _found(MARCH, [_deed("D9", date(2026, 3, 12), EARLY, is_held=True)])
    assert "is on hold" in one.sentence


def test_keeps_silent_on_deals_of_other_days() -> None:
    (one,) = _found(MARCH, [_deed("D9", date(2026, 2, 28), EARLY)])
    assert one.kind is Found.NOTHING


def test_names_a_bound_within_one_per_cent() -> None:
    (one,) = _found([credit(1, date(2026, 3, 10), "99000")])
    assert one.kind is Found.BOUNDARY
    assert one.sentence == (
        "Credit to date, 99,000.00 EUR, lies 1,000.00 EUR below the bound of 100 % of quota, "
        "100,000.00 EUR. What lies exactly on it belongs to what starts there."
    )
    (further,) = _found([credit(1, date(2026, 3, 10), "98999.99")])
    assert further.kind is Found.NOTHING


def test_says_that_credit_lies_exactly_on_a_bound() -> None:
    (one,) = _found([credit(1, date(2026, 3, 10), "100000")])
    assert "lies exactly on the bound" in one.sentence


def test_names_a_split_with_its_share() -> None:
    (one,) = _found([credit(1, date(2026, 3, 10), "40000", "0.25")])
    assert one.kind is Found.SPLIT
    assert one.sentence == (
        "Deal D1 counts with 25 %: 10,000.00 EUR of 40,000.00 EUR, by the rule deals (split)."
    )


def test_names_the_rates_of_other_days() -> None:
    (one,) = _found([credit(1, date(2026, 3, 10), "36000", currency="USD")])
    assert one.kind is Found.FX
    assert one.sentence == (
        "Deal D1 was converted from USD at 0.9 of 2026-03-10, the day it was booked; it was 0.95 "
        "on 2026-03-31."
    )


def test_keeps_silent_where_the_rate_is_the_same_on_all_days() -> None:
    (one,) = _found([credit(1, date(2026, 3, 25), "36000", currency="USD")])
    assert one.kind is Found.NOTHING
