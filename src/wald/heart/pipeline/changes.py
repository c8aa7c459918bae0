"""What changed in the pipeline between two days: start + bars = end, to the cent.

Measured in the engine over the walk of each deal (`walk.py`): sums and counts per bar, the flow
between categories, the deals of one bar. Judged here: the sums must add up, or it is a bug.
Source: docs/pipeline/changes.md
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlglot import exp

from wald.facts.relations import template
from wald.heart.pipeline.parts import BARS, KEYS, Bar, Kind
from wald.heart.pipeline.walk import SIDES

Row = Mapping[str, Any]

CAME, WENT = "came", "went"
_NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Sum:
    """Deals, and what they add up to in the reporting currency."""

    deals: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Step:
    """A bar with its deals and what they add: a deal with several causes is in several."""

    bar: Bar
    deals: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From a start over the bars to an end; amounts that nobody knows add nothing."""

    start: Sum
    steps: tuple[Step, ...]
    end: Sum
    unknown: tuple[int, int]  # deals of the start, and of the end, without an amount
    round_trips: Sum  # in both, their closing day moved later and earlier between; as at the end

    @property
    def difference(self) -> Decimal:
        return self.end.amount - self.start.amount


@dataclass(frozen=True, slots=True)
class Flow:
    """Deals that went from one category, or a bar they came by, to another, or a bar they left by.

    `amount` is that of the start, of the end for those that came.
    """

    before: str
    after: str
    deals: int
    amount: Decimal


def compose_totals(walk: exp.Expr) -> exp.Select:
    """Return the SELECT of one row: per bar its sum and deals, and what to know beside them."""
    rows = exp.select()
    for key in (*KEYS, "start", "finish"):
        part = exp.column(f"bar_{key}")
        rows = rows.select(
            exp.alias_(exp.Sum(this=part), f"sum_{key}"),
            exp.alias_(exp.Count(this=part.copy()), f"deals_{key}"),
            copy=False,
        )
    for name, text in _BESIDE.items():
        rows = rows.select(exp.alias_(exp.maybe_parse(text, dialect="duckdb"), name), copy=False)
    return rows.from_(walk, copy=False)


_TRIP = "bar_start IS NOT NULL AND bar_finish IS NOT NULL AND later_moves > 0 AND earlier_moves > 0"
_BESIDE = {
    "unknown_start": "COUNT(*) FILTER (WHERE bar_start IS NOT NULL AND value_11 IS NULL)",
    "unknown_finish": "COUNT(*) FILTER (WHERE bar_finish IS NOT NULL AND value_22 IS NULL)",
    "trips": f"COUNT(*) FILTER (WHERE {_TRIP})",
    "trips_amount": f"SUM(bar_finish) FILTER (WHERE {_TRIP})",
}


def judge(row: Row) -> Waterfall:
    """Return the waterfall of the one row of `compose_totals`."""

    def total(key: str) -> Sum:
        return Sum(int(row[f"deals_{key}"] or 0), Decimal(row[f"sum_{key}"] or 0))

    steps = tuple(Step(bar, total(bar.key).deals, total(bar.key).amount) for bar in BARS)
    found = Waterfall(
        start=total("start"),
        steps=steps,
        end=total("finish"),
        unknown=(int(row["unknown_start"] or 0), int(row["unknown_finish"] or 0)),
        round_trips=Sum(int(row["trips"] or 0), Decimal(row["trips_amount"] or 0)),
    )
    added = sum((step.amount for step in steps), _NOTHING)
    if found.start.amount + added != found.end.amount:
        raise AssertionError(f"the bars add up to {added}, the difference is {found.difference}")
    return found


def compose_flow(walk: exp.Expr) -> exp.Select:
    """Return the SELECT of the flow between categories: before, after, deals, amount."""
    came, went = exp.Case(), exp.Case()
    came = came.when(_is("start"), _category("1"), copy=False)
    went = went.when(_is("finish"), _category("t"), copy=False)
    for bar in BARS:
        if bar.kind is not Kind.SIZE:
            case = came if bar.kind is Kind.COMES else went
            case.when(_is(bar.key), exp.Literal.string(bar.key), copy=False)
    rows = exp.select(
        exp.alias_(came, "before"),
        exp.alias_(went, "after"),
        exp.alias_(exp.func("COALESCE", exp.column("bar_start"), exp.column("value_22")), "moved"),
    ).from_(walk, copy=False)
    return template(
        """
        SELECT before, after, COUNT(*) AS deals, SUM(COALESCE(moved, 0)) AS amount
          FROM flow GROUP BY before, after
        """,
        flow=rows,
    )


def _is(key: str) -> exp.Expr:
    return exp.column(f"bar_{key}").is_(exp.null()).not_()


def _category(side: str) -> exp.Expr:
    named = exp.column(f"forecast_category_{side}")
    return exp.func("COALESCE", named, exp.Literal.string("none"))


def compose_shown(walk: exp.Expr) -> exp.Select:
    """Return the SELECT of the deals behind the waterfall, each once, as at the end or else as at
    the start: what `doubts.py` looks at."""
    at_end = exp.column("bar_finish").is_(exp.null()).not_()
    rows = exp.select("opportunity_id", "currency")
    for name, pair in {
        **{name: (f"{name}_2", f"{name}_1") for name in ("stage", "owner_id", "close_on")},
        "amount": ("value_22", "value_11"),
        "given_amount": ("amount_2", "amount_1"),
    }.items():
        case = exp.Case().when(at_end.copy(), exp.column(pair[0])).else_(exp.column(pair[1]))
        rows = rows.select(exp.alias_(case, name), copy=False)
    ends = [exp.column(f"bar_{key}").is_(exp.null()).not_() for key in ("start", "finish")]
    return rows.from_(walk, copy=False).where(exp.or_(*ends), copy=False)


def judge_flow(rows: Sequence[Row]) -> tuple[Flow, ...]:
    """Return the flows, the largest first."""
    found = [
        Flow(row["before"] or CAME, row["after"] or WENT, row["deals"], Decimal(row["amount"] or 0))
        for row in rows
    ]
    return tuple(sorted(found, key=lambda flow: (-flow.amount, flow.before, flow.after)))


def compose_deals(walk: exp.Expr, bar: str, seen: tuple[exp.Expr, exp.Expr]) -> exp.Select:
    """Return the SELECT of the deals of a bar: what they were, what they are, what they add.

    `seen` says of each day whether a deal may be seen; what may not is null.
    """
    added = exp.column(f"bar_{bar}")
    rows = exp.select("opportunity_id", "currency")
    there = (exp.column("was_there"), exp.true())
    for side, may_see, is_there in zip((1, 2), seen, there, strict=True):
        is_seen = exp.and_(may_see, is_there)
        value = exp.column("value_11" if side == 1 else "value_22")
        shown = [(f"{name}_{side}", exp.column(f"{name}_{side}")) for name in SIDES]
        for name, column in (*shown, (f"value_{side}", value)):
            rows = rows.select(exp.alias_(exp.Case().when(is_seen.copy(), column), name))
    rows = rows.select("later_moves", "earlier_moves", exp.alias_(added, "adds"))
    return rows.from_(walk, copy=False).where(added.copy().is_(exp.null()).not_(), copy=False)
