"""The deals that open: when, in which territory, with which account, of which kind."""

from dataclasses import dataclass

import numpy as np

from wald.simulator.accounts import Accounts
from wald.simulator.company import (
    NEW_BUSINESS,
    REGIONS,
    RENEWAL,
    SOURCES,
    TYPES,
    Company,
)
from wald.simulator.days import (
    at_work,
    month_starts,
    months,
    season,
    working_earlier,
    working_later,
)
from wald.simulator.people import Staff
from wald.simulator.streams import Floats, Ints, Streams, picks

BLOCK_DEALS = 1_000_000  # room for the numbers of one block
_RAMP = (0.15, 0.30, 0.45, 0.62, 0.78, 0.90)  # of full strength, by month after hiring
_VACANT = 0.30  # of full strength, while the manager runs the territory


@dataclass(frozen=True, slots=True)
class Openings:
    """What is known about each deal on the day it opens; one entry per deal, by creation."""

    number: Ints
    seat: Ints
    region: Ints
    account: Ints
    segment: Ints
    industry: Ints
    type: Ints
    source: Ints
    created_at: Ints
    starts_in: Ints  # stage

    @property
    def opens_at(self) -> Ints:
        """Return the hour (UTC) at which each deal's region starts to work."""
        return np.array([region.opens_at for region in REGIONS])[self.region]


def potential(streams: Streams, seats: int) -> Floats:
    """Return how rich each territory is, 1 = average."""
    return np.asarray(np.exp(0.18 * streams.normal("potential", seats) - 0.0162))


def strength(staff: Staff, months_since: Ints) -> Floats:
    """Return, per seat and month, how much of a ramped rep works there: 0 to 1."""
    grid = np.full((len(staff.seat_teams), len(months_since)), _VACANT)
    for stint in staff.life.stints:
        hired = int(months(np.array([staff.life.hired[stint.person]]))[0])
        ramp = np.array([*_RAMP, 1.0])[np.clip(months_since - hired, 0, len(_RAMP))]
        middle = month_starts(months_since) + 14
        works = (middle >= stint.starts) & ((stint.ends is None) | (middle < (stint.ends or 0)))
        grid[stint.seat] = np.where(works, ramp, grid[stint.seat])
    return grid


def growth(company: Company, months_since: Ints, first_month: int) -> Floats:
    return np.asarray((1 + company.growth) ** ((months_since - first_month) / 12))


def expected_deals(streams: Streams, company: Company, staff: Staff, calendar: Ints) -> Floats:
    """Return how many deals each seat is to open in each month (seats, months), before chance."""
    rate = season(calendar) * growth(company, calendar, int(calendar[-1]))
    worth = potential(streams, len(staff.seat_teams))[:, None] * strength(staff, calendar)
    return np.asarray(company.deals_a_year / 12 * worth * rate)


def openings(
    streams: Streams, company: Company, staff: Staff, known: Accounts, dawn: int, last: int
) -> Openings:
    """Draw the deals a block opens from `dawn` to `last`, sorted by creation."""
    seat, created_on = _arrivals(streams, company, staff, dawn, last)
    regions = staff.regions
    hours = np.array([region.opens_at for region in REGIONS])[regions[seat]]
    created_at = at_work(created_on, hours, streams.uniform("created", len(seat)))
    order = np.lexsort((seat, created_at))
    seat, created_at, created_on = seat[order], created_at[order], created_on[order]
    count = len(seat)
    kind = picks(tuple(t.weight for t in TYPES), streams.uniform("type", count))
    account = known.choose(seat, created_on, streams.uniform("account", count))
    source = picks(tuple(s.weight for s in SOURCES), streams.uniform("source", count))
    starts_in = picks((0.5, 0.35, 0.15), streams.uniform("starts in", count))
    return Openings(
        streams.block * BLOCK_DEALS + np.arange(count, dtype=np.int64),
        seat,
        regions[seat],
        account,
        known.segment[account],
        known.industry[account],
        kind,
        np.where(kind == NEW_BUSINESS, source, len(SOURCES) - 1),
        created_at,
        np.where(kind == RENEWAL, 2, starts_in),
    )


def _arrivals(
    streams: Streams, company: Company, staff: Staff, dawn: int, last: int
) -> tuple[Ints, Ints]:
    """Return the seat and the working day of each new deal."""
    span = months(np.array([dawn, last], dtype=np.int64))
    calendar = np.arange(span[0], span[1] + 1)
    starts = np.maximum(month_starts(calendar), dawn)
    ends = np.minimum(month_starts(calendar + 1), last + 1)
    part = (ends - starts) / (month_starts(calendar + 1) - month_starts(calendar))
    wanted = expected_deals(streams, company, staff, calendar) * part
    counts = streams.of("arrivals").poisson(wanted)
    cell = np.repeat(np.arange(counts.size), counts.ravel())
    month = cell % len(calendar)
    chance = streams.uniform("created on", len(cell))
    day = starts[month] + (chance * (ends - starts)[month]).astype(np.int64)
    day = working_later(day)
    return cell // len(calendar), np.where(day > last, working_earlier(day - 3), day)
