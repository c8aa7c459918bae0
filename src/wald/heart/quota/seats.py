"""From people's rows, each from its first day on, to the seats they hold in one fiscal year."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from wald.heart.quota.tree import Hierarchy, Level, Seat, Unit
from wald.kernel.period import Period
from wald.kernel.problem import Problem


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody from `since` to before `until` (None: still)."""

    person_id: str
    since: date
    until: date | None
    name: str
    region: str
    team: str
    manager_id: str
    role: str
    hired_on: date | None
    left_on: date | None  # first day no longer here


@dataclass(frozen=True, slots=True)
class Counting:
    """Which days of somebody's year count.

    With `transfer` false the place on `people_on` counts for the whole year. With `last_day` false
    the last day of work does not count.
    """

    people_on: date
    hierarchy: Hierarchy = Hierarchy.UNITS
    roles: frozenset[str] = frozenset({"rep"})
    hire: bool = True
    leave: bool = True
    transfer: bool = True
    last_day: bool = True


def seats_of(rows: Iterable[Row], year: Period, counting: Counting) -> tuple[Seat, ...]:
    """Return the seats of everybody who sells within `year`, those with at least a day of it."""
    ordered = sorted(rows, key=lambda row: (row.person_id, row.since))
    held = {row.person_id: row for row in ordered if _holds(row, counting.people_on)}
    found = []
    for _, own in groupby(ordered, key=lambda row: row.person_id):
        found += _seats(tuple(own), held, year, counting)
    return tuple(seat for seat in found if seat.since < seat.until)


def rings(rows: Iterable[Row], on: date) -> Iterator[Problem]:
    """Yield a Problem for each ring of people who report to one another on a day."""
    managers = {row.person_id: row.manager_id for row in rows if _holds(row, on)}
    told: set[str] = set()
    for person in sorted(managers):
        chain = [person]
        while (above := managers.get(chain[-1], "")) and above not in chain:
            chain.append(above)
        if above and not told & set(chain):
            ring = chain[chain.index(above) :]
            told.update(ring)
            what = f"report to one another on {on}: {' to '.join([*ring, above])}"
            yield Problem("hierarchy", what, "correct the manager of one of them in the data")


def _seats(
    own: tuple[Row, ...], held: Mapping[str, Row], year: Period, counting: Counting
) -> Iterator[Seat]:
    last = own[-1]
    selling = [row for row in own if row.role in counting.roles]
    if not counting.transfer:
        selling = [row for row in selling if _holds(row, counting.people_on)]
    starts = last.hired_on if counting.hire else None
    ends = last.left_on if counting.leave else None
    if ends is not None and not counting.last_day:
        ends -= timedelta(days=1)
    for place, stint in enumerate(_joined(selling, held, counting)):
        row, units, since, until = stint
        if not counting.transfer:
            since, until = date.min, None
        full_since = year.start if place == 0 else max(since, year.start)
        full_until = min(until or year.end, year.end)
        yield Seat(
            person_id=row.person_id,
            name=last.name or row.person_id,
            units=units,
            since=max(full_since, starts or year.start),
            until=min(full_until, ends or year.end),
            full_since=full_since,
            full_until=full_until,
            hired_on=last.hired_on,
        )


Stint = tuple[Row, tuple[Unit, ...], date, date | None]


def _joined(rows: Sequence[Row], held: Mapping[str, Row], counting: Counting) -> list[Stint]:
    """Return stretches of days in one place, in order: rows that change nothing here are one."""
    found: list[Stint] = []
    for row in rows:
        units = _units(row, held, counting.hierarchy)
        if found and found[-1][1] == units and found[-1][3] == row.since:
            first = found[-1]
            found[-1] = (first[0], units, first[2], row.until)
        else:
            found.append((row, units, row.since, row.until))
    # Nobody sits in one place twice: the two stays become one, from the first day to the last.
    merged: dict[tuple[Unit, ...], Stint] = {}
    for stint in found:
        before = merged.get(stint[1])
        merged[stint[1]] = stint if before is None else (before[0], stint[1], before[2], stint[3])
    return list(merged.values())


def _units(row: Row, held: Mapping[str, Row], hierarchy: Hierarchy) -> tuple[Unit, ...]:
    if hierarchy is Hierarchy.MANAGERS:
        return tuple(_managers(row, held))
    pairs = ((row.region, Level.REGION), (row.team, Level.TEAM))
    return tuple(Unit(_part(name), name, level) for name, level in pairs if name)


def _managers(row: Row, held: Mapping[str, Row]) -> list[Unit]:
    """Return who is above, from the top; a ring ends where it would begin again."""
    found: list[Unit] = []
    seen, above = {row.person_id}, row.manager_id
    while above and above not in seen:
        seen.add(above)
        boss = held.get(above)
        found.insert(0, Unit(_part(above), boss.name if boss else above, Level.MANAGER))
        above = boss.manager_id if boss else ""
    return found


def _part(name: str) -> str:
    """Return a name as part of a path, in which a slash would part it."""
    return name.replace("/", "|")


def _holds(row: Row, on: date) -> bool:
    return row.since <= on and (row.until is None or on < row.until)
