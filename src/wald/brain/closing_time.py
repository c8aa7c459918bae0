"""Timing: do people close more at the end of a window when its threshold is within their reach?

Bookings of the last fortnight of a window are held against those of the fortnight before it, of
people who could still reach the threshold against everybody else: whoever stands near to it is told
by what they had booked before both. A season, a month that is good for all, and people who always
sell more are in both fortnights and both groups, and cancel out (a difference in differences; the
design of Larkin, 2014, Journal of Labor Economics 32: 199-227, on closings). The share of the two
fortnights' bookings that falls into the last one is compared, its variance that of sums over people
and windows; one-sided.
Pull-forward: what a window's last fortnight has too much of is missing in the fortnight after it
(Oyer, 1998, QJE 113: 149-185). Both are ratios to the days between, over windows, by Student's t.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import erfc, exp, sqrt

import numpy as np

from wald.brain.stats import Interval
from wald.kernel.period import Period

LEAST = 60  # bookings in the two fortnights, in either group, below which nothing is told
_FORTNIGHT = 14
_CONTINUES = 0.5  # counts with nothing in them are taken as this
_Z = 1.959963984540054
_MOST = 6  # windows, below which no spike is told


@dataclass(frozen=True, slots=True)
class Timed:
    """People who stood at one place four weeks before the end; sums over people and windows."""

    place: float
    windows: int
    earlier: float
    later: float
    later_later: float
    later_both: float
    both_both: float


@dataclass(frozen=True, slots=True)
class Timing:
    """`near` and `others`: the share of two fortnights' bookings in the last one. `moved`: deals
    of those near beyond what the others' share would give. `p_value` None: too few to tell."""

    windows_near: int
    near: float
    others: float
    moved: Interval
    p_value: float | None


@dataclass(frozen=True, slots=True)
class Spike:
    """The last fortnight and the one after it, over the usual of as many days between.

    `repaid`: the share of what is too much that is missing after; None: there is no spike.
    """

    windows: int
    spike: Interval
    trough: Interval
    repaid: float | None
    p_value: float  # of no trough, one-sided


def timing(rows: Iterable[Timed], threshold: float, days: int) -> Timing:
    """Return how much later than others people close who are near to a threshold.

    Near: what was missing four weeks before the end is no more than a quarter above what four
    weeks of a window of so many days bring at the pace of the threshold.
    """
    gap = threshold * 1.25 * min(1.0, 2 * _FORTNIGHT / days)
    listed = list(rows)
    near = _summed([one for one in listed if threshold - gap <= one.place < threshold - 1e-9])
    others = _summed([one for one in listed if not threshold - gap <= one.place < threshold - 1e-9])
    bookings = near.earlier + near.later, others.earlier + others.later
    if min(bookings) < LEAST:
        return Timing(near.windows, 0.0, 0.0, Interval(0.0, 0.0, 0.0), None)
    first, second = near.later / bookings[0], others.later / bookings[1]
    error = sqrt(_variance(near, first) + _variance(others, second))
    z = (first - second) / error if error > 0 else 0.0
    moved = [bookings[0] * (first - second + wide * error) for wide in (-_Z, 0.0, _Z)]
    return Timing(near.windows, first, second, Interval(*moved), erfc(z / sqrt(2)) / 2)


def _summed(rows: Sequence[Timed]) -> Timed:
    names = ("windows", "earlier", "later", "later_later", "later_both", "both_both")
    return Timed(0.0, *[sum(getattr(one, name) for one in rows) for name in names])


def _variance(group: Timed, share: float) -> float:
    """Return the variance of a ratio of sums over people and windows, and no less than that of
    bookings one by one."""
    both = group.earlier + group.later
    apart = group.later_later - 2 * share * group.later_both + share**2 * group.both_both
    return max(apart, both * share * (1 - share)) / both**2


def spike(daily: Sequence[tuple[date, float]], windows: Sequence[Period]) -> Spike | None:
    """Return the spike at the ends of windows and the trough after; None with too few windows.

    `windows` follow each other; of a month there are too few days between to tell.
    """
    by_day = dict(daily)
    parts = [_parts(by_day, one) for one in windows if one.days >= 4 * _FORTNIGHT]
    known = [(last, after, usual) for last, after, usual in parts if usual > 0]
    if len(known) < _MOST:
        return None
    last, after, usual = np.array(known).T
    high, _ = _ratio(last, usual)
    low, p_value = _ratio(after, usual)
    excess, missing = float((last - usual).sum()), float((usual - after).sum())
    repaid = min(1.0, max(0.0, missing / excess)) if excess > 0 and high.low > 1 else None
    return Spike(len(known), high, low, repaid, p_value)


def _parts(by_day: dict[date, float], window: Period) -> tuple[float, float, float]:
    """Return the sums of the last fortnight, of the one after, and the usual of a fortnight."""

    def total(start: date, days: int) -> float:
        return sum(by_day.get(start + timedelta(days=day), 0.0) for day in range(days))

    last = total(window.end - timedelta(days=_FORTNIGHT), _FORTNIGHT)
    between = window.days - 2 * _FORTNIGHT
    usual = total(window.start + timedelta(days=_FORTNIGHT), between) / between * _FORTNIGHT
    return last, total(window.end, _FORTNIGHT), usual


def _ratio(
    first: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    second: "np.ndarray[tuple[int], np.dtype[np.float64]]",
) -> tuple[Interval, float]:
    """Return the geometric mean of ratios with its interval, and the p-value of no less than 1."""
    from scipy.stats import t

    logs = np.log(np.maximum(first, _CONTINUES) / second)
    mean, error = float(logs.mean()), float(logs.std(ddof=1)) / sqrt(len(logs))
    wide = float(t.ppf(0.975, len(logs) - 1)) * error
    p_value = float(t.cdf(mean / error, len(logs) - 1)) if error > 0 else 1.0
    return Interval(exp(mean - wide), exp(mean), exp(mean + wide)), p_value
