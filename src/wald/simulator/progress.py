"""What the system of record shows of a deal over time: stage, outcome, odds, category, owner."""

from dataclasses import dataclass

import numpy as np

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
from wald.simulator.histories import History, history
from wald.simulator.people import Staff
from wald.simulator.quotes import Quotes, amount_history
from wald.simulator.streams import Ints, Streams

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
    streams: Streams, staff: Staff, deals: Openings, runs: Courses, offered: Quotes
) -> Progress:
    """Return what every tracked field of every deal showed, from its opening to its close."""
    every = np.arange(len(deals.number), dtype=np.int64)
    stages = _stage_history(deals, runs)
    none = np.full(len(every), NOTHING, dtype=np.int64)
    closed = (every, runs.closes_at, runs.closes_at // DAY)
    result = np.where(runs.result == WON, OUTCOMES.index("won"), OUTCOMES.index("lost"))
    return Progress(
        stage=stages,
        outcome=history(np.zeros_like(every), (every, runs.closes_at, result)),
        amount=amount_history(streams, deals, runs, offered),
        close_on=close_on_history(streams, deals, runs),
        closed_on=history(none, closed),
        owner_id=_owner_history(staff, deals, runs),
        probability=stages,
        forecast_category=_category_history(streams, deals, runs),
    )


def _stage_steps(deals: Openings, runs: Courses) -> list[tuple[Ints, Ints, Ints]]:
    steps = []
    for stage in range(OPEN_STAGES):
        entering = runs.reached[:, stage] & (runs.enters[:, stage] > deals.created_at)
        into = np.flatnonzero(entering)
        steps.append((into, runs.enters[into, stage], np.full(len(into), stage, dtype=np.int64)))
    every = np.arange(len(deals.number), dtype=np.int64)
    return [*steps, (every, runs.closes_at, runs.result)]


def _stage_history(deals: Openings, runs: Courses) -> History:
    return history(deals.starts_in.astype(np.int64), *_stage_steps(deals, runs))


def _category_history(streams: Streams, deals: Openings, runs: Courses) -> History:
    """Return the forecast categories: by stage, but Negotiation is committed only when felt sure.

    Owners feel sure more often of deals they are going to win.
    """
    steps = [(deal, at, _STAGE_CATEGORIES[stage]) for deal, at, stage in _stage_steps(deals, runs)]
    chance = streams.uniform("categories", (len(deals.number), 2))
    sure = chance[:, 0] < np.where(runs.result == WON, 0.7, 0.4)
    doubts = np.flatnonzero(runs.reached[:, NEGOTIATION] & ~sure)
    entered = runs.enters[:, NEGOTIATION]
    later = entered + ((runs.closes_at - entered) * (0.3 + 0.6 * chance[:, 1])).astype(np.int64)
    comes_round = doubts[chance[doubts, 1] < 0.6]
    steps.insert(-1, (doubts, entered[doubts], np.full(len(doubts), _MOST_LIKELY)))
    steps.insert(-1, (comes_round, later[comes_round], np.full(len(comes_round), _COMMIT)))
    return history(_STAGE_CATEGORIES[deals.starts_in], *steps)


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
