"""Numbers read as people write them, and what is not known is a dash."""

from decimal import Decimal

import pytest

from wald.kernel.unit import Unit
from wald.web.templatetags import fmt

_THIN = "\N{NO-BREAK SPACE}"


@pytest.mark.parametrize(
    ("value", "currency", "text"),
    [
        ("4231000", "EUR", "€4,231,000.00"),
        ("-12.5", "USD", "−$12.50"),
        ("1234.5", "JPY", "¥1,235"),
        ("9", "SEK", f"SEK{_THIN}9.00"),
        ("9", "", "9.00"),
    ],
)
def test_money_keeps_every_digit_of_its_currency(value: str, currency: str, text: str) -> None:
    assert fmt.money(Decimal(value), currency) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("0", "0"),
        ("950", "950"),
        ("12.5", "12.5"),
        ("999.4", "999"),
        ("999.6", "1.00K"),
        ("1000", "1.00K"),
        ("9996", "10.0K"),
        ("999499", "999K"),
        ("999500", "1.00M"),
        ("4231000", "4.23M"),
        ("-4231000", "−4.23M"),
        ("2500000000000", "2.50T"),
    ],
)
def test_short_money_has_three_digits(value: str, text: str) -> None:
    assert fmt.short_money(Decimal(value)) == text


def test_a_small_count_is_exact_even_when_short() -> None:
    assert fmt.short(99_999, Unit.COUNT) == "99,999"
    assert fmt.short(123_456, Unit.COUNT) == '<data title="123,456">123K</data>'


def test_what_is_shortened_says_all_of_it() -> None:
    shown = fmt.short(Decimal("4231000.00"), Unit.MONEY, "EUR")
    assert shown == '<data title="€4,231,000.00">€4.23M</data>'


@pytest.mark.parametrize("unit", list(Unit))
def test_what_is_not_known_is_a_dash_in_every_unit(unit: Unit) -> None:
    assert fmt.number(None, unit) == fmt.short(None, unit) == "–"


def test_a_ratio_is_said_in_per_cent() -> None:
    assert fmt.ratio(Decimal("0.632")) == f"63.2{_THIN}%"


def test_nothing_is_less_than_nothing() -> None:
    assert fmt.ratio(Decimal("-0.0004")) == f"0.0{_THIN}%"


def test_one_day_is_no_days() -> None:
    assert fmt.days(Decimal("1.00")) == f"1{_THIN}day"
    assert fmt.days(Decimal("57.50")) == f"57.5{_THIN}days"


@pytest.mark.parametrize(
    ("change", "unit", "text"),
    [
        ("0.041", Unit.RATIO, f"+4.1{_THIN}pts"),
        ("-0.123", Unit.MONEY, f"−12.3{_THIN}%"),
        ("12.346", Unit.COUNT, f"+1,235{_THIN}%"),
        ("0.0001", Unit.MONEY, "="),
    ],
)
def test_a_change_of_a_ratio_is_in_points(change: str, unit: Unit, text: str) -> None:
    assert fmt.movement(Decimal(change), unit) == text


@pytest.mark.parametrize(
    ("change", "better", "verdict"),
    [
        ("0.1", "higher", "better"),
        ("-0.1", "higher", "worse"),
        ("0.1", "lower", "worse"),
        ("0.1", "neither", ""),
        ("0.0001", "higher", ""),
    ],
)
def test_a_change_says_in_words_whether_it_is_for_the_better(
    change: str, better: str, verdict: str
) -> None:
    assert fmt.moved(Decimal(change), Unit.MONEY, better)["verdict"] == verdict


def test_a_verdict_agrees_with_what_is_shown() -> None:
    shown = fmt.moved(Decimal("-0.0004"), Unit.RATIO, "higher")
    assert (shown["text"], shown["way"], shown["verdict"]) == ("=", "flat", "")
