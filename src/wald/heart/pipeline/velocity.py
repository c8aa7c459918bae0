"""Velocity: what a pipeline yields a day, its four parts with their doubt, and which part moved.

Velocity is deals x win rate x amount / days: the deals open at the end of a period, the share won
in the long run, the mean amount of a won deal and the mean days to a closing. In a pipeline that
neither grows nor shrinks so many deals leave it a day as stand in it over the days they stay
(Little, 1961, Operations Research 9: 383-387). The difference of two periods is split into what
each part moved by the mean over all orders in which they can change (Shapley, 1953): exact.
Source: docs/pipeline/velocity.md
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import combinations
from math import exp, factorial, prod, sqrt
from typing import Any

from sqlglot import exp as tree

from wald.facts.as_of import day_literal
from wald.facts.relations import template
from wald.heart.pipeline.long_run import Z95, Doubted, Life, LongRun, long_run
from wald.kernel.period import Period

PARTS = ("deals", "win_rate", "amount", "days")
LEAST_CLOSED, LEAST_WON = 10, 5
_WIDEST = 1.5  # relative error; the interval then spans a factor of more than 300


@dataclass(frozen=True, slots=True)
class Seen:
    """Deals of a group seen in a period: their lives, how many are open at its end, and of the
    won ones with an amount the count, the sum and the sum of squares."""

    lives: tuple[Life, ...]
    open_deals: int
    won: int
    priced: int
    total: Decimal
    squares: float


@dataclass(frozen=True, slots=True)
class Velocity:
    """`a_day` in the reporting currency; None: `why` says which part cannot be told.

    `actual` is what was won in the period a day, to be held beside it.
    """

    deals: int
    run: LongRun | None
    amount: Doubted | None
    won: int
    a_day: Doubted | None
    actual: Decimal
    why: str = ""


@dataclass(frozen=True, slots=True)
class Moved:
    """What moved between two periods; the parts add up to `difference`, to the smallest coin."""

    difference: Decimal
    parts: Mapping[str, Decimal]


def compose_lives(deals: tree.Select, period: Period, group: str) -> tree.Select:
    """Return the SELECT of group_name, outcome, entry, age, deals, priced, total, squares.

    `deals` has `group` (or none for ""), outcome, opened_on, closed_on and amount as of the last
    day of the period. A deal is seen from its first day of the period on.
    """
    rows = template(
        """
        SELECT deal.outcome,
               CASE WHEN deal.opened_on < :first
                    THEN DATE_DIFF('day', deal.opened_on, :first) ELSE 0 END AS entry,
               DATE_DIFF('day', deal.opened_on, COALESCE(deal.closed_on, :last)) AS age,
               COUNT(*) AS deals,
               COUNT(CASE WHEN deal.outcome = 'won' THEN deal.amount END) AS priced,
               SUM(CASE WHEN deal.outcome = 'won' THEN deal.amount END) AS total,
               SUM(CASE WHEN deal.outcome = 'won'
                        THEN CAST(deal.amount AS DOUBLE) * CAST(deal.amount AS DOUBLE) END)
                 AS squares
          FROM deal
         WHERE deal.opened_on IS NOT NULL
           AND (deal.outcome = 'open' OR deal.closed_on >= :first)
        """,
        deal=deals,
        first=day_literal(period.start),
        last=day_literal(period.last_day),
    )
    name = tree.column(group, "deal") if group else tree.cast(tree.null(), "TEXT")
    rows = rows.select(tree.alias_(name, "group_name"), copy=False)
    return rows.group_by(*[tree.Literal.number(place) for place in (1, 2, 3, 8)], copy=False)


def seen_of(rows: Iterable[Mapping[str, Any]]) -> Seen:
    """Return what was seen of one group. `rows` as `compose_lives` gives them."""
    listed = list(rows)
    lives = tuple(
        Life(row["entry"], row["age"], _end(row["outcome"]), row["deals"])
        for row in listed
        if row["age"] >= row["entry"]
    )
    return Seen(
        lives,
        sum(row["deals"] for row in listed if row["outcome"] == "open"),
        sum(row["deals"] for row in listed if row["outcome"] == "won"),
        sum(row["priced"] for row in listed),
        sum((row["total"] for row in listed if row["total"] is not None), Decimal(0)),
        sum(row["squares"] for row in listed if row["squares"] is not None),
    )


def _end(outcome: str) -> str:
    return outcome if outcome in ("won", "lost") else ""


def velocity(seen: Seen, period: Period) -> Velocity:
    """Return the velocity of a group in a period, each part with its interval."""
    run, amount = long_run(seen.lives), _amount(seen)
    closed = sum(one.deals for one in seen.lives if one.end)
    actual = seen.total / period.days
    why = ""
    if run is None or closed < LEAST_CLOSED:
        run, why = None, f"fewer than {LEAST_CLOSED} deals closed"
    elif amount is None:
        why = f"fewer than {LEAST_WON} won deals have an amount"
    elif amount.value <= 0:
        why = "the mean amount is not above 0"
    elif run.days.value <= 0:
        why = "deals close on the day they are opened"
    elif _relative(run, amount) > _WIDEST:
        why = "the parts are too uncertain to be multiplied"
    a_day = None
    if run is not None and amount is not None and not why:
        a_day = _a_day(seen.open_deals, run, amount)
    return Velocity(seen.open_deals, run, amount, seen.won, a_day, actual, why)


def _amount(seen: Seen) -> Doubted | None:
    """Return the mean amount of a won deal with its normal 95 % interval."""
    n = seen.priced
    if n < LEAST_WON:
        return None
    mean = float(seen.total) / n
    variance = max(0.0, seen.squares / n - mean * mean) * n / (n - 1)
    error = sqrt(variance / n)
    return Doubted(mean - Z95 * error, mean, mean + Z95 * error, error)


def _a_day(deals: int, run: LongRun, amount: Doubted) -> Doubted:
    """Multiply the parts; the interval from the relative errors, as if parts were independent."""
    value = deals * run.share.value * amount.value / run.days.value
    if value <= 0:
        return Doubted(0.0, max(0.0, value), max(0.0, value), 0.0)
    relative = _relative(run, amount)
    return Doubted(
        value * exp(-Z95 * relative), value, value * exp(Z95 * relative), value * relative
    )


def _relative(run: LongRun, amount: Doubted) -> float:
    """Return the relative error of the product; a share of nothing has none."""
    parts = (one for one in (run.share, amount, run.days) if one.value > 0)
    return sqrt(sum((one.error / one.value) ** 2 for one in parts))


def moved(before: Velocity, after: Velocity, digits: int = 2) -> Moved | None:
    """Return what each part moved from one period to another, None where a part is not known."""
    first, second = _factors(before), _factors(after)
    if first is None or second is None:
        return None
    exact = split(first, second)
    difference = Fraction(prod(second)) - Fraction(prod(first))
    return Moved(
        _rounded(difference, digits), dict(zip(PARTS, _adding_up(exact, digits), strict=True))
    )


def split(before: Sequence[Fraction], after: Sequence[Fraction]) -> tuple[Fraction, ...]:
    """Return what each factor moves of the difference of two products; the sum is exact.

    Each factor's share is the mean, over all orders in which the factors can change, of what the
    product changes when it does.
    """
    count = len(before)
    found = []
    for place in range(count):
        others = [one for one in range(count) if one != place]
        total = Fraction(0)
        for size in range(count):
            weight = Fraction(factorial(size) * factorial(count - size - 1), factorial(count))
            for changed in combinations(others, size):
                rest = prod((after[i] if i in changed else before[i]) for i in others)
                total += weight * rest * (after[place] - before[place])
        found.append(total)
    return tuple(found)


def _factors(one: Velocity) -> tuple[Fraction, ...] | None:
    if one.run is None or one.amount is None or one.a_day is None:
        return None
    return (
        Fraction(one.deals),
        Fraction(one.run.share.value),
        Fraction(one.amount.value),
        1 / Fraction(one.run.days.value),
    )


def _rounded(value: Fraction, digits: int) -> Decimal:
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def _adding_up(parts: Sequence[Fraction], digits: int) -> tuple[Decimal, ...]:
    """Round parts so that they add up to their rounded sum: what is cut off most gets the coins."""
    coin = Decimal(1).scaleb(-digits)
    exact = [Decimal(one.numerator) / Decimal(one.denominator) for one in parts]
    cut = [one.quantize(coin, ROUND_FLOOR) for one in exact]
    missing = int((_rounded(sum(parts, Fraction(0)), digits) - sum(cut)) / coin)
    order = sorted(range(len(parts)), key=lambda i: (cut[i] - exact[i], i))
    return tuple(
        value + (coin if place in order[:missing] else 0) for place, value in enumerate(cut)
    )
