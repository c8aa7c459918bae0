"""Who answers for which territory and team when, in one block of teams."""

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from wald.simulator.company import MARKETS, REGIONS, Company
from wald.simulator.rosters import Life, Stint, live
from wald.simulator.streams import Ints, Streams

BLOCK_TEAMS = 40  # teams drawn together; a constant, so that no size of chunk changes the history
REPS_A_TEAM = 6

CHIEF, OPERATIONS = 1, (5, 6)  # person numbers of the top; the leader of region r is 2 + r
_FIRST_OF_BLOCK, _BLOCK_STEP = 1_000, 10_000
_STEP = 1_000_000  # days fit below it


@dataclass(frozen=True, slots=True)
class Team:
    name: str
    market: int

    @property
    def region(self) -> int:
        return MARKETS[self.market].region


@dataclass(frozen=True, slots=True)
class Timeline:
    """Who or what something belongs to from each day on; keys are thing * _STEP + first day."""

    keys: Ints
    values: Ints

    def index(self, things: Ints, days: Ints) -> Ints:
        return np.searchsorted(self.keys, things * _STEP + days, side="right") - 1

    def on(self, things: Ints, days: Ints) -> Ints:
        return self.values[self.index(things, days)]

    def day(self, index: Ints) -> Ints:
        """Return the first day of each entry."""
        return self.keys[index] % _STEP


@dataclass(frozen=True, slots=True)
class Staff:
    """The people of one block. Seats are territories; each has one rep or is vacant."""

    teams: tuple[Team, ...]
    seat_teams: Ints  # team of each seat on the first day, index in `teams`
    territories: tuple[str, ...]
    life: Life
    owner_line: Timeline  # seat -> number of its rep, or while vacant of the manager
    team_line: Timeline  # seat -> team
    boss_line: Timeline  # team -> number of its manager
    first_number: int

    @property
    def regions(self) -> Ints:
        """Return the region of each seat."""
        return _regions(self.teams)[self.seat_teams]

    def owners(self, seats: Ints, days: Ints) -> Ints:
        """Return the number of the person who answers for each seat's deals on each day."""
        return self.owner_line.on(seats, days)

    def team(self, seats: Ints, days: Ints) -> Ints:
        return self.team_line.on(seats, days)

    def boss(self, teams: Ints, days: Ints) -> Ints:
        return self.boss_line.on(teams, days)


def team_count(reps: int) -> int:
    return max(len(REGIONS), round(reps / REPS_A_TEAM))


def team_at(index: int) -> Team:
    market = index % len(MARKETS)
    again = index // len(MARKETS)
    name = MARKETS[market].name
    return Team(name if again == 0 else f"{name} {again + 1}", market)


def staff(streams: Streams, company: Company, reps: int, first_day: int, last_day: int) -> Staff:
    """Draw the people of one block from `first_day` (nobody leaves before) to `last_day`."""
    count = team_count(reps)
    chosen = range(streams.block * BLOCK_TEAMS, min((streams.block + 1) * BLOCK_TEAMS, count))
    teams = tuple(team_at(index) for index in chosen)
    sizes = [reps // count + (index < reps % count) for index in chosen]
    seat_teams = np.repeat(np.arange(len(teams)), sizes).astype(np.int64)
    life = live(streams, company, _regions(teams), seat_teams, first_day, last_day)
    first_number = _FIRST_OF_BLOCK + streams.block * _BLOCK_STEP
    bosses = [[(0, team[0][1]), *team[1:]] for team in life.reigns]
    return Staff(
        teams,
        seat_teams,
        _territories(teams, sizes, streams.block * BLOCK_TEAMS),
        life,
        _timeline(_owners_of_seats(life, len(seat_teams)), first_number),
        _timeline(life.moves, 0),
        _timeline(bosses, first_number),
        first_number,
    )


def _timeline(turns: Iterable[Iterable[tuple[int, int]]], offset: int) -> Timeline:
    rows = [(at * _STEP + day, to) for at, thing in enumerate(turns) for day, to in thing]
    columns = np.array(rows, dtype=np.int64).reshape(-1, 2)
    return Timeline(columns[:, 0].copy(), columns[:, 1] + offset)


def _regions(teams: tuple[Team, ...]) -> Ints:
    return np.array([team.region for team in teams], dtype=np.int64)


def _territories(teams: tuple[Team, ...], sizes: list[int], first_team: int) -> tuple[str, ...]:
    return tuple(
        f"{MARKETS[team.market].code}-{(first_team + at) // len(MARKETS) + 1:03d}-{place + 1:02d}"
        for at, (team, size) in enumerate(zip(teams, sizes, strict=True))
        for place in range(size)
    )


def _owners_of_seats(life: Life, seats: int) -> Iterator[list[tuple[int, int]]]:
    """Yield, per seat, the first day of each owner of its deals."""
    changes = {day for team in life.reigns for day, _ in team}
    held: list[list[Stint]] = [[] for _ in range(seats)]
    for stint in life.stints:
        held[stint.seat].append(stint)
    for seat, stints in enumerate(held):
        turns = changes | {s.starts for s in stints} | {s.ends for s in stints if s.ends}
        turns |= {day for day, _ in life.moves[seat]}
        yield list(_owners(life, seat, stints, sorted(turns)))


def _owners(
    life: Life, seat: int, stints: list[Stint], turns: list[int]
) -> Iterator[tuple[int, int]]:
    """Yield each change of owner; the first rep owns the seat's deals from day 0 on."""
    last = stints[0].person
    yield 0, last
    for day in turns:
        if day <= stints[0].starts:
            continue
        owner = next((stint.person for stint in stints if stint.holds(day)), None)
        if owner is None:
            owner = manager_on(life, team_on(life, seat, day), day)
        if owner != last:
            yield day, owner
            last = owner


def team_on(life: Life, seat: int, day: int) -> int:
    """Return the team a seat belongs to on a day; its first team before any move."""
    moves = life.moves[seat]
    at = bisect_right(moves, day, key=lambda move: move[0]) - 1
    return moves[max(at, 0)][1]


def manager_on(life: Life, team: int, day: int) -> int:
    reigns = life.reigns[team]
    at = bisect_right(reigns, day, key=lambda reign: reign[0]) - 1
    return reigns[max(at, 0)][1]
