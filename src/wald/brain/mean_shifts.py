"""Shifts of means and shares by place: the last half year against what was before, beside the rest.

Prices hang on few deals, and a habit takes more than a quarter to be seen: so the last two slots
are judged together, against all before. The variance of a mean is that of its rows within a place
and slot, pooled over all. What places vary beyond that is estimated from slot to slot before, and
drawn to that of all places, as in `wald.brain.shifts`; of a place that has crept for long, only
what it varied around a straight line counts, as a trend is no noise.
Source: docs/insights/README.md; Smyth (2004), SAGMB 3: 3, for moderated t
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from wald.brain.detector import Row, Size
from wald.brain.places import Floats
from wald.brain.shifts import PRIOR, Told, told
from wald.brain.telling_shifts import quantile

SLOTS = 2  # the last ones, judged together, if nothing else is said
FOR_ALL = 20.0  # degrees of freedom that places lend to everybody's dispersion


@dataclass(frozen=True, slots=True)
class Means:
    """Means of places × slots, with their variances; NaN where there is nothing."""

    values: Floats
    variances: Floats

    def minus(self, other: "Means") -> "Means":
        return Means(self.values - other.values, self.variances + other.variances)


@dataclass(frozen=True, slots=True)
class Series:
    """Means slot by slot, and of the last slots against all before them."""

    slots: Means
    halves: Means
    last: int = SLOTS

    def minus(self, other: "Series") -> "Series":
        slots, both = self.slots.minus(other.slots), self.halves.minus(other.halves)
        return Series(slots, both, self.last)


@dataclass(frozen=True, slots=True)
class Found:
    """The change of each place, its standard error and degrees of freedom; NaN: cannot be told."""

    change: Floats
    error: Floats
    freedom: Floats
    p_value: Floats


def of_value(rows: Sequence[Row], name: str, value: str) -> list[Row]:
    """Return the rows of one value of a column, without the column: their places are its own."""
    return [
        {key: one for key, one in row.items() if key != name} for row in rows if row[name] == value
    ]


def halves(sums: Floats, last: int = SLOTS) -> Floats:
    """Return the sum of the last slots and of all before them, along the last axis."""
    return np.stack([sums[..., :last].sum(axis=-1), sums[..., last:].sum(axis=-1)], axis=-1)


def series_of_means(count: Floats, added: Floats, squares: Floats, *, last: int = SLOTS) -> Series:
    """Return the means of rows from how many they are, their sum and the sum of their squares."""
    variance = within(count, added, squares)
    both = _means(halves(count, last), halves(added, last), variance)
    return Series(_means(count, added, variance), both, last)


def series_of_shares(hits: Floats, tries: Floats) -> Series:
    """Return shares on the arcsine scale, where their variance is that of the tries alone.

    Anscombe (1948), Biometrika 35: 246-254.
    """
    return Series(_shares(hits, tries), _shares(halves(hits), halves(tries)))


def beside_rest(own: Series, rest: Series) -> Found:
    """Return the shift of each place beside the rest; the first place is everybody, who has no
    rest and is judged by what it varied itself.

    A place must have moved itself in the same direction, and at least half as surely (the square
    of its own p-value counts, if larger): else it is the rest that moved.
    """
    from scipy import stats

    alone, found = _judged(own, whole=True), _judged(own.minus(rest), whole=False)
    p_own = alone.p_value
    same = np.sign(alone.change) == np.sign(found.change)
    p_value = np.where(np.isnan(found.p_value), np.nan, np.fmax(found.p_value, p_own**2))
    p_value = np.where(same | np.isnan(p_value), p_value, 1.0)
    p_value[0] = 2 * stats.t.sf(np.abs(alone.change[0] / alone.error[0]), alone.freedom[0])
    for mine, its in zip(
        (found.change, found.error, found.freedom),
        (alone.change, alone.error, alone.freedom),
        strict=True,
    ):
        mine[0] = its[0]
    return Found(found.change, found.error, found.freedom, p_value)


def size_of(found: Found, number: int, scale: float) -> Size:
    """Return the shift of one place with its interval, in units of `scale`."""
    spread = quantile(float(found.freedom[number])) * float(found.error[number])
    change = float(found.change[number])
    return Size((change - spread) * scale, change * scale, (change + spread) * scale)


def turned(found: Found, number: int, now: float) -> Size:
    """Return the shift of a share: what it is now, less what it would be without the shift."""
    angle = float(np.arcsin(np.sqrt(np.clip(now, 0.0, 1.0))))
    size = size_of(found, number, 1.0)
    low, middle, high = (
        float(now - np.sin(np.clip(angle - one, 0.0, np.pi / 2)) ** 2)
        for one in (size.low, size.estimate, size.high)
    )
    return Size(low, middle, high)


def times(size: Size, factor: float) -> Size:
    """Return a size times a factor, which may turn its sign, the lower end first."""
    low, high = sorted((size.low * factor, size.high * factor))
    return Size(low, size.estimate * factor, high)


def within(count: Floats, added: Floats, squares: Floats) -> float:
    """Return the variance of rows within their place and slot, on average."""
    some = count >= 2
    inside = np.where(some, squares - added * added / np.where(some, count, 1.0), 0.0).sum()
    freedom = float(np.where(some, count - 1.0, 0.0).sum())
    return float(inside) / freedom if freedom > 0 else float("nan")


def _means(count: Floats, added: Floats, variance: float) -> Means:
    some = count > 0
    safe = np.where(some, count, 1.0)
    return Means(np.where(some, added / safe, np.nan), np.where(some, variance / safe, np.nan))


def _shares(hits: Floats, tries: Floats) -> Means:
    some = tries > 0
    angle = np.arcsin(np.sqrt(np.clip((hits + 0.375) / (tries + 0.75), 0.0, 1.0)))
    return Means(np.where(some, angle, np.nan), np.where(some, 0.25 / (tries + 0.5), np.nan))


def _judged(series: Series, *, whole: bool) -> Found:
    """Return changes with their errors: dispersions are drawn to that of all places."""
    from scipy import stats

    # One slot of the last ones is left in front: what is told of it does not count.
    first = series.last - 1
    before = Means(series.slots.values[:, first:], series.slots.variances[:, first:])
    earlier = told(before.values, before.variances)
    own_chi = _own_chi(before, earlier)
    # What the other places vary, without the one that is judged: it may be what moved.
    is_place = np.arange(len(own_chi)) > 0
    shared = earlier.freedom[is_place].sum() - earlier.freedom * is_place
    others = earlier.chi_square[is_place].sum() - earlier.chi_square * is_place
    pooled = np.fmax(others / np.where(shared > 0, shared, 1.0), 1.0)
    lent = np.fmin(PRIOR, shared)
    if whole:
        lent[0], own_chi[0] = min(FOR_ALL, shared[0]), earlier.chi_square[0]
    freedom = lent + earlier.freedom
    freedom = np.where(freedom > 0, freedom, np.nan)
    spread = np.fmax((lent * pooled + own_chi) / freedom, 1.0)
    now, then = series.halves.values.T
    error = np.sqrt(series.halves.variances.sum(axis=1) * spread)
    change = now - then
    with np.errstate(divide="ignore", invalid="ignore"):
        p_value = 2 * stats.t.sf(np.abs(change / error), freedom)
    return Found(change, error, freedom, p_value)


def _own_chi(before: Means, found: Told) -> Floats:
    """Return what each place varied before: around what it had been, or around a straight line if
    that is less."""
    values, variances = before.values[:, 1:], before.variances[:, 1:]
    known = np.isfinite(values) & (variances > 0)
    weight = np.where(known, 1 / np.where(known, variances, 1.0), 0.0)
    value = np.where(known, values, 0.0)
    time = np.broadcast_to(np.arange(values.shape[1], dtype=np.float64), values.shape)
    total = np.where(weight.sum(axis=1) > 0, weight.sum(axis=1), 1.0)
    away = time - ((weight * time).sum(axis=1) / total)[:, None]
    left = value - ((weight * value).sum(axis=1) / total)[:, None]
    across = (weight * away * away).sum(axis=1)
    slope = (weight * away * left).sum(axis=1) / np.where(across > 0, across, 1.0)
    rest = (weight * np.square(left - slope[:, None] * away)).sum(axis=1)
    points = known.sum(axis=1)
    straight = rest / np.where(points > 2, points - 2, 1) * found.freedom
    return np.where(points > 2, np.fmin(found.chi_square, straight), found.chi_square)
