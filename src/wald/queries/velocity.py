"""Velocity of the pipeline in a period, beside an earlier one: by team, region, segment or rep."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlglot import exp

from wald.facts.dimension import DIMENSIONS
from wald.facts.reading import names_in, subject_rows, with_day
from wald.facts.relations import Scene
from wald.facts.seen import among
from wald.facts.subject import DEALS
from wald.heart.pipeline.velocity import (
    Moved,
    Seen,
    Velocity,
    compose_lives,
    moved,
    seen_of,
    velocity,
)
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.money import minor_units
from wald.kernel.period import Grain, Period, before, grain_of, period_of, read_period
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept, kept_rows
from wald.queries.measure import View
from wald.queries.pipeline_ground import (
    ALL,
    NOBODY,
    Which,
    choices_on,
    default_day,
    org_day,
    read_which,
)
from wald.queries.sales_process import staged_view

GROUPS = ("team", "region", "segment", "rep")


@dataclass(frozen=True, slots=True)
class VelocityAsk:
    """What a person asks. `period` "": the quarter of the last day; `beside` "": the one before.

    The period of `which` does not count: deals are those seen in the period.
    """

    period: str = ""
    beside: str = ""
    known: datetime | None = None
    by: str = "team"
    which: Which = ALL


@dataclass(frozen=True, slots=True)
class VelocityLine:
    """One group, None: of deals without one; everybody is "". Conditions name the deals behind."""

    group: str | None
    now: Velocity
    then: Velocity
    moved: Moved | None


@dataclass(frozen=True, slots=True)
class VelocityPage:
    """A period that is not over goes to the last day in the data."""

    period: Period
    beside: Period
    currency: str
    by: str
    known_at: datetime | None
    reaches: date | None
    lines: tuple[VelocityLine, ...]  # everybody first
    choices: Mapping[str, tuple[str, ...]]


def pipeline_velocity(
    *, actor: Actor, workspace: Workspace, ask: VelocityAsk, engine: str = ""
) -> VelocityPage | None:
    """Return the velocity asked for, None when no deals are loaded.

    Only deals whose owner the actor may see as of the last day of a period count in it. Raises
    BadInput with every Problem in what was asked.
    """
    seen = staged_view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if not seen.snapshot.has("opportunity"):
        return None
    return kept((seen.signature, "velocity", ask), lambda: _made(seen, ask))


def _made(seen: View, ask: VelocityAsk) -> VelocityPage:
    period, beside = periods_asked(seen, ask.period, ask.beside)
    if ask.by not in GROUPS:
        fix = f"choose among {', '.join(GROUPS)}"
        problem = Problem(f"by {ask.by!r}", "velocity is not broken down by it", fix)
        raise BadInput("Velocity cannot be shown like this.", [problem])
    now, then = _groups(seen, ask, period), _groups(seen, ask, beside)
    names = sorted({*now, *then} - {""}, key=lambda name: (name is None, name or ""))
    digits = minor_units(seen.terms.currency)
    return VelocityPage(
        period,
        beside,
        seen.terms.currency,
        ask.by,
        seen.snapshot.learned_at,
        seen.snapshot.reaches,
        tuple(
            _line(name, velocity(now[name], period) if name in now else _none(period),
                  velocity(then[name], beside) if name in then else _none(beside), digits)
            for name in ("", *names)
        ),
        choices_on(seen, period.last_day),
    )  # fmt: skip


def periods_asked(seen: View, period: str, beside: str) -> tuple[Period, Period]:
    """Return both periods, none beyond the data. Raises BadInput with every Problem."""
    calendar, reaches = seen.terms.calendar, default_day(seen)
    found = read_period(period, calendar) if period.strip() else None
    other = read_period(beside, calendar) if beside.strip() else None
    problems = [one for one in (found, other) if isinstance(one, Problem)]
    if problems:
        raise BadInput("These periods cannot be read.", problems)
    first = found if isinstance(found, Period) else period_of(calendar, Grain.QUARTER, reaches)
    if isinstance(other, Period):
        second = other
    else:
        grain = Grain.QUARTER if not period.strip() else grain_of(period)
        length = timedelta(days=first.days)
        second = (
            Period(first.start - length, first.start, "before")
            if grain is None
            else before(calendar, grain, first)
        )
    late = [one for one in (first, second) if one.start > reaches]
    if late:
        what = f"the data reach to {reaches}"
        raise BadInput(
            "There is nothing of that yet.",
            [Problem(f"period {one.label}", what, "ask for an earlier one") for one in late],
        )
    end = reaches + timedelta(days=1)
    return _until(first, end), _until(second, end)


def _until(period: Period, end: date) -> Period:
    return Period(period.start, min(period.end, end), period.label)


def _groups(seen: View, ask: VelocityAsk, period: Period) -> dict[str | None, Seen]:
    """Return what was seen of each group, and of everybody under ""."""
    rows = kept_rows(
        seen.engine, seen.snapshot, compose_lives(_deals(seen, ask, period), period, ask.by)
    ).to_pylist()
    found: dict[str | None, list[dict[str, object]]] = {"": rows}
    for row in rows:
        found.setdefault(row["group_name"], []).append(row)
    return {name: seen_of(listed) for name, listed in found.items()}


def _deals(seen: View, ask: VelocityAsk, period: Period) -> exp.Select:
    conditions, _ = read_which(Which(ask.which.filters, ask.which.where, "", ask.which.org), seen)
    day = period.last_day
    scene = Scene(seen.snapshot, AsOf(day, ask.known), seen.terms, org=org_day(ask.which, seen))
    columns = ["outcome", "opened_on", "closed_on", "amount", "owner_id", ask.by]
    rows = subject_rows(DEALS, scene.whole, {*columns, *names_in(*conditions)})
    wanted = [with_day(condition, scene) for condition in conditions]
    persons = seen.snapshot.seen_on(day)
    if persons is not None:
        wanted.append(among(exp.column("owner_id"), persons))
    shown = exp.select(*columns).from_(rows.subquery("known", copy=False), copy=False)
    return shown.where(*wanted, copy=False)


def _none(period: Period) -> Velocity:
    return velocity(seen_of([]), period)


def _line(name: str | None, now: Velocity, then: Velocity, digits: int) -> VelocityLine:
    return VelocityLine(name, now, then, moved(then, now, digits))


def behind(page: VelocityPage, which: Which, group: str | None, period: Period) -> dict[str, str]:
    """Return conditions in the language that name the deals behind each part of a line, as of the
    last day of the period; none where teams are taken as they are now, which no table knows."""
    names = [name for name, _ in which.filters] + ([page.by] if group != "" else [])
    if which.org == "now" and any(DIMENSIONS[name].via == "person" for name in names):
        return {}
    chosen = [is_value(name, value) for name, value in which.filters]
    chosen += [is_value(page.by, group)] if group != "" else []
    chosen += [f"({which.where.strip()})"] if which.where.strip() else []
    since = f"closed_on >= DATE '{period.start}'"
    parts = {
        "open": "outcome = 'open' AND opened_on IS NOT NULL",
        "seen": f"opened_on IS NOT NULL AND (outcome = 'open' OR {since})",
        "won": f"outcome = 'won' AND opened_on IS NOT NULL AND {since}",
    }
    return {key: " AND ".join([part, *chosen]) for key, part in parts.items()}


def is_value(name: str, value: str | None) -> str:
    """Return the condition that a column has a value, None or NOBODY: that it has none."""
    if value is None or value == NOBODY:
        return f"{name} IS NULL"
    quoted = value.replace("'", "''")
    return f"{name} = '{quoted}'"
