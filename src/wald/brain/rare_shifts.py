"""Shifts of rare things by place: how many there were lately, beside how many there used to be.

Of all that happened in a place, lately and before, the recent part is binomial where nothing has
changed (the conditional test of two Poisson rates: Przyborowski and Wilenski 1940, Biometrika 31:
313-323). Everybody else may have moved too: a place's rise is measured beside theirs, as far as
they surely moved (one standard error less than they seem to have). Counts are divided by how much
more they vary from slot to slot than Poisson counts would. Assumes counts small beside what they
are counted among.
Source: docs/insights/README.md
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wald.brain.detector import Size
from wald.brain.places import Floats


@dataclass(frozen=True, slots=True)
class Rare:
    size: Size  # change of the share
    p_value: float


def dispersion(hits: Floats, tries: Floats) -> float:
    """Return how much more the hits of places × slots vary than Poisson counts, never under 1.

    Pearson's chi-square over its degrees of freedom; the last two slots, which are judged, do not
    count. Cells that expect less than half a hit are left out: their chi-square is no chi-square.
    """
    before, among = hits[:, 2:], tries[:, 2:]
    rate = before.sum(axis=1) / np.maximum(among.sum(axis=1), 1.0)
    expected = among * rate[:, None]
    known = expected >= 0.5
    freedom = known.sum() - known.any(axis=1).sum()
    if freedom <= 0:
        return 1.0
    away = np.where(known, (before - expected) ** 2 / np.where(known, expected, 1.0), 0.0)
    return max(1.0, float(away.sum()) / float(freedom))


def rare_shifts(hits: Floats, tries: Floats, spread: float) -> Iterator[Rare | None]:
    """Yield the shift of each place, everybody first; `hits` and `tries` are places × (lately,
    before). None where nothing ever happened."""
    for number in range(len(hits)):
        rest = (hits[0] - hits[number]) / spread, tries[0] - tries[number]
        common = (1.0, 0.0) if number == 0 else _common(*rest)
        yield _shift(hits[number] / spread, tries[number], common)


def _common(hits: Floats, tries: Floats) -> tuple[float, float]:
    """Return by which factor the rest moved, and the standard error of its logarithm."""
    if tries.min() <= 0:
        return 1.0, 0.0
    rates = (hits + 0.5) / tries
    error = np.sqrt((1 / (hits + 0.5)).sum())
    return float(rates[0] / rates[1]), float(error)


def _shift(hits: Floats, tries: Floats, common: tuple[float, float]) -> Rare | None:
    from scipy import stats

    every = float(np.round(hits.sum()))
    if every < 1 or tries.min() <= 0:
        return None
    factor, error = common
    now, before = hits / tries
    is_up = now > before
    # The rest speaks for the place only as far as it surely moved the same way.
    against = max(1.0, factor * np.exp(-error)) if is_up else min(1.0, factor * np.exp(error))
    part = tries[0] * against / (tries[0] * against + tries[1])
    lately = float(np.round(hits[0]))
    one_sided = (
        stats.binom.sf(lately - 1, every, part) if is_up else stats.binom.cdf(lately, every, part)
    )
    expected = before * factor
    spread = 1.96 * np.sqrt((hits[0] + 0.5) / tries[0] ** 2 + (hits[1] + 0.5) / tries[1] ** 2)
    change = float(now - expected)
    size = Size(change - float(spread), change, change + float(spread))
    return Rare(size, float(min(1.0, 2 * one_sided)))
