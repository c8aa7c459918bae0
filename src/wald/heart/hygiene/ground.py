"""What is usual, measured on the deals of before: the ground on which the rules judge.

Everything here is of one day and rests on what had happened by then. Counts of days come from
the engine; how many deals a figure rests on stands beside it, so that a rule can say that they
are too few.
Source: docs/hygiene/README.md
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from math import floor
from types import MappingProxyType

ENOUGH = 20  # deals or stays, below which nothing is called usual
_HAIR = 1e-9  # of a per cent, that 0.29 * 100 is 29
ENOUGH_PEERS = 30  # amounts: their spread needs more than their middle


@dataclass(frozen=True, slots=True)
class Spread:
    """How long something took: different days, rising, and how often it took up to so many."""

    days: tuple[int, ...] = ()
    up_to: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        return self.up_to[-1] if self.up_to else 0

    def shorter(self, days: int) -> float:
        """Return the share that took fewer days than this; 0 of nothing."""
        place = bisect_left(self.days, days)
        return self.up_to[place - 1] / self.count if place else 0.0

    def median_above(self, days: int) -> int | None:
        """Return the median of those that took longer than this, None where none did."""
        place = bisect_right(self.days, days)
        before = self.up_to[place - 1] if place else 0
        rest = self.count - before
        if not rest:
            return None
        wanted = before + (rest + 1) // 2
        return self.days[bisect_left(self.up_to, wanted)]


def spread(counts: Mapping[int, int]) -> Spread:
    """Return how often each number of days was counted, as a Spread."""
    days = tuple(sorted(days for days, count in counts.items() if count))
    return Spread(days, tuple(accumulate(counts[day] for day in days)))


@dataclass(frozen=True, slots=True)
class GoingOn:
    """After how many days deals go on from a stage, or are won from it; open stays count as far
    as they were seen.

    After `days[i]`, the share `gone[i]` of all has gone on (Aalen–Johansen), and `left[i]` has not
    left the stage at all (Kaplan–Meier). `went_on` of `stays` did so.
    """

    days: tuple[int, ...] = ()
    gone: tuple[float, ...] = ()
    left: tuple[float, ...] = ()
    went_on: int = 0
    stays: int = 0

    def share_before(self, days: int) -> float:
        """Return the share, of those that go on, that had gone on in fewer days."""
        place = bisect_left(self.days, days)
        return self.gone[place - 1] / self.gone[-1] if place and self.gone[-1] else 0.0

    def chance_within(self, days: int, ahead: int) -> float | None:
        """Return the chance to go on in `ahead` more days after `days` of them; None: none is
        known to have stayed as long."""
        place = bisect_right(self.days, days)
        left = self.left[place - 1] if place else 1.0
        if left <= 0:
            return None
        gone = self.gone[place - 1] if place else 0.0
        later = bisect_right(self.days, days + ahead)
        return ((self.gone[later - 1] if later else 0.0) - gone) / left


@dataclass(frozen=True, slots=True)
class Share:
    hits: int = 0
    of: int = 0

    @property
    def value(self) -> float:
        return self.hits / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class StageGround:
    """What is usual in one open stage. `silences`, `to_win` and shares are of deals that were won.

    `silences`: days between two activities (or the opening and the first, or the last and the
    closing), counted in the stage in which they ended. `to_win`: days from entering the stage.
    `many_contacts`: deals that had met two contacts or more by the time they left the stage.
    """

    stage: str
    title: str
    position: int
    going_on: GoingOn = GoingOn()
    silences: Spread = Spread()
    to_win: Spread = Spread()
    many_contacts: Share = Share()
    skipped: Share = Share()


@dataclass(frozen=True, slots=True)
class Peers:
    """Won deals that a deal is compared with, `name` says which: amounts in the reporting currency.

    `median`: of the amounts; `log_spread`: 1.4826 times the median absolute deviation of their
    natural logarithms, which for normal logarithms estimates their standard deviation.
    """

    name: str
    count: int
    median: float
    log_spread: float


@dataclass(frozen=True, slots=True)
class Ground:
    """`peers` by (segment, type), (segment, ""), ("", type) and ("", ""): what groups there are.

    The has_ fields say whether the facts hold any such thing up to the day; `has_plans`: any
    activity after the day that was known on the day.
    """

    on: date
    currency: str
    stages: Mapping[str, StageGround] = field(default_factory=lambda: MappingProxyType({}))
    peers: Mapping[tuple[str, str], Peers] = field(default_factory=lambda: MappingProxyType({}))
    has_amounts: bool = True
    has_close_days: bool = True
    has_moves: bool = True  # from one open stage to another
    has_day_changes: bool = True  # of an expected closing day
    changes_from: date | None = None  # the first recorded change of any deal, None for none
    has_activities: bool = True
    has_contacts: bool = True
    has_plans: bool = True

    def title(self, stage: str | None) -> str:
        known = self.stages.get(stage or "")
        return known.title if known else stage or "no stage"


def peers_of(ground: Ground, segment: str | None, type: str | None) -> Peers | None:
    """Return the narrowest group of a deal that is large enough, None where none is."""
    for key in ((segment, type), (segment, ""), ("", type), ("", "")):
        found = ground.peers.get((key[0] or "", key[1] or ""))
        if found is not None and found.count >= ENOUGH_PEERS:
            return found
    return None


def percent(share: float) -> str:
    """Return a share as whole per cent, never more than it is: 99.6 % is not all."""
    return f"{floor(share * 100 + _HAIR):.0f} %"
