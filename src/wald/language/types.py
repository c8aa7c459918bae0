"""Column types of the language, and what arithmetic makes of them.

A whole number's `precision` is the most decimal digits it can have (None: a 64-bit column,
19); a decimal's `precision` and `scale` are DuckDB's. Other kinds have neither.
"""

from dataclasses import dataclass
from enum import Enum


class Kind(Enum):
    BOOLEAN = "boolean"
    INTEGER = "whole number"
    DECIMAL = "decimal"
    DOUBLE = "double"
    TEXT = "text"
    DATE = "date"
    TIMESTAMP = "timestamp"


@dataclass(frozen=True, slots=True)
class SqlType:
    kind: Kind
    precision: int | None = None
    scale: int | None = None

    def __str__(self) -> str:
        if self.kind is Kind.DECIMAL and self.precision is not None:
            return f"decimal({self.precision},{self.scale or 0})"
        return self.kind.value


BOOLEAN = SqlType(Kind.BOOLEAN)
INTEGER = SqlType(Kind.INTEGER)
DOUBLE = SqlType(Kind.DOUBLE)
TEXT = SqlType(Kind.TEXT)
DATE = SqlType(Kind.DATE)
TIMESTAMP = SqlType(Kind.TIMESTAMP)

NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE})
EXACT = frozenset({Kind.INTEGER, Kind.DECIMAL})
TIMES = frozenset({Kind.DATE, Kind.TIMESTAMP})

MOST_DIGITS = 38  # what a decimal can hold on every engine
FAST_DIGITS = 18  # up to here DuckDB computes in 64 bits
LONG_DIGITS = 19  # a 64-bit whole number


def decimal(precision: int, scale: int) -> SqlType:
    return SqlType(Kind.DECIMAL, precision, scale)


def digits(type_: SqlType) -> int:
    """Return the digits a number of this type can have."""
    if type_.precision is not None:
        return type_.precision
    return LONG_DIGITS if type_.kind is Kind.INTEGER else FAST_DIGITS


def digits_after(type_: SqlType) -> int:
    """Return the digits after the point a number of this type can have."""
    if type_.kind is not Kind.DECIMAL:
        return 0
    return type_.scale if type_.scale is not None else 3  # DuckDB's DECIMAL is DECIMAL(18,3)


def digits_before(type_: SqlType) -> int:
    return digits(type_) - digits_after(type_)


def common(left: SqlType, right: SqlType) -> SqlType | None:
    """Return the type in which both can be compared or stand in one column; None: there is none."""
    kinds = {left.kind, right.kind}
    if kinds <= EXACT:
        before = max(digits_before(left), digits_before(right))
        after = max(digits_after(left), digits_after(right))
        return _exact(kinds, before + after, after)
    if kinds <= NUMBERS:
        return DOUBLE
    if kinds <= TIMES:
        return left if left.kind is right.kind else TIMESTAMP
    return left if left.kind is right.kind else None


def total(left: SqlType, right: SqlType) -> SqlType:
    """Return the type of a sum or difference of two exact numbers; it may be too wide."""
    before = max(digits_before(left), digits_before(right))
    after = max(digits_after(left), digits_after(right))
    return _exact({left.kind, right.kind}, before + after + 1, after)


def product(left: SqlType, right: SqlType) -> SqlType:
    """Return the type of a product of two exact numbers; it may be too wide."""
    after = digits_after(left) + digits_after(right)
    return _exact({left.kind, right.kind}, digits(left) + digits(right), after)


def _exact(kinds: set[Kind], precision: int, scale: int) -> SqlType:
    if kinds == {Kind.INTEGER}:
        return SqlType(Kind.INTEGER, precision)
    return decimal(precision, scale)
