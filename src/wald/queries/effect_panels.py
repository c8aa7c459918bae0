"""The months of a metric by unit, of those a decision reaches and of the others: what its effect is
measured on.

Of a metric with a day, one question for each side gives all its months; a state is asked as of the
end of each. Whoever asks has asked the policy: the view holds whose rows are seen.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import numpy as np

from wald.brain.effects.panel import Panel
from wald.facts.measure import dimensions_for
from wald.facts.metric import Metric, metrics
from wald.facts.question import Answer, AnswerRow
from wald.kernel.period import Calendar, Grain, Period, period_of, periods
from wald.kernel.unit import Unit
from wald.queries.measure import Ask, View, measured

MONTHS = 24  # of history, where the data have as many
MONTHS_OF_STATE = 12  # of a state, which is asked once for each
LEAST_SHARE = 0.5  # of the months before in which a unit has rows, or it is left out
# What is compared where nobody says, the finest first: the more units, the better its spread is
# known.
UNITS = ("rep_id", "territory", "team", "region", "segment", "country", "industry")
_ADDS = (Unit.COUNT, Unit.MONEY)
_Sums = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Reach:
    """Of which metric, whom a decision reaches, whom it is drawn among ("": everybody), and the
    dimension whose values are compared ("": all together)."""

    metric: str
    population: str
    pool: str
    unit: str

    @property
    def inside(self) -> str:
        return self.population

    @property
    def outside(self) -> str:
        """Return the condition of the others; "" where there are none."""
        return others(self.population, self.pool) if self.population else ""


def others(population: str, pool: str = "") -> str:
    """Return the condition for everybody else; of whom it is not known, they are others."""
    rest = f"NOT COALESCE(({population}), FALSE)"
    return f"({pool}) AND {rest}" if pool else rest


def months_before(calendar: Calendar, day: date, most: int = MONTHS) -> tuple[Period, ...]:
    """Return the whole months that were over on `day`, the oldest first."""
    found: list[Period] = []
    month = period_of(calendar, Grain.MONTH, day)
    while len(found) < most:
        if month.last_day <= day:
            found.insert(0, month)
        month = period_of(calendar, Grain.MONTH, date.fromordinal(month.start.toordinal() - 1))
    return tuple(found)


def months_in(calendar: Calendar, period: Period) -> tuple[Period, ...] | None:
    """Return the months that make up a period; None where it is not made of whole ones."""
    found = tuple(periods(calendar, Grain.MONTH, period.start, period.end))
    if found[0].start != period.start or found[-1].end != period.end:
        return None
    return found


def has_panel(metric: Metric) -> bool:
    """Can the metric be read by month, or as of the end of one?"""
    return not metric.on or "month" in dimensions_for(metric)


def panel_of(
    seen: View,
    reach: Reach,
    before: Sequence[Period],
    after: Sequence[Period],
    *,
    skipped: int = 0,
    as_of: date,
    at: datetime,
) -> Panel | None:
    """Return the panel; None where those reached have no rows. Leading months in which nobody has
    any are left out, and units with rows in too few of the others."""
    months = [*before, *after]
    sides = [(reach.inside, True), *([(reach.outside, False)] if reach.population else [])]
    names: list[str] = []
    is_treated: list[bool] = []
    sums: list[list[_Sums]] = []
    for where, is_in in sides:
        cells = _cells(seen, reach, where, months, as_of, at)
        for name in sorted({one for one, _ in cells}):
            names.append(name)
            is_treated.append(is_in)
            sums.append([cells.get((name, month.label), (0.0, 0.0)) for month in months])
    if not any(is_treated):
        return None
    table = np.array(sums, dtype=np.float64)
    first = _first(table, len(before))
    metric = metrics()[reach.metric]
    panel = Panel(
        tuple(names),
        tuple(month.label for month in months[first:]),
        table[:, first:, 0],
        None if _adds(metric) else table[:, first:, 1],
        np.array(is_treated, dtype=np.bool_),
        len(before) - first,
        skipped,
    )
    return _filled(panel, table[:, first : len(before), 1])


def units_for(metric: Metric) -> tuple[str, ...]:
    """Return the dimensions whose values can be compared, the finest first; of a state one."""
    have = dimensions_for(metric)
    found = tuple(name for name in UNITS if name in have)
    return found if metric.on else found[:1]


def _cells(
    seen: View,
    reach: Reach,
    where: str,
    months: Sequence[Period],
    as_of: date,
    at: datetime,
) -> dict[tuple[str, str], _Sums]:
    metric = metrics()[reach.metric]
    by = (reach.unit,) if reach.unit else ()
    if metric.on:
        days = f"{months[0].start}..{months[-1].last_day}"
        ask = Ask(reach.metric, (*by, "month"), where, days, as_of, at)
        return dict(_by_month(metric, measured(seen, ask)))
    found: dict[tuple[str, str], _Sums] = {}
    for month in months:
        if month.last_day > as_of:
            continue
        answer = measured(seen, replace(Ask(reach.metric, by, where, "", None, at),
                                        as_of=month.last_day))  # fmt: skip
        for row in answer.rows:
            if row.records:
                name = (row.key[0] if by else None) or ""
                found[(name, month.label)] = _sums(metric, row)
    return found


def _by_month(metric: Metric, answer: Answer) -> Iterable[tuple[tuple[str, str], _Sums]]:
    place = answer.by.index("month")
    for row in answer.rows:
        month = row.key[place]
        rest = [part for at, part in enumerate(row.key) if at != place]
        if month is not None and row.records:
            yield (rest[0] or "" if rest else "", month), _sums(metric, row)


def _adds(metric: Metric) -> bool:
    return not metric.is_ratio and metric.unit in _ADDS


def _sums(metric: Metric, row: AnswerRow) -> _Sums:
    """Return what a group adds above and below. A median does not add up: it weighs by its rows."""
    if _adds(metric):
        return (float(row.numerator or 0), float(row.records))
    if metric.is_ratio:
        below = float(row.denominator or 0)
        return (float(row.numerator or 0), below) if below > 0 else (0.0, 0.0)
    if row.value is None:
        return (0.0, 0.0)
    return (float(row.value) * row.records, float(row.records))


def _first(table: np.ndarray, before: int) -> int:
    """Return the first month in which anybody has rows, or the last before the decision."""
    there = np.flatnonzero((table[:, :before, 1] != 0).any(axis=0))
    return int(there[0]) if len(there) else max(before - 1, 0)


def _filled(panel: Panel, rows: np.ndarray) -> Panel | None:
    """Leave out units with rows in too few of the months before; None where none is left."""
    enough = (rows != 0).mean(axis=1) >= LEAST_SHARE
    if not (enough & panel.is_treated).any():
        return None
    return panel.of(np.asarray(enough, dtype=np.bool_))


def total_of(metric: Metric, units: int, months: int) -> float:
    """Return what an effect per unit and month comes to for all of them over the period: of a sum
    so many times as much, of a state once for each unit, of anything else the same."""
    if not _adds(metric):
        return 1.0
    return float(units * months) if metric.on else float(units)
