"""What it is worth to put a wrong fact of a deal right: by how much the period would be surer.

A fix tells something. Before it, the truth is one of several cases: the deal is lost, or alive and
active; due on one of the days on which such deals are due; worth what such deals are worth. In a
case the deal books another mean. By the law of total variance the bookings of the period vary,
once the case is known, less by the variance of these means; other deals stay as they are, given
the shock. Cases are weighed so that their mean is what the forecast counts today: a fix surprises
in neither direction (least relative entropy, Jaynes 1957). Where no weights do that, the wrong
fact tells what the right one would, and the value is 0.
Chances, amounts and shocks are those that `bookings_ahead` draws with.
Source: docs/forecast/value_of_fix.md
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from wald.brain.bookings_ahead import Learned
from wald.brain.deal_facts import AMOUNT, EXPECTED, LAST_ACTIVITY, STAY, Row, Usual, put_right
from wald.brain.deal_weeks import Floats
from wald.brain.forecast import OPEN
from wald.brain.hazards import chances
from wald.brain.open_deals import Amounts
from wald.brain.shock import Shock, shifted

WORTH = (LAST_ACTIVITY, EXPECTED, STAY, AMOUNT)  # facts whose fix can be valued
Z_80 = 1.2815515655446004  # standard normal quantile of 0.9
_CASES = 9  # of days or amounts, equally likely
_PEERS = 20  # deals of the same stage or segment, else all of them are peers
_COMMON, _OWN = 101, 9  # shocks summed over: of all, and of a team within them
_LOGITS = np.linspace(-16, 16, 801)
_STEPS = 60  # halvings, until weights have the mean they are to have


@dataclass(frozen=True, slots=True)
class Outlook:
    """What open deals are told from, and how much the bookings of the period vary in all."""

    learned: Learned
    until: date  # the last day of the period
    sd: float  # of the whole, money


@dataclass(frozen=True, slots=True)
class Wrong:
    """A fact of a deal that is wrong: one of `WORTH`."""

    opportunity_id: str
    fact: str


@dataclass(frozen=True, slots=True)
class FixValue:
    """`expected`: what the forecast counts for the deal. `variance`: what the whole loses of its
    own. Money: its standard deviation, which is `sd_now`, and the width of its 80 % range would be
    less by `sd` and `width`."""

    wrong: Wrong
    expected: float
    variance: float
    sd_now: float
    sd: float
    width: float


@dataclass(frozen=True, slots=True)
class Case:
    """How a deal may stand in truth: None is lost. `ratio` of what it books to its amount."""

    row: Row | None
    weight: float
    ratio: float | None = None


def values_of_fixes(
    outlook: Outlook, rows: pa.Table, usual: Usual, wrongs: Sequence[Wrong]
) -> tuple[FixValue, ...]:
    """Return the value of each fix alone, in the order asked.

    `rows` (OPEN) are all open deals of the day; what is wrong with others, or is no fact of
    `WORTH`, is left out.
    """
    asked = set(WORTH)
    deals = {row["opportunity_id"]: row for row in rows.to_pylist()}
    found = [one for one in wrongs if one.opportunity_id in deals and one.fact in asked]
    if not found:
        return ()
    now = pa.Table.from_pylist([deals[one.opportunity_id] for one in found], schema=OPEN)
    lost = chances(outlook.learned.hazards, now, outlook.until).lost
    peers = list(deals.values())
    cases = [
        list(_cases(one.fact, deals[one.opportunity_id], peers, usual, outlook, float(gone)))
        for one, gone in zip(found, lost, strict=True)
    ]
    means, weights = _means(cases, outlook)
    expected = mean_bookings(now, outlook)
    tilted = tilt(means, weights, expected)
    spread = (tilted * means**2).sum(axis=1) - expected**2
    variance = np.where(tilted.any(axis=1), np.maximum(spread, 0.0), 0.0)
    return tuple(
        _value(one, float(counted), float(loses), outlook.sd)
        for one, counted, loses in zip(found, expected, variance, strict=True)
    )


def together(values: Iterable[FixValue]) -> tuple[float, float]:
    """Return by how much sd and 80 % width shrink if all were fixed; of one deal the best counts.

    Values are of one outlook. Deals are apart given the shock, so that variances add up; facts of
    one deal may tell the same.
    """
    best: dict[str, float] = {}
    whole = 0.0
    for one in values:
        key, whole = one.wrong.opportunity_id, one.sd_now
        best[key] = max(best.get(key, 0.0), one.variance)
    less = _shrinks(sum(best.values()), whole)
    return less, 2 * Z_80 * less


def mean_bookings(rows: pa.Table, outlook: Outlook) -> Floats:
    """Return what each open deal (OPEN) books in the period on average over shocks."""
    chance = chances(outlook.learned.hazards, rows, outlook.until).won
    amounts = outlook.learned.amounts
    worth = amounts.filled(rows) * float(amounts.ratios.mean())
    return np.asarray(over_shocks(chance, outlook.learned.shock) * worth)


def over_shocks(chance: Floats, shock: Shock) -> Floats:
    """Return chances on average over the shocks of a period and of a team in it.

    Summed over quantiles of the shock on a grid of logits, between which it is interpolated.
    """
    from scipy.special import logit, ndtri, stdtrit

    common = shock.mean + shock.spread * stdtrit(shock.degrees, _middles(_COMMON))
    own = shock.team_spread * ndtri(_middles(_OWN))
    shifts = (common[:, None] + own[None, :]).ravel()
    grid = 1 / (1 + np.exp(-_LOGITS))
    means = np.mean([shifted(grid, np.full(len(grid), one)) for one in shifts], axis=0)
    inside = np.clip(chance, 0.0, 1 - 1e-12)
    return np.where(inside > 0, np.interp(logit(inside), _LOGITS, means), 0.0)


def tilt(means: Floats, weights: Floats, wanted: Floats) -> Floats:
    """Return weights nearest to those given whose mean is the wanted one, a row each.

    Rows in which no weights have it are zeros.
    """
    is_case = weights > 0
    low = np.where(is_case, means, np.inf).min(axis=1)
    high = np.where(is_case, means, -np.inf).max(axis=1)
    can = (low < wanted) & (wanted < high)
    scale = np.where(can, high - low, 1.0)[:, None]
    place = np.where(is_case, (means - low[:, None]) / scale, 0.0)
    goal = (wanted - low) / scale[:, 0]
    below, above = np.full(len(means), -700.0), np.full(len(means), 700.0)
    for _ in range(_STEPS):
        middle = (below + above) / 2
        is_low = (_bent(weights, place, middle) * place).sum(axis=1) < goal
        below, above = np.where(is_low, middle, below), np.where(is_low, above, middle)
    return np.where(can[:, None], _bent(weights, place, (below + above) / 2), 0.0)


def _bent(weights: Floats, place: Floats, slope: Floats) -> Floats:
    power = slope[:, None] * place
    bent = weights * np.exp(power - power.max(axis=1, keepdims=True))
    return np.asarray(bent / bent.sum(axis=1, keepdims=True))


def _means(cases: Sequence[Sequence[Case]], outlook: Outlook) -> tuple[Floats, Floats]:
    """Return what each case books on average and its weight; rows are filled up with zeros."""
    alive = [dict(one.row) for each in cases for one in each if one.row is not None]
    rows = pa.Table.from_pylist(alive, schema=OPEN)
    own = iter(mean_bookings(rows, outlook).tolist() if alive else [])
    usual = float(outlook.learned.amounts.ratios.mean())
    means = np.zeros((len(cases), max(1, *(len(each) for each in cases))))
    weights = np.zeros(means.shape)
    for place, each in enumerate(cases):
        for column, one in enumerate(each):
            weights[place, column] = one.weight
            if one.row is not None:
                share = 1.0 if one.ratio is None or not usual else one.ratio / usual
                means[place, column] = next(own) * share
    return means, weights


def _cases(
    fact: str, row: Row, peers: Sequence[Row], usual: Usual, outlook: Outlook, lost: float
) -> Iterator[Case]:
    """Yield how a deal may stand in truth once a fact is right."""
    if fact == AMOUNT:
        yield from _amounts(row, peers, outlook.learned.amounts)
        return
    yield Case(None, max(lost, 1e-6))
    if fact == EXPECTED:
        ahead = [(one["close_on"] - one["on"]) for one in _due(row, peers)]
        days = [ahead[place] for place in _quantiles(len(ahead))]
        rows = [{**row, "close_on": row["on"] + day} for day in days]
    elif fact == LAST_ACTIVITY:
        rows = [{**row, "active_on": row["on"], "active_days": (row["active_days"] or 0) + 1}]
    else:
        right = put_right(row, usual, fact)
        rows = [] if right is None else [{**row, **right.edit}]
    for one in rows:
        yield Case(one, max(1 - lost, 1e-6) / len(rows))


def _amounts(row: Row, peers: Sequence[Row], amounts: Amounts) -> Iterator[Case]:
    """Yield what a deal without an amount may be worth, or what one with an amount may book."""
    if row["amount"] is not None and row["amount"] > 0:
        groups = np.array_split(np.sort(amounts.ratios), min(_CASES, len(amounts.ratios)))
        for group in groups:
            yield Case(row, len(group) / len(amounts.ratios), float(group.mean()))
        return
    priced = [one for one in peers if one["amount"]]
    alike = [one for one in priced if one["segment"] == row["segment"]]
    known = sorted(one["amount"] for one in (alike if len(alike) >= _PEERS else priced))
    places = _quantiles(len(known))
    for place in places:
        yield Case({**row, "amount": known[place]}, 1 / len(places))


def _due(row: Row, peers: Sequence[Row]) -> list[Row]:
    """Return deals that are due on a day to come, of the same stage where there are enough."""
    due = [one for one in peers if one["close_on"] and one["close_on"] >= one["on"]]
    alike = [one for one in due if one["stage"] == row["stage"]]
    chosen = alike if len(alike) >= _PEERS else due
    return sorted(chosen, key=lambda one: one["close_on"])


def _quantiles(count: int) -> list[int]:
    """Return places in a sorted list, as many as there are cases, evenly through it."""
    return [int(share * count) for share in _middles(min(_CASES, count))]


def _middles(count: int) -> Floats:
    return (np.arange(count) + 0.5) / max(count, 1)


def _value(wrong: Wrong, expected: float, variance: float, sd: float) -> FixValue:
    less = _shrinks(variance, sd)
    return FixValue(wrong, expected, variance, sd, less, 2 * Z_80 * less)


def _shrinks(variance: float, sd: float) -> float:
    """Return by how much a standard deviation shrinks if its variance loses so much."""
    return sd - float(np.sqrt(max(sd**2 - variance, 0.0)))
