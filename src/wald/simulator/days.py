"""Days and instants as whole numbers since 1970: quarters, seasons, working hours."""

from datetime import date

import numpy as np

from wald.simulator.streams import Floats, Ints

DAY = 86_400  # seconds
_EPOCH = date(1970, 1, 1)


def number(day: date) -> int:
    return (day - _EPOCH).days


def day_of(number: int) -> date:
    return date.fromordinal(number + _EPOCH.toordinal())


def months(days: Ints) -> Ints:
    """Return the months since January 1970 that the days lie in."""
    return days.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def month_starts(months_since: Ints) -> Ints:
    return months_since.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def quarter_starts(days: Ints) -> Ints:
    """Return the first day of the fiscal quarter (the calendar's) each day lies in."""
    return month_starts(months(days) // 3 * 3)


def quarter_ends(days: Ints) -> Ints:
    """Return the first day after the fiscal quarter each day lies in."""
    return month_starts(months(days) // 3 * 3 + 3)


def month_ends(days: Ints) -> Ints:
    """Return the last day of the month each day lies in."""
    return month_starts(months(days) + 1) - 1


def weekdays(days: Ints) -> Ints:
    """Return 0 for Monday to 6 for Sunday; 1 January 1970 was a Thursday."""
    return (days + 3) % 7


def working_later(days: Ints) -> Ints:
    """Move Saturdays and Sundays to the Monday after."""
    weekday = weekdays(days)
    return days + np.where(weekday > 4, 7 - weekday, 0)


def working_earlier(days: Ints) -> Ints:
    """Move Saturdays and Sundays to the Friday before."""
    return days - np.maximum(weekdays(days) - 4, 0)


def at_work(days: Ints, opens_at: Ints, chance: Floats) -> Ints:
    """Return an instant on each day within nine working hours from `opens_at` (hour, UTC)."""
    return days * DAY + opens_at * 3600 + (chance * 9 * 3600).astype(np.int64)


# How much of a year's new pipeline opens in each month, 1 = an average month.
CREATION_SEASON = np.array([1.08, 1.06, 1.10, 1.02, 1.04, 1.00, 0.88, 0.80, 1.10, 1.12, 1.04, 0.76])

# How much of a year is booked in each fiscal quarter, 1 = an average quarter.
BOOKING_SEASON = np.array([0.945, 1.045, 0.978, 1.032])


def season(months_since: Ints) -> Floats:
    return np.asarray(CREATION_SEASON[months_since % 12])
