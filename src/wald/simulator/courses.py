"""The course of each deal: which stages it enters when, how it ends, and on which day."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from wald.simulator.bends import Bend, pulled_forward, stage_bends
from wald.simulator.columns import NOTHING
from wald.simulator.company import (
    DISCOVERY,
    LOST,
    NEGOTIATION,
    OPEN_STAGES,
    PROPOSAL,
    SEGMENTS,
    STAGES,
    TYPES,
    WON,
)
from wald.simulator.days import (
    DAY,
    at_work,
    month_ends,
    months,
    quarter_ends,
    quarter_starts,
    working_earlier,
    working_later,
)
from wald.simulator.deals import Openings
from wald.simulator.people import Staff
from wald.simulator.planted import Planted
from wald.simulator.streams import Flags, Floats, Ints, Streams

_BETWEEN = 900  # seconds at least between two steps of one deal
_RUSH_SHARE, _MONTH_SHARE = 0.30, 0.14  # wins that wait for the last days of quarter and month
_PULLED_SHARE, _PULLED_AT_YEAR_END = 0.28, 0.5  # wins of a quarter's first days that come sooner
_LINGERS = 1.8  # how much longer a deal stays in the stage in which it is lost
_ASLEEP_SHARE, _ASLEEP = 0.025, 6.5  # stages in which a deal falls asleep, and how much longer


@dataclass(frozen=True, slots=True)
class Courses:
    """How each deal runs to its end, which may lie after the end of the history."""

    enters: Ints  # (deals, open stages): instant of entering
    reached: Flags  # (deals, open stages): does it enter at all
    closes_at: Ints
    result: Ints  # WON or LOST
    last_stage: Ints  # the open stage it ends in
    touched: Mapping[str, Ints]  # planted problem -> when it first touched each deal; NOTHING


def quoted_at(runs: Courses) -> Ints:
    """Return when each deal first got an offer; NOTHING if it never did."""
    first = np.where(
        runs.reached[:, PROPOSAL], runs.enters[:, PROPOSAL], runs.enters[:, NEGOTIATION]
    )
    return np.where(runs.reached[:, PROPOSAL] | runs.reached[:, NEGOTIATION], first, NOTHING)


def courses(streams: Streams, staff: Staff, deals: Openings, planted: Planted) -> Courses:
    """Run every deal through its stages to its end."""
    count = len(deals.number)
    losing, days = _losing(deals), _days(streams, deals)
    falls, clock = (streams.uniform(name, (count, OPEN_STAGES)) for name in ("falls", "clock"))
    passes = _skipped(streams, deals)
    now = deals.created_at.copy()
    alive = np.ones(count, dtype=bool)
    touched: dict[str, Ints] = {}
    enters = np.zeros((count, OPEN_STAGES), dtype=np.int64)
    reached = np.zeros((count, OPEN_STAGES), dtype=bool)
    last_stage = np.zeros(count, dtype=np.int64)
    for stage in range(OPEN_STAGES):
        here = alive & ~passes[:, stage]
        enters[:, stage], reached[:, stage] = now, here
        last_stage[here] = stage
        for bend in _bends(streams, staff, deals, planted, stage, now):
            days[bend.where, stage] *= bend.slower
            losing[bend.where, stage] *= bend.losing
            _note(touched, bend.problem, here & bend.where, now)
        fails = here & (falls[:, stage] < np.minimum(losing[:, stage], 0.97))
        stay = days[:, stage] * np.where(fails, _LINGERS, 1.0)
        now = np.where(here, _later(deals, now, stay, clock[:, stage]), now)
        alive &= ~fails
    result = np.where(alive, WON, LOST)
    closes_at = _closing(streams, deals, now, result, enters[:, NEGOTIATION])
    held, waits_to = _held_back(streams, staff, deals, planted, closes_at, result)
    _note(touched, "sandbagger", held, enters[:, NEGOTIATION])
    closes_at = np.where(held, waits_to, closes_at)
    entered = enters[:, NEGOTIATION]
    pulled, closes_at = pulled_forward(
        streams, staff, deals, planted.further, closes_at, result, entered
    )
    _note(touched, "deals_pulled_forward", pulled, entered)
    return Courses(enters, reached, closes_at, result, last_stage, touched)


def _note(touched: dict[str, Ints], problem: str, where: Flags, at: Ints) -> None:
    before = touched.get(problem, np.full(len(at), NOTHING, dtype=np.int64))
    touched[problem] = np.where(where & (before == NOTHING), at, before)


def _losing(deals: Openings) -> Floats:
    """Return the chance to lose in each open stage, per deal, with nothing planted."""
    stages = np.array([stage.losing for stage in STAGES[:OPEN_STAGES]])
    kinds = np.array([kind.losing for kind in TYPES])[deals.type]
    segments = np.array([segment.losing for segment in SEGMENTS])[deals.segment]
    return np.asarray(stages[None, :] * (kinds * segments)[:, None])


def _days(streams: Streams, deals: Openings) -> Floats:
    """Return the days in each open stage, per deal; a few deals fall asleep in one."""
    shape = (len(deals.number), OPEN_STAGES)
    medians = np.array([segment.days for segment in SEGMENTS])[deals.segment]
    pace = np.array([kind.pace for kind in TYPES])[deals.type]
    spread = np.exp(0.65 * streams.normal("stage days", shape))
    asleep = streams.uniform("asleep", shape) < _ASLEEP_SHARE
    return np.asarray(medians * pace[:, None] * spread * np.where(asleep, _ASLEEP, 1.0))


def _skipped(streams: Streams, deals: Openings) -> Flags:
    """Return which stages each deal jumps over: never its first and never Negotiation."""
    jumps = streams.uniform("skips", (len(deals.number), OPEN_STAGES)) < 0.18
    jumps[:, -1] = False
    stage, first = np.arange(OPEN_STAGES), deals.starts_in[:, None]
    return np.asarray((jumps & (stage > first)) | (stage < first))


def _bends(
    streams: Streams, staff: Staff, deals: Openings, planted: Planted, stage: int, now: Ints
) -> Iterator[Bend]:
    day = now // DAY
    broke, slipped, weak = planted.process_broke, planted.segment_slipped, planted.weak_rep
    if broke is not None and broke.stage == stage:
        there = (deals.region == broke.region) & (deals.segment == broke.segment)
        yield Bend("process_broke", there & (day >= broke.starts), broke.slower, broke.losing)
    if slipped is not None and stage >= DISCOVERY:
        there = (deals.industry == slipped.industry) & (day >= slipped.starts)
        yield Bend("segment_slipped", there, 1.0, slipped.losing)
    if weak is not None:
        there = (staff.owners(deals.seat, day) == weak.person) & (day >= weak.starts)
        yield Bend("weak_rep", there, 1.0, weak.losing)
    yield from stage_bends(streams, staff, deals, planted.further, stage, day)


def _later(deals: Openings, now: Ints, days: Floats, chance: Floats) -> Ints:
    """Return the working instant some days later, always after `now`."""
    day = working_later(now // DAY + np.floor(days).astype(np.int64))
    return np.maximum(at_work(day, deals.opens_at, chance), now + _BETWEEN)


def _closing(
    streams: Streams, deals: Openings, ends_at: Ints, result: Ints, negotiated_at: Ints
) -> Ints:
    """Return when each deal closes; many wins gather in the last days of quarter and month.

    Most of those wait for them; some of the next quarter's first days are pulled in instead.
    """
    chance, late, clock = (streams.uniform(n, len(ends_at)) for n in ("rush", "late", "closes"))
    day = ends_at // DAY
    days_before = (-5.5 * np.log1p(-late)).astype(np.int64)
    month = month_ends(day) - (3 * late).astype(np.int64)
    wished = np.where(chance < _RUSH_SHARE + _MONTH_SHARE, month, day)
    wished = np.where(chance < _RUSH_SHARE, quarter_ends(day) - 1 - days_before, wished)
    closes = np.where(wished > day, working_earlier(wished), day)
    pulled = working_earlier(quarter_starts(day) - 1 - (6 * late).astype(np.int64))
    share = np.where(months(day) % 12 == 0, _PULLED_AT_YEAR_END, _PULLED_SHARE)
    is_pulled = (day - quarter_starts(day) < 15) & (chance > 1 - share)
    is_pulled &= pulled > negotiated_at // DAY
    closes = np.where(is_pulled, pulled, np.maximum(closes, day))
    moved = at_work(closes, deals.opens_at, clock)
    is_moved = (result == WON) & (closes != day)
    return np.where(is_moved, np.maximum(moved, negotiated_at + _BETWEEN), ends_at)


def _held_back(
    streams: Streams, staff: Staff, deals: Openings, planted: Planted, closes_at: Ints, result: Ints
) -> tuple[Flags, Ints]:
    """Return which wins the sandbagger keeps, and the instant early next quarter they wait for."""
    chance = streams.uniform("held back", (len(closes_at), 2))
    day = closes_at // DAY
    next_quarter = quarter_ends(day)
    waits_to = at_work(
        working_later(next_quarter + (chance[:, 1] * 9).astype(np.int64)),
        deals.opens_at,
        chance[:, 1],
    )
    problem = planted.sandbagger
    if problem is None:
        return np.zeros(len(day), dtype=bool), waits_to
    held = (
        (result == WON)
        & (staff.owners(deals.seat, day) == problem.person)
        & (day >= problem.starts)
        & (next_quarter - day <= 28)
        & (chance[:, 0] < problem.held_back)
    )
    return held, waits_to
