"""The metric page: a number, how it moved, where it comes from, and the rows behind it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import dropwhile

from wald.facts.measure import dimensions_for
from wald.facts.metric import Metric, metrics
from wald.facts.question import Answer, AnswerRow, Value
from wald.facts.tables import TABLES
from wald.kernel.actor import Actor
from wald.kernel.period import Calendar, Grain, Period, before, grain_of, period_of
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
from wald.queries.leaderboard import Leader, Leaders, leaders
from wald.queries.measure import Ask, RowsBehind, View, measured, read_ask, rows_behind, view
from wald.queries.sales_process import staged_view
from wald.queries.stages import stage_positions

ALL_TIME = "all"  # as a period: every day the data know
GRAINS = (Grain.QUARTER, Grain.MONTH, Grain.YEAR)
_HOW_MANY = {Grain.QUARTER: 8, Grain.MONTH: 12, Grain.YEAR: 5}
_TIME = {"day", "month", "quarter", "year"}
_ADDS = (Unit.COUNT, Unit.MONEY)  # units whose groups are parts of a whole


@dataclass(frozen=True, slots=True)
class Point:
    """The value of one period, or of the last day of one; `series` names a group."""

    label: str
    series: str
    value: Value
    is_partial: bool  # the data do not reach the end of the period


@dataclass(frozen=True, slots=True)
class Group:
    """A row of the breakdown; `size` is its part of the largest, `share` of the whole."""

    row: AnswerRow
    size: Decimal
    share: Decimal | None
    doubt: Leader | None = None  # of a leaderboard: by people, teams, …


@dataclass(frozen=True, slots=True)
class MetricPage:
    metric: Metric
    answer: Answer  # the whole; by group where the metric makes no sense without
    period: str  # as asked: its label, or ALL_TIME; "" for a level
    grain: Grain
    over_time: tuple[Point, ...]
    by: tuple[str, ...]
    groups: tuple[Group, ...]
    breakdown: Answer | None
    rows: RowsBehind
    earlier: str
    later: str
    reaches: date | None
    currency: str  # of the amounts in the rows
    leaders: Leaders | None = None  # of a leaderboard

    @property
    def is_level(self) -> bool:
        """Is it known as of a day, and has no period?"""
        return not self.metric.on

    @property
    def is_median(self) -> bool:
        return self.metric.numerator.startswith("MEDIAN(")

    @property
    def is_whole(self) -> bool:
        """Do the groups add up to the number? Else it is computed anew."""
        return self.metric.unit in _ADDS and not self.metric.is_ratio

    @property
    def sums(self) -> tuple[Decimal | None, Decimal | None]:
        """What all rows behind add up to on either side; null where they do not add."""
        if self.is_median:
            return None, None
        return (
            _sum(row.numerator for row in self.answer.rows),
            _sum(row.denominator for row in self.answer.rows),
        )


def metric_page(
    *,
    actor: Actor,
    workspace: Workspace,
    ask: Ask,
    grain: Grain = Grain.QUARTER,
    limit: int = 50,
    offset: int = 0,
) -> MetricPage | None:
    """Return the page for `ask`, broken down by its dimensions; None where nothing is loaded.

    An empty period is the quarter of the last day of the data, as on the home page;
    ALL_TIME is all of it. Raises BadInput with every Problem in what was asked.
    """
    staged = staged_view(actor=actor, workspace=workspace, known=ask.known)
    seen = replace(staged, agreed=())  # numbers are the same whatever is agreed of stages
    if not seen.snapshot.visible:
        return None
    ask = asked(seen, ask)
    metric = read_ask(seen, ask).metric
    whole = measured(seen, replace(ask, by=()))
    day = whole.as_of
    breakdown = measured(seen, ask) if ask.by else None
    board = _board(seen, ask, whole) if breakdown is not None and not breakdown.lacks else None
    rows = kept(
        (seen.signature, "rows", replace(ask, by=()), limit, offset),
        lambda: rows_behind(
            actor=actor, workspace=workspace, ask=replace(ask, by=()), limit=limit, offset=offset
        ),
    )
    earlier, later = _neighbours(seen, whole.period)
    return MetricPage(
        metric=metric,
        answer=whole,
        period=whole.period.label if whole.period else ALL_TIME if metric.on else "",
        grain=grain,
        over_time=tuple(_in_order(staged, _over_time(seen, metric, ask, grain, day))),
        by=ask.by,
        groups=tuple(_doubted(_groups(staged, metric, whole, breakdown or whole), ask.by, board)),
        breakdown=breakdown,
        rows=rows,
        earlier=earlier,
        later=later,
        reaches=seen.snapshot.reaches,
        currency=seen.terms.currency,
        leaders=board,
    )


def asked_in(*, actor: Actor, workspace: Workspace, ask: Ask) -> Ask:
    """Return `ask` as its metric page understands it: see `asked`."""
    return asked(view(actor=actor, workspace=workspace, known=ask.known), ask)


def asked(seen: View, ask: Ask) -> Ask:
    """Return `ask` with the period that an empty one means; a level has none."""
    metric = metrics().get(ask.metric)
    if metric is None or not metric.on or ask.period == ALL_TIME:
        return replace(ask, period="")
    day = ask.as_of or seen.snapshot.reaches
    if ask.period or day is None:
        return ask
    return replace(ask, period=period_of(seen.terms.calendar, Grain.QUARTER, day).label)


def _groups(seen: View, metric: Metric, whole: Answer, broken: Answer) -> list[Group]:
    """Return the groups of a breakdown: periods and stages in order, others largest first."""
    if not broken.by:
        return []
    rows = list(broken.rows)
    if "stage" in broken.by:
        order, place = stage_positions(seen), broken.by.index("stage")
        rows.sort(key=lambda row: order.get(row.key[place] or "", len(order)))
    elif not _TIME & set(broken.by):
        rows.sort(key=lambda row: (None in row.key, row.value is None, -_number(row.value)))
    most = max((abs(_number(row.value)) for row in rows), default=Decimal(0))
    adds = metric.unit in _ADDS and not metric.is_ratio and bool(whole.value)
    return [
        Group(
            row,
            abs(_number(row.value)) / most if most else Decimal(0),
            _number(row.value) / _number(whole.value) if adds and row.value is not None else None,
        )
        for row in rows
    ]


def _board(seen: View, ask: Ask, whole: Answer) -> Leaders | None:
    above, below = whole.rows[0].numerator, whole.rows[0].denominator
    mean = float(above / below) if above is not None and below else 0.0
    key = (seen.signature, "leaders", ask)
    return kept(key, lambda: leaders(seen, read_ask(seen, ask), mean))


def _doubted(groups: list[Group], by: tuple[str, ...], board: Leaders | None) -> list[Group]:
    """Return the groups of a leaderboard with their intervals; people without a difference beyond
    luck in the order of their names, as any other would say what is not so."""
    if board is None:
        return groups
    told = [replace(one, doubt=board.of.get(one.row.key[0] or "")) for one in groups]
    if board.differ or by != ("rep",):
        return told
    return sorted(told, key=lambda one: one.row.key[0] or "\uffff")


def _in_order(seen: View, points: list[Point]) -> list[Point]:
    """Return the points with series that are stages in the order of the process."""
    if len({point.series for point in points}) <= 1:
        return points
    order = stage_positions(seen)
    return sorted(points, key=lambda point: order.get(point.series, len(order)))


def _over_time(seen: View, metric: Metric, ask: Ask, grain: Grain, day: date) -> list[Point]:
    stretch = _last_periods(seen.terms.calendar, grain, day)
    first = _begins(seen)
    stretch = [period for period in stretch if first is None or period.end > first]
    if not stretch:
        return []
    if not metric.on:
        found = _levels(seen, ask, stretch, day)
    elif grain.value in dimensions_for(metric):
        found = _by_period(seen, ask, stretch, day)
    else:
        found = _one_by_one(seen, ask, stretch, day)
    return list(dropwhile(lambda point: point.value is None, found))


def _by_period(seen: View, ask: Ask, stretch: list[Period], day: date) -> Iterator[Point]:
    grain = grain_of(stretch[0].label) or Grain.QUARTER
    span = f"{stretch[0].start}..{stretch[-1].last_day}"
    found = measured(seen, replace(ask, by=(grain.value,), period=span, as_of=day))
    place = found.by.index(grain.value)
    values = {(row.key[place], _series(row.key, place)): row.value for row in found.rows}
    names = sorted({series for _, series in values})
    for series in names:
        for period in stretch:
            value = values.get((period.label, series))
            yield Point(period.label, series, value, day < period.last_day)


def _one_by_one(seen: View, ask: Ask, stretch: list[Period], day: date) -> Iterator[Point]:
    """A side without dates cannot be grouped by period: ask each period by itself."""
    for period in stretch:
        found = measured(seen, replace(ask, by=(), period=period.label, as_of=day))
        yield from _points(found, period.label, day < period.last_day)


def _levels(seen: View, ask: Ask, stretch: list[Period], day: date) -> Iterator[Point]:
    """A level has no period: it is asked as of the last day of each."""
    for period in stretch:
        found = measured(seen, replace(ask, by=(), as_of=min(period.last_day, day)))
        yield from _points(found, period.label, day < period.last_day)


def _points(found: Answer, label: str, is_partial: bool) -> Iterator[Point]:
    for row in found.rows:
        yield Point(label, _series(row.key), row.value, is_partial)


def _series(key: tuple[str | None, ...], without: int = -1) -> str:
    return ", ".join(part or "–" for i, part in enumerate(key) if i != without)


def _last_periods(calendar: Calendar, grain: Grain, day: date) -> list[Period]:
    found = [period_of(calendar, grain, day)]
    while len(found) < _HOW_MANY[grain]:
        found.insert(0, before(calendar, grain, found[0]))
    return found


def _begins(seen: View) -> date | None:
    """Return the first day on which anything happened."""
    days = [
        part.first_on
        for name, table in TABLES.items()
        if table.moves
        for part in seen.snapshot.parts(name)
        if part.first_on is not None
    ]
    return min(days, default=None)


def _neighbours(seen: View, period: Period | None) -> tuple[str, str]:
    """Return the labels of the period before and of the one after, as far as the data reach."""
    grain, reach = grain_of(period.label) if period else None, seen.snapshot.reaches
    if period is None or grain is None or reach is None:
        return "", ""
    calendar = seen.terms.calendar
    later = period_of(calendar, grain, period.end).label if period.end <= reach else ""
    return before(calendar, grain, period).label, later


def _sum(parts: Iterable[Decimal | None]) -> Decimal | None:
    known = [part for part in parts if part is not None]
    return sum(known, Decimal(0)) if known else None


def _number(value: Value) -> Decimal:
    return Decimal(0) if value is None else Decimal(value)
