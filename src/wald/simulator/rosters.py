"""The working lives of one block: who holds which seat, who manages which team, and until when."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from heapq import heappop, heappush

import numpy as np

from wald.simulator.company import Company
from wald.simulator.days import day_of, number, working_later
from wald.simulator.streams import Ints, Streams

_LEAVES, _FILLS = 0, 1  # a person leaves; a vacant seat is filled
_MOVED_SHARE = 0.05  # of the seats of a block change their team each 1 January


@dataclass(frozen=True, slots=True)
class Stint:
    """A rep holds a seat from `starts` until before `ends`; None: still does."""

    seat: int
    person: int
    starts: int
    ends: int | None

    def holds(self, day: int) -> bool:
        return self.starts <= day and (self.ends is None or day < self.ends)


@dataclass(frozen=True, slots=True)
class Life:
    """People are numbered from 0 in the order in which they were hired into the block."""

    hired: tuple[int, ...]
    left: tuple[int | None, ...]
    stints: tuple[Stint, ...]
    reigns: tuple[tuple[tuple[int, int], ...], ...]  # per team: (first day, manager)
    moves: tuple[tuple[tuple[int, int], ...], ...]  # per seat: (first day, team)


@dataclass(slots=True)
class _Book:
    """What `live` is writing; nobody else sees it."""

    chance: np.random.Generator
    company: Company
    last_day: int
    hired: list[int] = field(default_factory=list)
    left: list[int | None] = field(default_factory=list)
    seats: dict[int, tuple[int, int]] = field(default_factory=dict)  # seat: person, since
    stints: list[Stint] = field(default_factory=list)
    reigns: list[list[tuple[int, int]]] = field(default_factory=list)
    agenda: list[tuple[int, int, int]] = field(default_factory=list)  # day, what, whom

    def hire(self, day: int, leaves_on: int) -> int:
        self.hired.append(day)
        self.left.append(None)
        heappush(self.agenda, (_workday(leaves_on), _LEAVES, len(self.hired) - 1))
        return len(self.hired) - 1

    def vacate(self, seat: int, day: int) -> None:
        person, since = self.seats.pop(seat)
        self.stints.append(Stint(seat, person, since, day))
        heappush(self.agenda, (_workday(day + int(self.chance.integers(15, 75))), _FILLS, seat))

    def stay(self, years: float) -> int:
        """Return how many days somebody stays; most stay long, few leave soon."""
        return 120 + int(self.chance.exponential(years * 365))


def live(
    streams: Streams, company: Company, regions: Ints, seat_teams: Ints, first: int, last: int
) -> Life:
    """Draw the block's working lives; nobody leaves before `first`."""
    book = _Book(streams.of("people"), company, last)
    moves = _moves(streams, regions, seat_teams, first, last)
    _found(book, seat_teams, len(regions), first)
    while book.agenda:
        day, what, whom = heappop(book.agenda)
        if day > last:
            continue
        if what == _FILLS:
            book.seats[whom] = (book.hire(day, day + book.stay(company.leave_years)), day)
        else:
            _leave(book, whom, day, seat_teams)
    book.stints.extend(Stint(seat, who, day, None) for seat, (who, day) in book.seats.items())
    return Life(
        tuple(book.hired),
        tuple(book.left),
        tuple(sorted(book.stints, key=lambda stint: (stint.seat, stint.starts))),
        tuple(tuple(team) for team in book.reigns),
        moves,
    )


def _found(book: _Book, seat_teams: Ints, teams: int, first: int) -> None:
    """Fill every post of the first day with people hired before it, managers longest ago."""
    for _ in range(teams):
        day = _workday(first - 1_300 - int(book.chance.integers(0, 900)))
        leaves = first + book.stay(book.company.manager_years)
        book.reigns.append([(day, book.hire(day, leaves))])
    for seat in range(len(seat_teams)):
        day = _workday(first - 30 - min(int(book.chance.exponential(600)), 1_200))
        leaves = first + book.stay(book.company.leave_years)
        book.seats[seat] = (book.hire(day, leaves), day)


def _leave(book: _Book, person: int, day: int, seat_teams: Ints) -> None:
    book.left[person] = day
    for team, reigns in enumerate(book.reigns):
        if reigns[-1][1] == person:
            reigns.append((day, _successor(book, team, day, seat_teams)))
            return
    seat = next(seat for seat, (who, _) in book.seats.items() if who == person)
    book.vacate(seat, day)


def _successor(book: _Book, team: int, day: int, seat_teams: Ints) -> int:
    """Promote the rep who has been in the team longest, at least a year; else hire a manager."""
    candidates = sorted(
        (since, seat)
        for seat, (_, since) in book.seats.items()
        if seat_teams[seat] == team and since < day - 365
    )
    if not candidates or np.count_nonzero(seat_teams == team) < 2:
        return book.hire(day, day + book.stay(book.company.manager_years))
    seat = candidates[0][1]
    person = book.seats[seat][0]
    book.vacate(seat, day)
    return person


def _moves(
    streams: Streams, regions: Ints, seat_teams: Ints, first: int, last: int
) -> tuple[tuple[tuple[int, int], ...], ...]:
    """Return for each seat its teams: a few change, each 1 January, within their region."""
    chance = streams.of("reorganisations")
    moves = [[(0, int(team))] for team in seat_teams]
    for day in _new_years(first, last):
        for seat in np.flatnonzero(chance.random(len(moves)) < _MOVED_SHARE):
            now = moves[seat][-1][1]
            others = np.flatnonzero((regions == regions[now]) & (np.arange(len(regions)) != now))
            if len(others):
                moves[seat].append((day, int(chance.choice(others))))
    return tuple(tuple(seat) for seat in moves)


def _new_years(first: int, last: int) -> Iterator[int]:
    for year in range(day_of(first).year + 1, day_of(last).year + 1):
        yield number(day_of(first).replace(year=year, month=1, day=1))


def _workday(day: int) -> int:
    return int(working_later(np.array([day]))[0])
