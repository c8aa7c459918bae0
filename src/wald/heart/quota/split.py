"""Divide whole minor units so that the parts add up to the whole, to the last cent.

Two ways. Among people: by largest remainder (Hamilton's method): each part is rounded down, and
what is left goes, one unit each, to the parts that lost most; among equal losses to the one that
stands first. Over time: each running total is rounded, half away from zero, and a part is the step
between two of them, so that every stretch from the first period on is right to half a unit.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import lcm


def largest_remainder(units: int, weights: Sequence[Fraction]) -> tuple[int, ...]:
    """Return parts of `units` in the order of `weights`; weights that are all zero count alike.

    Raises ValueError without weights, or for anything below zero.
    """
    if not weights or units < 0 or any(weight < 0 for weight in weights):
        raise ValueError(f"{units} units cannot be divided by {len(weights)} weights")
    whole = whole_shares(weights)
    total = sum(whole)
    if not total:
        whole, total = [1] * len(whole), len(whole)
    parts, lost = [], []
    for weight in whole:
        part, rest = divmod(units * weight, total)
        parts.append(part)
        lost.append(rest)
    # sorted() keeps the order of equals, so the first of them is served first.
    served = sorted(range(len(parts)), key=lambda place: -lost[place])[: units - sum(parts)]
    for place in served:
        parts[place] += 1
    return tuple(parts)


def cumulative(units: int, shares: Sequence[Fraction]) -> tuple[int, ...]:
    """Return parts of `units` in the order of time; `shares` need not add up to one.

    Raises ValueError where all shares are zero, or one is below zero.
    """
    return running(units, whole_shares(shares))


def running(units: int, shares: Sequence[int]) -> tuple[int, ...]:
    """Do the same by shares that are whole numbers. Raises ValueError as `cumulative` does."""
    total = sum(shares)
    if not total or min(shares) < 0:
        raise ValueError("nothing can be spread over periods that all weigh nothing")
    seen, before, parts = 0, 0, []
    for share in shares:
        seen += share
        # Half away from zero: of numbers that are not below it, (2a + b) // 2b.
        reached = (2 * units * seen + total) // (2 * total)
        parts.append(reached - before)
        before = reached
    return tuple(parts)


def nearest(value: Fraction) -> int:
    """Round half away from zero."""
    size = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return size if value >= 0 else -size


def added(values: Sequence[Fraction]) -> Fraction:
    """Return the sum, over one denominator: adding fractions one by one reduces each of them."""
    scale = lcm(*(value.denominator for value in values))
    return Fraction(sum(value.numerator * (scale // value.denominator) for value in values), scale)


def in_units(amount: Decimal, digits: int) -> int:
    """Return an amount in minor units; what is finer is rounded half away from zero."""
    return int(amount.scaleb(digits).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def in_money(units: int, digits: int) -> Decimal:
    """Return minor units as an amount, with all the digits of its currency."""
    return Decimal(units).scaleb(-digits)


def fractions(values: Iterable[Decimal]) -> tuple[Fraction, ...]:
    return tuple(Fraction(value) for value in values)


def whole_shares(weights: Sequence[Fraction]) -> list[int]:
    """Return integers in the same proportions."""
    scale = lcm(*(weight.denominator for weight in weights))
    return [weight.numerator * (scale // weight.denominator) for weight in weights]
