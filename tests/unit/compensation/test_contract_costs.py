"""Costs by contract, each figure computed by hand."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from wald.heart.compensation.capitalising import Account
from wald.heart.compensation.contract_costs import Contract, Spent, costs_of, expensed

CENT = Decimal("0.01")
DAY = date(2026, 1, 31)
CONTRACTS = {key: Contract(key, date(2026, 1, 15), date(2029, 1, 15)) for key in ("B1", "B2", "B3")}


def _spent(
    component: str,
    amount: str,
    weights: Mapping[str, int] | None = None,
    follows: tuple[str, ...] | None = None,
) -> Spent:
    shares = {key: Decimal(value) for key, value in (weights or {}).items()}
    return Spent(1, "R1", component, DAY, Decimal(amount), shares, follows)


def test_a_commission_is_shared_by_credit_to_the_cent() -> None:
    """100.00 on three equal deals: 33.34, 33.33, 33.33."""
    found = costs_of([_spent("commission", "100.00", {"B1": 1, "B2": 1, "B3": 1})], CONTRACTS, CENT)
    assert [(one.contract_id, one.amount) for one in found.costs] == [
        ("B1", Decimal("33.34")),
        ("B2", Decimal("33.33")),
        ("B3", Decimal("33.33")),
    ]
    assert found.rest == ()


def test_a_cap_follows_what_it_caps() -> None:
    """600 on B1 and 400 on B2; the cap takes 100 back: 60 and 40. The spiff is not capped."""
    found = costs_of(
        [
            _spent("cap", "-100.00", follows=("commission",)),
            _spent("commission", "1000.00", {"B1": 6000, "B2": 4000}),
            _spent("spiff", "50.00", {"B3": 1}),
        ],
        CONTRACTS,
        CENT,
    )
    assert [(one.contract_id, one.amount, one.contract_amount) for one in found.costs] == [
        ("B1", Decimal("540.00"), Decimal(6000)),
        ("B2", Decimal("360.00"), Decimal(4000)),
        ("B3", Decimal("50.00"), Decimal(1)),
    ]


def test_two_components_do_not_count_a_contract_twice() -> None:
    found = costs_of(
        [_spent("commission", "600.00", {"B1": 6000}), _spent("spiff", "30.00", {"B1": 6000})],
        CONTRACTS,
        CENT,
    )
    assert [(one.amount, one.contract_amount) for one in found.costs] == [
        (Decimal("630.00"), Decimal(6000))
    ]


def test_what_stands_for_no_contract_is_expensed_and_nothing_is_lost() -> None:
    """A bonus, a draw taken back, a commission on a deal that nobody knows."""
    spent = [
        _spent("bonus", "500.00"),
        _spent("draw", "-200.00"),
        _spent("commission", "70.00", {"gone": 700}),
        _spent("commission", "10.01", {"B1": 1, "B2": 1}),
    ]
    found = costs_of(spent, CONTRACTS, CENT)
    whole = sum((one.amount for one in (*found.costs, *found.rest)), Decimal(0))
    assert whole == sum((one.amount for one in spent), Decimal(0)) == Decimal("380.01")
    lines = list(expensed(found.rest))
    assert [(one.debit, one.credit, one.amount) for one in lines] == [
        (Account.EXPENSE, Account.PAYABLE, Decimal("500.00")),
        (Account.PAYABLE, Account.EXPENSE, Decimal("200.00")),
        (Account.EXPENSE, Account.PAYABLE, Decimal("70.00")),
    ]
    assert {one.month for one in lines} == {date(2026, 1, 1)}


def test_a_deal_that_came_back_takes_its_part_back() -> None:
    """Credit of 3,000 on B1 and -1,000 on B2 paid 200: 300 on B1, -100 on B2."""
    found = costs_of([_spent("commission", "200.00", {"B1": 3000, "B2": -1000})], CONTRACTS, CENT)
    assert [(one.contract_id, one.amount) for one in found.costs] == [
        ("B1", Decimal("300.00")),
        ("B2", Decimal("-100.00")),
    ]
