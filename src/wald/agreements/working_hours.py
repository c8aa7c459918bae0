"""Working hours: when people work, and how many such hours a case may take.

Holds     weekdays with their hours, holidays, the time zone, hours until due per kind of case
In force  the version valid on the day a case is opened
Checks    the zone exists, each day closes after it opens, nothing stands twice
Used by   due times and reminders of cases
Source    docs/agreements/working_hours.md
"""

from collections.abc import Iterator
from datetime import date, time
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field

from wald.documents.document import DocumentType
from wald.documents.plain import shown
from wald.kernel.problem import Problem
from wald.kernel.weekday import Weekday

_LONGEST_DUE = 2000  # working hours, a year


class Hours(BaseModel):
    """A day of the week, open from one time of day to before another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    day: Weekday
    opens: time
    closes: time


class Due(BaseModel):
    """How many working hours a case of a kind may take."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    hours: int


class WorkingHours(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    time_zone: str
    weekdays: tuple[Hours, ...] = Field(min_length=1, max_length=7)
    holidays: tuple[date, ...] = Field((), max_length=2000)
    due: tuple[Due, ...] = Field((), max_length=100)


def check(hours: WorkingHours) -> Iterator[Problem]:
    if hours.time_zone not in available_timezones():
        fix = "write an IANA name such as Europe/Berlin"
        yield Problem("time_zone", f"{hours.time_zone[:60]!r} is no time zone", fix)
    for i, one in enumerate(hours.weekdays):
        if one.closes <= one.opens:
            what = f"closes at {shown(one.closes)}, not after it opens"
            yield Problem(f"weekdays[{i}].closes", what, "give a later time of the same day")
    for i, day in enumerate(hours.holidays):
        if day in hours.holidays[:i]:
            yield Problem(f"holidays[{i}]", f"{day} stands there already", "remove it")
    for i, due in enumerate(hours.due):
        if not 1 <= due.hours <= _LONGEST_DUE:
            fix = f"write 1 to {_LONGEST_DUE} working hours"
            yield Problem(f"due[{i}].hours", f"{due.hours} is no time for a case", fix)


def summary(hours: WorkingHours) -> str:
    days = len(hours.weekdays)
    return f"{days} day{'' if days == 1 else 's'} a week in {hours.time_zone}"


def tell(path: str, value: object) -> tuple[str, str]:
    """Say a value in words: ("monday opens at", "09:00")."""
    parts = path.split(".")
    if len(parts) == 1:
        words = {"time_zone": "times are those of", "holidays": "holidays:"}
        return words.get(path, f"{path}:"), shown(value)
    words = {
        "opens": f"{parts[1]} opens at",
        "closes": f"{parts[1]} closes at",
        "hours": f"working hours for a case of the kind {parts[1]}:",
    }
    return words.get(parts[-1], f"{path}:"), shown(value)


DOCUMENT = DocumentType(
    key="working_hours",
    title="Working hours",
    shape=WorkingHours,
    check=check,
    summary=summary,
    tell=tell,
    example=WorkingHours(
        time_zone="Europe/Berlin",
        weekdays=tuple(
            Hours(day=day, opens=time(9), closes=time(17, 30)) for day in tuple(Weekday)[:5]
        ),
        holidays=(date(2026, 12, 25), date(2027, 1, 1)),
        due=(Due(kind="approval", hours=16), Due(kind="dispute", hours=40)),
    ),
    source="docs/agreements/working_hours.md",
)
