"""The pulse: the state of the sales organization on one screen, each figure with its change.

Every figure is an ordinary metric, so each opens its rows and its definition. The period
is the fiscal quarter that holds the last day of the data. It is compared with the quarter before,
up to the same number of days, as it stood then.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal

from wald.facts.metric import metrics
from wald.facts.question import Answer, AnswerRow, Value
from wald.kernel.actor import Actor
from wald.kernel.period import Grain, Period, before, grain_of, period_of, read_period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.queries.measure import Ask, View, measured, view

GROUPS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Booked against wanted", ("bookings", "quota_attainment", "pipeline_coverage", "won_deals")),
    ("Open", ("open_pipeline", "weighted_pipeline", "pipeline_created", "push_count")),
    (
        "How fast and how well",
        ("win_rate", "median_cycle_days", "average_deal_size", "average_discount", "gross_margin"),
    ),
    ("Before the deal", ("lead_conversion", "lead_response_hours", "activities_per_rep")),
)
HYGIENE = (
    "deals_without_account",
    "deals_without_amount",
    "deals_without_close_day",
    "deals_past_close",
    "stale_deals",
)
BREAKDOWNS = ("team", "region", "segment", "product")
BREAKDOWN_METRICS = ("bookings", "win_rate")
TREND_QUARTERS = 8


@dataclass(frozen=True, slots=True)
class Figure:
    """A metric now and before. `change` is in points of a ratio, else relative to before."""

    metric: str
    title: str
    unit: Unit
    currency: str | None
    better: str
    definition: str
    value: Value
    before: Value
    change: Decimal | None
    notes: tuple[str, ...]
    lacks: tuple[str, ...]  # tables without rows, for want of which it cannot be had

    @property
    def is_good(self) -> bool | None:
        """Did it move the way that is better? None: it did not move, or neither way is."""
        if not self.change or self.better == "neither":
            return None
        return (self.change > 0) == (self.better == "higher")


@dataclass(frozen=True, slots=True)
class Breakdown:
    """One metric by one dimension, best first; what is known of nobody comes last."""

    metric: str
    title: str
    unit: Unit
    currency: str | None
    better: str
    dimension: str
    rows: tuple["BreakdownRow", ...]


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    label: str | None
    value: Value
    before: Value
    change: Decimal | None
    records: int


@dataclass(frozen=True, slots=True)
class Trend:
    """A metric over the last quarters, oldest first, for a line no bigger than a word."""

    metric: str
    points: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Pulse:
    as_of: date
    known_at: datetime | None
    period: Period
    compared_with: Period
    currency: str
    groups: tuple[tuple[str, tuple[Figure, ...]], ...]
    breakdowns: tuple[Breakdown, ...]
    hygiene: tuple[Figure, ...]
    trends: tuple[Trend, ...]
    missing: tuple[str, ...]  # what cannot be had from these data, and why


def pulse(
    *,
    actor: Actor,
    workspace: Workspace,
    period: str = "",
    as_of: date | None = None,
    known: datetime | None = None,
    engine: str = "",
) -> Pulse | None:
    """Return the pulse, None when nothing is loaded. Raises BadInput for a wrong period."""
    seen = view(actor=actor, workspace=workspace, engine=engine, known=known)
    day = as_of or seen.snapshot.reaches
    if day is None:
        return None
    now = _period(seen, period, day)
    day = min(day, now.last_day) if period else day
    then = _stretch_before(seen, now, day)
    figures = {key: _figure(seen, key, now, day, then, known) for key in _all_keys()}
    return Pulse(
        as_of=day,
        known_at=seen.snapshot.learned_at,
        period=now,
        compared_with=then,
        currency=seen.terms.currency,
        groups=tuple((title, tuple(figures[k] for k in keys)) for title, keys in GROUPS),
        breakdowns=tuple(_breakdowns(seen, now, day, then, known)),
        hygiene=tuple(figures[key] for key in HYGIENE),
        trends=(
            _trend(seen, "bookings", now, day, known),
            _trend(seen, "win_rate", now, day, known),
        ),
        missing=tuple(_missing(figures)),
    )


def _all_keys() -> tuple[str, ...]:
    return tuple(key for _, keys in GROUPS for key in keys) + HYGIENE


def _period(seen: View, text: str, day: date) -> Period:
    if not text:
        return period_of(seen.terms.calendar, Grain.QUARTER, day)
    found = read_period(text, seen.terms.calendar)
    if isinstance(found, Problem):
        raise BadInput("The pulse cannot be shown for this period.", [found])
    return found


def _stretch_before(seen: View, now: Period, day: date) -> Period:
    """Return the period before, cut to as many days as have passed of the present one."""
    grain = grain_of(now.label)
    if grain is None:
        return Period(now.start - timedelta(days=now.days), now.start, "the days before")
    earlier = before(seen.terms.calendar, grain, now)
    if day >= now.last_day:
        return earlier
    passed = timedelta(days=(day - now.start).days + 1)
    end = min(earlier.start + passed, earlier.end)
    return Period(earlier.start, end, f"{earlier.start}..{end - timedelta(days=1)}")


def written(period: Period) -> str:
    """Return how a person would write the period, so that notes name it and answers are shared."""
    if grain_of(period.label) is not None:
        return period.label
    return f"{period.start}..{period.last_day}"


def _figure(
    seen: View, key: str, now: Period, day: date, then: Period, known: datetime | None
) -> Figure:
    metric = metrics()[key]
    dated = bool(metric.on)
    ask = Ask(key, period=written(now) if dated else "", as_of=day, known=known)
    past = replace(ask, period=written(then) if dated else "", as_of=then.last_day)
    found, earlier = measured(seen, ask), measured(seen, past)
    return Figure(
        metric=key,
        title=metric.title,
        unit=metric.unit,
        currency=found.currency,
        better=metric.better,
        definition=metric.definition,
        value=found.value,
        before=earlier.value,
        change=change(metric.unit, found.value, earlier.value),
        notes=found.notes,
        lacks=found.lacks,
    )


def change(unit: Unit, value: Value, earlier: Value) -> Decimal | None:
    """Return points of a ratio (0.05 = 5 points), else the relative change; null if unknown."""
    if value is None or earlier is None:
        return None
    if unit is Unit.RATIO:
        return Decimal(value) - Decimal(earlier)
    if not earlier:
        return None
    return (Decimal(value) - Decimal(earlier)) / abs(Decimal(earlier))


def _breakdowns(
    seen: View, now: Period, day: date, then: Period, known: datetime | None
) -> list[Breakdown]:
    found = []
    for dimension in BREAKDOWNS:
        for key in BREAKDOWN_METRICS:
            ask = Ask(key, by=(dimension,), period=written(now), as_of=day, known=known)
            past = replace(ask, period=written(then), as_of=then.last_day)
            shown = _breakdown(measured(seen, ask), measured(seen, past), dimension)
            if any(row.label is not None for row in shown.rows):
                found.append(shown)
    return found


def _breakdown(now: Answer, then: Answer, dimension: str) -> Breakdown:
    metric = metrics()[now.metric]
    past = then.by_key()
    present = {row.key for row in now.rows}
    gone = [
        AnswerRow(row.key, None, None, None, 0, 0) for row in then.rows if row.key not in present
    ]
    rows = [
        BreakdownRow(
            row.key[0],
            row.value,
            past.get(row.key),
            change(metric.unit, row.value, past.get(row.key)),
            row.records,
        )
        for row in (*now.rows, *gone)
    ]
    rows.sort(key=_best_first)

    return Breakdown(
        now.metric, now.title, now.unit, now.currency, metric.better, dimension, tuple(rows)
    )


def _best_first(row: BreakdownRow) -> tuple[bool, bool, Decimal]:
    """Highest first; groups without a name or a value last."""
    value = Decimal(0) if row.value is None else Decimal(row.value)
    return (row.label is None, row.value is None, -value)


def _trend(seen: View, key: str, now: Period, day: date, known: datetime | None) -> Trend:
    start = now
    for _ in range(TREND_QUARTERS - 1):
        start = period_of(seen.terms.calendar, Grain.QUARTER, start.start - timedelta(days=1))
    span = f"{start.start}..{now.last_day}"
    found = measured(seen, Ask(key, by=("quarter",), period=span, as_of=day, known=known))
    return Trend(key, tuple((row.key[0] or "", row.value) for row in found.rows))


def _missing(figures: dict[str, Figure]) -> list[str]:
    """Say what cannot be had, one sentence for all that wait for the same tables."""
    waiting: dict[tuple[str, ...], list[str]] = {}
    sentences = []
    for figure in figures.values():
        if figure.lacks:
            waiting.setdefault(figure.lacks, []).append(figure.title)
        elif figure.value is None:
            why = figure.notes[0] if figure.notes else "Nothing of the kind in this period."
            sentences.append(f"{figure.title}: {why}")
    for tables, titles in waiting.items():
        named = ", ".join(name.replace("_", " ") for name in tables)
        sentences.append(f"Nothing is loaded for {named}, hence no {_listed(titles)}.")
    return sentences


def _listed(titles: list[str]) -> str:
    lowered = [title[0].lower() + title[1:] for title in titles]
    return lowered[0] if len(lowered) == 1 else f"{', '.join(lowered[:-1])} or {lowered[-1]}"
