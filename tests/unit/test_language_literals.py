"""Values as literals: each kind, exactly."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from wald.language.literals import bind, literal
from wald.language.parse import read_condition
from wald.language.types import decimal
from wald.language.write import Dialect, write


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "NULL"),
        (True, "TRUE"),
        (-5, "-5"),
        (Decimal("1234.50"), "1234.50"),
        (Decimal("1E+3"), "1000"),
        (Decimal("-0.00000001"), "-0.00000001"),
        (0.5, "0.5e0"),
        (1e300, "1e+300"),
        ("it's", "'it''s'"),
        (date(2017, 3, 31), "CAST('2017-03-31' AS DATE)"),
        (datetime.fromisoformat("2017-03-31T10:00"), "CAST('2017-03-31 10:00:00' AS TIMESTAMP)"),
    ],
)
def test_a_value_is_written_exactly(value: object, text: str) -> None:
    assert write(literal(value), Dialect.DUCKDB) == text


@pytest.mark.parametrize(
    "value", [Decimal("NaN"), float("nan"), float("inf"), datetime(2017, 1, 1, tzinfo=UTC)]
)
def test_what_sql_cannot_write_is_an_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"is not a number|drop the time zone"):
        literal(value)


def test_an_unknown_kind_of_value_is_an_error() -> None:
    with pytest.raises(TypeError, match="list has no literal"):
        literal([1])


def test_binding_leaves_the_tree_and_other_parameters_alone() -> None:
    types = {"low": decimal(18, 4), "high": decimal(18, 4)}
    read = read_condition("amount BETWEEN :low AND :high", {"amount": decimal(18, 4)}, types)
    assert read.tree is not None
    bound = bind(read.tree, {"low": Decimal("1.5")})
    assert write(bound, Dialect.DUCKDB) == "amount BETWEEN 1.5 AND $high"
    assert write(read.tree, Dialect.DUCKDB) == "amount BETWEEN $low AND $high"
