"""Payout periods and windows, and which share of one a person was in the plan.

Source: docs/compensation/README.md
"""

from datetime import date
from functools import lru_cache

from wald.heart.compensation.figure import ONE, Figure, given
from wald.heart.compensation.plan import DayCount, Every
from wald.kernel.period import Calendar, Period, period_of

_IN_A_YEAR = {Every.MONTH: 12, Every.QUARTER: 4}


@lru_cache(maxsize=8192)
def payout_period(every: Every, day: date, calendar: Calendar) -> Period:
    """Return the payout period or window that holds `day`."""
    grain = every.grain
    if grain is None:
        return Period(date.min, date.max, "all time")
    return period_of(calendar, grain, day)


@lru_cache(maxsize=8192)
def share_of(days: Period, whole: Period, count: DayCount) -> Figure:
    """Return which share of `whole` the days are, at most 1."""
    if days.start <= whole.start and whole.end <= days.end:
        return ONE
    part, all_days = _days(days, count), _days(whole, count)
    figure = given(part, f"days from {days.start} to {days.last_day}", "days")
    return (figure / given(all_days, "days of the period", "days")).called("share of the period")


def _days(days: Period, count: DayCount) -> int:
    if count is DayCount.ACTUAL:
        return days.days
    first, last = days.start, days.last_day
    months = (last.year - first.year) * 12 + last.month - first.month
    ends = 30 if days.end.day == 1 else min(last.day, 30)
    return months * 30 + ends - min(first.day, 30) + 1


@lru_cache(maxsize=4096)
def target_of(yearly: Figure, every: Every, share: Figure) -> Figure:
    """Return what of a yearly target incentive falls to a share of one period."""
    parts = given(_IN_A_YEAR.get(every, 1), "periods in a year", "calendar")
    return (yearly / parts * share).called("target incentive of the period")
