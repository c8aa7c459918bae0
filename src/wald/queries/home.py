"""The home page: the pulse, arranged so that one screen tells it and each figure opens."""

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal

from wald.brain.stats import share
from wald.facts.dimension import DIMENSIONS
from wald.facts.question import Value
from wald.kernel.actor import Actor
from wald.kernel.period import Period, before, grain_of, period_of
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
from wald.queries.measure import Ask, View, measured, view
from wald.queries.pulse import Breakdown, BreakdownRow, Figure, Pulse, Trend, pulse, written

_MOST_PLACES = 6  # of a breakdown; beyond it the best and the worst are shown
_WORST = 2
_IN_HEADLINE = ("bookings", "quota_attainment")
# A sentence that stands beside so many figures is about the page, not about a figure.
_COMMON = 3


@dataclass(frozen=True, slots=True)
class Headline:
    """Bookings against quota. `credited` of `wanted` is the attainment; `passed` the share of
    the period's days that are over."""

    bookings: Figure
    attainment: Figure
    credited: Decimal | None
    wanted: Decimal | None
    passed: Decimal


@dataclass(frozen=True, slots=True)
class Place:
    """One team, region, segment or product; `size` is its part of the largest bookings."""

    label: str | None
    bookings: BreakdownRow | None
    win_rate: BreakdownRow | None
    size: Decimal

    @property
    def win_rate_doubt(self) -> tuple[int, int] | None:
        """Return the 95 % interval of the win rate in whole per cent: luck among so many deals."""
        row = self.win_rate
        if row is None or row.value is None or row.records == 0:
            return None
        told = share(round(Decimal(row.value) * row.records), row.records)
        return round(told.low * 100), round(told.high * 100)


@dataclass(frozen=True, slots=True)
class Places:
    """A dimension's places, best bookings first; `hidden` of them lie between best and worst."""

    dimension: str
    title: str
    currency: str | None
    best: tuple[Place, ...]
    hidden: int
    worst: tuple[Place, ...]
    has_win_rate: bool


@dataclass(frozen=True, slots=True)
class Home:
    pulse: Pulse
    headline: Headline
    groups: tuple[tuple[str, tuple[Figure, ...]], ...]  # without what the headline shows
    hygiene: tuple[Figure, ...]  # what can be checked in these data
    places: tuple[Places, ...]
    trends: tuple[tuple[Figure, Trend], ...]
    lacking: tuple[tuple[str, tuple[Figure, ...]], ...]  # what cannot be had, by the reason why
    notes: tuple[str, ...]  # what holds for the whole page
    earlier: str  # the period before, as it is written
    later: str  # the period after, "" if the data do not reach it
    reaches: date | None


def home(
    *,
    actor: Actor,
    workspace: Workspace,
    period: str = "",
    as_of: date | None = None,
    known: datetime | None = None,
) -> Home | None:
    """Return the home page, None when nothing is loaded. Raises BadInput for a wrong period."""
    seen = view(actor=actor, workspace=workspace, known=known)

    def make() -> Home | None:
        found = pulse(actor=actor, workspace=workspace, period=period, as_of=as_of, known=known)
        return None if found is None else _arranged(seen, found, known)

    return kept((seen.signature, "home", period, as_of, known), make)


def _arranged(seen: View, found: Pulse, known: datetime | None) -> Home:
    figures = {figure.metric: figure for _, group in found.groups for figure in group}
    common = _common_notes([*figures.values(), *found.hygiene])
    plain = {key: _without(figure, common) for key, figure in figures.items()}
    earlier, later = _neighbours(seen, found.period)
    return Home(
        pulse=found,
        headline=_headline(seen, found, plain, known),
        groups=tuple(
            (title, tuple(plain[one.metric] for one in group if one.metric not in _IN_HEADLINE))
            for title, group in found.groups
        ),
        hygiene=tuple(
            _without(figure, common) for figure in found.hygiene if figure.value is not None
        ),
        places=tuple(_places(found)),
        trends=tuple(
            (plain[trend.metric], trend)
            for trend in found.trends
            if any(value is not None for _, value in trend.points)
        ),
        lacking=_lacking([*plain.values(), *found.hygiene]),
        notes=common,
        earlier=earlier,
        later=later,
        reaches=seen.snapshot.reaches,
    )


