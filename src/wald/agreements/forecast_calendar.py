"""Forecast calendar: which periods are forecast, until when, in which categories and by whom.

Holds     length of periods, deadline, lock weeks, categories, kind of roll-up, who submits
In force  the version valid on the day, or on the last day of a period that is over
Checks    the zone exists, numbers make sense, nothing stands twice, commit is among the categories
Used by   heart.cadence
Source    docs/agreements/forecast_calendar.md
"""

from collections.abc import Iterator
from datetime import time
from enum import Enum
from typing import Annotated
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field

from wald.documents.document import DocumentType
from wald.documents.plain import shown
from wald.heart.cadence import Cadence, Category, Length, RollUp, Submitter
from wald.kernel.problem import Problem
from wald.kernel.weekday import Weekday

_LONGEST_STEP = 13  # weeks
_LAST_WEEK = 14  # that a quarter has
_BOUNDS = {
    "every_weeks": (1, _LONGEST_STEP, "weeks"),
    "opens_days_before": (0, 400, "days"),
    "stale_after_days": (1, 400, "days"),
    "remind_hours_before": (0, 24 * 14, "hours; 0: nobody is reminded"),
}


class ForecastCalendar(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    periods: Length = Length.QUARTER
    time_zone: str
    deadline_day: Weekday
    deadline_time: time
    every_weeks: int = 1
    opens_days_before: int = 31
    lock_weeks: Annotated[tuple[int, ...], Field(max_length=_LAST_WEEK)] = ()
    categories: Annotated[tuple[Category, ...], Field(min_length=1, max_length=4)] = (
        Category.COMMIT,
        Category.BEST_CASE,
        Category.PIPELINE,
    )
    roll_up: RollUp = RollUp.CUMULATIVE
    submits: Annotated[tuple[Submitter, ...], Field(min_length=1, max_length=3)] = tuple(Submitter)
    stale_after_days: int = 7
    remind_hours_before: int = 24


def check(calendar: ForecastCalendar) -> Iterator[Problem]:
    if calendar.time_zone not in available_timezones():
        fix = "write an IANA name such as Europe/Berlin"
        yield Problem("time_zone", f"{calendar.time_zone[:60]!r} is no time zone", fix)
    for name, (least, most, unit) in _BOUNDS.items():
        number = getattr(calendar, name)
        if not least <= number <= most:
            yield Problem(name, f"{number} makes no sense", f"write {least} to {most} {unit}")
    yield from _weeks(calendar)
    if calendar.deadline_time.tzinfo is not None:
        fix = "write the time of day alone, such as 12:00; time_zone says where"
        yield Problem("deadline_time", "it has a zone of its own", fix)
    if Category.COMMIT not in calendar.categories:
        fix = "add commit: it is what a quota is held against"
        yield Problem("categories", "commit is missing", fix)


def _weeks(calendar: ForecastCalendar) -> Iterator[Problem]:
    for i, week in enumerate(calendar.lock_weeks):
        if not 1 <= week <= _LAST_WEEK:
            fix = f"count weeks of the period from 1; write 1 to {_LAST_WEEK}"
            yield Problem(f"lock_weeks[{i}]", f"{week} is no week of a period", fix)
    for name in ("lock_weeks", "categories", "submits"):
        values = getattr(calendar, name)
        for i, value in enumerate(values):
            if value in values[:i]:
                yield Problem(f"{name}[{i}]", "it stands there already", "remove it")


def summary(calendar: ForecastCalendar) -> str:
    often = "every week" if calendar.every_weeks == 1 else f"every {calendar.every_weeks} weeks"
    return (
        f"{calendar.periods.value}s, {often} until {calendar.deadline_day.value} "
        f"{calendar.deadline_time:%H:%M} in {calendar.time_zone}"
    )


def tell(path: str, value: object) -> tuple[str, str]:
    """Say a value in words: ("submitted until", "monday")."""
    words = {
        "periods": "forecast by",
        "time_zone": "times are those of",
        "deadline_day": "submitted until",
        "deadline_time": "at",
        "every_weeks": "weeks from one deadline to the next:",
        "opens_days_before": "days before its first day that a period opens:",
        "lock_weeks": "weeks of the period that lock:",
        "categories": "categories:",
        "roll_up": "deals roll up",
        "submits": "submitted by",
        "stale_after_days": "days after which a number is stale:",
        "remind_hours_before": "hours before a deadline that people are reminded:",
    }
    return words.get(path, f"{path}:"), _said(value)


def _said(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, tuple | list):
        return ", ".join(_said(one) for one in value) or "none"
    return shown(value)


def cadence_of(calendar: ForecastCalendar) -> Cadence:
    """Return what the heart needs of a calendar; categories from the surest to the widest."""
    values = {name: getattr(calendar, name) for name in type(calendar).model_fields}
    values["categories"] = tuple(one for one in Category if one in calendar.categories)
    return Cadence(**values)


DOCUMENT = DocumentType(
    key="forecast_calendar",
    title="Forecast calendar",
    shape=ForecastCalendar,
    check=check,
    summary=summary,
    tell=tell,
    example=ForecastCalendar(
        time_zone="Europe/Berlin",
        deadline_day=Weekday.MONDAY,
        deadline_time=time(17),
        lock_weeks=(3, 8),
    ),
    source="docs/agreements/forecast_calendar.md",
)
