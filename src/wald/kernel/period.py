"""Half-open stretches of days, and the fiscal calendars that name them.

A calendar is a rule that gives, for each fiscal year, the thirteen days that bound its
twelve months; quarters are three months each. Three families: whole months from any
month on, weeks in the 4-4-5 family (52 or 53 weeks, the extra one in the last month),
and a table of the firm's own. Source: docs/concepts/fiscal-calendars.md.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from functools import lru_cache
from itertools import pairwise

from wald.kernel.problem import Problem


class Grain(Enum):
    """How long a period is."""

    DAY = "day"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The days from `start` up to, not including, `end`."""

    start: date
    end: date
    label: str

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def last_day(self) -> date:
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Year:
    """A fiscal year: its number and the thirteen days that bound its twelve months."""

    number: int
    bounds: tuple[date, ...]

    @property
    def start(self) -> date:
        return self.bounds[0]

    @property
    def end(self) -> date:
        return self.bounds[-1]


@dataclass(frozen=True, slots=True)
class Calendar:
    """`starts_month` is set where months are whole calendar months: engines can truncate then."""

    key: str
    year: Callable[[int], Year]
    prefix: str  # "" where fiscal years are calendar years, else "FY"
    starts_month: int | None = None


def months_calendar(starts_month: int = 1) -> Calendar:
    """Fiscal years of whole months; a year that starts after January bears the year it ends in."""
    if not 1 <= starts_month <= 12:
        raise ValueError(f"a year starts in a month from 1 to 12, not {starts_month}")

    def year(number: int) -> Year:
        first = number if starts_month == 1 else number - 1
        months = (starts_month - 1 + i for i in range(13))
        return Year(number, tuple(date(first + m // 12, m % 12 + 1, 1) for m in months))

    prefix = "" if starts_month == 1 else "FY"
    return Calendar(f"months-{starts_month}", year, prefix, starts_month)


_PATTERNS = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}


def weeks_calendar(pattern: str, *, ends_month: int = 12, ends_weekday: int = 5) -> Calendar:
    """Fiscal years of whole weeks that end on the weekday nearest to the end of `ends_month`.

    `ends_weekday` counts from Monday = 0; a year bears the number of the calendar year in
    which most of it lies, as retailers do. The 53rd week, where there is one, is in the last month.
    """
    weeks = _PATTERNS[pattern] * 4

    def last_day(number: int) -> date:
        year = number + (1 if ends_month < 7 else 0)
        after = date(year + ends_month // 12, ends_month % 12 + 1, 1) - timedelta(days=1)
        back = (after.weekday() - ends_weekday) % 7
        return after - timedelta(days=back) if back <= 3 else after + timedelta(days=7 - back)

    def year(number: int) -> Year:
        start, end = last_day(number - 1) + timedelta(days=1), last_day(number) + timedelta(days=1)
        bounds = [start]
        for count in weeks[:-1]:
            bounds.append(bounds[-1] + timedelta(weeks=count))
        return Year(number, (*bounds, end))

    return Calendar(f"{pattern}-{ends_month}-{ends_weekday}", year, "FY")


def custom_calendar(years: tuple[Year, ...]) -> Calendar:
    """A firm's own table of years; a day outside it has no period (ValueError)."""
    for one, following in pairwise(years):
        if one.end != following.start or one.number + 1 != following.number:
            raise ValueError(f"fiscal year {following.number} does not follow {one.number}")
    for one in years:
        rising = all(a < b for a, b in pairwise(one.bounds))
        if len(one.bounds) != 13 or not rising:
            raise ValueError(f"fiscal year {one.number} needs 13 rising days")
    by_number = {one.number: one for one in years}

    def year(number: int) -> Year:
        if number not in by_number:
            raise ValueError(f"the calendar has no fiscal year {number}; add it to the table")
        return by_number[number]

    return Calendar("custom", year, "FY")


def year_of(calendar: Calendar, day: date) -> Year:
    """Return the fiscal year that holds `day`."""
    for number in (day.year, day.year + 1, day.year - 1):
        try:
            year = calendar.year(number)
        except ValueError:
            continue
        if year.start <= day < year.end:
            return year
    raise ValueError(f"the calendar has no fiscal year for {day}; add it to the table")


def year_periods(calendar: Calendar, year: Year, grain: Grain) -> tuple[Period, ...]:
    """Return the periods of one grain that make up one fiscal year, in order."""
    name = f"{calendar.prefix}{year.number}"
    if grain is Grain.YEAR:
        return (Period(year.start, year.end, name),)
    if grain is Grain.QUARTER:
        return tuple(
            Period(year.bounds[3 * i], year.bounds[3 * i + 3], f"{name}-Q{i + 1}") for i in range(4)
        )
    if grain is Grain.DAY:
        days = [year.start + timedelta(days=i) for i in range((year.end - year.start).days)]
        return tuple(Period(d, d + timedelta(days=1), d.isoformat()) for d in days)
    return tuple(
        Period(a, b, _month_label(calendar, name, i, a))
        for i, (a, b) in enumerate(pairwise(year.bounds), start=1)
    )


def _month_label(calendar: Calendar, year_name: str, position: int, start: date) -> str:
    if calendar.starts_month is not None:
        return f"{start:%Y-%m}"
    return f"{year_name}-P{position:02d}"


@lru_cache(maxsize=4096)
def _cached_periods(calendar: Calendar, number: int, grain: Grain) -> tuple[Period, ...]:
    return year_periods(calendar, calendar.year(number), grain)


def period_of(calendar: Calendar, grain: Grain, day: date) -> Period:
    """Return the period of this grain that holds `day`."""
    if grain is Grain.DAY:
        return Period(day, day + timedelta(days=1), day.isoformat())
    number = year_of(calendar, day).number
    return next(p for p in _cached_periods(calendar, number, grain) if day in p)


def periods(calendar: Calendar, grain: Grain, start: date, end: date) -> Iterator[Period]:
    """Yield the periods of this grain that overlap the days from `start` up to `end`, in order."""
    day = start
    while day < end:
        period = period_of(calendar, grain, day)
        yield period
        day = period.end


def before(calendar: Calendar, grain: Grain, period: Period) -> Period:
    """Return the period of this grain just before `period`."""
    return period_of(calendar, grain, period.start - timedelta(days=1))


_PERIOD = re.compile(
    r"(?:FY)?(?P<year>\d{4})(?:-Q(?P<quarter>[1-4])|-(?P<month>\d{2})|-P(?P<number>\d{2}))?",
    re.IGNORECASE,
)
YEARS = range(1900, 3000)  # of what people ask about; beyond, days cannot be counted on
_FORMS = "write 2017, 2017-Q3, 2017-07, 2017-07-01..2017-09-30 or a single day 2017-07-01"


def grain_of(text: str) -> Grain | None:
    """Return the grain that a period written as `text` has, None for a stretch of days."""
    match = _PERIOD.fullmatch(text.strip())
    if match is None:
        return None
    if match["quarter"]:
        return Grain.QUARTER
    return Grain.MONTH if match["month"] or match["number"] else Grain.YEAR


def read_period(text: str, calendar: Calendar) -> Period | Problem:
    """Read `2017`, `2017-Q3`, `2017-07`, `FY2018-P03`, a day, or `first..last` (both included)."""
    text = text.strip()
    try:
        found = _read(text, calendar)
    except (ValueError, OverflowError) as error:
        # Python's own sentence about a day it cannot read says nothing of periods.
        what = "it is no period" if "isoformat" in str(error) else str(error)
        return Problem(f"period {text!r}", what, _FORMS)
    if found.start.year not in YEARS or found.end.year not in YEARS:
        what = f"it lies outside the years {YEARS.start} to {YEARS.stop - 1}"
        return Problem(f"period {text!r}", what, _FORMS)
    return found


def _read(text: str, calendar: Calendar) -> Period:
    if ".." in text:
        first, last = (date.fromisoformat(part.strip()) for part in text.split("..", 1))
        if last < first:
            raise ValueError(f"{last} comes before {first}")
        return Period(first, last + timedelta(days=1), f"{first}..{last}")
    match = _PERIOD.fullmatch(text)
    if match is None:
        return period_of(calendar, Grain.DAY, date.fromisoformat(text))
    year = calendar.year(int(match["year"]))
    if match["quarter"]:
        return year_periods(calendar, year, Grain.QUARTER)[int(match["quarter"]) - 1]
    if match["month"]:
        return _month(calendar, int(match["year"]), int(match["month"]))
    if match["number"]:
        if not 1 <= int(match["number"]) <= 12:
            raise ValueError("a year has the periods P01 to P12")
        return year_periods(calendar, year, Grain.MONTH)[int(match["number"]) - 1]
    return year_periods(calendar, year, Grain.YEAR)[0]


def _month(calendar: Calendar, year: int, month: int) -> Period:
    if calendar.starts_month is None:
        raise ValueError(f"this calendar's months are not {year}-{month:02d} but P01 to P12")
    return period_of(calendar, Grain.MONTH, date(year, month, 1))
