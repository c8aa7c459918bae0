"""What each unit booked in each period before, and so far: the sums that forecasters start from.

Source: docs/forecast/README.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wald.brain.forecast import LEVELS, Known, unit_keys
from wald.kernel.period import Period

Floats: TypeAlias = NDArray[np.float64]
_EPOCH = date(1970, 1, 1)
_FADES = 0.85  # weight of a period against the next one
_SAME_SEASON = 2.0  # weight of the same period of other years


@dataclass(frozen=True, slots=True)
class Sums:
    """Amounts by unit: `row` says which row of `amounts` is whose, a column per stretch of days."""

    row: Mapping[str, int]
    amounts: Floats

    def of(self, key: str) -> Floats:
        """Return the amounts of a unit, zeros for one that has none."""
        place = self.row.get(key)
        return self.amounts[place] if place is not None else np.zeros(self.amounts.shape[1])


def sums(rows: pa.Table, column: str, stretches: Sequence[tuple[date, date]]) -> Sums:
    """Return the amounts per unit of all levels in stretches of days, first and last day included.

    `column` is the day that counts; rows without an amount add nothing.
    """
    days = _days(rows, column)
    amounts = np.nan_to_num(rows["amount"].to_numpy())
    found: dict[str, Floats] = {}
    inside = [
        (days >= (first - _EPOCH).days) & (days <= (last - _EPOCH).days)
        for first, last in stretches
    ]
    for level in LEVELS:
        coded = pc.dictionary_encode(unit_keys(rows, level))
        names = coded.dictionary.to_pylist()
        codes = pc.fill_null(coded.indices, len(names)).to_numpy(zero_copy_only=False)
        table = np.zeros((len(names) + 1, len(stretches)))
        for place, among in enumerate(inside):
            size = len(names) + 1
            table[:, place] = np.bincount(codes[among], amounts[among], minlength=size)
        found |= {name: table[place] for place, name in enumerate(names)}
    whole = np.array([found[name] for name in found]).reshape(len(found), len(stretches))
    return Sums({name: place for place, name in enumerate(found)}, whole)


def so_far(known: Known) -> Sums:
    """Return what each unit booked in the period up to the day: one column."""
    return sums(known.booked, "booked_on", [(known.period.start, known.day)])


def past_totals(known: Known) -> Sums:
    """Return what each unit booked in each period before, oldest first."""
    return sums(known.booked, "booked_on", [(one.start, one.last_day) for one in known.before])


def past_so_far(known: Known) -> Sums:
    """Return what each unit had booked in each period before, as many days before its end."""
    return sums(known.booked, "booked_on", [(p.start, same_day(known, p)) for p in known.before])


def likeness(known: Known) -> Floats:
    """Return the weight of each period before: the latest most, the same season more."""
    age = np.arange(len(known.before), 0, -1)
    seasons = max(1, round(365.25 / known.period.days))
    same = (age % seasons == 0) & (seasons > 1)
    return np.asarray(np.where(same, _SAME_SEASON, 1.0) * _FADES**age)


def same_day(known: Known, period: Period) -> date:
    """Return the day of another period that lies as many days before its end."""
    return period.last_day - timedelta(days=known.days_left)


def read_day(known: Known, period: Period) -> date | None:
    """Return the day, of those on which deals of the past were read, nearest to `same_day`.

    None where deals were read on none within four days of it.
    """
    wanted = same_day(known, period)
    days = [wanted + timedelta(days=d) for d in sorted(range(-4, 5), key=abs)]
    return next((day for day in days if np.ptp(places_on(known, day))), None)


def open_on(known: Known, day: date) -> pa.Table:
    """Return the deals that were open on an earlier day."""
    first, end = places_on(known, day)
    return known.past.slice(first, end - first)


def places_on(known: Known, day: date) -> tuple[int, int]:
    """Return from which row of the past up to which deals stand as they were open on a day."""
    numbers, at = _days(known.past, "on"), (day - _EPOCH).days
    first, end = np.searchsorted(numbers, at, side="left"), np.searchsorted(numbers, at, "right")
    return int(first), int(end)


def _days(rows: pa.Table, column: str) -> NDArray[np.int32]:
    return np.asarray(rows[column].cast(pa.int32()).to_numpy(), np.int32)
