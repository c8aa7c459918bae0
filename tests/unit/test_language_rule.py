"""Conditions on one record: what they decide, what null does, where they stop."""

from datetime import date, datetime
from decimal import Decimal

import pytest

from wald.kernel.problem import BadInput, Refusal
from wald.language.literals import bind
from wald.language.parse import read_condition, read_value
from wald.language.rule import calculation, predicate
from wald.language.types import BOOLEAN, DATE, INTEGER, TEXT, TIMESTAMP, decimal

COLUMNS = {
    "stage": TEXT,
    "amount": decimal(18, 4),
    "discount": decimal(9, 6),
    "employees": INTEGER,
    "is_open": BOOLEAN,
    "close_on": DATE,
    "created_at": TIMESTAMP,
}
DEAL = {
    "stage": "Won",
    "amount": Decimal("1000.5000"),
    "discount": Decimal("0.0825"),
    "employees": 12,
    "is_open": None,
    "close_on": date(2017, 3, 31),
    "created_at": datetime.fromisoformat("2017-01-15T23:59:59.5"),
}


def decides(text: str, **changes: object) -> bool | None:
    read = read_condition(text, COLUMNS)
    assert read.tree is not None, read.problems
    return predicate(read.tree, COLUMNS)({**DEAL, **changes})


def value(text: str, **changes: object) -> object:
    read = read_value(text, COLUMNS)
    assert read.tree is not None, read.problems
    return calculation(read.tree, COLUMNS)({**DEAL, **changes})


def test_a_condition_is_true_or_false() -> None:
    assert decides("amount > 1000 AND stage = 'Won' AND close_on >= '2017-01-01'") is True
    assert decides("amount > 1000 AND stage = 'won'") is False


def test_a_null_is_neither_true_nor_false() -> None:
    assert decides("is_open") is None
    assert decides("NOT is_open") is None
    assert decides("is_open AND amount > 0") is None
    assert decides("amount > 0", amount=None) is None
    assert decides("amount IN (1, 2)", amount=None) is None


def test_what_is_decided_anyway_is_decided_despite_a_null() -> None:
    assert decides("is_open AND amount < 0") is False
    assert decides("is_open OR amount > 0") is True
    assert decides("employees BETWEEN 20 AND LENGTH(stage)", stage=None) is False
    assert decides("is_open IS NULL") is True
    assert decides("is_open IS DISTINCT FROM TRUE") is True


def test_money_is_exact() -> None:
    # 1000.5000 x 0.0825 = 82.54125; in doubles 0.1 + 0.2 is not 0.3
    assert value("amount * discount") == Decimal("82.54125")
    assert decides("0.1 + 0.2 = 0.3") is True
    assert decides("amount = 99999999999999.9999", amount=Decimal("99999999999999.9998")) is False


def test_rounding_is_half_away_from_zero() -> None:
    assert value("ROUND(amount, 2)", amount=Decimal("2.345")) == Decimal("2.35")
    assert value("ROUND(amount, 2)", amount=Decimal("-2.345")) == Decimal("-2.35")
    assert value("CAST(amount AS BIGINT)", amount=Decimal("-2.5")) == -3


def test_days_and_seconds_count_boundaries() -> None:
    assert value("DATE_DIFF('day', created_at, close_on)") == 75
    # from 23:59:59.5 to midnight the clock ticks once
    assert value("DATE_DIFF('second', created_at, '2017-01-16 00:00:00')") == 1


def test_a_day_stays_a_day_when_cut() -> None:
    assert value("DATE_TRUNC('quarter', close_on)") == date(2017, 1, 1)
    assert value("DATE_TRUNC('day', created_at)") == datetime.fromisoformat("2017-01-15")


def test_like_knows_any_text_any_letter_and_escapes() -> None:
    assert decides("stage LIKE 'W%' AND stage LIKE '_on' AND NOT stage LIKE 'w%'") is True
    assert decides("stage LIKE '100!%' ESCAPE '!'", stage="100%") is True
    assert decides("stage LIKE '100!%' ESCAPE '!'", stage="1000") is False
    assert decides(r"stage LIKE 'a\_b'", stage=r"a\xb") is True  # no escape unless named


def test_a_pattern_of_many_stars_takes_no_longer_than_a_text_of_one() -> None:
    pattern = "%a" * 40 + "%b"
    assert decides(f"stage LIKE '{pattern}'", stage="a" * 5_000) is False


def test_capitals_are_one_letter_for_one() -> None:
    assert value("UPPER(stage)", stage="größe") == "GRÖẞE"
    # a sigma at the end of a word is a sigma like any other
    assert value("LOWER(stage)", stage="\u03a3\u0391\u03a3") == "\u03c3\u03b1\u03c3"


def test_a_bound_parameter_is_a_value() -> None:
    read = read_condition("close_on <= :as_of", COLUMNS, {"as_of": DATE})
    assert read.tree is not None
    bound = bind(read.tree, {"as_of": date(2017, 3, 31)})
    assert predicate(bound, COLUMNS)(DEAL) is True


def test_an_unbound_parameter_or_another_kind_is_bad_input() -> None:
    read = read_condition("close_on <= :as_of", COLUMNS, {"as_of": DATE})
    amount = read_value("amount", COLUMNS)
    assert read.tree is not None
    assert amount.tree is not None
    with pytest.raises(BadInput, match="cannot be computed"):
        predicate(read.tree, COLUMNS)
    with pytest.raises(BadInput, match="cannot be computed"):
        predicate(amount.tree, COLUMNS)


def test_a_number_that_does_not_fit_stops_the_rule_as_it_stops_the_engine() -> None:
    with pytest.raises(Refusal, match="does not fit into DECIMAL"):
        value("CAST(amount AS DECIMAL(5, 2))")
    with pytest.raises(Refusal, match="does not fit into 64 bits"):
        value("-employees", employees=-(2**63))
