"""When something is due that takes so many hours of business: a pure function over the hours.

Days and hours are those of one zone, summer time and all: a window lasts from the instant it
opens to the instant it closes, counted in UTC, so that no hour is lost or counted twice.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from wald.kernel.problem import Problem

MOST_HOURS = 10_000
_MIDNIGHT = time(0)


@dataclass(frozen=True, slots=True)
class Window:
    """Open hours of a day of the week; Monday is 0, closing at 00:00 the end of the day."""

    weekday: int
    opens: time = time(9)
    closes: time = time(17)


WEEK = tuple(Window(weekday) for weekday in range(5))


@dataclass(frozen=True, slots=True)
class Hours:
    """When business is open: windows of every week, but not on holidays."""

    windows: tuple[Window, ...] = WEEK
    zone: str = "UTC"
    holidays: frozenset[date] = frozenset()


def check(hours: Hours) -> Iterator[Problem]:
    """Yield what is wrong with the hours; `due` takes only hours without Problems."""
    if not hours.windows:
        yield Problem("windows", "there is no day to work on", "give a day of the week")
    for place, one in enumerate(hours.windows, start=1):
        if one.weekday not in range(7):
            yield Problem(f"window {place}", "its weekday is none", "count from Monday, 0 to 6")
        if one.closes != _MIDNIGHT and one.closes <= one.opens:
            yield Problem(f"window {place}", "it closes before it opens", "close later")
    try:
        ZoneInfo(hours.zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        fix = "give an IANA name such as Europe/Berlin"
        yield Problem("zone", f"{hours.zone!r} is no time zone", fix)


def due(start: datetime, amount: timedelta, hours: Hours) -> datetime:
    """Return when `amount` of open time has passed since `start`, in UTC.

    The moment business closes still belongs to the day. Nothing to do is due at once, or at
    the next opening. Raises OverflowError where the calendar ends first.
    """
    left = amount
    for opens, closes in _windows_from(start, hours):
        begins = max(opens, start)
        if begins + left <= closes:
            return begins + left
        left -= closes - begins
    raise OverflowError("the calendar ends before this is due")


def is_open(at: datetime, hours: Hours) -> bool:
    """Is business open, the moments of opening and of closing included?"""
    day = at.astimezone(ZoneInfo(hours.zone)).date()
    windows = (*_windows_of(day - timedelta(days=1), hours), *_windows_of(day, hours))
    return any(opens <= at <= closes for opens, closes in windows)


def _windows_from(start: datetime, hours: Hours) -> Iterator[tuple[datetime, datetime]]:
    """Yield every window that closes at `start` or later, one after the other, in UTC."""
    day = start.astimezone(ZoneInfo(hours.zone)).date() - timedelta(days=1)
    done = start
    while day < date.max - timedelta(days=2):
        for opens, closes in _windows_of(day, hours):
            begins = max(opens, done)  # windows may overlap; no hour counts twice
            if begins <= closes:
                yield begins, closes
                done = closes
        day += timedelta(days=1)


def _windows_of(day: date, hours: Hours) -> list[tuple[datetime, datetime]]:
    if day in hours.holidays:
        return []
    zone = ZoneInfo(hours.zone)
    found = []
    for one in hours.windows:
        if one.weekday == day.weekday():
            last = day + timedelta(days=1) if one.closes == _MIDNIGHT else day
            opens = datetime.combine(day, one.opens, zone).astimezone(UTC)
            closes = datetime.combine(last, one.closes, zone).astimezone(UTC)
            found.append((opens, closes))
    return sorted(window for window in found if window[0] < window[1])
