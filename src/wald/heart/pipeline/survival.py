"""How long things last when many are not over yet: survival, and what ends it.

Deals that are open yet are counted for as long as they were seen, never left out: a median of
closed deals alone is too short, as only quick deals can have closed of the young ones.
Sources: Kaplan and Meier (1958), JASA 53: 457-481, by lifelines; Aalen and Johansen (1978),
Scand. J. Statist. 5: 141-150, for shares of several ends.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np

_HALF = 0.5 + 1e-9  # shares are products of quotients: a half may come out a little above it


@dataclass(frozen=True, slots=True)
class Stays:
    """Stays of one kind, counted: by days, how many ended in each way, and how many go on."""

    ended: Mapping[str, Mapping[int, int]]  # by end, by days
    running: Mapping[int, int]  # by days so far

    @property
    def count(self) -> int:
        over = sum(sum(by_days.values()) for by_days in self.ended.values())
        return over + sum(self.running.values())

    @property
    def over(self) -> int:
        return sum(sum(by_days.values()) for by_days in self.ended.values())


@dataclass(frozen=True, slots=True)
class Point:
    """After so many days, this share is not over, with its 95 % interval."""

    days: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """A survival curve. `median` None: less than half has ended within the days seen."""

    points: tuple[Point, ...]
    median: int | None
    median_low: int | None
    median_high: int | None


def survival(stays: Stays) -> Curve:
    """Return the share of stays that are not over after each number of days.

    Kaplan–Meier with log-log 95 % intervals; assumes that deals not over yet go on as others of
    their age did.
    """
    from lifelines import KaplanMeierFitter

    over: dict[int, int] = {}
    for by_days in stays.ended.values():
        for days, count in by_days.items():
            over[days] = over.get(days, 0) + count
    rows = [(days, True, count) for days, count in over.items()]
    rows += [(days, False, count) for days, count in stays.running.items()]
    if not over:
        return Curve((), None, None, None)
    lengths, is_over, counts = (np.array(column) for column in zip(*sorted(rows), strict=True))
    fitter = KaplanMeierFitter().fit(lengths, is_over, weights=counts)
    shares = fitter.survival_function_["KM_estimate"]
    bounds = fitter.confidence_interval_
    points = tuple(
        Point(int(day), float(share), float(low), float(high))
        for day, share, low, high in zip(
            shares.index, shares, bounds.iloc[:, 0], bounds.iloc[:, 1], strict=True
        )
    )
    return Curve(
        points,
        _first(points, lambda one: one.share),
        _first(points, lambda one: one.low),
        _first(points, lambda one: one.high),
    )


def shares_of_ends(stays: Stays) -> Mapping[str, float]:
    """Return the share that each end takes in the long run, as far as days were seen.

    Aalen–Johansen: of those who are at risk after so many days, so many end this way. What is
    missing to one has not ended within the days seen.
    """
    days = sorted({*stays.running, *(day for ends in stays.ended.values() for day in ends)})
    at_risk, alive = stays.count, 1.0
    found = dict.fromkeys(stays.ended, 0.0)
    for day in days:
        gone = 0
        for end, by_days in stays.ended.items():
            count = by_days.get(day, 0)
            found[end] += alive * count / at_risk if count else 0.0
            gone += count
        alive *= 1 - gone / at_risk
        at_risk -= gone + stays.running.get(day, 0)
        if at_risk <= 0:
            break
    return found


def share_within(stays: Stays, end: str, days: int) -> float:
    """Return the share that ends this way within so many days."""
    cut = {
        name: {day: count for day, count in by_days.items() if day <= days}
        for name, by_days in stays.ended.items()
    }
    later = sum(
        count for by_days in stays.ended.values() for day, count in by_days.items() if day > days
    )
    running = {day: count for day, count in stays.running.items() if day <= days}
    late = later + sum(count for day, count in stays.running.items() if day > days)
    return shares_of_ends(Stays(cut, running | {days + 1: late}))[end]


def _first(points: Iterable[Point], value: Callable[[Point], float]) -> int | None:
    """Return the days after which at most half are left."""
    return next((one.days for one in points if value(one) <= _HALF), None)
