"""What a component paid, shared among the deals it was paid for, to the cent.

A line that pays on credit belongs to the deals of that credit, in proportion to what each added;
lines that stand for no deal (a draw, a bonus) belong to none. Largest remainder gives the cents
that are left, first by remainder and then by deal. Source: docs/concepts/commission-accounting.md
"""

from collections.abc import Mapping
from decimal import ROUND_FLOOR, Decimal

from wald.heart.compensation.figure import EXACT


def shared(amount: Decimal, weights: Mapping[str, Decimal], unit: Decimal) -> dict[str, Decimal]:
    """Split `amount` by `weights` into multiples of `unit` that add up to it exactly.

    `amount` is a multiple of `unit`. Weights below zero are allowed where their sum is not
    zero; without any weight nothing can be shared: {}.
    """
    whole = sum(weights.values(), Decimal(0))
    if not weights or not whole:
        return {}
    floors: dict[str, Decimal] = {}
    remainders: list[tuple[Decimal, str]] = []
    for key in sorted(weights):
        exact = EXACT.divide(EXACT.multiply(amount, weights[key]), whole)
        floors[key] = EXACT.divide(exact, unit).to_integral_value(ROUND_FLOOR) * unit
        remainders.append((exact - floors[key], key))
    left = int((amount - sum(floors.values(), Decimal(0))) / unit)
    for _, key in sorted(remainders, key=lambda one: (-one[0], one[1]))[:left]:
        floors[key] += unit
    return floors
