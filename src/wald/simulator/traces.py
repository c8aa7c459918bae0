"""Which deals further problems touched and when, and the other things in which problems show."""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from wald.simulator.bends import careless, hurried
from wald.simulator.columns import NOTHING
from wald.simulator.company import DISCOVERY, PROPOSAL
from wald.simulator.courses import Courses, quoted_at
from wald.simulator.days import DAY, quarter_ends, quarter_starts
from wald.simulator.deals import Openings
from wald.simulator.people import Staff
from wald.simulator.planted import Planted
from wald.simulator.problems import Further, Spot, spots
from wald.simulator.quotes import Quotes
from wald.simulator.request import Request
from wald.simulator.streams import Flags, Ints, Streams

BY_WEEK = ("leads_wait", "activity_without_result", "step_unused")
BY_QUARTER = ("quota_out_of_reach", "team_overcommits", "sandbagger")


class Drawn(Protocol):
    """What is looked at of a block."""

    @property
    def streams(self) -> Streams: ...
    @property
    def staff(self) -> Staff: ...
    @property
    def deals(self) -> Openings: ...
    @property
    def runs(self) -> Courses: ...
    @property
    def offered(self) -> Quotes: ...
    @property
    def missing(self) -> Mapping[str, Flags]: ...
    @property
    def parts(self) -> Flags: ...


def at_or_nothing(where: Flags, at: Ints) -> Ints:
    return np.where(where, at, NOTHING)


def further_touched(block: Drawn, planted: Further) -> dict[str, Ints]:
    """Return per deal the instant at which each problem first touched it, NOTHING: never.

    Those of the course of deals are noted there.
    """
    opened, offered = block.deals.created_at, quoted_at(block.runs)
    given = (block.streams, block.staff, block.deals, planted)
    found = {
        "deals_pushed": at_or_nothing(hurried(*given)[0], opened),
        "entry_habit_changed": at_or_nothing(careless(*given), opened),
        "deals_split": at_or_nothing(block.parts, opened),
    }
    for name, flags in block.offered.bent.items():
        at = opened if name == "product_mix_shifted" else offered
        found[name] = at_or_nothing(flags, at)
    for name, flags in block.missing.items():
        before = block.runs.touched.get(name, np.full(len(opened), NOTHING, dtype=np.int64))
        found[name] = np.where(flags, opened, before)
    if planted.stage_chances_off is not None:
        starts = planted.stage_chances_off.spot.starts * DAY
        through = block.runs.reached[:, DISCOVERY] | block.runs.reached[:, PROPOSAL]
        through &= block.runs.closes_at >= starts
        found["stage_chances_off"] = at_or_nothing(through, block.runs.closes_at)
    return found


def other_things(staff: Staff, planted: Planted, problem: str, request: Request) -> Ints:
    """Return the days on which the weeks or quarters of territories that a problem bends end."""
    spot = spots(planted.further).get(problem)
    if problem == "sandbagger" and planted.sandbagger is not None:
        ends = _quarters(planted.sandbagger.starts, request.cut)
        return ends if staff.first_number <= planted.sandbagger.person else ends[:0]
    if spot is None or problem not in (*BY_WEEK, *BY_QUARTER):
        return np.zeros(0, dtype=np.int64)
    weeks = np.arange(spot.starts + 7, request.cut + 1, 7, dtype=np.int64)
    ends = weeks if problem in BY_WEEK else _quarters(spot.starts, request.cut)
    return _by_seat(staff, spot, ends)


def _by_seat(staff: Staff, spot: Spot, ends: Ints) -> Ints:
    seats = np.repeat(np.arange(len(staff.seat_teams), dtype=np.int64), len(ends))
    days = np.tile(ends, len(staff.seat_teams))
    return days[spot.of_team(staff, seats, days, 0)]


def _quarters(starts: int, cut: int) -> Ints:
    """Return the first days after the quarters that lie between two days."""
    ends = np.unique(quarter_ends(np.arange(starts, cut + 1, dtype=np.int64)))
    return ends[(ends <= cut + 1) & (quarter_starts(ends - 1) >= starts)]
