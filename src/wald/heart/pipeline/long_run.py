"""What becomes of deals in the long run, and after how many days, with the doubt of both.

A deal counts from the age at which it is first seen to the age at which it closes or is last seen,
so deals that are open yet count, and old ones count only for what was seen of them. Sources: Aalen
and Johansen (1978) for shares of ends, their variance by the delta method after Choudhury (2002),
Statistics in Medicine 21: 1129-1144; Kaplan and Meier (1958) for the mean time up to the oldest age
seen, its variance after Greenwood; the score interval of Wilson (1927), JASA 22: 209-212.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

Z95 = 1.959963984540054  # standard normal quantile of 0.975


@dataclass(frozen=True, slots=True)
class Doubted:
    """A figure with its 95 % interval; `error` is its standard error."""

    low: float
    value: float
    high: float
    error: float


@dataclass(frozen=True, slots=True)
class Life:
    """Deals seen alike: first at `entry` days of age, last at `age`; `end` "" is open yet."""

    entry: int
    age: int
    end: str
    deals: int


@dataclass(frozen=True, slots=True)
class LongRun:
    """`left` is the share that is not over at the oldest age seen: what is not known yet."""

    share: Doubted
    days: Doubted
    left: float
    ended: int  # deals that closed while seen


@dataclass(frozen=True, slots=True)
class _Day:
    age: int
    at_risk: int
    ended: int
    wanted: int  # of those, this way
    alive: float  # the share that is not over before this day
    so_far: float  # the share that ended this way, up to this day


def long_run(lives: Iterable[Life], end: str = "won") -> LongRun | None:
    """Return the share that ends this way and the mean days to any end; None where none ended.

    Assumes that what is open yet goes on as others of its age did.
    """
    listed = [one for one in lives if one.age >= one.entry]
    days, alive = _days(listed, end)
    if not days:
        return None
    last = max(one.age for one in listed)
    share = _share(days)
    return LongRun(share, _mean(days, alive, last), alive, sum(one.ended for one in days))


def _days(lives: list[Life], end: str) -> tuple[list[_Day], float]:
    enters: dict[int, int] = {}
    leaves: dict[int, int] = {}
    ends: dict[int, int] = {}
    wanted: dict[int, int] = {}
    for one in lives:
        enters[one.entry] = enters.get(one.entry, 0) + one.deals
        leaves[one.age] = leaves.get(one.age, 0) + one.deals
        if one.end:
            ends[one.age] = ends.get(one.age, 0) + one.deals
        if one.end == end:
            wanted[one.age] = wanted.get(one.age, 0) + one.deals
    found: list[_Day] = []
    at_risk, alive, so_far = 0, 1.0, 0.0
    for age in sorted({*enters, *leaves}):
        at_risk += enters.get(age, 0)
        count = ends.get(age, 0)
        if count:
            so_far += alive * wanted.get(age, 0) / at_risk
            found.append(_Day(age, at_risk, count, wanted.get(age, 0), alive, so_far))
            alive *= 1 - count / at_risk
        at_risk -= leaves.get(age, 0)
    return found, alive


def _share(days: list[_Day]) -> Doubted:
    total = days[-1].so_far
    variance = 0.0
    for one in days:
        rest, n = total - one.so_far, one.at_risk
        if n > one.ended:
            variance += rest * rest * one.ended / (n * (n - one.ended))
        variance += one.alive**2 * one.wanted * (n - one.wanted) / n**3
        variance -= 2 * rest * one.alive * one.wanted / n**2
    share = min(max(total, 0.0), 1.0)
    if variance > 0 and 0 < share < 1:
        tries = share * (1 - share) / variance
    else:
        tries = float(sum(one.ended for one in days))
    low, high = score_interval(share, tries)
    return Doubted(low, share, high, sqrt(max(variance, 0.0)))


def score_interval(share: float, tries: float) -> tuple[float, float]:
    """Return the 95 % score interval of a share seen in so many tries, as if independent."""
    square = Z95 * Z95
    middle = share + square / (2 * tries)
    spread = Z95 * sqrt(share * (1 - share) / tries + square / (4 * tries * tries))
    below = 1 + square / tries
    return max(0.0, (middle - spread) / below), min(1.0, (middle + spread) / below)


def _mean(days: list[_Day], alive: float, last: int) -> Doubted:
    """Return the area under the curve of what is not over, up to the oldest age seen."""
    ages = [0, *[one.age for one in days], last]
    heights = [*[one.alive for one in days], alive]
    steps = [
        height * (after - before)
        for height, before, after in zip(heights, ages, ages[1:], strict=False)
    ]
    variance, area = 0.0, 0.0
    for one, step in zip(reversed(days), reversed(steps[1:]), strict=True):
        area += step
        if one.at_risk > one.ended:
            variance += area * area * one.ended / (one.at_risk * (one.at_risk - one.ended))
    mean, error = sum(steps), sqrt(variance)
    return Doubted(max(0.0, mean - Z95 * error), mean, mean + Z95 * error, error)
