"""How an open deal stands, as columns of numbers that a model of chances reads.

Fixed columns tell how the deal stands on its day; moving columns tell what a week ahead is to
it: how far ahead, where in the period, how near to the day on which it is expected to close.
Whatever is unknown has the mean and, where that differs among deals, a column that says so.
Source: docs/forecast/deal_hazards.md
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.deal_weeks import Floats, Ints, days, floats, weeks_left
from wald.kernel.period import Period

WORDS = ("stage", "type", "segment", "lead_source", "category")
_COARSE_WORDS = ("stage",)
_MOST_ROWS = 150_000  # that columns are learned from
_RARE = 40  # rows; what fewer deals have gets no column of its own
_SEASONS = np.array([0.5, 1.5, 2.5, 4.5, 8.5])  # weeks left: 0, 1, 2, 3-4, 5-8, more
# Weeks from the end of a week to the expected close: long past, past, this week, next, later.
_CLOSES = np.array([-8.0, -3.0, -1.0, 0.0, 1.0, 3.0, 8.0])
THIS_WEEK = 3  # place of "expected to close in this very week" among the spans of _CLOSES


@dataclass(frozen=True, slots=True)
class Coding:
    """What each column means, learned from past rows; `columns` are the names of the fixed.

    `fills` has the value of every number where it is unknown, so that a deal is the same number
    whatever deals it is asked with.
    """

    levels: Mapping[str, tuple[str, ...]]
    columns: tuple[str, ...]
    means: Floats
    spreads: Floats
    last_position: float
    fills: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Coded:
    """Rows as numbers: `matrix` of the fixed columns, and what moves with the weeks."""

    matrix: Floats
    age: Floats
    stay: Floats
    position: Floats  # from 0 to 1
    close_on: Floats  # days, NaN: nobody expects one


def coding(rows: pa.Table, *, is_full: bool) -> Coding:
    """Learn the columns from rows as OPEN has them; the coarse coding has few.

    Of very many rows every so many-th is looked at: means and spreads only give columns a like
    size, and what is rare among so many tells little.
    """
    if rows.num_rows > _MOST_ROWS:
        every = -(-rows.num_rows // _MOST_ROWS)
        rows = rows.take(pa.array(np.arange(0, rows.num_rows, every)))
    words = WORDS if is_full else _COARSE_WORDS
    levels = {name: _levels(rows, name) for name in words}
    last = float(np.nanmax(floats(rows["position"]), initial=1.0))
    unfilled = _measured(rows, last)
    fills = {name: _mean(values) for name, values in unfilled.items()}
    measured = _filled(unfilled, fills)
    names = tuple(measured) if is_full else ("age", "stay", "position")
    table = np.column_stack([measured[name] for name in names])
    spreads = table.std(axis=0)
    kept = [place for place in range(len(names)) if spreads[place] > 1e-9]
    return Coding(
        levels,
        tuple(names[place] for place in kept),
        table.mean(axis=0)[kept],
        spreads[kept],
        last,
        fills,
    )


def coded(rows: pa.Table, schema: Coding) -> Coded:
    """Return rows (OPEN) as numbers by what was learned."""
    measured = _filled(_measured(rows, schema.last_position), schema.fills)
    numbers = [measured[name] for name in schema.columns]
    table = np.column_stack(numbers) if numbers else np.zeros((rows.num_rows, 0))
    parts = [(table - schema.means) / schema.spreads]
    for name, levels in schema.levels.items():
        place = floats(pc.index_in(rows[name], pa.array(levels, pa.string())))
        parts.append((place[:, None] == np.arange(len(levels))[None, :]).astype(np.float64))
    return Coded(
        np.concatenate(parts, axis=1),
        measured["age"],
        measured["stay"],
        measured["position"],
        days(rows["close_on"]),
    )


def titles(schema: Coding) -> tuple[str, ...]:
    """Return what each fixed column is about: the name of the column of OPEN, or of a number."""
    words = [name for name, levels in schema.levels.items() for _ in levels]
    return (*schema.columns, *words)


def moving(fixed: Coded, row: Ints, ahead: Floats, ending: Floats, season: Floats) -> Floats:
    """Return the columns of weeks: `row` of each week in `fixed`, how many weeks ahead it starts,
    the day on which it ends, and the whole weeks its period has after that."""
    far = np.log1p(ahead)
    seasons = np.digitize(season, _SEASONS)
    away = (fixed.close_on[row] - ending) / 7
    spans = np.where(np.isnan(away), len(_CLOSES) + 1, np.digitize(away, _CLOSES, right=True))
    late = fixed.position[row]
    columns = [far, far * fixed.age[row], far * fixed.stay[row], far * late]
    columns += [(seasons == place).astype(np.float64) for place in range(len(_SEASONS))]
    columns += [columns[4] * late]
    columns += [(spans == place).astype(np.float64) for place in range(len(_CLOSES) + 1)]
    columns += [(spans == THIS_WEEK) * late, (spans < THIS_WEEK) * late]
    return np.column_stack(columns)


def season_of(ending: Floats, periods: tuple[Period, ...]) -> Floats:
    return weeks_left(ending, periods)


def _levels(rows: pa.Table, name: str) -> tuple[str, ...]:
    counts = pc.value_counts(rows[name].drop_null()).to_pylist()
    kept = sorted(one["values"] for one in counts if one["counts"] >= _RARE)
    return tuple(kept) if len(kept) > 1 else ()


def _measured(rows: pa.Table, last_position: float) -> Mapping[str, Floats]:
    """Return every number of each row, NaN where nobody knows it."""
    on = days(rows["on"])
    age = _weeks(on - days(rows["opened_on"]))
    stay = _weeks(on - days(rows["stage_on"]))
    amount = np.log1p(np.maximum(floats(rows["amount"]), 0))
    quiet = _weeks(on - days(rows["active_on"]))
    place = floats(rows["position"]) / last_position
    stated = floats(rows["probability"])
    place = np.where(np.isnan(place), stated, place)
    return {
        "age": age,
        "stay": np.where(np.isnan(stay), age, stay),
        "position": place,
        "pushes": np.log1p(np.minimum(floats(rows["pushes"]), 12)),
        "moves": np.log1p(np.minimum(floats(rows["moves"]), 12)),
        "amount": amount,
        "no amount": np.isnan(amount).astype(np.float64),
        "quiet": quiet,
        "no activity": np.isnan(quiet).astype(np.float64),
    }


def _weeks(span: Floats) -> Floats:
    """Return the logarithm of one more than the weeks of a span of days."""
    return np.asarray(np.log1p(np.maximum(span, 0) / 7))


def _mean(values: Floats) -> float:
    known = values[~np.isnan(values)]
    return float(known.mean()) if len(known) else 0.0


def _filled(measured: Mapping[str, Floats], fills: Mapping[str, float]) -> Mapping[str, Floats]:
    return {
        name: np.where(np.isnan(values), fills[name], values) for name, values in measured.items()
    }
