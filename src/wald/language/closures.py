"""Functions of a row, made of functions of its values: a null anywhere makes the result null."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from wald.language import calculation as c
from wald.language.types import Kind, SqlType, digits_after

Row = Mapping[str, Any]
Value = Any  # None, Decimal, int, float, str, bool, date or datetime
Compute = Callable[[Row], Value]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value that no row changes."""

    value: Value

    def __call__(self, row: Row) -> Value:
        return self.value


def mapped(change: Callable[[Any], Value], inner: Compute) -> Compute:
    if isinstance(inner, Constant):
        return inner if inner.value is None else Constant(change(inner.value))

    def changed(row: Row) -> Value:
        value = inner(row)
        return None if value is None else change(value)

    return changed


def paired(join: Callable[[Any, Any], Value], left: Compute, right: Compute) -> Compute:
    if isinstance(right, Constant) and right.value is not None:
        fixed = right.value
        if isinstance(left, Constant):
            return left if left.value is None else Constant(join(left.value, fixed))

        def against(row: Row) -> Value:
            value = left(row)
            return None if value is None else join(value, fixed)

        return against

    def joined(row: Row) -> Value:
        first = left(row)
        if first is None:
            return None
        second = right(row)
        return None if second is None else join(first, second)

    return joined


def converted(compute: Compute, own: SqlType, to: SqlType) -> Compute:
    """Make of a value what stands for it in another type, where Python tells the two apart."""
    if own.kind is Kind.INTEGER and to.kind is Kind.DECIMAL and isinstance(compute, Constant):
        return mapped(Decimal, compute)  # once, not at each comparison
    if own.kind is to.kind or to.kind is Kind.DECIMAL:
        return compute
    if to.kind is Kind.DOUBLE and own.kind is Kind.DECIMAL:
        return mapped(c.doubling(digits_after(own)), compute)
    return mapped(_CONVERSIONS[to.kind], compute)


_CONVERSIONS: Mapping[Kind, Callable[[Any], Value]] = {
    Kind.TEXT: c.as_text,
    Kind.INTEGER: c.whole,
    Kind.DOUBLE: float,
    Kind.DATE: c.day,
    Kind.TIMESTAMP: c.instant,
}
