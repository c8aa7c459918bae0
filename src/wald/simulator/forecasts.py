"""What reps and their managers said each Monday would be booked in the quarter, with their bias."""

from dataclasses import dataclass

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
_REP_BIAS, _MANAGER_BIAS, _NOISE = 0.10, 0.06, 0.05  # standard deviations of logarithms
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
    """What somebody said on one Monday: one row per person and Monday, a column per saying."""

    person: Ints
    region: Ints
    day: Ints
    cents: Floats


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
    truth = _truth(deals, runs, shown, kept, mondays, len(staff.seat_teams))
    spoken = _Spoken(staff.owners(seats, days), staff.regions[seats], days, truth)
    said = _biased(streams, staff, "rep bias", spoken, _REP_BIAS)
    problem = planted.sandbagger
    if problem is not None:
        bags = (said.person == problem.person) & (days >= problem.starts)
        said.cents[bags, 0] *= problem.commits
    teams = staff.team(seats, days)
    bosses = _summed(staff, teams, said)
    reps = np.flatnonzero(said.person != staff.boss(teams, days))
    rows = _Spoken(
        np.concatenate([said.person[reps], bosses.person]),
        np.concatenate([said.region[reps], bosses.region]),
        np.concatenate([said.day[reps], bosses.day]),
        np.concatenate(
            [
                said.cents[reps],
                _biased(streams, staff, "manager bias", bosses, _MANAGER_BIAS).cents,
            ]
        ),
    )
    return _table(streams, rows)


def _truth(
    deals: Openings, runs: Courses, shown: Progress, kept: Flags, mondays: Ints, seats: int
) -> Floats:
    """Return per seat and Monday what an honest owner would say, in cents: won so far and open."""
    grid = np.zeros((seats * len(mondays), len(_SAID)))
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
    due = (close_on < quarter_ends(mondays)[week]) & (amount != NOTHING)
    category = shown.forecast_category.value(deal, at)
    for said in range(len(_SAID)):
        counts = due & _TAKES_IN[said][category]
        _add(grid[:, said], deals.seat[deal[counts]], week[counts], amount[counts], len(mondays))
    won = np.flatnonzero(kept & (runs.result == WON))
    deal, week = _pairs(
        won,
        np.searchsorted(known_at, runs.closes_at[won], side="left"),
        np.searchsorted(mondays, quarter_ends(runs.closes_at[won] // DAY), side="left"),
    )
    booked = shown.amount.value(deal, runs.closes_at[deal])
    for said in range(len(_SAID)):
        _add(grid[:, said], deals.seat[deal], week, booked, len(mondays))
    return grid


def _add(column: Floats, seat: Ints, week: Ints, cents: Ints, weeks: int) -> None:
    column += np.bincount(seat * weeks + week, weights=cents, minlength=len(column))


def _pairs(deals: Ints, first: Ints, end: Ints) -> tuple[Ints, Ints]:
    """Return each deal with each of its weeks, `first` to before `end`."""
    counts = np.maximum(end - first, 0)
    position = np.repeat(np.arange(len(deals)), counts)
    before = np.cumsum(counts) - counts
    return deals[position], first[position] + np.arange(len(position)) - before[position]


def _biased(streams: Streams, staff: Staff, name: str, spoken: _Spoken, spread: float) -> _Spoken:
    """Return what is said instead of the truth: everybody leans one way, and errs a little."""
    lean = spread * streams.normal(name, len(staff.life.hired))[spoken.person - staff.first_number]
    noise = _NOISE * streams.normal(name + " noise", spoken.cents.shape)
    cents = spoken.cents * np.exp(lean[:, None] + noise)
    return _Spoken(spoken.person, spoken.region, spoken.day, cents)


def _summed(staff: Staff, teams: Ints, said: _Spoken) -> _Spoken:
    """Return per manager and Monday the sum of what the team said, vacant seats included."""
    cell = said.day * len(staff.teams) + teams
    cells, row = np.unique(cell, return_inverse=True)
    sums = np.zeros((len(cells), len(_SAID)))
    np.add.at(sums, row, said.cents)
    team, day = cells % len(staff.teams), cells // len(staff.teams)
    regions = np.array([team.region for team in staff.teams], dtype=np.int64)
    return _Spoken(staff.boss(team, day), regions[team], day, sums)


def _table(streams: Streams, rows: _Spoken) -> pa.Table:
    order = np.lexsort((rows.person, rows.day))
    index = np.repeat(order, len(_SAID))
    said = np.tile(np.arange(len(_SAID), dtype=np.int64), len(order))
    person, region, day = rows.person[index], rows.region[index], rows.day[index]
    clock = streams.uniform("submitted", len(order)).repeat(len(_SAID))
    opens_at = np.array([area.opens_at for area in REGIONS])[region]
    cents = np.round(rows.cents[index, said] / 10_000).astype(np.int64) * 10_000
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
