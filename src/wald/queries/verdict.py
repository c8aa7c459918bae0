"""System or person: the verdict on a metric, by person, team, region, segment or product.

Who sees some people's rows alone gets the verdict among these: whoever else there is neither
counts nor is told of.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from difflib import get_close_matches
from math import inf

import numpy as np

from wald.brain.apart import LEAST_ROWS, Tallies, row_skew
from wald.brain.case_mix import Cells, expected, fit_case_mix
from wald.brain.deal_weeks import Floats
from wald.brain.shift import Series
from wald.brain.variance_shares import VarianceShares, variance_shares
from wald.brain.verdict import Months, People, Verdict
from wald.brain.verdict import verdict as judged
from wald.brain.xmr import Xmr, xmr
from wald.facts.answer import missing_tables
from wald.facts.dimension import DIMENSIONS
from wald.facts.doubt import CENSORED
from wald.facts.measure import dimensions_for
from wald.facts.metric import Metric, metrics
from wald.facts.question import Question
from wald.facts.subject import SUBJECTS
from wald.kernel.actor import Actor
from wald.kernel.period import Period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
from wald.queries.measure import Ask, View, read_ask, view
from wald.queries.verdict_ground import (
    FACTORS,
    MIX,
    MONTHS,
    Ground,
    Luck,
    cells_of,
    month_days,
    people_of,
    places_of,
    series,
    sums_of,
)

PERSON = "person"
BY = (PERSON, "team", "region", "manager", "territory", "segment", "product_family", "lead_source")
_YEAR = 365
_RIPE = 182  # days at the beginning of a record in which only the quick deals can have closed
_MONTHLY = 10  # rows a month from which a chart is by month, else by quarter


@dataclass(frozen=True, slots=True)
class VerdictAsk:
    """What a person asks. `period` "": the year up to the last day of the data."""

    metric: str
    by: str = PERSON
    period: str = ""
    where: str = ""
    as_of: date | None = None
    known: datetime | None = None


@dataclass(frozen=True, slots=True)
class ChartPoint:
    """A month (or a quarter) of the metric as counted."""

    label: str
    first: date
    rows: int


@dataclass(frozen=True, slots=True)
class VerdictPage:
    """`verdict` None: the tables it needs are empty, `lacks` says which. `of` says in a word what
    is compared; `months` label the shifts, `points` the chart."""

    metric: Metric
    by: str
    title: str  # of what is compared
    period: Period | None
    as_of: date
    currency: str
    known_at: datetime | None
    verdict: Verdict | None
    points: tuple[ChartPoint, ...]
    months: tuple[date, ...]
    adjusted_for: tuple[str, ...]  # titles of what the mix holds
    rows: int
    notes: tuple[str, ...]
    lacks: tuple[str, ...] = ()


def verdict(
    *, actor: Actor, workspace: Workspace, ask: VerdictAsk, engine: str = ""
) -> VerdictPage:
    """Return the verdict asked for, among those whose rows the actor sees.

    Raises BadInput with every Problem in what was asked.
    """
    seen = view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    return verdict_in(seen, ask)


def verdict_in(seen: View, ask: VerdictAsk) -> VerdictPage:
    """Return the same in a view already opened, among those whose rows it shows."""
    return kept((seen.signature, "verdict", ask), lambda: _made(seen, ask))


def judgeable() -> tuple[Metric, ...]:
    """Return the metrics that can be judged: rates and means whose rows belong to people."""
    return tuple(one for one in metrics().values() if not _why_not(one))


def _why_not(metric: Metric) -> str:
    """Return why a metric cannot be judged, "" where it can."""
    if metric.numerator.startswith("MEDIAN("):
        return "it is a median, and medians do not add up"
    if metric.over is not None or not metric.denominator:
        return "it is neither a rate nor a mean of rows"
    return "" if "rep_id" in dimensions_for(metric) else "its rows belong to no person"


def _made(seen: View, ask: VerdictAsk) -> VerdictPage:
    question, period = _read(seen, ask)
    metric, by = question.metric, _dimension(ask.by)
    title = "Person" if by == "rep_id" else DIMENSIONS[by].title
    day = question.when.valid
    page = VerdictPage(
        metric, ask.by, title, period, day, seen.terms.currency, seen.snapshot.learned_at,
        None, (), (), (), 0, (), missing_tables(question),
    )  # fmt: skip
    if page.lacks:
        return page
    ground = _ground(seen, question, period, by)
    cells = cells_of(seen, ground)
    mix = fit_case_mix(cells)
    usual = expected(cells, mix)
    chance = np.random.Generator(np.random.PCG64(0))  # the same answer to the same question
    keys, titles, sums, crossed = people_of(seen, ground, mix)
    skew = row_skew(sums)
    points, chart = _chart(cells, ground)
    people = People(keys, titles, sums, by == "rep_id", bounds_of(sums))
    months = Months(
        _everybody(cells, usual, Luck(ground, mix.row_variance, skew)),
        places_of(seen, ground, mix, cells, usual, skew),
        chart,
    )
    found = judged(people, months, chance)
    shares: VarianceShares | None = None
    if len(keys) > 1 and mix.row_variance > 0:
        off, error = _off(found)
        shares = variance_shares(crossed, mix.parts, mix.row_variance, off, error, chance)
    return replace(
        page,
        verdict=replace(found, shares=shares),
        points=points,
        months=tuple(month_days(ground.first, len(months.everybody.off)))
        if months.everybody and ground.first
        else (),
        adjusted_for=tuple(DIMENSIONS[name].title for name in ground.mix),
        rows=int(sums.rows.sum()),
        notes=_notes(found, ground),
    )


def _read(seen: View, ask: VerdictAsk) -> tuple[Question, Period | None]:
    """Return the question of the whole history, and the period in which people are compared."""
    problems = list(_problems(ask))
    if problems:
        raise BadInput("There is no verdict on this.", problems)
    metric = metrics()[ask.metric]
    question = read_ask(
        seen, Ask(ask.metric, (), ask.where, ask.period if metric.on else "", ask.as_of, ask.known)
    )
    if not metric.on:
        return question, None
    day = question.when.valid
    reach = seen.snapshot.reaches or day
    last = min(day, reach)
    period = question.period
    if period is None:
        start = last - timedelta(days=_YEAR - 1)
        period = Period(start, last + timedelta(days=1), f"{start}..{last}")
    if period.start > last:
        what = f"the data reach to {last}"
        problem = Problem(f"period {period.label}", what, "ask for an earlier one")
        raise BadInput("There is nothing of that yet.", [problem])
    return question, Period(period.start, min(period.end, last + timedelta(days=1)), period.label)


def _problems(ask: VerdictAsk) -> list[Problem]:
    metric = metrics().get(ask.metric)
    known = ", ".join(one.key for one in judgeable())
    if metric is None:
        near = get_close_matches(ask.metric, metrics(), n=1)
        fix = f"did you mean {near[0]}?" if near else f"choose among {known}"
        return [Problem("metric", f"{ask.metric!r} is not one", fix)]
    why = _why_not(metric)
    if why:
        return [Problem(f"metric {metric.key}", why, f"choose among {known}")]
    have = [one for one in BY if _dimension(one) in dimensions_for(metric)]
    if ask.by not in have:
        fix = f"choose among {', '.join(have)}"
        return [Problem(f"by {ask.by!r}", f"{metric.key} is not compared by it", fix)]
    return []


def _dimension(by: str) -> str:
    return "rep_id" if by == PERSON else by


def _ground(seen: View, question: Question, period: Period | None, by: str) -> Ground:
    metric = question.metric
    have = dimensions_for(metric)
    first, history = None, None
    if period is not None:
        history = _history(seen, question, period)
        first = history.start
    return Ground(
        question=replace(question, period=history),
        period=period,
        who=by,
        titles="rep" if by == "rep_id" else "",
        cluster=("account_id" if "account_id" in have else "") if by == "rep_id" else "rep_id",
        mix=tuple(
            name for name in MIX
            if name in have and name != by and (name != "stage" or name in metric.inherent)
        ),
        factors=tuple(name for name in FACTORS if name in have and name != by)
        if by == "rep_id" else (),
        first=first,
    )  # fmt: skip


def _history(seen: View, question: Question, period: Period) -> Period:
    """Return the months up to the end of the period, without those of a record too young."""
    last = period.last_day
    number = last.year * 12 + last.month - 1 - (MONTHS - 1)
    first = date(number // 12, number % 12 + 1, 1)
    begins = [
        part.first_on for part in seen.snapshot.parts(_table(question)) if part.first_on is not None
    ]
    if begins:
        ripe = min(begins) + timedelta(days=_RIPE if CENSORED in question.metric.doubts else 0)
        first = max(first, min(date(ripe.year, ripe.month, 1), period.start))
    first = min(first, date(period.start.year, period.start.month, 1))
    return Period(date(first.year, first.month, 1), period.end, "history")


def _table(question: Question) -> str:
    return SUBJECTS[question.metric.reads].tables[0]


def _everybody(cells: Cells, usual: Floats, luck: Luck) -> Series | None:
    if luck.ground.first is None or not len(cells.w):
        return None
    return series(sums_of(cells, usual), luck)


def _first_of(ground: Ground, place: int) -> date:
    first = ground.first or date(1970, 1, 1)
    number = first.year * 12 + first.month - 1 + place
    return date(number // 12, number % 12 + 1, 1)


def bounds_of(sums: Tallies) -> tuple[float, float]:
    """Return what no figure can lie beyond: 0 and 1 of rows that are 0 or 1, 0 of amounts."""
    if np.any(sums.x < 0):
        return -inf, inf
    is_share = np.all(sums.w == sums.rows) and np.all(sums.x == np.round(sums.x))
    return 0.0, 1.0 if is_share and np.all(sums.x <= sums.w) else inf


def _off(found: Verdict) -> tuple[Floats, Floats]:
    told = [one for one in found.standings if one.p_value is not None]
    off = np.array([one.adjusted.estimate - found.overall for one in told])
    return off, np.array([(one.adjusted.high - one.adjusted.low) / 2 / 1.96 for one in told])


def _chart(cells: Cells, ground: Ground) -> tuple[tuple[ChartPoint, ...], Xmr | None]:
    """Return the metric as counted over months, or quarters where months hold few rows."""
    if ground.first is None or not len(cells.w):
        return (), None
    is_monthly = cells.rows.sum() >= _MONTHLY * (int(cells.month.max()) + 1)
    start = ground.first.month - 1
    place = cells.month if is_monthly else (cells.month + start % 3) // 3
    x, w, rows = (np.bincount(place, each) for each in (cells.x, cells.w, cells.rows))
    known = np.flatnonzero(w > 0)
    points = []
    for i in map(int, known):
        day = _first_of(ground, i if is_monthly else i * 3 - start % 3)
        label = f"{day:%b %Y}" if is_monthly else f"{day.year}-Q{(day.month + 2) // 3}"
        points.append(ChartPoint(label, day, int(rows[i])))
    season = (known + start) % 3 if is_monthly else (known + start // 3) % 4
    values = [float(one) for one in x[known] / w[known]]
    return tuple(points), xmr(values, [int(one) for one in season])


def _notes(found: Verdict, ground: Ground) -> tuple[str, ...]:
    notes = []
    few = sum(1 for one in found.standings if one.p_value is None)
    if few:
        has = "has" if few == 1 else "have"
        are = "is" if few == 1 else "are"
        notes.append(f"{few:,} {has} fewer than {LEAST_ROWS} rows and {are} not judged.")
    if ground.first is None:
        notes.append("It is known as of one day: whether it shifted cannot be told.")
    elif not found.shifts:
        notes.append("There are too few months to tell whether it shifted.")
    return tuple(notes)
