"""Who leads what on a day: the hierarchy as it stood, and the seats from which numbers are said.

A rep speaks for themselves, a lead for the team they lead, or the region where they have no team.
Source: docs/forecast/roll-up.md
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from wald.heart.quota.seats import Row, rings
from wald.kernel.problem import Problem

_LEADS = ("manager", "leader")


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody in the hierarchy of a day; parents come before their children."""

    person_id: str
    name: str
    parent: str  # "" at the top
    depth: int
    team: str
    region: str
    role: str
    seat: str
    is_lead: bool
    has_left: bool
    is_here: bool  # hired, and not left

    @property
    def unit(self) -> str:
        """Return region and team as documents name them."""
        return "/".join(part for part in (self.region, self.team) if part)


@dataclass(frozen=True, slots=True)
class Seats:
    """Who sat where on any day: everybody's rows by person, and by the manager they name."""

    rows: Mapping[str, Sequence[Row]]
    reports: Mapping[str, Sequence[Row]]

    def row(self, person_id: str, on: date) -> Row | None:
        """Return the row of somebody that holds on a day."""
        return next((row for row in self.rows.get(person_id, ()) if _holds(row, on)), None)

    def held(self, on: date) -> dict[str, Row]:
        """Return everybody's row of a day by person."""
        found = ((person, self.row(person, on)) for person in self.rows)
        return {person: row for person, row in found if row is not None}

    def is_lead(self, person_id: str, on: date) -> bool:
        row = self.row(person_id, on)
        if row is not None and row.role in _LEADS:
            return True
        return any(_holds(one, on) for one in self.reports.get(person_id, ()))

    def seat(self, person_id: str, on: date) -> str:
        """Return from which seat somebody speaks on a day."""
        row = self.row(person_id, on)
        if row is None or not self.is_lead(person_id, on):
            return f"person:{person_id}"
        if row.team:
            return f"team:{row.team}"
        return f"region:{row.region}" if row.region else f"lead:{person_id}"


def seats_of(rows: Iterable[Row]) -> Seats:
    """Return who sat where, from every row of everybody."""
    own: dict[str, list[Row]] = {}
    reports: dict[str, list[Row]] = {}
    for row in rows:
        own.setdefault(row.person_id, []).append(row)
        if row.manager_id:
            reports.setdefault(row.manager_id, []).append(row)
    return Seats(own, reports)


def tree(
    seats: Seats, on: date, seen: Collection[str] | None
) -> tuple[tuple[Node, ...], tuple[Problem, ...]]:
    """Return those of a day that may be seen (None: everybody), parents first, and what is wrong
    with the hierarchy. A ring is cut above its first person by key."""
    held = seats.held(on)
    shown = {one: row for one, row in held.items() if seen is None or one in seen}
    problems = [one for one in rings(shown.values(), on)]
    parents = {}
    for person, row in shown.items():
        parent = row.manager_id
        if parent and parent not in held:
            fix = "load that person, or mend the manager in the data"
            what = f"reports to {parent}, who is not in the data on {on}"
            problems.append(Problem(f"person {person}", what, fix))
        parents[person] = parent if parent in shown and parent != person else ""
    _cut_rings(parents)
    return tuple(_walk(seats, shown, parents, on)), tuple(problems)


def _cut_rings(parents: dict[str, str]) -> None:
    for person in sorted(parents):
        above, at = {person}, parents[person]
        while at and at not in above:
            above.add(at)
            at = parents[at]
        if at == person:
            parents[person] = ""


def _walk(
    seats: Seats, shown: Mapping[str, Row], parents: Mapping[str, str], on: date
) -> Iterator[Node]:
    below: dict[str, list[str]] = {}
    for person, parent in parents.items():
        below.setdefault(parent, []).append(person)

    def order(person: str) -> tuple[bool, str, str]:
        return (person not in below, shown[person].name, person)

    waiting = [(person, 0) for person in sorted(below.get("", ()), key=order, reverse=True)]
    while waiting:
        person, depth = waiting.pop()
        row = shown[person]
        has_left = row.left_on is not None and row.left_on <= on
        yield Node(
            person_id=person,
            name=row.name or person,
            parent=parents[person],
            depth=depth,
            team=row.team,
            region=row.region,
            role=row.role,
            seat=seats.seat(person, on),
            is_lead=seats.is_lead(person, on),
            has_left=has_left,
            is_here=not has_left and (row.hired_on is None or row.hired_on <= on),
        )
        children = sorted(below.get(person, ()), key=order, reverse=True)
        waiting += [(child, depth + 1) for child in children]


def _holds(row: Row, on: date) -> bool:
    return row.since <= on and (row.until is None or on < row.until)
