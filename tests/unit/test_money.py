"""Money: minor units by currency, one rounding, no mixing of currencies."""

from decimal import Decimal

import pytest

from wald.kernel.money import Money, minor_units, rounded


@pytest.mark.parametrize(
    ("currency", "digits"), [("EUR", 2), ("USD", 2), ("JPY", 0), ("KWD", 3), ("XYZ", 2)]
)
def test_a_currency_has_its_minor_units(currency: str, digits: int) -> None:
    assert minor_units(currency) == digits


@pytest.mark.parametrize(
    ("amount", "shown"),
    [("2.345", "2.35"), ("-2.345", "-2.35"), ("2.344", "2.34"), ("0.005", "0.01"), ("7", "7.00")],
)
def test_rounds_half_away_from_zero(amount: str, shown: str) -> None:
    assert str(rounded(Decimal(amount), 2)) == shown


def test_yen_are_shown_whole() -> None:
    assert Money(Decimal("1621.5"), "JPY").rounded() == Money(Decimal(1622), "JPY")


def test_adds_and_takes_away_in_one_currency() -> None:
    ten, three = Money(Decimal("10.10"), "EUR"), Money(Decimal("3.05"), "EUR")
    assert ten + three == Money(Decimal("13.15"), "EUR")
    assert ten - three == Money(Decimal("7.05"), "EUR")
    assert ten * 3 == Money(Decimal("30.30"), "EUR")
    assert three < ten


def test_two_currencies_need_a_rate_first() -> None:
    with pytest.raises(ValueError, match="EUR and USD need a rate"):
        Money(Decimal(1), "USD") + Money(Decimal(1), "EUR")
