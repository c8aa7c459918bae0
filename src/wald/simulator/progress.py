"""What the system of record shows of a deal over time: stage, outcome, odds, category, owner."""

from dataclasses import dataclass

import numpy as np

from wald.simulator.bends import careless, hurried
from wald.simulator.close_dates import close_on_history
from wald.simulator.columns import NOTHING
from wald.simulator.company import (
    CATEGORIES,
    NEGOTIATION,
    OPEN_STAGES,
    OUTCOMES,
    STAGES,
    WON,
)
from wald.simulator.courses import Courses
from wald.simulator.days import DAY
from wald.simulator.deals import Openings
from wald.simulator.detours import Detours, detours
from wald.simulator.histories import History, Step, history
from wald.simulator.people import Staff
from wald.simulator.problems import Further
from wald.simulator.quotes import Quotes, amount_history
from wald.simulator.streams import Streams

_STAGE_CATEGORIES = np.array([CATEGORIES.index(stage.category) for stage in STAGES])
_MOST_LIKELY, _COMMIT = CATEGORIES.index("most_likely"), CATEGORIES.index("commit")
_HANDED_OVER_AT = 6 * 3600  # second of the day at which deals get their new owner


@dataclass(frozen=True, slots=True)
class Progress:
    """The history of each tracked field; codes are indices, cents, days or person numbers."""

    stage: History
    outcome: History
    amount: History
    close_on: History
    closed_on: History
    owner_id: History
    probability: History  # the stage whose probability it is
    forecast_category: History


def progress(
    streams: Streams,
    staff: Staff,
    deals: Openings,
    runs: Courses,
    offered: Quotes,
    planted: Further,
) -> Progress:
    """Return what every tracked field of every deal showed, from its opening to its close."""
    away = detours(streams, deals, runs)
    _, hopes, stays = hurried(streams, staff, deals, planted)
    empty = careless(streams, staff, deals, planted)
    stages = _stage_history(deals, runs, away)
    return Progress(
        stage=stages,
        outcome=_outcome_history(runs, away),
        amount=amount_history(streams, deals, runs, offered, away, empty),
        close_on=close_on_history(streams, deals, runs, away, hopes, stays),
        closed_on=_closed_on_history(runs, away),
        owner_id=_owner_history(staff, deals, runs),
        probability=stages,
        forecast_category=_category_history(streams, deals, runs, away),
    )


def _outcome_history(runs: Courses, away: Detours) -> History:
    every, given_up = np.arange(len(runs.result), dtype=np.int64), away.given_up
    result = np.where(runs.result == WON, OUTCOMES.index("won"), OUTCOMES.index("lost"))
    lost = np.full(len(given_up), OUTCOMES.index("lost"))
    return history(
        np.zeros_like(every),
        *away.there_and_back(given_up, lost, np.zeros_like(lost)),
        (every, runs.closes_at, result),
    )


def _closed_on_history(runs: Courses, away: Detours) -> History:
    every, given_up = np.arange(len(runs.result), dtype=np.int64), away.given_up
    reopened = np.full(len(given_up), NOTHING, dtype=np.int64)
    return history(
        np.full_like(every, NOTHING),
        *away.there_and_back(given_up, away.leaves_at[given_up] // DAY, reopened),
        (every, runs.closes_at, runs.closes_at // DAY),
    )


def _stage_steps(deals: Openings, runs: Courses) -> list[Step]:
    steps = []
    for stage in range(OPEN_STAGES):
        entering = runs.reached[:, stage] & (runs.enters[:, stage] > deals.created_at)
        into = np.flatnonzero(entering)
        steps.append((into, runs.enters[into, stage], np.full(len(into), stage, dtype=np.int64)))
    every = np.arange(len(deals.number), dtype=np.int64)
    return [*steps, (every, runs.closes_at, runs.result)]


def _stage_history(deals: Openings, runs: Courses, away: Detours) -> History:
    side = away.there_and_back(away.taken, away.to[away.taken], away.stage[away.taken])
    return history(deals.starts_in.astype(np.int64), *side, *_stage_steps(deals, runs))


def _category_history(streams: Streams, deals: Openings, runs: Courses, away: Detours) -> History:
    """Return the forecast categories: by stage, but Negotiation is committed only when felt sure.

    Owners feel sure more often of deals they are going to win.
    """
    *steps, last = [
        (deal, at, _STAGE_CATEGORIES[stage]) for deal, at, stage in _stage_steps(deals, runs)
    ]
    chance = streams.uniform("categories", (len(deals.number), 2))
    sure = chance[:, 0] < np.where(runs.result == WON, 0.7, 0.4)
    doubts = np.flatnonzero(runs.reached[:, NEGOTIATION] & ~sure)
    entered = runs.enters[:, NEGOTIATION]
    later = entered + ((runs.closes_at - entered) * (0.3 + 0.6 * chance[:, 1])).astype(np.int64)
    comes_round = doubts[chance[doubts, 1] < 0.6]
    steps.append((doubts, entered[doubts], np.full(len(doubts), _MOST_LIKELY)))
    steps.append((comes_round, later[comes_round], np.full(len(comes_round), _COMMIT)))
    there, back = _STAGE_CATEGORIES[away.to], _STAGE_CATEGORIES[away.stage]
    side = away.there_and_back(away.taken, there[away.taken], back[away.taken])
    return history(_STAGE_CATEGORIES[deals.starts_in], *map(away.undisturbed, steps), *side, last)


def _owner_history(staff: Staff, deals: Openings, runs: Courses) -> History:
    """Return the owners: whoever answers for the territory, handed over while the deal is open."""
    line = staff.owner_line
    opened = line.index(deals.seat, deals.created_at // DAY)
    closed = line.index(deals.seat, runs.closes_at // DAY)
    deal = np.repeat(np.arange(len(deals.number), dtype=np.int64), closed - opened)
    before = np.cumsum(closed - opened) - (closed - opened)
    index = opened[deal] + 1 + np.arange(len(deal)) - before[deal]
    at = line.day(index) * DAY + _HANDED_OVER_AT
    in_time = at < runs.closes_at[deal]
    return history(
        line.values[opened],
        (deal[in_time], at[in_time], line.values[index][in_time]),
    )
