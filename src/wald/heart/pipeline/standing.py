"""The pipeline as it stood on one day: open deals, what they add up to, by any dimension.

Measured in the engine: the deals open on that day, then counts and sums by group. A deal whose
amount nobody knows, or whose currency has no rate, counts as a deal and adds nothing.
Source: docs/pipeline/README.md
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from types import MappingProxyType
from typing import Any

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.dimension import DIMENSIONS, dimensions_of
from wald.facts.reading import bucket, subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import DEALS, Computed
from wald.facts.table import Type
from wald.kernel.period import Period, period_of

# What a pipeline can be broken down by; days, months and the like are those of the closing day.
DIMENSIONS_OF_PIPELINE = dimensions_of(DEALS, dated=True)
CATEGORIES = ("commit", "most_likely", "best_case", "pipeline", "omitted", "closed")
# What every look at a pipeline needs of a deal, beside what it is broken down by.
NEEDED = ("opportunity_id", "owner_id", "stage", "amount", "given_amount", "currency", "close_on")
_OPEN_DEALS = replace(
    DEALS,
    key="open deals",
    computed=(*DEALS.computed, Computed("given_amount", "amount", Type.MONEY, "as it was given")),
)


@dataclass(frozen=True, slots=True)
class Group:
    """One group of open deals. `key` has a part per dimension, None where nobody knows it."""

    key: tuple[str | None, ...]
    deals: int
    amount: Decimal  # of the deals that have one
    unknown: int  # deals without an amount in the reporting currency


def compose_open(scene: Scene, names: Collection[str]) -> exp.Select:
    """Return the SELECT of the deals open on the day of the scene, with at least `names`."""
    rows = subject_rows(_OPEN_DEALS, scene, {*NEEDED, "outcome", *names})
    is_open = exp.column("outcome").eq(exp.Literal.string("open"))
    return exp.select("*").from_(rows.subquery("deals", copy=False), copy=False).where(is_open)


def within(period: Period) -> exp.Expr:
    """Return the condition that a deal is expected to close in a period."""
    closes = exp.column("close_on")
    return exp.and_(closes >= day_literal(period.start), closes.copy() < day_literal(period.end))


def compose_groups(deals: exp.Expr, by: Sequence[str], scene: Scene) -> exp.Select:
    """Return the SELECT of one row per group of `deals`: the dimensions, deals, amount, unknown."""
    keys = [_key(name, scene) for name in by]
    amount = exp.column("amount")
    unknown = exp.Case().when(amount.copy().is_(exp.null()), exp.Literal.number(1))
    rows = exp.select(
        *[exp.alias_(key, name) for key, name in zip(keys, by, strict=True)],
        exp.alias_(exp.Count(this=exp.Star()), "deals"),
        exp.alias_(exp.Sum(this=amount), "amount"),
        exp.alias_(exp.Count(this=unknown), "unknown"),
    ).from_(deals, copy=False)
    return rows.group_by(*[key.copy() for key in keys], copy=False) if keys else rows


def _key(name: str, scene: Scene) -> exp.Expr:
    grain = DIMENSIONS[name].grain
    return exp.column(name) if grain is None else bucket(grain, exp.column("close_on"), scene)


def judge_groups(
    rows: Sequence[Mapping[str, Any]],
    by: Sequence[str],
    scene: Scene,
    positions: Mapping[str, int],
) -> tuple[Group, ...]:
    """Return the groups: stages and categories in their order, times in theirs, else the largest
    amount first. `positions` are those of the stages."""
    orders: dict[str, Mapping[str, int]] = {
        "stage": positions,
        "forecast_category": {name: place for place, name in enumerate(CATEGORIES)},
    }
    read = {name: _reader(name, scene) for name in by}
    found = [
        Group(
            tuple(read[name](row[name]) for name in by),
            int(row["deals"]),
            Decimal(row["amount"] or 0),
            int(row["unknown"]),
        )
        for row in rows
        if row["deals"] or by
    ]

    sums: dict[tuple[str | None, ...], Decimal] = {}
    for group in found:
        for depth in range(1, len(by) + 1):
            start = group.key[:depth]
            sums[start] = sums.get(start, Decimal(0)) + group.amount

    def place(group: Group) -> tuple[object, ...]:
        parts: list[object] = []
        for depth, (name, part) in enumerate(zip(by, group.key, strict=True), start=1):
            if name in orders:
                parts.append((orders[name].get(part or "", len(orders[name]) + 1), part or ""))
            elif DIMENSIONS[name].grain is not None:
                parts.append((part is None, part or ""))
            else:
                parts.append((-sums[group.key[:depth]], part or ""))
        return tuple(parts)

    return tuple(sorted(found, key=place))


def _reader(name: str, scene: Scene) -> Callable[[Any], str | None]:
    grain = DIMENSIONS[name].grain
    if grain is None:
        return lambda value: value
    return lambda day: None if day is None else period_of(scene.terms.calendar, grain, day).label


def added(groups: Sequence[Group]) -> Group:
    """Return what groups add up to: each deal is in one of them."""
    return Group(
        (),
        sum(group.deals for group in groups),
        sum((group.amount for group in groups), Decimal(0)),
        sum(group.unknown for group in groups),
    )


ORGS: Mapping[str, str] = MappingProxyType(
    {
        "then": "teams and managers as they were on the day",
        "now": "teams and managers as they are at the end of the data",
    }
)
