"""The hierarchy of a day that forecasts add up over: everybody, regions, teams, reps.

A region is the teams most of whose people are in it. A region of one team is that team, and one
that holds every team is everybody: neither stands by itself.
Source: docs/forecast/reconciled.md
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from wald.brain.forecast import Unit
from wald.brain.ground import Seat

ALL = "all"


@dataclass(frozen=True, slots=True)
class Place:
    """A unit with the key of the one above it, "" for everybody; `lead` says a number for it."""

    key: str
    level: str  # all, region, team or rep
    parent: str
    title: str
    owners: frozenset[str]
    lead: str


def places_of(units: Sequence[Unit], seats: Mapping[str, Seat]) -> tuple[Place, ...]:
    """Return everybody, the regions, the teams and the reps of a day, sums first.

    `seats` are those of the day by person. Nobody is in two teams on one day.
    """
    teams = {one.key: one for one in units if one.level == "team"}
    regions = _regions(teams.values(), seats)
    above = {team: key for key, found in regions.items() for team in found}
    found = [_place(one, "") for one in units if one.level == ALL]
    found += [
        Place(
            key=key,
            level="region",
            parent=ALL,
            title=key.partition(":")[2],
            owners=frozenset[str]().union(*(teams[one].owners for one in own)),
            lead=_lead([teams[one].lead for one in own], seats),
        )
        for key, own in sorted(regions.items())
    ]
    found += [_place(one, above.get(one.key, ALL)) for one in teams.values()]
    for one in units:
        if one.level == "rep":
            seat = seats.get(one.lead)
            team = f"team:{seat.team}" if seat is not None else ""
            found.append(_place(one, team if team in teams else ALL))
    return tuple(found)


def told(places: Sequence[Place], keys: Collection[str]) -> tuple[Place, ...]:
    """Return the places whose keys are among `keys`; what is below another goes to the one above
    that. Everybody is among them, or nothing is."""
    if ALL not in keys:
        return ()
    above = {one.key: one.parent for one in places}
    found = []
    for one in places:
        parent = one.parent
        while parent and parent not in keys:
            parent = above[parent]
        if one.key in keys:
            found.append(replace(one, parent=parent))
    return tuple(found)


def children_of(places: Iterable[Place]) -> dict[str, tuple[str, ...]]:
    """Return the keys directly below each key that has any."""
    found: dict[str, list[str]] = {}
    for one in places:
        if one.parent:
            found.setdefault(one.parent, []).append(one.key)
    return {key: tuple(own) for key, own in found.items()}


def _place(unit: Unit, parent: str) -> Place:
    return Place(unit.key, unit.level, parent, unit.title, unit.owners, unit.lead)


def _regions(teams: Iterable[Unit], seats: Mapping[str, Seat]) -> Mapping[str, Sequence[str]]:
    """Return the teams of each region that stands by itself."""
    found: dict[str, list[str]] = {}
    count = 0
    for team in teams:
        count += 1
        inside = Counter(seats[one].region for one in sorted(team.owners) if one in seats)
        region = inside.most_common(1)[0][0] if inside else ""
        if region:
            found.setdefault(f"region:{region}", []).append(team.key)
    return {key: own for key, own in found.items() if 1 < len(own) < count}


def _lead(leads: Sequence[str], seats: Mapping[str, Seat]) -> str:
    """Return to whom most of the leads of some teams report."""
    bosses = Counter(seats[one].manager_id for one in leads if one in seats)
    del bosses[""]
    return bosses.most_common(1)[0][0] if bosses else ""
