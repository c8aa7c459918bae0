"""Amounts of a hierarchy rounded so that what is below still adds up to what is above, exactly.

Everybody is rounded first; then each sum goes to its parts by largest remainder: each part is
rounded down, and the cents that are left go, one each, to those that lost the most; of equal ones
to the first by key. No amount is off by a whole cent, or more, for each level above it.
Source: docs/forecast/reconciled.md
"""

from collections.abc import Mapping, Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal


def rounded_sums(
    leaves: Mapping[str, float], below: Mapping[str, Sequence[str]], top: str, digits: int
) -> dict[str, Decimal]:
    """Return every amount of a tree in steps of `digits` decimals; `below` names the parts of each
    sum, leaves have amounts of their own."""
    exact: dict[str, Decimal] = {}
    for key in _upward(top, below):
        parts = below.get(key)
        exact[key] = sum((exact[one] for one in parts), Decimal(0)) if parts else _of(leaves[key])
    step = Decimal(1).scaleb(-digits)
    found = {top: exact[top].quantize(step, ROUND_HALF_UP)}
    for key in reversed(_upward(top, below)):
        parts = below.get(key)
        if parts:
            found |= _spread(found[key], {one: exact[one] for one in parts}, step)
    return found


def _spread(whole: Decimal, parts: Mapping[str, Decimal], step: Decimal) -> dict[str, Decimal]:
    found = {key: one.quantize(step, ROUND_FLOOR) for key, one in parts.items()}
    left = int((whole - sum(found.values(), Decimal(0))) / step)
    order = sorted(parts, key=lambda key: (found[key] - parts[key], key))
    for place in range(left):  # never more than there are parts
        found[order[place % len(order)]] += step
    return found


def _upward(top: str, below: Mapping[str, Sequence[str]]) -> list[str]:
    """Return every key, parts before their sum."""
    found, waiting = [], [top]
    while waiting:
        key = waiting.pop()
        found.append(key)
        waiting += below.get(key, ())
    return found[::-1]


def _of(amount: float) -> Decimal:
    return Decimal(repr(float(amount)))
