"""What was told on one day about every unit of the hierarchy, and what came: the rows by which a
reconciliation is learned and judged. Days of earlier periods lie as far from their end.

Source: docs/forecast/reconciled.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.combining import COMBINED
from wald.brain.forecast import Known
from wald.brain.ground import Ground, Seat, units_of, up_to
from wald.brain.hierarchy import Place, children_of, places_of, told
from wald.brain.submitted import COMMIT
from wald.brain.telling import Telling
from wald.kernel.period import Period

Amounts = Mapping[str, float]  # by key of place
_COLUMNS = ("method", "level", "unit", "point", "actual", "closed", "scale", "is_used")


@dataclass(frozen=True, slots=True)
class Frame:
    """One day of one period. `points` are what is told, `said` what the lead of a place last
    committed to, `actual` what came, {} while the period goes on."""

    period: Period
    weeks: int
    places: tuple[Place, ...]
    points: Amounts
    closed: Amounts
    scales: Amounts
    said: Amounts
    actual: Amounts
    below: Mapping[str, tuple[str, ...]]  # the places directly below each that has any

    def rest(self, amounts: Amounts) -> Amounts:
        """Return what each sum holds beside the places directly below it: of people who are no
        rep of the day, and of nobody."""
        return {
            key: amounts[key] - sum(amounts[one] for one in own) for key, own in self.below.items()
        }


def frame_now(ground: Ground, known: Known, telling: Telling) -> Frame:
    """Return what is told today. No places: nobody, or everybody, is told nothing."""
    points, closed, scales = {}, {}, {}
    for level in telling.levels:
        methods = {one.key: one for one in level.methods}
        for place, unit in enumerate(level.units):
            method = methods.get(level.used[place]) if level.used else None
            if method is not None and method.told[place]:
                points[unit.key] = float(method.points[place])
                closed[unit.key] = float(level.closed[place])
                scales[unit.key] = float(level.scales[place])
    places = places_of(known.units, _seats(ground, known.day))
    said = _said(ground, known.day, known.period)
    return _frame(known.period, telling.weeks, places, (points, closed, scales, {}), said)


def frames_before(
    ground: Ground, known: Known, trials: pa.Table, telling: Telling
) -> tuple[Frame, ...]:
    """Return a frame per period before that has trials as far from its end, oldest first.

    A unit's point is that of the method used at its level today, else of the combination, else of
    what was shown.
    """
    wanted = {
        level.level: level.choice.method for level in telling.levels if level.choice is not None
    }
    near = trials.filter(pc.equal(trials["weeks_left"], max(1, telling.weeks)))
    found = []
    for period in known.before:
        rows = near.filter(pc.equal(near["period"].cast(pa.string()), period.label))
        if rows.num_rows and rows["ends_on"][0].as_py() == period.end:
            found.append(_before(ground, period, rows, wanted, telling.weeks))
    return tuple(one for one in found if one.places)


def _before(
    ground: Ground, period: Period, rows: pa.Table, wanted: Mapping[str, str], weeks: int
) -> Frame:
    day: date = rows["day"][0].as_py()
    best: dict[str, tuple[int, Mapping[str, object]]] = {}
    for row in rows.select(_COLUMNS).to_pylist():
        rank = _rank(row, wanted)
        if rank is not None and (row["unit"] not in best or rank < best[row["unit"]][0]):
            best[row["unit"]] = (rank, row)
    amounts = tuple(
        {unit: float(str(row[name])) for unit, (_, row) in best.items()}
        for name in ("point", "closed", "scale", "actual")
    )
    places = places_of(units_of(ground, day, period), _seats(ground, day))
    points, closed, scales, actual = amounts
    said = _said(ground, day, period)
    return _frame(period, weeks, places, (points, closed, scales, actual), said)


def _rank(row: Mapping[str, object], wanted: Mapping[str, str]) -> int | None:
    if row["method"] == wanted.get(str(row["level"])):
        return 0
    if row["method"] == COMBINED:
        return 1
    return 2 if row["is_used"] else None


def _frame(
    period: Period,
    weeks: int,
    places: Sequence[Place],
    amounts: tuple[dict[str, float], ...],
    said: Mapping[str, float],
) -> Frame:
    """Add regions, which are the sums of their teams, and leave out of whom nothing is told."""
    for one in places:
        if one.level == "region":
            teams = [other.key for other in places if other.parent == one.key]
            for by_key in amounts:
                if all(team in by_key for team in teams):
                    by_key[one.key] = sum(by_key[team] for team in teams)
    points, closed, scales, actual = amounts
    shown = told(places, points)
    return Frame(
        period=period,
        weeks=weeks,
        places=shown,
        points=MappingProxyType(points),
        closed=MappingProxyType(closed),
        scales=MappingProxyType(scales),
        said=MappingProxyType({one.key: said[one.lead] for one in shown if one.lead in said}),
        actual=MappingProxyType(actual),
        below=MappingProxyType(children_of(shown)),
    )


def _seats(ground: Ground, day: date) -> Mapping[str, Seat]:
    return {seat.person_id: seat for seat in ground.seats if seat.is_here(day)}


def _said(ground: Ground, day: date, period: Period) -> Mapping[str, float]:
    """Return what each person last committed to for a period by the end of a day."""
    rows = up_to(ground.submitted, "submitted_on", day)
    of_it = rows.filter(
        pc.and_(
            pc.and_(
                pc.equal(rows["starts_on"], period.start), pc.equal(rows["ends_on"], period.end)
            ),
            pc.equal(rows["category"], COMMIT),
        )
    )
    persons, amounts = of_it["person_id"].to_pylist(), of_it["amount"].to_pylist()
    return dict(zip(persons, amounts, strict=True))  # rows stand in the order they were said
