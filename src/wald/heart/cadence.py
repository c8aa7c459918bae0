"""When forecasts are said: deadlines within a period, locks, and what stands where none is agreed.

Weeks are counted from the first day of the period: week 1 is its first seven days. The deadline of
a week is the agreed time on the agreed weekday within it. From the deadline of a lock week to the
end of that week numbers are locked, and after the last day of the period for good.
Source: docs/forecast/submissions.md
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from zoneinfo import ZoneInfo

from wald.kernel.period import Period
from wald.kernel.weekday import Weekday

_WEEK = timedelta(days=7)


class Length(Enum):
    """Of the periods that are forecast."""

    MONTH = "month"
    QUARTER = "quarter"


class Category(Enum):
    """What can be said, from the surest to the widest; each says all that will be booked in the
    period, what is closed already included."""

    COMMIT = "commit"
    MOST_LIKELY = "most_likely"
    BEST_CASE = "best_case"
    PIPELINE = "pipeline"

    @property
    def title(self) -> str:
        return self.value.replace("_", " ").capitalize()


class RollUp(Enum):
    """How deals count: each category by itself, or with everything surer than it."""

    SINGLE = "single"
    CUMULATIVE = "cumulative"


class Submitter(Enum):
    """Who says a number: by the role in the data."""

    REP = "rep"
    MANAGER = "manager"
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class Cadence:
    """What a forecast calendar agrees; the values here hold where nobody agreed anything."""

    periods: Length = Length.QUARTER
    time_zone: str = "UTC"
    deadline_day: Weekday = Weekday.MONDAY
    deadline_time: time = time(12)
    every_weeks: int = 1
    opens_days_before: int = 31
    lock_weeks: tuple[int, ...] = ()
    categories: tuple[Category, ...] = (Category.COMMIT, Category.BEST_CASE, Category.PIPELINE)
    roll_up: RollUp = RollUp.CUMULATIVE
    submits: tuple[Submitter, ...] = tuple(Submitter)
    stale_after_days: int = 7
    remind_hours_before: int = 24


USUAL = Cadence()


@dataclass(frozen=True, slots=True)
class Deadline:
    """`at` in UTC; `until` is when the lock of a lock week ends."""

    week: int
    at: datetime
    is_lock: bool
    until: datetime


class Gate(Enum):
    """May a number be said now?"""

    EARLY = "early"  # the period is too far ahead
    OPEN = "open"
    LOCKED = "locked"  # until the week is over
    OVER = "over"  # so is the period


@dataclass(frozen=True, slots=True)
class Standing:
    """How a period stands at one instant. `until` is when that changes, None: it does not."""

    gate: Gate
    until: datetime | None
    week: int  # of the period; 0 before it begins, and after it is over
    deadline: Deadline | None  # the next one

    @property
    def is_locked(self) -> bool:
        return self.gate in (Gate.LOCKED, Gate.OVER)


def deadlines(period: Period, cadence: Cadence) -> tuple[Deadline, ...]:
    """Return the deadlines of a period, in order."""
    return tuple(_deadlines(period, cadence))


def standing(period: Period, cadence: Cadence, at: datetime) -> Standing:
    """Say how a period stands at `at`."""
    zone = ZoneInfo(cadence.time_zone)
    opens = _midnight(period.start - timedelta(days=cadence.opens_days_before), zone)
    ends = _midnight(period.end, zone)
    every = deadlines(period, cadence)
    coming = next((one for one in every if one.at > at), None)
    if at < opens:
        return Standing(Gate.EARLY, opens, 0, coming)
    if at >= ends:
        return Standing(Gate.OVER, None, 0, None)
    passed = (at.astimezone(zone).date() - period.start).days
    week = passed // 7 + 1 if passed >= 0 else 0
    lock = next((one for one in every if one.is_lock and one.at <= at < one.until), None)
    if lock is not None:
        return Standing(Gate.LOCKED, lock.until, week, coming)
    first = next((one.at for one in every if one.is_lock and one.at > at), ends)
    return Standing(Gate.OPEN, first, week, coming)


def round_began(period: Period, cadence: Cadence, deadline: Deadline) -> datetime:
    """Return from when on a number counts as said for a deadline: the deadline before it, or when
    the period opened."""
    before = [one.at for one in deadlines(period, cadence) if one.at < deadline.at]
    opens = period.start - timedelta(days=cadence.opens_days_before)
    return before[-1] if before else _midnight(opens, ZoneInfo(cadence.time_zone))


def _deadlines(period: Period, cadence: Cadence) -> Iterator[Deadline]:
    zone = ZoneInfo(cadence.time_zone)
    wanted = tuple(Weekday).index(cadence.deadline_day)
    begins, week = period.start, 1
    while begins < period.end:
        day = begins + timedelta(days=(wanted - begins.weekday()) % 7)
        is_lock = week in cadence.lock_weeks
        if day < period.end and ((week - 1) % cadence.every_weeks == 0 or is_lock):
            at = datetime.combine(day, cadence.deadline_time, zone).astimezone(UTC)
            ends = min(begins + _WEEK, period.end)
            yield Deadline(week, at, is_lock, _midnight(ends, zone))
        begins, week = begins + _WEEK, week + 1


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(0), zone).astimezone(UTC)
