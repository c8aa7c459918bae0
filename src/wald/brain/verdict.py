"""System or person: what stands behind a figure, judged from sums.

The order is that of the tenets: first whether the system shifted (everybody, in a month of the
last year), then whether a segment did (a place against all others), then whether a person stands
out (beyond luck, mix and the usual differences among colleagues). The first that holds is the
verdict; the others are told beside it. Without any it is no signal, or too little data where
nothing could have been seen. Rules: `shift`, `apart`; source: docs/concepts/system-or-person.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from math import inf

import numpy as np

from wald.brain.apart import FEW, LEVEL, Standings, Tallies, standings
from wald.brain.shift import Against, Series, Shift, judged_together
from wald.brain.stats import Interval
from wald.brain.variance_shares import VarianceShares
from wald.brain.xmr import Xmr

_POWER_80 = 0.8416  # standard normal quantile of 0.8


class Kind(Enum):
    """What can be the verdict; the value is its key in every door."""

    SYSTEM = "system_shifted"
    SEGMENT = "segment_shifted"
    PERSON = "person_stands_out"
    PLACE = "place_stands_out"  # the same of a team, a region, …
    NO_SIGNAL = "no_signal"
    TOO_LITTLE = "too_little_data"


WORDS: Mapping[Kind, str] = {
    Kind.SYSTEM: "the system shifted",
    Kind.SEGMENT: "a segment shifted",
    Kind.PERSON: "a person stands out",
    Kind.PLACE: "a place stands out",
    Kind.NO_SIGNAL: "no signal",
    Kind.TOO_LITTLE: "too little data",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """One person (or team, …): the figure as counted, as it would be with everybody's mix, and
    drawn to the others as far as it is luck. `p_value` None: too few rows to be judged."""

    key: str
    title: str
    rows: int
    figure: float
    adjusted: Interval
    usual: Interval
    limits: tuple[float, float]  # of the funnel: within, it is luck or a usual difference
    best_rank: int | None  # 95 % interval of the rank, 1 is the highest figure
    worst_rank: int | None
    p_value: float | None
    stands_out: bool


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that holds: `who` are keys of persons or places (everybody: ""), `since` the
    number of the first month after a shift, `effect` in the unit of the metric."""

    kind: Kind
    who: tuple[str, ...]
    effect: Interval | None
    p_value: float
    since: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`kind` is the first of `found`. `differ_p` is the chance that luck alone makes people differ
    as much, `spread` their standard deviation beyond it. `detectable` is how far apart a usual
    person would have to be to be named four times of five."""

    kind: Kind
    found: tuple[Found, ...]
    standings: tuple[Standing, ...]  # the highest first where they differ, else by title
    differ: bool
    differ_p: float
    spread: float
    overall: float
    reach: float  # of the funnel, in standard deviations
    detectable: float | None
    shifts: tuple[Shift, ...]  # what was looked at: everybody first
    chart: Xmr | None
    shares: VarianceShares | None
    bounds: tuple[float, float] = (-inf, inf)  # beyond which no figure can lie

    @property
    def named(self) -> tuple[Standing, ...]:
        """Return who stands out; a name is told only from here."""
        return tuple(one for one in self.standings if one.stands_out)

    def stands_out(self, key: str) -> bool:
        """Does this person stand out? Without it, no name."""
        return any(one.key == key for one in self.named)


@dataclass(frozen=True, slots=True)
class People:
    """Who is compared: keys, titles and sums, in one order; `are_persons`, or places? `bounds`
    are those beyond which no figure can lie: nothing is told of it beyond these."""

    keys: tuple[str, ...]
    titles: tuple[str, ...]
    sums: Tallies
    are_persons: bool = True
    bounds: tuple[float, float] = (-inf, inf)


@dataclass(frozen=True, slots=True)
class Months:
    """Everybody's months and those of each place against all others; None and () without time."""

    everybody: Series | None = None
    places: tuple[Against, ...] = ()
    chart: Xmr | None = None


