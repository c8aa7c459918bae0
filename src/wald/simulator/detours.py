"""Deals that leave their way for a while: given up and taken up again, or thrown back a stage."""

from dataclasses import dataclass

import numpy as np

from wald.simulator.columns import NOTHING
from wald.simulator.company import DISCOVERY, LOST
from wald.simulator.courses import Courses
from wald.simulator.days import DAY, at_work, working_later
from wald.simulator.deals import Openings
from wald.simulator.histories import Step
from wald.simulator.streams import Floats, Ints, Streams

_GIVEN_UP_SHARE = 0.018  # of the deals that stay long enough in their last stage
_THROWN_BACK_SHARE = 0.035
_LONG_ENOUGH_DAYS = 18


@dataclass(frozen=True, slots=True)
class Detours:
    """One entry per deal; NOTHING in `to` where the deal keeps its way."""

    to: Ints  # LOST, or the stage before the last
    leaves_at: Ints
    returns_at: Ints
    stage: Ints  # where it left and returns to

    @property
    def taken(self) -> Ints:
        """Return the deals that take a detour."""
        return np.flatnonzero(self.to != NOTHING).astype(np.int64)

    @property
    def given_up(self) -> Ints:
        """Return the deals that are lost for a while."""
        return np.flatnonzero(self.to == LOST).astype(np.int64)

    def there_and_back(self, deals: Ints, there: Ints, back: Ints) -> tuple[Step, Step]:
        """Return the two steps of a field: its values while away and after."""
        return (deals, self.leaves_at[deals], there), (deals, self.returns_at[deals], back)

    def undisturbed(self, step: Step) -> Step:
        """Return the step without what falls into the time in which a deal is away."""
        deal, at, new = step
        away = (self.to[deal] != NOTHING) & (at >= self.leaves_at[deal])
        away &= at <= self.returns_at[deal]
        return deal[~away], at[~away], new[~away]


def detours(streams: Streams, deals: Openings, runs: Courses) -> Detours:
    """Draw which deals leave their way during their last open stage, and when."""
    count = len(deals.number)
    chance = streams.uniform("detours", (count, 5))
    every = np.arange(count)
    enters = np.maximum(runs.enters[every, runs.last_stage], deals.created_at)
    span = runs.closes_at - enters
    leaves_at = _placed(
        deals, enters + (span * (0.15 + 0.3 * chance[:, 1])).astype(np.int64), chance[:, 2]
    )
    returns_at = _placed(
        deals, enters + (span * (0.55 + 0.3 * chance[:, 3])).astype(np.int64), chance[:, 4]
    )
    fits = (span > _LONG_ENOUGH_DAYS * DAY) & (leaves_at > enters) & (leaves_at < returns_at)
    fits &= returns_at < runs.closes_at
    gives_up = fits & (chance[:, 0] < _GIVEN_UP_SHARE)
    falls = fits & (chance[:, 0] > 1 - _THROWN_BACK_SHARE) & (runs.last_stage >= DISCOVERY)
    to = np.where(falls, runs.last_stage - 1, NOTHING)
    return Detours(np.where(gives_up, LOST, to), leaves_at, returns_at, runs.last_stage)


def _placed(deals: Openings, at: Ints, chance: Floats) -> Ints:
    return at_work(working_later(at // DAY), deals.opens_at, chance)
