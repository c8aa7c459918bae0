"""What reps and their managers said each Monday would be booked in the quarter, with their bias."""

from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa

from wald.simulator.columns import NOTHING, dates, instants, keys, money, table, words
from wald.simulator.company import CATEGORIES, REGIONS, WON
from wald.simulator.courses import Courses
from wald.simulator.days import DAY, at_work, quarter_ends, quarter_starts, weekdays
from wald.simulator.deals import Openings
from wald.simulator.people import Staff
from wald.simulator.persons import person_keys
from wald.simulator.planted import Planted
from wald.simulator.progress import Progress
from wald.simulator.streams import Flags, Floats, Ints, Streams

_SAID = ("commit", "best_case", "pipeline")
_REP_BIAS, _BOSS_BIAS, _NOISE = 0.18, 0.10, 0.08  # standard deviations of logarithms
# Which forecast categories of open deals each saying takes in, besides what is won.
_TAKES_IN = np.array(
    [
        [name == "commit" for name in CATEGORIES],
        [name in ("commit", "most_likely", "best_case") for name in CATEGORIES],
        [name in ("commit", "most_likely", "best_case", "pipeline") for name in CATEGORIES],
    ]
)


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What somebody said on one Monday: one row per person and Monday, amounts in cents."""

    person: Ints
    region: Ints
    day: Ints
    won: Floats  # in the quarter so far; nobody argues about it
    hoped: Floats  # of open deals, a column per saying


def forecast_table(
    streams: Streams,
    staff: Staff,
    deals: Openings,
    runs: Courses,
    shown: Progress,
    kept: Flags,
    planted: Planted,
    span: Ints,
) -> pa.Table:
    """Return the submissions of a block's reps and managers between two days, Monday by Monday."""
    mondays = np.arange(span[0], span[1] + 1, dtype=np.int64)
    mondays = mondays[weekdays(mondays) == 0]
    seats = np.repeat(np.arange(len(staff.seat_teams), dtype=np.int64), len(mondays))
    days = np.tile(mondays, len(staff.seat_teams))
    spoken = _Spoken(
        staff.owners(seats, days),
        staff.regions[seats],
        days,
        _won(deals, runs, shown, kept, mondays, len(seats)),
        _open(deals, runs, shown, kept, mondays, len(seats)),
    )
    said = _biased(streams, staff, "rep bias", spoken, _REP_BIAS)
    problem = planted.sandbagger
    if problem is not None:
        bags = (said.person == problem.person) & (days >= problem.starts)
        said.hoped[bags, 0] *= problem.commits
    teams = staff.team(seats, days)
    eager = planted.further.team_overcommits
    if eager is not None:
        said.hoped[eager.spot.of_team(staff, seats, days, streams.block), 0] *= eager.factor
    bosses = _biased(streams, staff, "boss bias", _summed(staff, teams, said), _BOSS_BIAS)
    reps = said.person != staff.boss(teams, days)
    return _table(streams, _stacked(said, reps, bosses))


def _stacked(reps: _Spoken, speaking: Flags, bosses: _Spoken) -> _Spoken:
    """Return the reps who speak for themselves, then the managers."""
    return _Spoken(
        np.concatenate([reps.person[speaking], bosses.person]),
        np.concatenate([reps.region[speaking], bosses.region]),
        np.concatenate([reps.day[speaking], bosses.day]),
        np.concatenate([reps.won[speaking], bosses.won]),
        np.concatenate([reps.hoped[speaking], bosses.hoped]),
    )