def _common_notes(figures: list[Figure]) -> tuple[str, ...]:
    said = Counter(note for figure in figures for note in figure.notes)
    return tuple(note for note, times in said.items() if times >= _COMMON)


def _without(figure: Figure, common: tuple[str, ...]) -> Figure:
    return replace(figure, notes=tuple(note for note in figure.notes if note not in common))


def _lacking(figures: list[Figure]) -> tuple[tuple[str, tuple[Figure, ...]], ...]:
    reasons: dict[str, list[Figure]] = {}
    for figure in figures:
        if figure.value is None:
            reason = figure.notes[0] if figure.notes else "Nothing to measure in this period."
            reason = reason.removeprefix(f"{figure.title} cannot be had: ")
            reasons.setdefault(reason[0].upper() + reason[1:], []).append(figure)
    return tuple((reason, tuple(found)) for reason, found in reasons.items())


def _headline(
    seen: View, found: Pulse, figures: dict[str, Figure], known: datetime | None
) -> Headline:
    ask = Ask("quota_attainment", period=written(found.period), as_of=found.as_of, known=known)
    rows = measured(seen, ask).rows
    passed = min(max((found.as_of - found.period.start).days + 1, 0), found.period.days)
    return Headline(
        bookings=figures["bookings"],
        attainment=figures["quota_attainment"],
        credited=rows[0].numerator if rows else None,
        wanted=rows[0].denominator if rows else None,
        passed=Decimal(passed) / found.period.days,
    )


def _places(found: Pulse) -> list[Places]:
    by_dimension: dict[str, dict[str, Breakdown]] = {}
    for breakdown in found.breakdowns:
        by_dimension.setdefault(breakdown.dimension, {})[breakdown.metric] = breakdown
    return [
        _of_dimension(name, shown.get("bookings"), shown.get("win_rate"))
        for name, shown in by_dimension.items()
    ]


def _of_dimension(dimension: str, bookings: Breakdown | None, win_rate: Breakdown | None) -> Places:
    booked = {row.label: row for row in bookings.rows} if bookings else {}
    won = {row.label: row for row in win_rate.rows} if win_rate else {}
    most = max((_amount(row.value) for row in booked.values()), default=Decimal(0))
    places = [
        Place(
            label,
            booked.get(label),
            won.get(label),
            _amount(booked[label].value) / most if label in booked and most else Decimal(0),
        )
        for label in dict.fromkeys([*booked, *won])
    ]
    # What is known of nobody comes last, wherever the two metrics put it.
    places.sort(key=lambda place: place.label is None)
    cut = len(places) if len(places) <= _MOST_PLACES else _MOST_PLACES - _WORST
    worst = places[-_WORST:] if cut < len(places) else []
    return Places(
        dimension=dimension,
        title=DIMENSIONS[dimension].title,
        currency=bookings.currency if bookings else None,
        best=tuple(places[:cut]),
        hidden=len(places) - cut - len(worst),
        worst=tuple(worst),
        has_win_rate=any(row.value is not None for row in won.values()),
    )


def _amount(value: Value) -> Decimal:
    return max(Decimal(0), Decimal(value)) if value is not None else Decimal(0)


def _neighbours(seen: View, period: Period) -> tuple[str, str]:
    """Return the labels of the period before and of the one after, as far as the data reach."""
    grain, reach = grain_of(period.label), seen.snapshot.reaches
    if grain is None or reach is None:
        return "", ""
    calendar = seen.terms.calendar
    later = period_of(calendar, grain, period.end).label if period.end <= reach else ""
    return before(calendar, grain, period).label, later
