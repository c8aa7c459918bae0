"""What a forecaster is: from what was known on a day, it tells what a period will book.

A forecaster is asked for all units at once (everybody, each team, each rep) and answers with draws:
equally likely amounts. A single draw is a point; the track record of the method then gives it its
spread. Draws of one place belong to one future: those of two teams may be added draw by draw.
Amounts are floats in the reporting currency: what is guessed needs no cents.
Source: docs/forecast/README.md
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from types import MappingProxyType
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wald.kernel.catalogue import collect
from wald.kernel.period import Period

Draws: TypeAlias = NDArray[np.float64]  # of one dimension
DRAWS = 1_000  # as many as a forecaster that knows a distribution gives
LEVELS = ("all", "team", "rep")
_WEEK = timedelta(days=7)

ACTIVE_DAYS = 30  # up to a day, in which days with an activity are counted

# A deal that was open at the end of `on`, as it stood then.
OPEN = pa.schema(
    [
        ("on", pa.date32()),
        ("opportunity_id", pa.string()),
        ("owner_id", pa.string()),
        ("team", pa.string()),  # the owner's on that day
        ("segment", pa.string()),
        ("type", pa.string()),
        ("lead_source", pa.string()),
        ("stage", pa.string()),
        ("position", pa.int64()),  # of the stage, null where nobody ordered the stages
        ("probability", pa.float64()),  # as the stage or the source states it
        ("category", pa.string()),  # omitted, pipeline, best_case, most_likely or commit
        ("amount", pa.float64()),  # null: nobody knew
        ("opened_on", pa.date32()),
        ("close_on", pa.date32()),  # expected
        ("stage_on", pa.date32()),  # since when it stands in its stage
        ("moves", pa.int64()),  # changes of stage so far
        ("pushes", pa.int64()),  # times the expected day moved to a later month
        ("pushed_days", pa.int64()),  # by how many days altogether
        ("active_on", pa.date32()),  # last activity, null: none
        ("active_days", pa.int64()),  # with an activity, among the last ACTIVE_DAYS
    ]
)
# A deal that was won or lost, as it stood then.
CLOSED = pa.schema(
    [
        ("opportunity_id", pa.string()),
        ("owner_id", pa.string()),
        ("team", pa.string()),
        ("outcome", pa.string()),  # won or lost
        ("amount", pa.float64()),
        ("opened_on", pa.date32()),
        ("closed_on", pa.date32()),
    ]
)
BOOKED = pa.schema(
    [
        ("booked_on", pa.date32()),
        ("opportunity_id", pa.string()),  # null: not from a deal
        ("owner_id", pa.string()),
        ("team", pa.string()),
        ("amount", pa.float64()),
    ]
)
SUBMITTED = pa.schema(
    [
        ("person_id", pa.string()),
        ("starts_on", pa.date32()),
        ("ends_on", pa.date32()),
        ("category", pa.string()),  # commit, best_case or pipeline
        ("submitted_on", pa.date32()),
        ("amount", pa.float64()),
    ]
)


@dataclass(frozen=True, slots=True)
class Unit:
    """Whose bookings are told: everybody's (level "all"), a team's or one rep's.

    `owners` are those who belong to it on the day; `lead` is who submits for it, where known.
    """

    key: str  # "all", "team:North", "rep:p17"
    level: str
    title: str
    owners: frozenset[str]
    lead: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """All that was known at the end of `day`: nothing in here happened later.

    `period` is whose bookings are asked for, `before` the periods before it that the data reach
    from their first day on, oldest first. `past` holds deals open on earlier days, a week apart:
    of each period the days of `grid`, from its last day back to the day before its first. A day
    of the grid finds the same day of each earlier period there; any other the nearest.
    A row belongs to the unit that `unit_keys` names: a team's bookings are those of whoever was
    in the team on the day of the booking.
    """

    day: date
    period: Period
    before: tuple[Period, ...]
    units: tuple[Unit, ...]
    booked: pa.Table  # BOOKED, `booked_on` up to `day`
    open: pa.Table  # OPEN on `day`
    past: pa.Table  # OPEN on days before
    closed: pa.Table  # CLOSED up to `day`
    submitted: pa.Table  # SUBMITTED up to `day`
    quotas: Mapping[str, float]  # by key of unit, of `period`, where there is one

    @property
    def days_left(self) -> int:
        """Days of the period after `day`."""
        return max(0, (self.period.end - self.day).days - 1)


@dataclass(frozen=True, slots=True)
class Unable:
    """Why a forecaster says nothing: a sentence."""

    reason: str


Told: TypeAlias = Mapping[str, Draws]  # by key of unit; units it cannot tell are left out


@dataclass(frozen=True, slots=True)
class Parts:
    """What a forecast expects beyond what is booked: of deals open now, of deals not yet created.

    Both are means; with the bookings so far they add up to the mean of the forecast.
    """

    open: float
    new: float


@dataclass(frozen=True, slots=True)
class Forecaster:
    """`is_simple`: a plain method that others have to beat. `says`: how it goes, in a sentence.

    `parts` tells, by key of unit, what its forecast is made of, exactly where chance is given the
    same; None: it cannot tell.
    """

    key: str
    title: str
    says: str
    is_simple: bool
    forecast: Callable[[Known, np.random.Generator], Told | Unable]
    source: str
    parts: Callable[[Known, np.random.Generator], Mapping[str, Parts]] | None = None


@cache
def forecasters() -> Mapping[str, Forecaster]:
    """Return every forecaster by key, the simple ones first."""
    found = collect("wald.brain.forecasters", Forecaster, "FORECASTER")
    ordered = sorted(found.values(), key=lambda one: (not one.is_simple, one.key))
    return MappingProxyType({one.key: one for one in ordered})


def weeks_of(period: Period) -> int:
    """Return how many days of a period's grid lie before its last: 13 of a quarter, 4 of a month"""
    return max(1, round(period.days / 7))


def grid(period: Period) -> tuple[date, ...]:
    """Return the days a week apart on which a period is looked at, oldest first.

    The first is the day before the period begins, the last is its last day; the others are whole
    weeks before its last day.
    """
    inside = [period.last_day - place * _WEEK for place in range(weeks_of(period))]
    return (period.start - timedelta(days=1), *reversed(inside))


def weeks_left(period: Period, day: date) -> int:
    """Return the place of a day in the grid, counted back from the end: 0 is the last day.

    A day between two of the grid has the place of the nearest.
    """
    days = grid(period)
    nearest = min(range(len(days)), key=lambda place: abs((days[place] - day).days))
    return len(days) - 1 - nearest


def unit_keys(rows: pa.Table, level: str) -> pa.Array:
    """Return the key of the unit of `level` that each row of OPEN, CLOSED or BOOKED belongs to.

    Null where the row has no team or owner: such rows belong to everybody alone.
    """
    if level == "all":
        return pa.repeat(pa.scalar("all"), rows.num_rows)
    named = rows["team" if level == "team" else "owner_id"].combine_chunks()
    return pc.binary_join_element_wise(pa.scalar(level), named, ":")
