"""Money adds up exactly, and is rounded once, half away from zero, as every engine does."""

from decimal import Decimal

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.kernel.money import Money, minor_units, rounded

CURRENCIES = ("EUR", "JPY", "KWD", "USD")
amounts = st.decimals(-(10**12), 10**12, places=4)
currencies = st.sampled_from(CURRENCIES)


@given(amounts, amounts, amounts, currencies)
def test_addition_knows_no_order(a: Decimal, b: Decimal, c: Decimal, currency: str) -> None:
    one, two, three = (Money(amount, currency) for amount in (a, b, c))
    assert one + two == two + one
    assert (one + two) + three == one + (two + three)


@given(amounts, amounts, currencies)
def test_what_was_added_can_be_taken_away(a: Decimal, b: Decimal, currency: str) -> None:
    assert Money(a, currency) + Money(b, currency) - Money(b, currency) == Money(a, currency)


@given(amounts, amounts, st.integers(-1000, 1000), currencies)
def test_a_multiple_of_a_sum_is_the_sum_of_multiples(
    a: Decimal, b: Decimal, factor: int, currency: str
) -> None:
    one, two = Money(a, currency), Money(b, currency)
    assert (one + two) * factor == one * factor + two * factor


@given(amounts, amounts, currencies)
def test_order_is_that_of_the_amounts(a: Decimal, b: Decimal, currency: str) -> None:
    assert (Money(a, currency) < Money(b, currency)) == (a < b)


@given(amounts, currencies)
def test_rounding_moves_by_at_most_half_a_minor_unit(amount: Decimal, currency: str) -> None:
    shown = Money(amount, currency).rounded()
    half = Decimal("0.5").scaleb(-minor_units(currency))
    assert abs(shown.amount - amount) <= half
    assert shown.rounded() == shown
    assert -shown.amount.as_tuple().exponent == minor_units(currency)


@given(amounts, st.integers(0, 4))
def test_rounding_knows_no_sign(amount: Decimal, digits: int) -> None:
    assert rounded(-amount, digits) == -rounded(amount, digits)


@given(amounts, amounts, st.permutations(CURRENCIES))
def test_two_currencies_are_never_added(a: Decimal, b: Decimal, two: list[str]) -> None:
    one, other = Money(a, two[0]), Money(b, two[1])
    with pytest.raises(ValueError, match="need a rate"):
        one + other
    with pytest.raises(ValueError, match="need a rate"):
        one - other
    with pytest.raises(ValueError, match="need a rate"):
        assert one < other


@given(st.lists(amounts | st.integers(-2000, 2000).map(lambda n: Decimal(n) / 8), min_size=1))
def test_the_engine_rounds_alike(given_amounts: list[Decimal]) -> None:
    values = ", ".join(f"({i}, {amount}::DECIMAL(18,4))" for i, amount in enumerate(given_amounts))
    told = duckdb.sql(f"SELECT round(x, 2) FROM (VALUES {values}) AS t(i, x) ORDER BY i").fetchall()
    assert [row[0] for row in told] == [rounded(amount, 2) for amount in given_amounts]
