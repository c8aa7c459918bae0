"""The person table: a new row from each day on which somebody's post changed."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from wald.simulator.columns import NOTHING, blank, dates, keys, table
from wald.simulator.company import REGIONS, Company
from wald.simulator.names import person_mails, person_names
from wald.simulator.people import CHIEF, OPERATIONS, Staff, manager_on, team_on
from wald.simulator.rosters import Stint
from wald.simulator.streams import Ints

_TOP_HIRED_DAYS = 2_600  # before the first day


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One effective-dated row of a person; days and people as numbers."""

    person: int
    valid_from: int
    role: str
    hired_on: int
    manager: int = NOTHING
    team: str | None = None
    region: str | None = None
    territory: str | None = None
    left_on: int = NOTHING


def top_rows(first_day: int) -> Iterator[PersonRow]:
    """Yield the chief, the leader of each region and the operations people; they stay."""
    hired = first_day - _TOP_HIRED_DAYS
    yield PersonRow(CHIEF, hired, "leader", hired)
    for index, region in enumerate(REGIONS):
        yield PersonRow(leader(index), hired, "leader", hired, CHIEF, None, region.name)
    for person in OPERATIONS:
        yield PersonRow(person, hired, "operations", hired, CHIEF)


def leader(region: int) -> int:
    return CHIEF + 1 + region


def block_rows(staff: Staff) -> Iterator[PersonRow]:
    """Yield the rows of the block's people, by person and day."""
    stints: list[list[Stint]] = [[] for _ in staff.life.hired]
    for stint in staff.life.stints:
        stints[stint.person].append(stint)
    for person, held in enumerate(stints):
        previous: PersonRow | None = None
        for day in _turns(staff, person, held):
            row = _row(staff, person, held, day)
            if previous is None or replace(row, valid_from=previous.valid_from) != previous:
                yield row
                previous = row


def _turns(staff: Staff, person: int, held: list[Stint]) -> list[int]:
    """Return the days on which something about a person may have changed."""
    life = staff.life
    hired, left = life.hired[person], life.left[person]
    turns = {day for team in life.reigns for day, _ in team}
    for stint in held:
        turns |= {stint.ends} if stint.ends is not None else set()
        turns |= {day for day, _ in life.moves[stint.seat]}
    inside = {day for day in turns if hired < day and (left is None or day < left)}
    return sorted(inside | {hired} | ({left} if left is not None else set()))


def _row(staff: Staff, person: int, held: list[Stint], day: int) -> PersonRow:
    """Return what holds about a person from a day on; on leaving, the last post with the day."""
    life = staff.life
    left = life.left[person]
    asked = day - 1 if day == left else day
    row = PersonRow(
        staff.first_number + person,
        day,
        "rep",
        life.hired[person],
        left_on=NOTHING if day != left else day,
    )
    stint = next((stint for stint in held if stint.holds(asked)), None)
    if stint is not None:
        team = team_on(life, stint.seat, asked)
        manager = manager_on(life, team, asked) + staff.first_number
        place = staff.territories[stint.seat]
        return replace(_in_team(row, staff, team), manager=manager, territory=place)
    for team, reigns in enumerate(life.reigns):
        if any(who == person for _, who in reigns):
            boss = leader(staff.teams[team].region)
            return replace(_in_team(row, staff, team), role="manager", manager=boss)
    raise AssertionError(f"person {person} has no post on day {day}")


def _in_team(row: PersonRow, staff: Staff, team: int) -> PersonRow:
    region = REGIONS[staff.teams[team].region].name
    return replace(row, team=staff.teams[team].name, region=region)


def person_table(rows: Iterable[PersonRow], company: Company, seed: int, cut: int) -> pa.Table:
    """Return the person table as it stood at the end of the day `cut`."""
    kept = [row for row in rows if row.valid_from <= cut]
    numbers = np.array([row.person for row in kept], dtype=np.int64)
    managers = np.array([row.manager for row in kept], dtype=np.int64)
    return table(
        "person",
        {
            "person_id": person_keys(numbers),
            "valid_from": _days(row.valid_from for row in kept),
            "name": person_names(numbers, seed),
            "email": person_mails(numbers, seed, company.domain),
            "manager_id": person_keys(managers),
            "team": pa.array([row.team for row in kept], pa.string()),
            "region": pa.array([row.region for row in kept], pa.string()),
            "territory": pa.array([row.territory for row in kept], pa.string()),
            "role": pa.array([row.role for row in kept], pa.string()),
            "hired_on": _days(row.hired_on for row in kept),
            "left_on": _days(row.left_on for row in kept),
        },
    )


def person_keys(numbers: Ints) -> pa.Array:
    return blank(keys("P", (np.maximum(numbers, 0), 6)), numbers == NOTHING)


def _days(values: Iterable[int]) -> pa.Array:
    return dates(np.array(list(values), dtype=np.int64))