def verdict(
    people: People,
    months: Months,
    rng: np.random.Generator,
    shares: VarianceShares | None = None,
) -> Verdict:
    """Judge the system first, then segments, then people."""
    system, places = judged_together(months.everybody, months.places)
    stand = standings(people.sums, rng)
    found = (
        *_shifted(system, Kind.SYSTEM),
        *_shifted(places, Kind.SEGMENT),
        *_apart(people, stand),
    )
    detectable = _detectable(stand)
    # Somebody twice as good as usual would not have been seen among so few rows.
    is_blind = detectable is None or detectable > max(abs(stand.overall), 1e-12)
    kind = Kind.TOO_LITTLE if is_blind and not (system or places) else Kind.NO_SIGNAL
    if found:
        kind = found[0].kind
    return Verdict(
        kind,
        found,
        _listed(people, stand),
        stand.differ,
        stand.differ_p,
        stand.spread,
        stand.overall,
        stand.reach,
        detectable,
        (*system, *places),
        months.chart,
        shares,
        people.bounds,
    )


def _shifted(shifts: Sequence[Shift], kind: Kind) -> list[Found]:
    return [
        Found(kind, (one.key,), one.effect, one.p_value, one.place) for one in shifts if one.is_real
    ]


def _apart(people: People, stand: Standings) -> list[Found]:
    """Return one finding of all who stand out, the surest chance of them beside it."""
    here = np.flatnonzero(stand.is_apart)
    if not len(here):
        return []
    here = here[np.argsort(stand.p_value[here])]
    first = int(here[0])
    off, error = float(stand.off[first]), float(stand.error[first])
    effect = Interval(off - 1.96 * error, off, off + 1.96 * error)
    kind = Kind.PERSON if people.are_persons else Kind.PLACE
    chance = min(1.0, float(stand.p_value[first]) * int(stand.is_judged.sum()))
    return [Found(kind, tuple(people.keys[i] for i in here), effect, chance)]


def _detectable(stand: Standings) -> float | None:
    """Return how far a usual unit must lie apart to be named four times of five, None of one."""
    from scipy.stats import norm

    judged = int(stand.is_judged.sum())
    if judged < 2:
        return None
    error = float(np.median(stand.error[stand.is_judged]))
    spread = stand.spread if judged >= FEW else 0.0
    reach = float(norm.isf(LEVEL / 2 / judged)) + _POWER_80
    return reach * float(np.hypot(error, spread))


def _listed(people: People, stand: Standings) -> tuple[Standing, ...]:
    order = np.argsort(-np.nan_to_num(stand.adjusted, nan=-np.inf), kind="stable").tolist()
    if not stand.differ:
        order = sorted(order, key=lambda i: people.titles[i])  # an order would say what is not so
    listed = [int(i) for i in order if people.sums.w[i] > 0]
    return tuple(_standing(people, stand, i) for i in listed)


def _standing(people: People, stand: Standings, i: int) -> Standing:
    judged = bool(stand.is_judged[i])
    middle, error = float(stand.adjusted[i]), float(stand.error[i])
    usual, doubt = float(stand.usual[i]), float(stand.usual_error[i])
    funnel = _told(people, stand.overall, float(stand.limit[i]))
    return Standing(
        people.keys[i],
        people.titles[i],
        int(people.sums.rows[i]),
        float(stand.figure[i]),
        _told(people, middle, 1.96 * error),
        _told(people, usual, 1.96 * doubt),
        (funnel.low, funnel.high),
        int(stand.best_rank[i]) if judged else None,
        int(stand.worst_rank[i]) if judged else None,
        float(stand.p_value[i]) if judged else None,
        bool(stand.is_apart[i]),
    )


def _told(people: People, middle: float, wide: float) -> Interval:
    least, most = people.bounds
    return Interval(*(min(max(one, least), most) for one in (middle - wide, middle, middle + wide)))
