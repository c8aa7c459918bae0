"""Numbers of pay as people read them: money with every digit it has, rates as they are written."""

from decimal import ROUND_HALF_UP, Decimal

from django import template

from wald.heart.compensation import derivation
from wald.heart.compensation.derivation import plain
from wald.heart.compensation.figure import EXACT
from wald.kernel.money import minor_units
from wald.queries.statement_files import money
from wald.web.templatetags.fmt import UNKNOWN

register = template.Library()

_MINUS = "\N{MINUS SIGN}"


@register.filter
def exactly(value: Decimal | None, currency: str = "") -> str:
    """Return `1,234.50`; `1,226.6664` where a figure is not rounded yet."""
    return UNKNOWN if value is None else money(value, currency).replace("-", _MINUS)


@register.filter
def rounded(value: Decimal | None, currency: str) -> str:
    """Return `1,234.50`, to the currency's smallest coin, half away from zero."""
    if value is None:
        return UNKNOWN
    step = Decimal(1).scaleb(-minor_units(currency))
    return exactly(value.quantize(step, ROUND_HALF_UP, EXACT), currency)


@register.filter
def rate(value: Decimal | None) -> str:
    """Return a rate as it is written in the plan, `0.05`; of many digits the first ten."""
    if value is None:
        return UNKNOWN
    return derivation.readable(value).replace(",", "")


@register.filter
def readable(value: Decimal) -> str:
    """Return `7,827.68`; of many digits behind the point the first ten."""
    return derivation.readable(value)


@register.filter
def less_one(count: int) -> int:
    """Return a number less one, never below zero."""
    return max(0, int(count) - 1)


@register.filter
def share(value: Decimal | None) -> str:
    """Return `60 %` of 0.6, with every digit."""
    return UNKNOWN if value is None else f"{plain(value * 100)}\N{NO-BREAK SPACE}%"
