"""When something is due that takes so many hours of business: a pure function over the hours.

Days and hours are those of one zone, summer time and all: a day lasts from the instant it opens
to the instant it closes, counted in UTC, so that no hour is lost or counted twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wald.kernel.problem import Problem

MOST_HOURS = 10_000
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Hours:
    """When business is open. Monday is 0; closing at 00:00 is the end of the day."""

    weekdays: frozenset[int] = frozenset(range(5))
    opens: time = time(9)
    closes: time = time(17)
    zone: str = "UTC"
    holidays: frozenset[date] = frozenset()


def check(hours: Hours) -> Iterator[Problem]:
    """Yield what is wrong with the hours; `due` takes only hours without Problems."""
    if not hours.weekdays or not hours.weekdays <= set(range(7)):
        yield Problem("weekdays", "there is no day to work on", "give days from Monday to Sunday")
    if hours.closes != _MIDNIGHT and hours.closes <= hours.opens:
        yield Problem("closes", "it is not after the opening", "close later, or at 00:00")
    try:
        ZoneInfo(hours.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fix = "give an IANA name such as Europe/Berlin"
        yield Problem("zone", f"{hours.zone!r} is no time zone", fix)


def due(start: datetime, amount: timedelta, hours: Hours) -> datetime:
    """Return when `amount` of open time has passed since `start`, in UTC.

    The moment business closes still belongs to the day. Nothing to do is due at once, or at
    the next opening.
    """
    left = amount
    for opens, closes in _open_days(start, hours):
        begins = max(opens, start)
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    raise OverflowError("the calendar ends before this is due")


def is_open(at: datetime, hours: Hours) -> bool:
    """Is business open, the moments of opening and of closing included?"""
    local = at.astimezone(ZoneInfo(hours.zone)).date()
    days = (local - timedelta(days=1), local)
    return any(
        opens <= at <= closes
        for day in days
        if _is_worked(day, hours)
        for opens, closes in (_bounds(day, hours),)
    )


def _open_days(start: datetime, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    """Yield the opening and closing of every day that closes at `start` or later, in UTC."""
    day = start.astimezone(ZoneInfo(hours.zone)).date() - timedelta(days=1)
    while day < date.max - timedelta(days=2):
        if _is_worked(day, hours):
            opens, closes = _bounds(day, hours)
            if closes >= start and closes > opens:
                yield opens, closes
        day += timedelta(days=1)


def _is_worked(day: date, hours: Hours) -> bool:
    return day.weekday() in hours.weekdays and day not in hours.holidays


def _bounds(day: date, hours: Hours) -> tuple[datetime, datetime]:
    zone = ZoneInfo(hours.zone)
    closing = day + timedelta(days=1) if hours.closes == _MIDNIGHT else day
    return (
        datetime.combine(day, hours.opens, zone).astimezone(UTC),
        datetime.combine(closing, hours.closes, zone).astimezone(UTC),
    )
