"""Months of bookings as a series with a season, and what it says of the rest of the period.

Reads     booked
Tells     a point of everybody and of each team
Unable    with fewer than eight whole months of bookings
Method    AutoTheta of statsforecast; a season of twelve months from two years of them on
Source    docs/forecast/seasonal_series.md
"""

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

import numpy as np
import pyarrow.compute as pc

from wald.brain.forecast import Forecaster, Known, Told, Unable
from wald.brain.history import so_far, sums

_LEAST, _SEASON, _AHEAD = 8, 12, 18  # months
_LEVELS = ("all", "team")
_DAY = timedelta(days=1)


def forecast(known: Known, rng: np.random.Generator) -> Told | Unable:
    first = pc.min(known.booked["booked_on"]).as_py()
    starts = _month_starts(first, known.day) if first else []
    if len(starts) - 1 < _LEAST:
        return Unable(f"There are {max(0, len(starts) - 1)} whole months of bookings.")
    months = sums(known.booked, "booked_on", [(a, b - _DAY) for a, b in pairwise(starts)])
    closed = so_far(known)
    told = {}
    for unit in known.units:
        series = months.of(unit.key)
        if unit.level in _LEVELS and series.any():
            ahead = _ahead(tuple(series.tolist()))
            rest = _rest(ahead, starts[-1], known)
            told[unit.key] = np.array([closed.of(unit.key)[0] + rest])
    return told


def _month_starts(first: date, day: date) -> list[date]:
    """Return the first days of months from the first whole one to the one that goes on."""
    number = first.year * 12 + first.month - 1 + (first.day > 7)
    following = day + _DAY
    return [
        date(one // 12, one % 12 + 1, 1)
        for one in range(number, following.year * 12 + following.month)
    ]


def _rest(ahead: tuple[float, ...], month: date, known: Known) -> float:
    """Return the days of months ahead that lie in the period, after the day."""
    rest = 0.0
    for amount in ahead:
        following = (month.replace(day=1) + timedelta(days=32)).replace(day=1)
        begin = max(month, known.day + _DAY, known.period.start)
        days = (min(following, known.period.end) - begin).days
        rest += amount * max(0, days) / (following - month).days
        month = following
    return rest


@lru_cache(maxsize=4096)
def _ahead(series: tuple[float, ...]) -> tuple[float, ...]:
    # The package takes seconds to import.
    from statsforecast.models import AutoTheta

    mean = float(np.mean(series))
    if np.ptp(series) == 0:  # even months go on evenly; what measures seasons divides by nothing
        return (mean,) * _AHEAD
    season = _SEASON if len(series) >= 2 * _SEASON else 1
    with np.errstate(all="ignore"):
        found = AutoTheta(season_length=season).forecast(y=np.array(series), h=_AHEAD)["mean"]
    return tuple(float(one) if np.isfinite(one) else mean for one in found)


FORECASTER = Forecaster(
    key="seasonal_series",
    title="Seasonal series",
    says="Months of bookings as a series with a season, and what it says of the rest.",
    is_simple=True,
    forecast=forecast,
    source="docs/forecast/seasonal_series.md",
)
