"""What a design says of an effect: an estimate with its interval, what speaks against it, a chart.

"Cannot tell" is a result like any other: a design that lacks what it needs says what.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.effects.panel import Floats

LEVEL = 0.95  # of every interval told
DOUBTED = 0.05  # a pre-trend with a chance below this takes the comparison away


@dataclass(frozen=True, slots=True)
class Trend:
    """How much faster, per slot, those with the decision moved than the others before it was made;
    `p_value` is the chance to see as much where both moved alike. Few slots find only steep ones.
    """

    low: float
    estimate: float
    high: float
    p_value: float

    @property
    def is_doubted(self) -> bool:
        return self.p_value < DOUBTED


@dataclass(frozen=True, slots=True)
class Point:
    """One slot of the chart: what was, and what would have been without the decision."""

    slot: str
    value: float | None
    without: float | None
    is_after: bool


@dataclass(frozen=True, slots=True)
class Estimate:
    """The effect per unit and slot of a sum, or on the ratio, with its interval at LEVEL.

    `treated` and `compared` count units, `before` and `after` slots. `low_limit` and `high_limit`
    are those of a process behaviour chart, where the design has one. `chance` is the p-value of
    drawing the groups again, where they were drawn.
    """

    design: str
    low: float
    estimate: float
    high: float
    treated: int
    compared: int
    before: int
    after: int
    trend: Trend | None = None
    points: tuple[Point, ...] = ()
    low_limit: float | None = None
    high_limit: float | None = None
    signals: int = 0  # slots after the decision that the chart of those before calls unusual
    weights: tuple[tuple[str, float], ...] = ()  # of the others, where the design weighs them
    chance: float | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CannotTell:
    """Why a design can say nothing; `waits` where later data may still tell."""

    design: str
    reason: str
    waits: bool = False


def drawn(slots: Sequence[str], before: int, values: Floats, without: Floats) -> tuple[Point, ...]:
    """Return a chart's points: what was, and what would have been without the decision."""
    return tuple(
        Point(
            slot,
            None if np.isnan(value) else float(value),
            None if np.isnan(other) else float(other),
            place >= before,
        )
        for place, (slot, value, other) in enumerate(zip(slots, values, without, strict=True))
    )
