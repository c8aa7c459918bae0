"""Pay computed a second time, in other words: what clawbacks take, what runs pay over time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import reduce

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.pay_scenes import CALENDAR, ME, Scene, credits, scenes
from wald.facts.settings import Settings
from wald.heart.compensation.bands import Bounds
from wald.heart.compensation.component import components
from wald.heart.compensation.components.clawback import Clawback, Method
from wald.heart.compensation.components.tiered_rate import Tier, TieredRate
from wald.heart.compensation.credit import Credit, Event
from wald.heart.compensation.deltas import Slot, Step, deltas, earned_in
from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.fold import PeriodPay, Stretch, fold
from wald.heart.compensation.inputs import Known
from wald.heart.compensation.paying import Days, Owed, Payee, Piece, settle
from wald.heart.compensation.plan import Entry, Every, MeasureRule, Plan
from wald.heart.compensation.result import Cause
from wald.kernel.period import Grain, periods

SOME = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
FIRST, LAST = date(2026, 1, 1), date(2027, 1, 1)
MONTHS = tuple(periods(CALENDAR, Grain.MONTH, FIRST, LAST))
CENT = Fraction(1, 100)


@dataclass(frozen=True)
class Sale:
    """A deal that is booked once and cancelled in parts; `on` are days after booking."""

    key: str
    booked_on: date
    amount: Decimal
    gone: tuple[tuple[int, Decimal], ...]


amounts = st.decimals("0.01", "20000", places=2)
sales = st.builds(
    lambda day, amount, gone: (FIRST + timedelta(days=day), amount, tuple(gone)),
    st.integers(0, 250),
    amounts,
    st.lists(st.tuples(st.integers(0, 140), amounts), max_size=3),
)
companies = st.lists(sales, min_size=1, max_size=5).map(
    lambda told: [Sale(f"D{i}", *one) for i, one in enumerate(told)]
)
windows = st.none() | st.integers(1, 130)


@SOME
@given(companies, windows, st.sampled_from(Method))
def test_what_is_taken_back_is_what_a_plain_loop_over_deals_takes(
    company: list[Sale], within: int | None, method: Method
) -> None:
    terms = Clawback("cancelled", method if within else Method.FULL, within)
    assume(not any(_is_half_a_cent(exact) for _, exact in _exact_by_hand(company, terms)))
    pays = _folded(company, terms)
    found = {
        pay.stretch.days.start: sum((one.amount.value for one in pay.lines
                                     if one.component == "clawback"), Decimal(0))
        for pay in pays
    }  # fmt: skip
    assert found == _taken_by_hand(company, terms)


def _folded(company: Sequence[Sale], terms: Clawback) -> list[PeriodPay]:
    tiers = TieredRate(
        (Tier(Decimal(0), Decimal("0.1")), Tier(Decimal(10000), Decimal("0.2"))),
        bounds=Bounds.AMOUNT,
    )
    plan = Plan(
        "trial",
        "EUR",
        (
            Entry("commission", "tiered_rate", tiers, "sales", resets=Every.MONTH),
            Entry("clawback", "clawback", terms, "sales"),
        ),
        (
            MeasureRule("sales", where="event <> 'cancelled'"),
            MeasureRule("cancelled", where="event = 'cancelled'"),
        ),
    )
    known = Known(tuple(_credits(company)))
    return list(fold(ME, [Stretch(month, month, plan) for month in MONTHS], known, CALENDAR))


def _credits(company: Sequence[Sale]) -> Iterator[Credit]:
    for sale in company:
        yield Credit(sale.key, ME, sale.key, sale.booked_on, sale.amount)
        for i, (days, amount) in enumerate(sale.gone):
            on = sale.booked_on + timedelta(days=days)
            if on < LAST:
                key = f"{sale.key}-{i}"
                booked = sale.booked_on
                yield Credit(
                    key, ME, sale.key, on, -amount, event=Event.CANCELLED, booked_on=booked
                )


def _exact_by_hand(company: Sequence[Sale], terms: Clawback) -> Iterator[tuple[date, Fraction]]:
    """Go through the deals with fractions; rates are those of whole months."""
    for sale in company:
        rate = _rate_of_month(company, sale.booked_on)
        left = Fraction(sale.amount)
        # Credits of one day come in the order of their keys.
        gone = sorted((days, i, amount) for i, (days, amount) in enumerate(sale.gone))
        for days, _, amount in gone:
            on = sale.booked_on + timedelta(days=days)
            if on < LAST:
                base = min(Fraction(amount), left)
                left -= base
                yield on.replace(day=1), base * rate * _share(days, terms)


def _taken_by_hand(company: Sequence[Sale], terms: Clawback) -> dict[date, Decimal]:
    found = {month.start: Decimal(0) for month in MONTHS}
    for month, exact in _exact_by_hand(company, terms):
        found[month] -= _cents(exact)
    return found


def _is_half_a_cent(exact: Fraction) -> bool:
    """Half a cent is half a cent only where a quotient ends: such draws are left out."""
    return abs((exact / CENT) % 1 - Fraction(1, 2)) < Fraction(1, 10**20)


def _rate_of_month(company: Sequence[Sale], day: date) -> Fraction:
    month = (day.year, day.month)
    sold = sum(
        Fraction(one.amount)
        for one in company
        if (one.booked_on.year, one.booked_on.month) == month
    )
    low, high = min(sold, Fraction(10000)) / 10, max(sold - 10000, Fraction(0)) / 5
    return Fraction(_cents(low) + _cents(high)) / sold


def _share(days: int, terms: Clawback) -> Fraction:
    if terms.within is None:
        return Fraction(1)
    if days >= terms.within:
        return Fraction(0)
    return Fraction(1) if terms.method is Method.FULL else 1 - Fraction(days, terms.within)


def _cents(exact: Fraction) -> Decimal:
    """Round half up with whole numbers; nothing here is below zero."""
    return Decimal((2 * exact / CENT + 1) // 2) / 100


@pytest.mark.parametrize("key", components())
@settings(SOME, max_examples=6)
@given(data=st.data())
def test_what_runs_pay_over_time_is_what_is_now_known_to_be_owed(
    key: str, data: st.DataObject
) -> None:
    """Three months are paid as they were known; then other credits are known: the fourth run pays
    its month and the deltas, and all four together what the fold of the last knowledge pays."""
    before = data.draw(scenes(key))
    after = before.with_credits([*before.known.all_credits, *data.draw(credits(most=4))])
    months = sorted({one.paid_in for one in after.stretches})
    assume(len(months) > 3 and not any(pay.refused for pay in [*before.folded(), *after.folded()]))
    opens, closes = months[3].start, months[3].end
    released = _paid_before(before, opens)
    days = Days(opens, closes, months[0].start)
    (found,) = settle(_piece(after, Owed(released), days))
    if found.past is not None:
        step = Step(Cause.DATA, found.past, lambda slot: "late")
        changed = deltas(released, [step])
        (found,) = settle(_piece(after, Owed(released, deltas=changed), days))
        for one in changed:
            assert one.amount == one.new - one.old
    paid = sum((Decimal(str(row[12])) for row in found.rows["payment"]), Decimal(0))
    owed = sum(
        (pay.total.value for pay in after.folded() if pay.stretch.paid_in.end <= closes),
        Decimal(0),
    )
    assert sum(released.values(), Decimal(0)) + paid == owed
    _rows_add_up(found.rows)


def _paid_before(scene: Scene, opens: date) -> dict[Slot, Decimal]:
    return earned_in(pay for pay in scene.folded() if pay.stretch.paid_in.end <= opens)


def _piece(scene: Scene, owed: Owed, days: Days) -> Piece:
    payee = Payee(ME, "EUR", (scene.stretches,), scene.known)
    return Piece(((payee, owed),), days, Settings(calendar="months"))


def _rows_add_up(rows: object) -> None:
    """The lines of a component come to what it earned, and that is an entry of the payment."""
    assert isinstance(rows, dict)
    lines: dict[tuple[object, ...], Decimal] = {}
    for row in rows["payout"]:
        place = (row[2], row[4], row[5])  # first day, place and key of the component
        lines[place] = EXACT.add(lines.get(place, Decimal(0)), Decimal(row[11]))
    earned = {(row[3], row[5], row[6]): Decimal(row[11]) for row in rows["component"]}
    assert {place: amount for place, amount in earned.items() if amount} == {
        place: amount for place, amount in lines.items() if amount
    }
    entries = [Decimal(row[12]) for row in rows["payment"] if row[2] == "pay"]
    assert reduce(EXACT.add, entries, Decimal(0)) == reduce(EXACT.add, earned.values(), Decimal(0))


def test_the_loop_by_hand_finds_the_worked_case() -> None:
    """B of 12,000 and C of 8,000 in February earn 15 %; in April B goes: 1,800.00."""
    company = [
        Sale("B", date(2026, 2, 5), Decimal(12000), ((60, Decimal(12000)),)),
        Sale("C", date(2026, 2, 6), Decimal(8000), ()),
    ]
    assert _taken_by_hand(company, Clawback("cancelled"))[date(2026, 4, 1)] == -1800
    pro_rata = Clawback("cancelled", Method.PRO_RATA, 100)
    assert _taken_by_hand(company, pro_rata)[date(2026, 4, 1)] == -720
    kept = replace(pro_rata, method=Method.FULL, within=60)
    assert _taken_by_hand(company, kept)[date(2026, 4, 1)] == 0
