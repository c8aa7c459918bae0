"""How far a metric moves, with its interval."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Change:
    """A change in the metric's unit; a ratio's 0.05 are five points."""

    low: Decimal
    estimate: Decimal
    high: Decimal
