"""Bands of a value, such as tiers of attainment: which one is reached, what lies inside each.

Bounds are half-open: a value exactly on a bound belongs to the band that starts there, unless the
plan says the lower one. Source: docs/compensation/tiered_rate.md
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from enum import Enum
from itertools import pairwise

from wald.heart.compensation.component import Given, PayLine
from wald.heart.compensation.figure import (
    ONE,
    ZERO,
    Figure,
    if_passed,
    if_reached,
    least,
    most,
)
from wald.kernel.problem import Problem


class Method(Enum):
    """What is paid at the rate of a band."""

    MARGINAL = "marginal"  # what lies inside the band
    WHOLE = "whole"  # everything, once the band is reached (retroactive)
    INTERPOLATED = "interpolated"  # everything, at a rate between those of two bands


class Side(Enum):
    """Which band a value exactly on a bound belongs to."""

    UPPER = "upper"  # the band that starts there
    LOWER = "lower"


class Bounds(Enum):
    """What bands are bands of."""

    ATTAINMENT = "attainment"  # credit / quota, 1 = 100 %
    AMOUNT = "amount"


MOST_ATTAINMENT = Decimal(20)  # 2,000 %; whoever writes more means per cent


def check_starts(
    starts: Sequence[Decimal], path: str, *, from_zero: bool, most: Decimal | None = MOST_ATTAINMENT
) -> Iterator[Problem]:
    """Find gaps and overlaps: bands rise, and the first covers the first sale. `most`: of an
    attainment; None where bands start at amounts."""
    for i, start in enumerate(starts):
        if most is not None and start > most:
            what = f"starts at {(start * 100).normalize():,f} % of quota"
            yield Problem(f"{path}[{i}]", what, f"write {start / 100:f} for {start:f} %")
    if from_zero and (not starts or starts[0] != 0):
        yield Problem(f"{path}[0]", "no band covers the first sale", "start the first at 0")
    for i, (lower, upper) in enumerate(pairwise(starts), start=1):
        if upper <= lower:
            yield Problem(f"{path}[{i}]", "does not start above the one before it", "sort them")
    if starts and starts[0] < 0:
        yield Problem(f"{path}[0]", "starts below zero", "start at 0 or above")


def amounts_of(starts: Sequence[Figure], case: Given, bounds: Bounds) -> list[Figure]:
    """Return where bands start in units of credit: attainments times the quota of the window.

    Without a quota there is no credit either: the fold refuses the person otherwise.
    """
    quota = case.goal.quota
    if bounds is Bounds.AMOUNT or quota is None:
        return list(starts)
    return [(quota * start).called(start.label) for start in starts]


def attained(case: Given, goal_key: str = "") -> Figure | None:
    """Return the attainment a payout is taken from; None without a quota above zero.

    To date: credit from the counter's start over the quota of the same days. Otherwise credit
    over quota of the payout period.
    """
    goal = case.measures[goal_key] if goal_key else case.goal
    quota = goal.quota_to_date if case.pays_to_date else goal.quota_period
    if quota is None or quota.value <= 0:
        return None
    credit = goal.to_date if case.pays_to_date else goal.period
    return (credit / quota).called("attainment")


def inside(value: Figure, floor: Figure, ceiling: Figure | None) -> Figure:
    """Return what of `value` lies between two bounds; nothing of a negative value does."""
    top = value if ceiling is None else least(value, ceiling)
    return most(top - floor, ZERO)


def reached(
    starts: Sequence[Figure], chosen: Sequence[Figure], value: Figure, side: Side
) -> Figure:
    """Return the figure of the band that `value` lies in, the first one below the first bound."""
    choose = if_reached if side is Side.UPPER else if_passed
    found = chosen[0]
    for start, above in list(zip(starts, chosen, strict=True))[1:]:
        found = choose(value, start, above, found)
    return found


def share_reached(
    bands: Sequence[tuple[Figure, Figure]], value: Figure, whole: Figure, side: Side
) -> Figure:
    """Return the figure of the highest band whose share of `whole` is reached, zero below all:
    where nobody asks how it came about."""
    for start, found in reversed(bands):
        bound = whole * start
        if value >= bound if side is Side.UPPER else value > bound:
            return found
    return ZERO


def between(starts: Sequence[Figure], chosen: Sequence[Figure], value: Figure) -> Figure:
    """Return the figure on the straight line between two bounds; the last beyond the last."""
    for (low, high), (figure, following) in zip(pairwise(starts), pairwise(chosen), strict=True):
        if value < high:
            part = most(value - low, ZERO) / (high - low)
            return figure + (following - figure) * part
    return chosen[-1]


def slices(
    names: Sequence[str],
    starts: Sequence[Figure],
    rates: Sequence[Figure],
    before: Figure,
    after: Figure,
) -> Iterator[PayLine]:
    """Yield, per band, what of the credit from `before` to `after` lies inside it, at its rate."""
    low, high = most(before, ZERO), most(after, ZERO)
    for i, (name, start, rate) in enumerate(zip(names, starts, rates, strict=True)):
        ceiling = starts[i + 1] if i + 1 < len(starts) else None
        base = inside(high, start, ceiling) - inside(low, start, ceiling)
        if base:
            yield PayLine(name, base.called("credit in the band"), rate)


def on_everything(reason: str, rate: Figure, case: Given) -> Iterator[PayLine]:
    """Yield all credit at one rate, less what was earned before; or this period's credit alone."""
    if case.pays_to_date:
        if case.own.to_date:
            yield PayLine(f"{reason}, on all credit to date", case.own.to_date, rate)
        yield from less_earned(case)
    elif case.own.period:
        yield PayLine(f"{reason}, on the credit of the period", case.own.period, rate)


def less_earned(case: Given) -> Iterator[PayLine]:
    """Yield the line that takes off what the component earned before in its window."""
    if case.pays_to_date and case.own_to_date:
        earned = case.own_to_date.called("earned before")
        yield PayLine("less what was earned before", earned, -ONE)
