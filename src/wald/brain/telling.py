"""What every method says of every unit on one day, dressed, combined, and which of it is used.

Source: docs/forecast/README.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import TypeAlias
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from wald.brain.combining import COMBINED, Choice, choose, combined, weights
from wald.brain.dressing import SHARES, dressed, prior_spread, spread_at, usual
from wald.brain.forecast import (
    LEVELS,
    Forecaster,
    Known,
    Told,
    Unable,
    Unit,
    weeks_left,
    weeks_of,
)
from wald.brain.history import Sums, past_totals, so_far
from wald.brain.record import EMPTY, Record
from wald.brain.scoring import quantile

Floats: TypeAlias = NDArray[np.float64]
_MIDDLE = 0.5


@dataclass(frozen=True, slots=True)
class Method:
    """What one method says of the units of a level: a row each, NaN where it says nothing.

    `draws` rise; of a point they are how far off the method was before (`is_point`).
    """

    key: str
    points: Floats
    draws: Floats
    is_point: bool

    @property
    def told(self) -> NDArray[np.bool_]:
        return ~np.isnan(self.points)


@dataclass(frozen=True, slots=True)
class Level:
    """All that is said of the units of one level. `used` names for each unit what counts."""

    level: str
    units: tuple[Unit, ...]
    closed: Floats  # booked in the period so far
    scales: Floats  # what the unit usually books in a period
    methods: tuple[Method, ...]  # the last is the combination, where anything was said
    shares: Mapping[str, float]  # of each method in the combination, for most of the units
    choice: Choice | None
    used: tuple[str, ...]

    def method(self, key: str) -> Method | None:
        return next((one for one in self.methods if one.key == key), None)


@dataclass(frozen=True, slots=True)
class Telling:
    """Everything said on one day of one period; `unable`: why methods said nothing, by key."""

    weeks: int
    levels: tuple[Level, ...]
    unable: Mapping[str, str]

    def level(self, name: str) -> Level:
        return next(one for one in self.levels if one.level == name)


def tell(
    known: Known, record: Record, methods: Mapping[str, Forecaster], *, seed: int = 0
) -> Telling:
    """Ask every method what the period will book. `record` holds trials of periods that were over
    on the day; the same seed gives the same draws."""
    said: dict[str, Told] = {}
    unable: dict[str, str] = {}
    for key, method in methods.items():
        numbers = (seed, known.day.toordinal(), known.period.start.toordinal(), crc32(key.encode()))
        chance = np.random.Generator(np.random.PCG64(np.random.SeedSequence(numbers)))
        found = method.forecast(known, chance)
        if isinstance(found, Unable):
            unable[key] = found.reason
        else:
            said[key] = found
    simple = frozenset(key for key, one in methods.items() if one.is_simple)
    titles = {**{key: one.title for key, one in methods.items()}, COMBINED: "The combination"}
    ground = _Ground(known, so_far(known), past_totals(known), record, simple, titles)
    return Telling(
        weeks_left(known.period, known.day),
        tuple(_level(ground, level, said) for level in LEVELS),
        MappingProxyType(unable),
    )


@dataclass(frozen=True, slots=True)
class _Ground:
    """What the telling of every level shares."""

    known: Known
    closed: Sums
    totals: Sums
    record: Record
    simple: frozenset[str]
    titles: Mapping[str, str]

    @property
    def weeks(self) -> float:
        """Weeks to the end, a part of one where days are left of the last."""
        return max(weeks_left(self.known.period, self.known.day), self.known.days_left / 7, 1 / 7)


def _level(ground: _Ground, level: str, said: Mapping[str, Told]) -> Level:
    known = ground.known
    units = tuple(unit for unit in known.units if unit.level == level)
    closed = np.array([ground.closed.of(unit.key)[0] for unit in units])
    totals = np.array([ground.totals.of(unit.key) for unit in units])
    totals = totals.reshape(len(units), len(known.before))
    scales = usual(totals)
    floors = closed if only_adds(known) else None
    prior = prior_spread(totals, scales, ground.weeks, weeks_of(known.period))
    found = []
    for key, told in said.items():
        method = _method(ground, level, key, told, units, (scales, floors, prior))
        if method.told.any():
            found.append(method)
    if not found:
        return Level(level, units, closed, scales, (), MappingProxyType({}), None, ())
    mixed, shares = _combination(ground, level, found)
    methods = (*found, mixed)
    choice = _choice(ground, level, methods)
    used = _used(methods, choice)
    return Level(level, units, closed, scales, methods, MappingProxyType(shares), choice, used)


def only_adds(known: Known) -> bool:
    """Was nothing ever booked below nothing? Then no period ends below what it has so far."""
    amounts = known.booked["amount"].to_numpy()
    return not (amounts < 0).any()


def _method(
    ground: _Ground,
    level: str,
    key: str,
    told: Told,
    units: Sequence[Unit],
    around: tuple[Floats, Floats | None, float],
) -> Method:
    scales, floors, prior = around
    points = np.full(len(units), np.nan)
    draws = np.full((len(units), len(SHARES)), np.nan)
    own = [told.get(unit.key) for unit in units]
    is_point = all(one is None or len(one) == 1 for one in own)
    for place, one in enumerate(own):
        if one is not None and is_point:
            points[place] = one[0]
        elif one is not None:
            draws[place] = _on_grid(one)
    if is_point:
        misses = ground.record.misses.get((key, level), EMPTY)
        spread = spread_at(misses, ground.weeks, prior)
        # Of whom nothing is known before, what is said is all there is to measure by.
        sizes = np.where(scales > 0, scales, np.abs(points))
        draws = dressed(points, sizes, spread, floors)
    else:
        if floors is not None:
            draws = np.maximum(draws, floors[:, None])
        points = quantile(draws, _MIDDLE)
    return Method(key, points, draws, is_point)


def _on_grid(draws: Floats) -> Floats:
    """Return equally likely amounts as rising quantiles at SHARES."""
    rising = np.sort(draws)
    place = np.clip(SHARES * len(rising) - 0.5, 0, len(rising) - 1)
    return np.asarray(np.interp(place, np.arange(len(rising)), rising))


def _combination(
    ground: _Ground, level: str, methods: Sequence[Method]
) -> tuple[Method, dict[str, float]]:
    """Return the combination; units of which the same methods say something share its weights."""
    told = np.array([one.told for one in methods])
    draws = np.full_like(methods[0].draws, np.nan)
    record = {one.key: ground.record.losses[one.key, level] for one in methods
              if (one.key, level) in ground.record.losses}  # fmt: skip
    patterns, place, counts = np.unique(told, axis=1, return_inverse=True, return_counts=True)
    most: dict[str, float] = {}
    for number in range(patterns.shape[1]):
        able = [one for one, says in zip(methods, patterns[:, number], strict=True) if says]
        if not able:
            continue
        among = place.ravel() == number
        shares = weights(record, [one.key for one in able], ground.weeks)
        own = {one.key: one.draws[among] for one in able if one.key in shares}
        draws[among] = combined(own, shares)
        if not most or number == int(counts.argmax()):
            most = shares
    return Method(COMBINED, quantile(draws, _MIDDLE), draws, False), most


def _choice(ground: _Ground, level: str, methods: Sequence[Method]) -> Choice:
    half = len(methods[-1].told) / 2
    able = [one.key for one in methods if one.told.sum() >= half] or [methods[-1].key]
    record = {
        one: ground.record.losses[one, level]
        for one in able
        if (one, level) in ground.record.losses
    }
    return choose(record, able, ground.simple, ground.weeks, ground.titles)


def _used(methods: Sequence[Method], choice: Choice) -> tuple[str, ...]:
    chosen = next(one for one in methods if one.key == choice.method)
    mixed = methods[-1]
    keys = np.where(chosen.told, chosen.key, np.where(mixed.told, mixed.key, ""))
    return tuple(str(one) for one in keys)
