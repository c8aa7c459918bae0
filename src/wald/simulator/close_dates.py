"""The expected close date: guessed at first, pushed when it comes, right when the deal closes."""

import numpy as np

from wald.simulator.columns import NOTHING
from wald.simulator.company import NEGOTIATION, SEGMENTS, TYPES
from wald.simulator.courses import Courses
from wald.simulator.days import DAY, at_work, month_ends, quarter_ends, working_later
from wald.simulator.deals import Openings
from wald.simulator.detours import Detours
from wald.simulator.histories import History, Step, history
from wald.simulator.streams import Flags, Floats, Ints, Streams

_MOST_PUSHES = 12
_NO_DATE_SHARE = 0.02  # deals opened without a close date; it comes with Negotiation
_NEGLECTED_SHARE = 0.2  # deals whose owner lets the close date pass
_REVIEWED_SHARE = 0.45  # deals whose close date is thought over when negotiation starts


def close_on_history(
    streams: Streams,
    deals: Openings,
    runs: Courses,
    away: Detours,
    hopes: Floats,
    stays: Floats,
) -> History:
    """Return how each deal's expected close date moved, as days.

    `hopes` and `stays` are factors on the days to the first date and on those it is moved by.
    """
    count = len(deals.number)
    every = np.arange(count, dtype=np.int64)
    chance = streams.uniform("close dates", (count, 5))
    blank = chance[:, 4] > 1 - _NO_DATE_SHARE
    first = _first_guess(deals, chance, hopes)
    reviewed = every[runs.reached[:, NEGOTIATION] & (blank | (chance[:, 2] < _REVIEWED_SHARE))]
    near = runs.closes_at // DAY + np.round((chance[:, 3] - 0.6) * 24).astype(np.int64)
    review = np.maximum(near, runs.enters[:, NEGOTIATION] // DAY + 3)
    neglected = blank | (chance[:, 4] < _NEGLECTED_SHARE)
    pushes = _pushes(streams, deals, runs, first, neglected, stays)
    given_up = away.given_up
    new_hope = away.returns_at[given_up] // DAY + 30
    return history(
        np.where(blank, NOTHING, first),
        *(away.undisturbed(push) for push in pushes),
        (reviewed, runs.enters[reviewed, NEGOTIATION], review[reviewed]),
        *away.there_and_back(given_up, away.leaves_at[given_up] // DAY, new_hope),
        (every, runs.closes_at, runs.closes_at // DAY),
    )


def _first_guess(deals: Openings, chance: Floats, hopes: Floats) -> Ints:
    """Return the hopeful first close date, often the last day of a month or quarter."""
    typical = np.array([sum(segment.days) for segment in SEGMENTS])[deals.segment]
    pace = np.array([kind.pace for kind in TYPES])[deals.type]
    wait = (typical * pace * (0.3 + 0.7 * chance[:, 0]) * hopes).astype(np.int64)
    day = deals.created_at // DAY + 5 + wait
    return _rounded(day, chance[:, 1])


def _rounded(day: Ints, chance: Floats) -> Ints:
    by_month = np.where(chance < 0.6, month_ends(day), working_later(day))
    return np.where(chance < 0.28, quarter_ends(day) - 1, by_month)


def _pushes(
    streams: Streams,
    deals: Openings,
    runs: Courses,
    first: Ints,
    neglected: Flags,
    stays: Floats,
) -> list[Step]:
    """Return the pushes: near its close date an open deal gets a later one, again and again."""
    count = len(first)
    chance = streams.uniform("pushes", (_MOST_PUSHES, count, 3)) if count else np.zeros((0, 0, 3))
    open_deals = np.flatnonzero(~neglected)
    expected, last = first.copy(), deals.created_at.copy()
    steps = []
    for turn in chance:
        before = np.floor(turn[:, 0] * 9).astype(np.int64) - 6
        day = working_later(np.maximum(expected + before, last // DAY + 1))
        at = at_work(day, deals.opens_at, turn[:, 1])
        open_deals = open_deals[at[open_deals] < runs.closes_at[open_deals] - DAY]
        stay = ((12 + (-24 * np.log1p(-turn[:, 2])).astype(np.int64)) * stays).astype(np.int64)
        later = _rounded(np.maximum(expected, day) + stay, turn[:, 1])
        steps.append((open_deals, at[open_deals], later[open_deals]))
        expected, last = later, at
    return steps
