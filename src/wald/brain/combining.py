"""Several forecasts made into one by how good each was, and which of them all is used.

Weights: each method weighs as one over the square of its mean CRPS so far at the level and about
the distance, mixed with equal weights that count as much as two periods (Bates & Granger 1969,
Operational Research Quarterly 20: 451-468; equal weights as the prior after Stock & Watson 2004).
The draws are averaged rank by rank, which keeps their shape; a pool would be too wide.

Used is what had the smallest mean CRPS where all contenders said something; before three
periods are over, the first simple method of ORDER that says something. It is shown to be better
than the best simple method where `scoring.shown` says so; else the choice says that it is not.
Source: docs/forecast/README.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from wald.brain.scoring import shown
from wald.brain.stats import Interval

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]

COMBINED = "combination"
LINEARITY, COMMIT = "closed_linearity", "rep_commit"  # what value added is measured over
# Simple methods in the order they are trusted in before anything is known of them.
ORDER = (
    LINEARITY,
    "same_period_growth",
    "usual_rest",
    "stage_weighted",
    "seasonal_series",
    "category_weighted",
    "manager_commit",
    COMMIT,
)
_NEAR = 2.0  # weeks, as in dressing
_DOUBT = 2.0  # periods that equal weights count as much as
_ENOUGH = 3  # periods to choose by
_MOSTLY = 0.5  # share of the trials of the most talkative method


@dataclass(frozen=True, slots=True)
class Losses:
    """CRPS of one method as shares of the scale, with distance and period; `trial` numbers what
    was told of: the same number is the same unit and day."""

    crps: Floats
    weeks: Ints
    periods: Ints
    trial: Ints


@dataclass(frozen=True, slots=True)
class Choice:
    """Which method is used and why. `over` is the value added over the best simple method (or,
    where a simple one is used, None), `best_simple` which that is."""

    method: str
    why: str
    periods: int
    best_simple: str = ""
    over: Interval | None = None


def mean_loss(losses: Losses, weeks: float) -> tuple[float, int, float] | None:
    """Return the mean CRPS near a distance, of how many periods it is, and the weight of it."""
    weight = 0.5 ** (np.abs(losses.weeks - weeks) / _NEAR)
    if not weight.sum():
        return None
    mean = float((weight * losses.crps).sum() / weight.sum())
    return mean, len(np.unique(losses.periods)), float(weight.sum())


def weights(record: Mapping[str, Losses], methods: Sequence[str], weeks: float) -> dict[str, float]:
    """Return the weight of each method that says something now; they sum to 1.

    One that said less than half as often as others is not known well enough: it weighs nothing,
    unless none is known.
    """
    found = {one: mean_loss(record[one], weeks) for one in methods if one in record}
    known = {one: loss for one, loss in found.items() if loss is not None}
    if not known:
        return {one: 1 / len(methods) for one in methods}
    most = max(weight for _, _, weight in known.values())
    known = {one: loss for one, loss in known.items() if loss[2] >= _MOSTLY * most}
    least = min(mean for mean, _, _ in known.values())
    least = max(least, 1e-9)
    raw = {one: (least / max(mean, least)) ** 2 for one, (mean, _, _) in known.items()}
    whole = sum(raw.values())
    count = max(periods for _, periods, _ in known.values())
    sure = count / (count + _DOUBT)
    return {one: sure * raw[one] / whole + (1 - sure) / len(raw) for one in raw}


def combined(draws: Mapping[str, Floats], shares: Mapping[str, float]) -> Floats:
    """Return rows of rising draws, averaged rank by rank; every method gives as many of each."""
    parts = [shares[one] * draws[one] for one in shares]
    return np.asarray(np.sum(parts, axis=0))


def choose(
    record: Mapping[str, Losses],
    able: Sequence[str],
    simple: frozenset[str],
    weeks: float,
    title: Mapping[str, str],
) -> Choice:
    """Return which of the methods that say something now is used."""
    known = [one for one in able if one in record and len(record[one].crps)]
    contenders = _talkative(record, known)
    common = _common([record[one] for one in contenders])
    periods = np.unique(common[0].periods) if common else np.empty(0)
    if len(periods) < _ENOUGH:
        first = next((one for one in ORDER if one in able), able[0])
        count = "1 period" if len(periods) == 1 else f"{len(periods)} periods"
        why = (
            f"{title[first]} is used: with forecasts of {count} scored there is nothing to choose "
            f"by, and it is the first simple method that says something."
        )
        return Choice(first, why, len(periods))
    means = {one: _near_mean(losses, weeks) for one, losses in zip(contenders, common, strict=True)}
    best = min(means, key=lambda one: (means[one], one))
    plain = [one for one in contenders if one in simple]
    if best in simple or not plain:
        return Choice(best, _why_simple(best, title, contenders, simple), len(periods))
    rival = min(plain, key=lambda one: (means[one], one))
    ours, theirs = (common[contenders.index(one)] for one in (best, rival))
    near = 0.5 ** (np.abs(ours.weeks - weeks) / _NEAR)
    names = [str(one) for one in ours.periods]
    over = shown(near * ours.crps, near * theirs.crps, names, len(contenders) - len(plain))
    return Choice(best, _why(best, rival, over, title), len(periods), rival, over)


def _why_simple(
    best: str, title: Mapping[str, str], contenders: Sequence[str], simple: frozenset[str]
) -> str:
    if all(one in simple for one in contenders):
        return f"{title[best]} is used: of the simple methods it was the least off."
    return f"{title[best]} is used: no other method was better than this simple one."


def _why(best: str, rival: str, over: Interval | None, title: Mapping[str, str]) -> str:
    name = title[best]
    if over is None:
        return f"{name} is used: it was the least off."
    gain = f"{over.estimate:.0%} less off than {title[rival]}"
    around = f"95 % interval {over.low:.0%} to {over.high:.0%}"
    if over.low <= 0:
        return (
            f"{name} is used: it was {gain}, the best simple method, but that may be luck "
            f"({around}): it is not shown to be better than the simple one."
        )
    return f"{name} is used: it was {gain}, the best simple method ({around})."


def _talkative(record: Mapping[str, Losses], known: Sequence[str]) -> list[str]:
    most = max((len(record[one].crps) for one in known), default=0)
    return [one for one in known if len(record[one].crps) >= _MOSTLY * most]


def _common(all_losses: Sequence[Losses]) -> list[Losses]:
    """Return the losses of the trials that all methods told of."""
    if not all_losses:
        return []
    shared = all_losses[0].trial
    for one in all_losses[1:]:
        shared = np.intersect1d(shared, one.trial)
    found = []
    for one in all_losses:
        order = np.argsort(one.trial, kind="stable")
        at = order[np.searchsorted(one.trial[order], shared)]
        found.append(Losses(one.crps[at], one.weeks[at], one.periods[at], shared))
    return found


def _near_mean(losses: Losses, weeks: float) -> float:
    weight = 0.5 ** (np.abs(losses.weeks - weeks) / _NEAR)
    return float((weight * losses.crps).sum() / weight.sum())
