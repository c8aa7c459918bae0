"""What an effect is measured on: the sums of a metric by unit and slot, before and after.

A unit is what a decision reaches or does not reach, such as a team; a slot is a stretch of time,
such as a month. Values are ratios of sums, so that a unit with few rows is not taken for one with
many. Source: docs/concepts/effects.md
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Panel:
    """Sums by unit (rows) and slot (columns); `below` None where the metric is a sum, not a ratio.

    `is_treated` says of each unit whether the decision reaches it; the first `before` slots were
    over when it was made, the others lie in the period over which it is measured. So many slots
    as `skipped` lie between: the decision was made, and its period had not begun.
    """

    units: tuple[str, ...]
    slots: tuple[str, ...]
    above: Floats
    below: Floats | None
    is_treated: Bools
    before: int
    skipped: int = 0

    @property
    def after(self) -> int:
        return len(self.slots) - self.before

    @property
    def values(self) -> Floats:
        """Return the value of each unit in each slot; nan where it has none."""
        return ratio(self.above, self.below)

    def of(self, chosen: Bools) -> "Panel":
        """Return the panel of some of its units."""
        names = tuple(name for name, is_in in zip(self.units, chosen, strict=True) if is_in)
        below = None if self.below is None else self.below[chosen]
        return replace(
            self,
            units=names,
            above=self.above[chosen],
            below=below,
            is_treated=self.is_treated[chosen],
        )

    def as_if(self, before: int, until: int) -> "Panel":
        """Return the panel up to slot `until`, as if the decision had come after `before` slots."""
        below = None if self.below is None else self.below[:, :until]
        return Panel(
            self.units, self.slots[:until], self.above[:, :until], below, self.is_treated, before
        )

    @property
    def places(self) -> Floats:
        """Return where each slot lies in time, in slots."""
        places = np.arange(len(self.slots), dtype=np.float64)
        places[self.before :] += self.skipped
        return places


def ratio(above: Floats, below: Floats | None) -> Floats:
    """Return above over below, nan where there is nothing below; above itself without below."""
    if below is None:
        return above.astype(np.float64)
    safe = np.where(below > 0, below, 1.0)
    return np.where(below > 0, above / safe, np.nan)


def means(panel: Panel, columns: slice) -> Floats:
    """Return each unit's value over some slots: a ratio of sums, or the mean of a slot."""
    above = panel.above[:, columns]
    if panel.below is None:
        return np.asarray(above.mean(axis=1), dtype=np.float64)
    return ratio(above.sum(axis=1), panel.below[:, columns].sum(axis=1))


def series(panel: Panel) -> tuple[Floats, Floats]:
    """Return all units together: the value of each slot (of a sum: per unit), and its weight.

    Weights have mean 1 over slots with rows; 0 where there are none.
    """
    if panel.below is None:
        return np.asarray(panel.above.mean(axis=0), dtype=np.float64), np.ones(len(panel.slots))
    below = panel.below.sum(axis=0)
    positive = below > 0
    weights = below / below[positive].mean() if positive.any() else below
    return ratio(panel.above.sum(axis=0), below), weights
