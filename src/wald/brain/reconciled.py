"""Which way of making forecasts add up is used today, and how sure it is.

Each way is tried on every earlier period from what was known then, as far from the end: the rolling
origin. Used is the one that was the least off, every level counting alike; before three periods can
be compared, reps are added up. Its misses there, as shares of what a unit usually books, make its
intervals. Source: docs/forecast/reconciled.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from wald.brain.coherence import BOTTOM_UP, MINT, PEOPLE, Sums, rest_told, ways
from wald.brain.deal_weeks import Floats
from wald.brain.dressing import NONE, Misses, dressed, spread_at
from wald.brain.forecast import weeks_of
from wald.brain.frames import Amounts, Frame
from wald.brain.reconcile import ENOUGH
from wald.brain.scoring import added
from wald.brain.stats import Interval

AS_TOLD = "as_told"  # level by level, which does not add up
TITLES = MappingProxyType(
    {
        BOTTOM_UP: "reps added up",
        MINT: "levels weighed by how they missed before (MinT)",
        PEOPLE: "the method and people's commits weighed by how they missed before",
        AS_TOLD: "each level as the method tells it",
    }
)
_LEVELS = ("all", "region", "team", "rep")
_LEAST = 3  # periods to choose by
_USUAL_SPREAD, _LEAST_SPREAD = 0.5, 0.1  # of a period, where little is known, and at least


@dataclass(frozen=True, slots=True)
class Score:
    """How far off a way was at a level over `periods` of the rolling origin: summed errors as a
    share of what came."""

    way: str
    level: str
    error: float
    periods: int


@dataclass(frozen=True, slots=True)
class Reconciled:
    """`draws` are of each place and rise; `as_told` are those of regions, which no method tells.

    `over` is by which share the way used was less off than reps added up, None where it is that,
    or there is nothing to compare.
    """

    sums: Sums
    ways: Mapping[str, Sums]
    draws: Mapping[str, Floats]
    as_told: Mapping[str, Floats]
    scores: tuple[Score, ...]
    over: Interval | None
    why: str


@dataclass(frozen=True, slots=True)
class _Trial:
    """What every way made of one earlier period; `made` holds what is told as well."""

    frame: Frame
    made: Mapping[str, Amounts]


def reconciled(now: Frame, past: Sequence[Frame], *, floored: bool) -> Reconciled | None:
    """Make what is told of `now` add up; None where no rep is told anything. `past` are the frames
    of earlier periods, oldest first; `floored`: what is booked never goes."""
    if not any(one.level == "rep" for one in now.places):
        return None
    trials: list[_Trial] = []
    rests: list[Amounts] = []
    for place, frame in enumerate(past):
        made = ways(frame, past[:place], rests, floored=floored)
        rests.append(rest_told(frame, past[:place]))
        points = {way: sums.amounts for way, sums in made.items()}
        trials.append(_Trial(frame, {**points, AS_TOLD: frame.points}))
    found = ways(now, past, rests, floored=floored)
    chosen, why, over = _choice(found, trials, len(past))
    regions = {one.key for one in now.places if one.level == "region"}
    as_told = _draws(now, now.points, AS_TOLD, trials, floored=floored)
    return Reconciled(
        sums=found[chosen],
        ways=found,
        draws=_draws(now, found[chosen].amounts, chosen, trials, floored=floored),
        as_told=MappingProxyType({key: one for key, one in as_told.items() if key in regions}),
        scores=tuple(_scores(trials)),
        over=over,
        why=why,
    )


def _choice(
    found: Mapping[str, Sums], trials: Sequence[_Trial], periods: int
) -> tuple[str, str, Interval | None]:
    """Return the way that is used, why, and what it is worth over adding reps up."""
    losses: dict[str, Interval | None] = {}
    means, counts = {}, {}
    for way in found:
        if way == BOTTOM_UP:
            continue
        shared = [one for one in trials if way in one.made]
        if len(shared) < _LEAST:
            continue
        ours = np.array([_loss(one, way) for one in shared])
        plain = np.array([_loss(one, BOTTOM_UP) for one in shared])
        labels = [one.frame.period.label for one in shared]
        losses[way] = added(ours, plain, labels)
        means[way], counts[way] = float(ours.sum() / plain.sum()) - 1, len(shared)
    if not means:
        return BOTTOM_UP, _why_alone(periods), None
    best = min(means, key=lambda way: (means[way], way))
    if means[best] >= 0:
        return BOTTOM_UP, _why_plain(best, means[best], counts[best]), None
    return best, _why(best, losses[best], counts[best]), losses[best]


def _why_alone(periods: int) -> str:
    count = "1 earlier period" if periods == 1 else f"{periods} earlier periods"
    return (
        f"Reps are added up: {count} can be looked at as far from the end; weighing levels "
        f"takes {ENOUGH} before it, and {_LEAST} more to show whether it helps."
    )


def _why_plain(best: str, more: float, periods: int) -> str:
    return (
        f"Reps are added up: reconciling is not better. {_started(TITLES[best])} were {more:.0%} "
        f"further off over {periods} periods, each told from what was known then."
    )


def _why(best: str, over: Interval | None, periods: int) -> str:
    name = _started(TITLES[best])
    if over is None:
        return f"{name}: less off than reps added up over {periods} periods."
    gain = f"{over.estimate:.0%} less off than reps added up, over {periods} periods told from "
    around = f"what was known then (95 % interval {over.low:.0%} to {over.high:.0%})"
    if over.low <= 0:
        return f"{name}: {gain}{around}; it is not shown to be better than adding reps up."
    return f"{name}: {gain}{around}."


def _started(title: str) -> str:
    return title[0].upper() + title[1:]


def _loss(trial: _Trial, way: str) -> float:
    """Return the mean over levels of summed errors as a share of what came."""
    shares = [share for level in _LEVELS if (share := _error(trial, way, level)) is not None]
    return float(np.mean(shares)) if shares else 0.0


def _error(trial: _Trial, way: str, level: str) -> float | None:
    off, came = _off(trial, way, level)
    whole = float(np.abs(came).sum())
    return float(np.abs(off).sum()) / whole if whole else None


def _off(trial: _Trial, way: str, level: str) -> tuple[Floats, Floats]:
    frame, made = trial.frame, trial.made[way]
    keys = [one.key for one in frame.places if one.level == level]
    came = np.array([frame.actual[key] for key in keys])
    return came - np.array([made[key] for key in keys]), came


def _scores(trials: Sequence[_Trial]) -> list[Score]:
    """Return how far off each way was, of those periods that all ways tell, else of its own."""
    names = list(dict.fromkeys(way for one in trials for way in one.made))
    shared = [one for one in trials if all(way in one.made for way in names)]
    if len(shared) < _LEAST:
        shared = list(trials)
        names = [way for way in names if all(way in one.made for one in trials)]
    found = []
    for level in _LEVELS:
        for way in names:
            both = [_off(one, way, level) for one in shared]
            whole = sum(float(np.abs(came).sum()) for _, came in both)
            if whole:
                off = sum(float(np.abs(miss).sum()) for miss, _ in both)
                found.append(Score(way, level, off / whole, len(shared)))
    return found


def _draws(
    now: Frame, points: Amounts, way: str, trials: Sequence[_Trial], *, floored: bool
) -> Mapping[str, Floats]:
    """Return draws around each point, as wide as the way missed at the level; leans are in the
    points already."""
    found: dict[str, Floats] = {}
    weeks = max(now.weeks, 1)
    for level in _LEVELS:
        keys = [one.key for one in now.places if one.level == level]
        if not keys:
            continue
        misses, prior = _misses(trials, way, level, weeks), _prior(trials, level, now)
        spread = replace(spread_at(misses, weeks, prior), lean=0.0)
        middle = np.array([points[key] for key in keys])
        usual = np.array([now.scales[key] for key in keys])
        floors = np.array([now.closed[key] for key in keys]) if floored else None
        scales = np.where(usual > 0, usual, np.abs(middle))
        rows = dressed(middle, scales, spread, floors)
        found |= dict(zip(keys, rows, strict=True))
    return MappingProxyType(found)


def _misses(trials: Sequence[_Trial], way: str, level: str, weeks: int) -> Misses:
    shares, periods = [], []
    for one in trials:
        if way not in one.made:
            continue
        off, _ = _off(one, way, level)
        keys = [place.key for place in one.frame.places if place.level == level]
        usual = np.array([one.frame.scales[key] for key in keys])
        counts = usual > 0
        shares.append(off[counts] / usual[counts])
        periods.append(np.full(int(counts.sum()), one.frame.period.end.toordinal()))
    if not shares:
        return NONE
    every = np.concatenate(shares)
    return Misses(every, np.full(len(every), weeks), np.concatenate(periods))


def _prior(trials: Sequence[_Trial], level: str, now: Frame) -> float:
    """Return the spread before anything is known: that of earlier periods around the usual one."""
    left = float(np.sqrt(min(1.0, now.weeks / weeks_of(now.period))))
    off = [
        one.frame.actual[place.key] / one.frame.scales[place.key] - 1
        for one in trials
        for place in one.frame.places
        if place.level == level and one.frame.scales[place.key] > 0
    ]
    if not off:
        return _USUAL_SPREAD * left
    return max(_LEAST_SPREAD, float(np.sqrt(np.mean(np.square(off))))) * left
