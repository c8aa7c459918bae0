"""What further problems do to the course of deals: stalls, weaker hires, wins pulled forward."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from wald.simulator.company import WON
from wald.simulator.days import DAY, at_work, quarter_starts, working_earlier
from wald.simulator.deals import Openings
from wald.simulator.people import Staff
from wald.simulator.problems import Further, SlowRamp
from wald.simulator.streams import Flags, Floats, Ints, Streams


@dataclass(frozen=True, slots=True)
class Bend:
    """What one planted problem does to one stage: where, and the factors on days and losses."""

    problem: str
    where: Flags
    slower: float
    losing: float


def stage_bends(
    streams: Streams, staff: Staff, deals: Openings, planted: Further, stage: int, day: Ints
) -> Iterator[Bend]:
    """Yield what bends the deals that enter a stage, each on its own day."""
    stalls, ramp = planted.deals_stall, planted.slow_ramp
    if stalls is not None and stalls.spot.stage == stage:
        sleepy = streams.uniform("stalls", len(day)) < stalls.share
        there = stalls.spot.holds(staff, deals, day, streams.block) & sleepy
        yield Bend("deals_stall", there, stalls.slower, 1.0)
    if ramp is not None:
        yield Bend("slow_ramp", is_ramping(staff, deals.seat, day, ramp), 1.0, ramp.losing)


def is_ramping(staff: Staff, seats: Ints, days: Ints, problem: SlowRamp) -> Flags:
    """Return whether the deal is run by somebody who was hired since the problem began."""
    hired = np.array(staff.life.hired, dtype=np.int64)[
        staff.owners(seats, days) - staff.first_number
    ]
    return np.asarray((hired >= problem.spot.starts) & (days - hired < problem.days))


def never_opened(
    streams: Streams, staff: Staff, deals: Openings, from_lead: Flags, planted: Further
) -> dict[str, Flags]:
    """Return which deals each problem keeps from opening."""
    day = deals.created_at // DAY
    dries, converts, ramp = (
        planted.pipeline_dries_up,
        planted.leads_convert_less,
        planted.slow_ramp,
    )
    found: dict[str, Flags] = {}
    if dries is not None:
        chance = streams.uniform("dries up", len(day)) < dries.share
        found["pipeline_dries_up"] = dries.spot.holds(staff, deals, day, streams.block) & chance
    if converts is not None:
        chance = streams.uniform("converts less", len(day)) < converts.share
        there = converts.spot.holds(staff, deals, day, streams.block) & from_lead
        found["leads_convert_less"] = there & chance
    if ramp is not None:
        chance = streams.uniform("ramps slowly", len(day)) < ramp.share
        found["slow_ramp"] = is_ramping(staff, deals.seat, day, ramp) & chance
    return found


def pulled_forward(
    streams: Streams,
    staff: Staff,
    deals: Openings,
    planted: Further,
    closes_at: Ints,
    result: Ints,
    negotiated_at: Ints,
) -> tuple[Flags, Ints]:
    """Return which wins come sooner than they would, and when: the last days of the quarter."""
    problem = planted.deals_pulled_forward
    if problem is None:
        return np.zeros(len(closes_at), dtype=bool), closes_at
    chance = streams.uniform("pulled forward", (len(closes_at), 3))
    day = closes_at // DAY
    before = working_earlier(quarter_starts(day) - 1 - (5 * chance[:, 1]).astype(np.int64))
    sooner = at_work(before, deals.opens_at, chance[:, 2])
    is_pulled = problem.spot.holds(staff, deals, before, streams.block) & (result == WON)
    is_pulled &= day - quarter_starts(day) < problem.within
    is_pulled &= (chance[:, 0] < problem.share) & (before > negotiated_at // DAY)
    return is_pulled, np.where(is_pulled, sooner, closes_at)


def hurried(
    streams: Streams, staff: Staff, deals: Openings, planted: Further
) -> tuple[Flags, Floats, Floats]:
    """Return whose dates are promised too early: factors on the first hope, and on each move."""
    problem = planted.deals_pushed
    if problem is None:
        every = np.ones(len(deals.seat))
        return np.zeros(len(deals.seat), dtype=bool), every, every
    there = problem.spot.holds(staff, deals, deals.created_at // DAY, streams.block)
    return there, np.where(there, problem.hopes, 1.0), np.where(there, problem.stays, 1.0)


def careless(streams: Streams, staff: Staff, deals: Openings, planted: Further) -> Flags:
    """Return the deals whose amount nobody enters until they are won, by a new habit."""
    problem = planted.entry_habit_changed
    if problem is None:
        return np.zeros(len(deals.seat), dtype=bool)
    there = problem.spot.holds(staff, deals, deals.created_at // DAY, streams.block)
    return there & (streams.uniform("careless", len(deals.seat)) < problem.share)
