"""From people's rows, each from its first day on, to the seats they hold in one fiscal year."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from wald.heart.quota.tree import Hierarchy, Level, Seat, Stay, Unit
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
    found: list[Seat] = []
    for _, own in groupby(ordered, key=lambda row: row.person_id):
        found += _seats(tuple(own), held, year, counting)
    return tuple(seat for seat in found if seat.stays)


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
    places: dict[tuple[Unit, ...], list[Row]] = {}
    for row in own:
        is_here = counting.transfer or _holds(row, counting.people_on)
        if row.role in counting.roles and is_here:
            places.setdefault(_units(row, held, counting.hierarchy), []).append(row)
    for units, rows in places.items():
        full = [_full_stay(row, own, year, counting) for row in rows]
        stays = [_stay(one, own[-1], counting) for one in full]
        yield Seat(
            person_id=own[-1].person_id,
            name=own[-1].name or own[-1].person_id,
            units=units,
            stays=_joined(stays),
            full_stays=_joined(full),
            hired_on=own[-1].hired_on,
        )


def _full_stay(row: Row, own: Sequence[Row], year: Period, counting: Counting) -> Stay:
    """Return the days of a row as if its person had been there all year."""
    if not counting.transfer:
        return year.start, year.end
    since = year.start if row is own[0] else max(row.since, year.start)
    return since, min(row.until or year.end, year.end)


def _stay(full: Stay, last: Row, counting: Counting) -> Stay:
    since, until = full
    if counting.hire and last.hired_on is not None:
        since = max(since, last.hired_on)
    if counting.leave and last.left_on is not None:
        left_on = last.left_on if counting.last_day else last.left_on - timedelta(days=1)
        until = min(until, left_on)
    return since, until


def _joined(stays: Iterable[Stay]) -> tuple[Stay, ...]:
    """Return stays in order, without empty ones; those that touch are one."""
    found: list[Stay] = []
    for since, until in sorted(stays):
        if until <= since:
            continue
        if found and since <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], until))
        else:
            found.append((since, until))
    return tuple(found)


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
