"""Costs of obtaining contracts: hand-computed schedules, and laws over drawn ones."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.heart.compensation.capitalising import (
    Account,
    Cost,
    JournalLine,
    Terms,
    commensurate,
    journal_lines,
    months_of,
    roll_forward,
)

TERMS = Terms("EUR", benefit_months=60)
COST = Cost(
    "C1",
    "max",
    date(2025, 1, 20),
    Decimal("1000.00"),
    date(2025, 1, 15),
    date(2028, 1, 15),
    contract_amount=Decimal(10000),
)
FAR = date(2040, 1, 1)


def _lines(
    *costs: Cost, terms: Terms = TERMS, until: date = FAR, yes: bool = False
) -> list[JournalLine]:
    return list(journal_lines(costs, terms, until=until, is_commensurate=yes))


def test_a_cost_is_spread_over_the_time_of_benefit() -> None:
    """1,000.00 over 60 months is 16.67, then 16.66 or 16.67 so that running totals are rounded."""
    lines = _lines(COST)
    assert (lines[0].debit, lines[0].credit, lines[0].amount) == (
        Account.ASSET,
        Account.PAYABLE,
        Decimal("1000.00"),
    )
    parts = [line.amount for line in lines[1:]]
    assert parts[:3] == [Decimal("16.67"), Decimal("16.66"), Decimal("16.67")]
    assert len(parts) == 60
    assert sum(parts) == 1000
    assert [lines[1].month, lines[-1].month] == [date(2025, 1, 1), date(2029, 12, 1)]


def test_commensurate_renewals_leave_the_term_of_the_contract() -> None:
    """15 January 2025 to 15 January 2028: a month that is begun counts, 36 in all."""
    assert months_of(COST, TERMS, is_commensurate=True) == 36
    assert months_of(COST, TERMS, is_commensurate=False) == 60
    assert months_of(replace(COST, is_renewal=True), TERMS, is_commensurate=False) == 36


def test_a_year_or_less_is_expensed_at_once_if_the_firm_says_so() -> None:
    year = replace(COST, ends_on=date(2026, 1, 15))
    lines = _lines(year, yes=True)
    assert [(one.debit, one.amount) for one in lines] == [(Account.EXPENSE, Decimal("1000.00"))]
    without = _lines(year, terms=replace(TERMS, expedient=False), yes=True)
    assert len(without) == 1 + 12


def test_what_is_left_is_written_off_in_the_month_the_contract_ends() -> None:
    """After 12 of 60 months 200.00 are amortised; 800.00 are left in January 2026."""
    lines = _lines(replace(COST, cancelled_on=date(2026, 1, 3)))
    assert (lines[-1].debit, lines[-1].month) == (Account.WRITE_OFF, date(2026, 1, 1))
    assert lines[-1].amount == Decimal("800.00")
    assert roll_forward(lines)[-1].closing == 0


def test_pay_that_comes_late_is_spread_over_the_months_that_are_left() -> None:
    lines = _lines(replace(COST, earned_on=date(2026, 1, 5)))
    assert len(lines) == 1 + 48
    assert lines[-1].month == date(2029, 12, 1)


def test_the_roll_forward_ties_month_by_month() -> None:
    first = roll_forward(_lines(COST, until=date(2025, 4, 1)))
    assert [one.closing for one in first] == [Decimal(x) for x in ("983.33", "966.67", "950.00")]


def test_the_test_of_renewals_needs_enough_of_them() -> None:
    renewal = replace(COST, is_renewal=True, amount=Decimal(950), contract_amount=Decimal(10000))
    few = commensurate([COST, *[renewal] * 9], TERMS)
    assert few.ratio is None
    assert not few.is_met
    enough = commensurate([COST, *[renewal] * 10], TERMS)
    assert enough.ratio == Decimal("0.95")
    assert enough.is_met
    low = replace(renewal, amount=Decimal(200))
    assert not commensurate([COST, *[low] * 10], TERMS).is_met


_days = st.dates(date(2023, 1, 1), date(2026, 12, 31))
_costs = st.builds(
    Cost,
    st.sampled_from(["C1", "C2"]),
    st.just("max"),
    _days,
    st.decimals(-5000, 5000, places=2),
    _days,
    _days.map(lambda day: day + timedelta(days=900)),
    st.booleans(),
    st.just(Decimal(1000)),
    st.none() | _days,
)


@pytest.mark.parametrize("expedient", [True, False])
@given(costs=st.lists(_costs, max_size=5), yes=st.booleans(), until=_days)
def test_nothing_is_lost_between_payable_asset_and_expense(
    costs: list[Cost], yes: bool, until: date, expedient: bool
) -> None:
    terms = replace(TERMS, expedient=expedient)
    lines = _lines(*costs, terms=terms, until=until, yes=yes)
    owed = sum(
        line.amount if line.credit is Account.PAYABLE else -line.amount
        for line in lines
        if Account.PAYABLE in (line.debit, line.credit)
    )
    assert owed == sum(cost.amount for cost in costs if cost.earned_on < until)
    assert all(line.amount > 0 and line.month < until for line in lines)
    assets = [
        line.amount if line.debit is Account.ASSET else -line.amount
        for line in lines
        if Account.ASSET in (line.debit, line.credit)
    ]
    rolled = roll_forward(lines)
    assert (rolled[-1].closing if rolled else 0) == sum(assets)
    whole = roll_forward(_lines(*costs, terms=terms, until=FAR, yes=yes))
    assert not whole or whole[-1].closing == 0


@given(costs=st.lists(_costs, max_size=4), until=_days.map(lambda day: day.replace(day=1)))
def test_a_later_day_only_adds_lines(costs: list[Cost], until: date) -> None:
    early = _lines(*costs, until=until)
    assert early == [line for line in _lines(*costs) if line.month < until]
