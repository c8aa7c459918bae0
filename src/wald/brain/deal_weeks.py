"""Deals as they stood on days, as arrays, and the deal-weeks that a hazard is learned from.

A deal-week is a deal as it stood on a day (its landmark), a week some weeks ahead, and what
became of it in that week: won, lost or still open. Only weeks that were over by the day of the
forecast count; a deal that is gone without an end is watched as long as it was seen. Learning
from landmarks: van Houwelingen (2007), Scandinavian Journal of Statistics 34: 70-85.
Source: docs/forecast/deal_hazards.md
"""

from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from wald.brain.forecast import Known
from wald.kernel.period import Period

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

OPEN, WON, LOST = 0, 1, 2
NEVER = np.inf
FARTHEST = 26  # weeks ahead that are learned from; later weeks are like the last of them
_MOST_PAIRS = 400_000  # deal-weeks looked at, before most of the uneventful are left out
_MOST_LEARNED = 30_000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Ends:
    """What became of each row's deal: day of the end (NEVER: none yet), how, last day seen.

    `place` is the row of CLOSED that tells so, -1 for none.
    """

    closed_on: Floats
    outcome: Ints
    seen_on: Floats
    place: Ints

    def slice(self, first: int, end: int) -> "Ends":
        """Return what became of the rows from `first` up to `end`."""
        among = slice(first, end)
        return Ends(
            self.closed_on[among], self.outcome[among], self.seen_on[among], self.place[among]
        )


@dataclass(frozen=True, slots=True)
class Weeks:
    """Deal-weeks: row of the landmark, weeks ahead, what happened, and for how many each stands."""

    row: Ints
    ahead: Ints
    outcome: Ints
    weight: Floats


def number(day: date) -> int:
    return (day - _EPOCH).days


def days(column: pa.ChunkedArray) -> Floats:
    """Return dates as days since 1970, NaN where there is none."""
    return np.asarray(column.cast(pa.int32()).cast(pa.float64()).to_numpy(), dtype=np.float64)


def floats(column: pa.ChunkedArray) -> Floats:
    """Return numbers, NaN where there is none."""
    return np.asarray(column.cast(pa.float64()).to_numpy(), dtype=np.float64)


def ends(rows: pa.Table, known: Known) -> Ends:
    """Return what is known by the day of what became of the deals of `rows` (OPEN)."""
    closed = known.closed.filter(pc.is_valid(known.closed["closed_on"]))
    # A deal stands in many rows: each is looked up once.
    deals = rows["opportunity_id"].combine_chunks().dictionary_encode()
    code, names = deals.indices.to_numpy().astype(np.int64), deals.dictionary
    index = pc.index_in(names, closed["opportunity_id"].combine_chunks())
    place = np.asarray(pc.fill_null(index, -1).to_numpy(), dtype=np.int64)[code]
    found, at = place >= 0, np.maximum(place, 0)
    closed_on = np.full(rows.num_rows, NEVER)
    outcome = np.full(rows.num_rows, OPEN, dtype=np.int64)
    if closed.num_rows:
        won = pc.equal(closed["outcome"], "won").to_numpy()
        closed_on = np.where(found, days(closed["closed_on"])[at], NEVER)
        outcome = np.where(found, np.where(won[at], WON, LOST), OPEN).astype(np.int64)
    # The last day on which the deal was seen open; the day itself if it still is.
    seen, on = np.full(len(names), -np.inf), days(rows["on"])
    np.maximum.at(seen, code, on)
    still = pc.is_in(names, known.open["opportunity_id"].combine_chunks())
    seen = np.where(still.to_numpy(zero_copy_only=False), float(number(known.day)), seen)
    return Ends(closed_on, outcome, seen[code], place)


def deal_weeks(
    on: Floats, became: Ends, day: date, periods: tuple[Period, ...], rng: np.random.Generator
) -> Weeks:
    """Draw deal-weeks; every week with an end is kept, of the others some, with their weight.

    Half of the draws stay within the period of the landmark, the others reach farther ahead.
    """
    count = len(on)
    draws = min(_MOST_PAIRS, 8 * count)
    row = rng.integers(0, max(count, 1), draws) if count else np.zeros(0, dtype=np.int64)
    room = np.where(rng.random(draws) < 0.5, weeks_left(on[row], periods), FARTHEST)
    ahead = np.floor(rng.random(draws) * np.clip(room, 1, FARTHEST)).astype(np.int64)
    starts = on[row] + 7 * ahead
    closed_on = became.closed_on[row]
    watched = (closed_on > starts) & (starts + 7 <= number(day))
    watched &= np.isfinite(closed_on) | (became.seen_on[row] >= starts)
    row, ahead, starts, closed_on = (
        row[watched],
        ahead[watched],
        starts[watched],
        closed_on[watched],
    )
    outcome = np.where(closed_on <= starts + 7, became.outcome[row], OPEN)
    return _thinned(row, ahead, outcome, rng)


def _thinned(row: Ints, ahead: Ints, outcome: Ints, rng: np.random.Generator) -> Weeks:
    eventful = outcome != OPEN
    keeps = min(1.0, _MOST_LEARNED / 2 / max(1, int(eventful.sum())))
    room = max(2 * int(eventful.sum() * keeps), 2_000)
    share = min(1.0, min(room, _MOST_LEARNED) / max(1, int((~eventful).sum())))
    chance = np.where(eventful, keeps, share)
    kept = rng.random(len(row)) < chance
    return Weeks(row[kept], ahead[kept], outcome[kept], 1 / chance[kept])


def weeks_left(on: Floats, periods: tuple[Period, ...]) -> Floats:
    """Return how many whole weeks the period that holds each day still has after it.

    Days outside all periods count as if periods as long as the last went on for ever.
    """
    ends_on = np.array([float(number(one.end)) for one in periods])
    length = float(periods[-1].days)
    place = np.searchsorted(ends_on, on, side="right")
    beyond = ends_on[-1] + length * (1 + np.floor((on - ends_on[-1]) / length))
    ending = np.where(place < len(ends_on), ends_on[np.minimum(place, len(ends_on) - 1)], beyond)
    return np.asarray(np.floor((ending - 1 - on) / 7))
