"""Counts and amounts of a place beside those of the rest: the common half of detectors of volume.

Source: docs/insights/README.md
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.detector import Night, Size
from wald.brain.places import Floats, Place
from wald.brain.shifts import Series, shifts
from wald.brain.telling_shifts import quantile

WINDOWS = (1, 2)  # slots


@dataclass(frozen=True, slots=True)
class Pace:
    """How a place changed over `window` slots: `ratio` is what it has over what it would have had,
    had it moved like the rest (1: the same)."""

    place: Place
    ratio: Size
    p_value: float
    window: int


def paces(
    places: Sequence[Place], own: Series, rest: Series, night: Night, *, has_rest: bool = False
) -> Iterator[Pace]:
    """Yield the change of each place that is read, on the log scale beside the rest; the first
    place is the whole, unless it `has_rest` like the others.

    A year is no window of volumes: people come and go, and a place drifts for good.
    """
    apart = (own[0] - rest[0], own[1] + rest[1])
    found = shifts(own, apart, None if has_rest else 0, WINDOWS)
    for number, place in enumerate(places):
        if not np.isfinite(found.p_value[number]) or not night.is_read(place.where):
            continue
        spread = quantile(found.freedom[number]) * found.error[number]
        change = found.change[number]
        ends = (float(np.exp(one)) for one in (change - spread, change, change + spread))
        yield Pace(place, Size(*ends), float(found.p_value[number]), int(found.window[number]))


def excess(pace: Pace, sums: Floats) -> Size:
    """Return how much of `sums` per slot, in the pace's window, is more than it would have been."""
    now = float(sums[: pace.window].sum()) / pace.window
    return Size(*(now - now / one for one in pace.ratio.ends))


def relative(pace: Pace) -> Size:
    """Return the change as a share of what would have been: -0.3 is 30 % less."""
    return Size(*(one - 1.0 for one in pace.ratio.ends))
