"""How an effect can be measured: the designs, which of them fits, and what it can find.

The choice looks at who is reached and at what was before, never at what comes after, and is kept
with the decision, so that nobody picks the design that says what they like.
Source: docs/concepts/effects.md
"""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator

from wald.brain.effects import before_after as one_series
from wald.brain.effects import differences as two_sides
from wald.brain.effects import power, randomised, synthetic
from wald.brain.effects.comparing import FEW
from wald.brain.effects.estimate import LEVEL, CannotTell, Estimate
from wald.brain.effects.panel import Panel
from wald.memory.design import DESIGNS, READING


@dataclass(frozen=True, slots=True)
class Proposal:
    """A design that fits, and why in a sentence."""

    design: str
    why: str


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a design can find, read off the past: the smallest effect that it tells from none four
    times in five (`power.WANTED`), and what it says of a decision that nobody made there."""

    least: float
    placebo: Estimate


def measured(
    design: str, panel: Panel, chance: Generator, *, level: float = LEVEL
) -> Estimate | CannotTell:
    """Return what a design says of a panel, with an interval at `level`."""
    if design == one_series.KEY:
        return one_series.before_after(panel, level=level)
    if design == two_sides.KEY:
        return two_sides.differences(panel, level=level)
    if design == synthetic.KEY:
        return synthetic.synthetic(panel, level=level)
    if design == randomised.KEY:
        return randomised.randomised(panel, chance, level=level)
    return CannotTell(design, f"{design!r} is no design; choose among {', '.join(DESIGNS)}.")


def proposed(panel: Panel | None, *, is_drawn: bool = False) -> Proposal:
    """Return the design that fits those reached and what was before; `panel` None: no units and
    slots can be had."""
    if panel is None:
        return Proposal(READING, "It is not read by whole months, so it is read twice.")
    if is_drawn:
        return Proposal(randomised.KEY, "Those it reaches were drawn by lot.")
    treated, others = int(panel.is_treated.sum()), int((~panel.is_treated).sum())
    whole = ~np.isnan(panel.values[:, : panel.before]).any(axis=1)
    donors = int((whole & ~panel.is_treated).sum())
    enough = panel.before >= synthetic.LEAST_BEFORE and donors >= synthetic.LEAST_OTHERS
    if 1 <= treated < FEW and enough and (whole | ~panel.is_treated).all():
        why = f"It reaches {treated}, and {donors} others can be weighed to look like it."
        return Proposal(synthetic.KEY, why)
    if treated >= 1 and others >= two_sides.LEAST_OTHERS and panel.before >= two_sides.LEAST_BEFORE:
        return Proposal(
            two_sides.KEY, f"It reaches {treated}, and {others} others go on as before."
        )
    there = _slots_with_rows(panel)
    if there >= one_series.LEAST_BEFORE:
        why = f"Nobody is left to compare with, and {there} slots show how it varies by itself."
        return Proposal(one_series.KEY, why)
    return Proposal(READING, f"Nobody is left to compare with, and {there} slots show too little.")


def foreseen(design: str, panel: Panel, after: int, chance: Generator) -> Foreseen | None:
    """Return what a design would find over `after` slots, by using it on the last slots before
    the decision as if they had come after it; None where these are too few.

    Of a drawn group it is the power of the t test (`power.least_effect`); of others the half-width
    of the placebo's interval, taken as that of a normal.
    """
    cut = panel.before - after
    if cut < 2 or after < 1:
        return None
    found = measured(design, panel.as_if(cut, panel.before), chance)
    if isinstance(found, CannotTell):
        return None
    if design == randomised.KEY:
        spread = power.spread_of(panel, after)
        least = (
            None if spread is None else power.least_effect(spread, found.treated, found.compared)
        )
        return None if least is None else Foreseen(least, found)
    return Foreseen((found.high - found.low) / 2 * _FACTOR, found)


# From the half-width of an interval of 95 % to the effect found in 80 %: (1.960 + 0.842) / 1.960.
_FACTOR = 1.4294


def _slots_with_rows(panel: Panel) -> int:
    inside = panel.of(panel.is_treated)
    if inside.below is None:
        return panel.before
    return int((inside.below.sum(axis=0)[: panel.before] > 0).sum())