def _open(
    deals: Openings, runs: Courses, shown: Progress, kept: Flags, mondays: Ints, size: int
) -> Floats:
    """Return per seat and Monday the open deals due in the quarter, a column per saying."""
    grid = np.zeros((size, len(_SAID)))
    known_at = mondays * DAY
    alive = np.flatnonzero(kept)
    deal, week = _pairs(
        alive,
        np.searchsorted(known_at, deals.created_at[alive], side="right"),
        np.searchsorted(known_at, runs.closes_at[alive], side="left"),
    )
    at = known_at[week]
    amount = shown.amount.value(deal, at)
    close_on = shown.close_on.value(deal, at)
    due = (close_on < quarter_ends(mondays)[week]) & (close_on != NOTHING) & (amount != NOTHING)
    category = shown.forecast_category.value(deal, at)
    for said in range(len(_SAID)):
        counts = due & _TAKES_IN[said][category]
        _add(grid[:, said], deals.seat[deal[counts]], week[counts], amount[counts], len(mondays))
    return grid


def _won(
    deals: Openings, runs: Courses, shown: Progress, kept: Flags, mondays: Ints, size: int
) -> Floats:
    """Return per seat and Monday what was won in the quarter so far."""
    column = np.zeros(size)
    won = np.flatnonzero(kept & (runs.result == WON))
    deal, week = _pairs(
        won,
        np.searchsorted(mondays * DAY, runs.closes_at[won], side="left"),
        np.searchsorted(mondays, quarter_ends(runs.closes_at[won] // DAY), side="left"),
    )
    booked = shown.amount.value(deal, runs.closes_at[deal])
    _add(column, deals.seat[deal], week, booked, len(mondays))
    return column


def _add(column: Floats, seat: Ints, week: Ints, cents: Ints, weeks: int) -> None:
    column += np.bincount(seat * weeks + week, weights=cents, minlength=len(column))


def _pairs(deals: Ints, first: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return each deal with each of its weeks, `first` to before `end`."""
    counts = np.maximum(end - first, 0)
    position = np.repeat(np.arange(len(deals)), counts)
    before = np.cumsum(counts) - counts
    return deals[position], first[position] + np.arange(len(position)) - before[position]


def _biased(streams: Streams, staff: Staff, name: str, spoken: _Spoken, spread: float) -> _Spoken:
    """Return what is said of the open deals: everybody leans one way, and errs a little."""
    lean = spread * streams.normal(name, len(staff.life.hired))[spoken.person - staff.first_number]
    noise = _NOISE * streams.normal(name + " noise", len(spoken.person))
    hoped = spoken.hoped * np.exp(lean + noise)[:, None]
    return replace(spoken, hoped=hoped)


def _summed(staff: Staff, teams: Ints, said: _Spoken) -> _Spoken:
    """Return per manager and Monday the sum of what the team said, vacant seats included."""
    cell = said.day * len(staff.teams) + teams
    cells, row = np.unique(cell, return_inverse=True)
    won, hoped = np.zeros(len(cells)), np.zeros((len(cells), len(_SAID)))
    np.add.at(won, row, said.won)
    np.add.at(hoped, row, said.hoped)
    team, day = cells % len(staff.teams), cells // len(staff.teams)
    regions = np.array([team.region for team in staff.teams], dtype=np.int64)
    return _Spoken(staff.boss(team, day), regions[team], day, won, hoped)


def _table(streams: Streams, rows: _Spoken) -> pa.Table:
    order = np.lexsort((rows.person, rows.day))
    index = np.repeat(order, len(_SAID))
    said = np.tile(np.arange(len(_SAID), dtype=np.int64), len(order))
    person, region, day = rows.person[index], rows.region[index], rows.day[index]
    clock = streams.uniform("submitted", len(order)).repeat(len(_SAID))
    opens_at = np.array([area.opens_at for area in REGIONS])[region]
    cents = np.round((rows.won[index] + rows.hoped[index, said]) / 10_000).astype(np.int64) * 10_000
    return table(
        "forecast_submission",
        {
            "submission_id": keys("F", (person, 6), (day, 5), (said + 1, 1)),
            "person_id": person_keys(person),
            "starts_on": dates(quarter_starts(day)),
            "ends_on": dates(quarter_ends(day)),
            "category": words(_SAID, said),
            "submitted_at": instants(at_work(day, opens_at, clock / 4)),
            "amount": money(cents),
            "currency": words([area.currency for area in REGIONS], region),
        },
    )
