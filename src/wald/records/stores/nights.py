"""Nights as rows and as values: what was looked at as of a day, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from wald.records import models


@dataclass(frozen=True, slots=True)
class KeptNight:
    """`body` is JSON as `queries/plain_night.py` tells a night, with numbers of insights."""

    day: date
    at: datetime
    by: str
    body: Mapping[str, object]


def keep_night(night: KeptNight, *, database: str) -> None:
    """Keep what a night found; it replaces an earlier look as of the same day."""
    models.Night.objects.using(database).update_or_create(
        day=night.day, defaults={"at": night.at, "by": night.by, "body": dict(night.body)}
    )


def find_night(day: date | None, *, database: str) -> KeptNight | None:
    """Return the night of a day, None for the last one that was kept."""
    rows = models.Night.objects.using(database)
    row = (rows.filter(day=day) if day else rows).order_by("-day").first()
    return None if row is None else KeptNight(row.day, row.at, row.by, row.body)


def nights_kept(*, limit: int, database: str) -> tuple[date, ...]:
    """Return the days of the nights that were kept, the last one first."""
    rows = models.Night.objects.using(database).order_by("-day")
    return tuple(rows.values_list("day", flat=True)[:limit])


def last_night(*, database: str) -> tuple[date | None, int]:
    """Return the day of the last night that was kept and how many places it looked at."""
    rows = models.Night.objects.using(database).order_by("-day").values_list("day", "body__looks")
    day, looks = rows.first() or (None, 0)
    return day, int(looks or 0)
