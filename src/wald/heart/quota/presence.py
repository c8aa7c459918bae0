"""Which part of a month counts for somebody: days of hire, leave and transfer, and the ramp.

Days are counted as they are, over the days of the month, or as months of thirty days in which the
31st is the 30th. Stretches are half-open: the day somebody leaves is the first one not counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction

from wald.heart.quota.tree import Stay
from wald.kernel.period import Calendar, Grain, Period, period_of, year_of, year_periods

_THIRTY = 30


class DayCount(Enum):
    """How the days of a part of a month are counted."""

    ACTUAL = "actual"
    THIRTY = "thirty"


@dataclass(frozen=True, slots=True)
class Month:
    """A fiscal month and its number on one count that runs through all years."""

    period: Period
    number: int


def months_of(calendar: Calendar, number: int) -> tuple[Month, ...]:
    """Return the months of a fiscal year. Raises ValueError if the calendar has no such year."""
    found = year_periods(calendar, calendar.year(number), Grain.MONTH)
    return tuple(Month(period, number * 12 + place) for place, period in enumerate(found))


def month_number(calendar: Calendar, day: date) -> int | None:
    """Return the number of the month that holds `day`; None outside the calendar."""
    try:
        year = year_of(calendar, day)
    except ValueError:
        return None
    held = period_of(calendar, Grain.MONTH, day)
    return year.number * 12 + year.bounds.index(held.start)


def presence(month: Period, stays: Sequence[Stay], count: DayCount) -> Fraction:
    """Return the part of a month, from 0 to 1, that half-open stays cover.

    Thirty-day months are calendar months; a stay that covers the whole month is always 1.
    """
    parts = ((max(since, month.start), min(until, month.end)) for since, until in stays)
    return sum((_part(month, since, until, count) for since, until in parts), Fraction(0))


def ramp_share(ramp: Sequence[Decimal], hired: int | None, month: int) -> Decimal:
    """Return which part of a quota a month since hire bears: `ramp[0]` for the month of hire,
    all of it after the last. `hired` None: long ago."""
    if hired is None or not 0 <= month - hired < len(ramp):
        return Decimal(1)
    return ramp[month - hired]


def _part(month: Period, since: date, until: date, count: DayCount) -> Fraction:
    if until <= since:
        return Fraction(0)
    if (since, until) == (month.start, month.end):
        return Fraction(1)
    if count is DayCount.ACTUAL:
        return Fraction((until - since).days, month.days)
    # Days since the first of the month; so two stays that touch never count a day twice.
    ends = _THIRTY if until == month.end else min(until.day, _THIRTY) - 1
    return Fraction(ends - (min(since.day, _THIRTY) - 1), _THIRTY)
