"""How evenly quotas lie on what people could sell, and what attainment to expect of them.

Evenness is that of quota / potential: its coefficient of variation (population), its range, and
the Gini coefficient as half the relative mean difference (Gini 1912). Expected attainment is a
two-stage bootstrap (Davison & Hinkley 1997, 3.8): each window of the year takes a past window at
random, which keeps what happened to all at once, and each person takes an attainment at random from
those of that window. It says what would follow if the coming year were made of past windows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import numpy as np

_EXACT = Decimal("0.0001")
FEWEST_WINDOWS = 2
_MOST_CELLS = 4_000_000  # people x draws at once


@dataclass(frozen=True, slots=True)
class Evenness:
    """Of quota / potential over `people`; `left_out` have no potential known."""

    people: int
    left_out: int
    average: Decimal
    variation: Decimal  # standard deviation / average
    lowest: Decimal
    highest: Decimal
    gini: Decimal


@dataclass(frozen=True, slots=True)
class Range:
    """The middle nine tenths of what came of the draws, and their mean."""

    low: Decimal
    mean: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Outlook:
    """What past attainment lets one expect: of the plan, of people at or above quota, and how
    often the plan was met. All are shares, 1 = 100 %."""

    plan: Range
    people: Range
    chance: Decimal
    draws: int
    past_windows: int


def evenness(pairs: Sequence[tuple[Decimal, Decimal | None]]) -> Evenness | None:
    """Return how even quota / potential is, of pairs; None where no potential above zero is known
    of at least two people, or nobody has a quota."""
    ratios = sorted(quota / potential for quota, potential in pairs if potential)
    count, total = len(ratios), sum(ratios, Decimal(0))
    if count < 2 or not total:
        return None
    average = total / count
    spread = sum(((one - average) ** 2 for one in ratios), Decimal(0)) / count
    # The sum of (2i - n - 1) x_i over sorted values is half the sum of all differences.
    ranked = sum(((2 * i - count - 1) * x for i, x in enumerate(ratios, start=1)), Decimal(0))
    return Evenness(
        people=count,
        left_out=len(pairs) - count,
        average=average.quantize(_EXACT),
        variation=(spread.sqrt() / average).quantize(_EXACT),
        lowest=ratios[0].quantize(_EXACT),
        highest=ratios[-1].quantize(_EXACT),
        gini=(ranked / (count * total)).quantize(_EXACT),
    )


def outlook(
    quotas: Sequence[Sequence[int]],
    plan: int,
    past: Sequence[Sequence[float]],
    *,
    draws: int,
    chance: np.random.Generator,
) -> Outlook | None:
    """Return what past attainment lets one expect of `quotas` (people x windows, minor units).

    `past` has the attainments of one past window each. None with fewer than two of them, without
    quotas, or without a plan.
    """
    known = [np.array(window, dtype=float) for window in past if len(window)]
    wanted = np.array(quotas, dtype=float)
    if len(known) < FEWEST_WINDOWS or not wanted.size or plan <= 0:
        return None
    whole = wanted.sum(axis=1)
    batch = max(1, _MOST_CELLS // len(wanted))
    totals, reached = [], []
    for first in range(0, draws, batch):
        sold = _sold(wanted, known, min(batch, draws - first), chance)
        totals.append(sold.sum(axis=1))
        reached.append((sold >= whole)[:, whole > 0].mean(axis=1))
    of_plan, of_people = np.concatenate(totals) / plan, np.concatenate(reached)
    return Outlook(
        plan=_range(of_plan),
        people=_range(of_people),
        chance=_exact(float((of_plan >= 1).mean())),
        draws=draws,
        past_windows=len(known),
    )


def _sold(
    wanted: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    known: Sequence[np.ndarray[tuple[int, ...], np.dtype[np.float64]]],
    draws: int,
    chance: np.random.Generator,
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Return what each person sold in the year, draws x people."""
    people, windows = wanted.shape
    sold = np.zeros((draws, people))
    for window in range(windows):
        taken = chance.integers(len(known), size=draws)
        for place, past in enumerate(known):
            rows = np.flatnonzero(taken == place)
            drawn = past[chance.integers(len(past), size=(len(rows), people))]
            sold[rows] += drawn * wanted[:, window]
    return sold


def _range(values: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> Range:
    low, high = (float(one) for one in np.quantile(values, [0.05, 0.95]))
    return Range(_exact(low), _exact(float(values.mean())), _exact(high))


def _exact(value: float) -> Decimal:
    return Decimal(repr(value)).quantize(_EXACT)
