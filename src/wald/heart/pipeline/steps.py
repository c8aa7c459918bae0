"""The path of a deal from one day to another: six points between which one thing changes each.

Point 0 is the deal as on the first day, point 5 as on the second. Up to each point the second
day's side of one more group of columns counts:
1 whose it is     the owner, and the team, region and manager the owner had
2 when it closes  the expected closing day
3 what it is      stage, category, chance, and how long it has been open
4 its amount      in its own currency
5 its rate        into the reporting currency
So what moves a deal in or out of a filter has one cause, and the steps add up to the difference.
Source: docs/pipeline/changes.md
"""

from collections.abc import Callable, Mapping
from datetime import date

from sqlglot import exp

from wald.facts.as_of import day_literal

POINTS = range(6)
PEOPLE = ("rep", "team", "region", "manager", "role", "territory", "rep_id")
OWNED = ("owner_id", *PEOPLE)
PLANNED = ("stage", "forecast_category", "probability", "chance")
_OWNER, _CLOSING, _SHAPE, _AMOUNT, _RATE = POINTS[1:]
_VALUES = ("value_11", "value_21", "value_22")  # amount of the day, then rate of the day


def value_at(point: int) -> str:
    """Return the column that holds a deal's amount in the reporting currency at a point."""
    if point < _AMOUNT:
        return _VALUES[0]
    return _VALUES[1] if point < _RATE else _VALUES[2]


def column_at(name: str, point: int, days: tuple[date, date]) -> exp.Expr:
    """Return what a name of the deals stands for at a point of the path.

    A deal on its path is open: it has no closing and no cycle yet.
    """
    if name in OWNED:
        return exp.column(f"{name}_{1 if point < _OWNER else 2}")
    if name == "close_on":
        return exp.column("close_on_1" if point < _CLOSING else "close_on_t")
    if name in PLANNED:
        return exp.column(f"{name}_{'1' if point < _SHAPE else 't'}")
    if name == "amount":
        return exp.column(value_at(point))
    day = day_literal(days[0 if point < _SHAPE else 1])
    made = _MADE.get(name)
    return exp.column(name) if made is None else made(day)


def at_point(tree: exp.Expr, point: int, days: tuple[date, date]) -> exp.Expr:
    """Return a condition over deals as it reads at a point of the path."""

    def put(node: exp.Expr) -> exp.Expr:
        if isinstance(node, exp.Placeholder):
            return day_literal(days[0 if point < _SHAPE else 1])
        return column_at(node.name, point, days) if isinstance(node, exp.Column) else node

    return tree.copy().transform(put)


def _opened_on(_: exp.Expr) -> exp.Expr:
    return exp.cast(exp.column("created_at"), "DATE")


def _open_days(day: exp.Expr) -> exp.Expr:
    return exp.DateDiff(this=day, expression=_opened_on(day), unit=exp.var("day"))


def _nothing(type: str) -> Callable[[exp.Expr], exp.Expr]:
    return lambda _: exp.cast(exp.null(), type)


_MADE: Mapping[str, Callable[[exp.Expr], exp.Expr]] = {
    "outcome": lambda _: exp.Literal.string("open"),
    "closed_on": _nothing("DATE"),
    "cycle_days": _nothing("BIGINT"),
    "opened_on": _opened_on,
    "open_days": _open_days,
}
