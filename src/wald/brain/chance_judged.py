"""How good chances are: Brier skill against a base rate, AUC, and a calibration curve.

Skill is 1 minus the Brier score over that of the base rate: above 0 the chances tell more than it
does. Its interval is that of a ratio of means over groups of rows that hang together (delta
method), as is that of the lean; that of the AUC is after Obuchowski (1997), Biometrics 53: 567-578,
over the same groups.
A group is a deal: it may be seen open on many days. There is a signal where the whole interval of
the skill lies above 0.
Source: docs/forecast/win_chance.md
"""

from dataclasses import dataclass

import numpy as np

from wald.brain.deal_weeks import Floats, Ints
from wald.brain.stats import Interval, share

FEW = 40  # deals judged; below, no verdict
_BINS = 10
_Z = 1.959963984540054  # standard normal quantile of 0.975


@dataclass(frozen=True, slots=True)
class Bin:
    """Deals with about the same chance: how many, what was said on average, what share came.

    A deal seen on several days may be in several bins.
    """

    deals: int
    said: float
    came: Interval


@dataclass(frozen=True, slots=True)
class Judgement:
    """Of chances on deals they were not learned from. `auc` None: all of them ended alike.

    `lean`: the mean chance said less the share won; above 0, too much was said.
    """

    deals: int
    won: int
    brier: float
    base_brier: float
    skill: Interval
    auc: Interval | None
    lean: Interval
    bins: tuple[Bin, ...]

    @property
    def bins_held(self) -> int:
        """Return in how many bins the interval of the share won holds what was said."""
        return sum(one.came.low <= one.said <= one.came.high for one in self.bins)

    @property
    def has_signal(self) -> bool:
        return self.deals >= FEW and self.skill.low > 0

    @property
    def verdict(self) -> str:
        """Return what may be said of the chances, in a sentence."""
        if self.deals < FEW:
            return f"Only {self.deals} deals to judge by: too few to say."
        told = f"{self.skill.estimate:.0%} [{self.skill.low:.0%}, {self.skill.high:.0%}]"
        if self.has_signal:
            return f"Better than the base rate: Brier skill {told} on {self.deals} deals."
        return (
            f"No signal: on {self.deals} deals the chances tell no more than the base rate "
            f"(Brier skill {told})."
        )


def judged(chance: Floats, base: Floats, won: Floats, weight: Floats, group: Ints) -> Judgement:
    """Judge chances beside a base rate; rows of one `group` are of one deal."""
    missed, base_missed = weight * (chance - won) ** 2, weight * (base - won) ** 2
    return Judgement(
        deals=len(np.unique(group)),
        won=len(np.unique(group[won > 0])),
        brier=float(missed.sum() / weight.sum()) if len(won) else 0.0,
        base_brier=float(base_missed.sum() / weight.sum()) if len(won) else 0.0,
        skill=_skill(missed, base_missed, group),
        auc=_auc(chance, won, group),
        lean=_lean(weight * (chance - won), weight, group),
        bins=_bins(chance, won, weight, group),
    )


def _skill(missed: Floats, base_missed: Floats, group: Ints) -> Interval:
    whole = float(base_missed.sum())
    if whole <= 0:
        return Interval(-1.0, 0.0, 1.0)
    ratio = float(missed.sum()) / whole
    wide = _Z * _deviation(missed - ratio * base_missed, group) / whole
    return Interval(1 - ratio - wide, 1 - ratio, 1 - ratio + wide)


def _lean(over: Floats, weight: Floats, group: Ints) -> Interval:
    whole = float(weight.sum())
    if whole <= 0:
        return Interval(-1.0, 0.0, 1.0)
    mean = float(over.sum()) / whole
    wide = _Z * _deviation(over - mean * weight, group) / whole
    return Interval(mean - wide, mean, mean + wide)


def _auc(chance: Floats, won: Floats, group: Ints) -> Interval | None:
    """Return the share of pairs of a won and a lost row in which the won one scored higher."""
    from scipy.stats import rankdata

    first, second = chance[won > 0], chance[won <= 0]
    if len(first) < 2 or len(second) < 2:
        return None
    ranks = rankdata(np.concatenate([first, second]))
    above = (ranks[: len(first)] - rankdata(first)) / len(second)
    below = 1 - (ranks[len(first) :] - rankdata(second)) / len(first)
    area = float(above.mean())
    moves = np.empty(len(won))
    moves[won > 0] = (above - area) / len(first)
    moves[won <= 0] = (below - area) / len(second)
    wide = _Z * _deviation(moves, group)
    return Interval(max(0.0, area - wide), area, min(1.0, area + wide))


def _deviation(moves: Floats, group: Ints) -> float:
    """Return the standard deviation of a sum, by how far the sums of groups vary."""
    _, place = np.unique(group, return_inverse=True)
    each = np.bincount(place, moves)
    return float(np.sqrt(len(each) / max(len(each) - 1, 1) * (each**2).sum()))


def _bins(chance: Floats, won: Floats, weight: Floats, group: Ints) -> tuple[Bin, ...]:
    """Return up to ten bins of as many rows each, by rising chance."""
    order = np.argsort(chance, kind="stable")
    found = []
    for part in np.array_split(order, min(_BINS, max(1, len(np.unique(group)) // _BINS))):
        if not len(part):
            continue
        deals = len(np.unique(group[part]))
        came = float(np.average(won[part], weights=weight[part]))
        said = float(np.average(chance[part], weights=weight[part]))
        found.append(Bin(deals, said, share(round(came * deals), deals)))
    return tuple(found)
