"""The open pipeline needed to make the quota of the running period, team by team."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlglot import exp

from wald.facts.as_of import day_literal
from wald.facts.question import AnswerRow
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene, template
from wald.facts.subject import BOOKINGS
from wald.heart.pipeline.needed_coverage import Before, Needed, Standing, needed
from wald.heart.pipeline.open_then import Moment, compose_open_then
from wald.kernel.actor import Actor
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, Period, period_of
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept, kept_rows
from wald.queries.measure import Ask, View, measured, view

_PERIODS = 12  # earlier quarters that are looked at
_NOTHING = Decimal(0)
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class NeededAsk:
    """None: as far as the data reach, all that is known. `chance` of making the quota."""

    as_of: date | None = None
    known: datetime | None = None
    chance: float = 0.8


@dataclass(frozen=True, slots=True)
class TeamCoverage:
    """One team, or everybody ("")."""

    team: str
    now: Standing
    needed: Needed
    before: tuple[Before, ...]


@dataclass(frozen=True, slots=True)
class CoveragePage:
    as_of: date
    period: Period
    days_left: int
    currency: str
    teams: tuple[TeamCoverage, ...]  # everybody first


def needed_coverage(
    *, actor: Actor, workspace: Workspace, ask: NeededAsk, engine: str = ""
) -> CoveragePage | None:
    """Return coverage and coverage needed; None when there are no deals.

    Only deals, bookings and quotas of persons the actor sees count. Raises BadInput for a chance
    that is none.
    """
    seen = view(actor=actor, workspace=workspace, engine=engine, known=ask.known)
    if not 0 < ask.chance < 1:
        what = f"{ask.chance:g} is no chance"
        raise BadInput("This cannot be shown.", [Problem("chance", what, "write 0.8 for 80 %")])
    if not seen.snapshot.has("opportunity"):
        return None
    return kept((seen.signature, "needed coverage", ask), lambda: _made(seen, ask))


def _made(seen: View, ask: NeededAsk) -> CoveragePage:
    day = ask.as_of or seen.snapshot.reaches or date(1970, 1, 1)
    calendar = seen.terms.calendar
    period = period_of(calendar, Grain.QUARTER, day)
    if day == period.last_day:  # nothing is left to book in it
        period = period_of(calendar, Grain.QUARTER, period.end)
    days_left = (period.end - day).days - 1
    now = _sums(seen, period, day, ask.known)
    earlier = _before(seen, _moments(seen, period, days_left), day, ask)
    return CoveragePage(
        day,
        period,
        days_left,
        seen.terms.currency,
        tuple(
            TeamCoverage(
                team,
                standing := _standing(now.get(team)),
                needed(before := earlier.get(team, ()), standing, ask.chance),
                tuple(reversed(before)),
            )
            for team in sorted({EVERYBODY, *now})
        ),
    )


def _moments(seen: View, period: Period, days_left: int) -> list[Moment]:
    """Return the same day of earlier quarters that the data know from their first day on, the
    last quarter first."""
    parts = seen.snapshot.parts("opportunity")
    begins = min((part.first_on for part in parts if part.first_on), default=period.start)
    found = []
    one = period
    for _ in range(_PERIODS):
        one = period_of(seen.terms.calendar, Grain.QUARTER, one.start - timedelta(days=1))
        if one.start < begins:
            break
        # With as many days to go: of a quarter not begun yet on the day before its first.
        then = max(one.start - timedelta(days=1), one.end - timedelta(days=days_left + 1))
        found.append(Moment(then, one))
    return found


def _before(
    seen: View, moments: Sequence[Moment], day: date, ask: NeededAsk
) -> Mapping[str, tuple[Before, ...]]:
    """Return by team what was open on the day of each earlier period, and booked in its rest."""
    if not moments:
        return {}
    scene = Scene(seen.snapshot, AsOf(day, ask.known), seen.terms)
    was_open = _by_team(seen, compose_open_then(moments, scene, seen.snapshot.seen_on))
    later = _by_team(seen, _bookings(moments, scene))
    teams = {team for found in was_open.values() for team in found}
    return {
        team: tuple(
            Before(
                one.closing.label,
                was_open[one.day][team],
                later.get(one.day, {}).get(team, _NOTHING),
            )
            for one in moments
            if team in was_open.get(one.day, {})
        )
        for team in teams
    }


def _bookings(moments: Sequence[Moment], scene: Scene) -> exp.Select:
    """Return the SELECT of day, team and amount: what was booked after the day, in its window."""
    rows = subject_rows(BOOKINGS, scene, ["team", "amount", "booked_on"])
    case = exp.Case()
    for one in moments:
        within = exp.and_(
            exp.column("booked_on") > day_literal(one.day),
            exp.column("booked_on") < day_literal(one.closing.end),
        )
        case = case.when(within, day_literal(one.day))
    placed = exp.select(exp.alias_(case, "day"), "team", "amount").from_(rows.subquery("booked"))
    return template(
        "SELECT day, team, SUM(amount) AS amount FROM placed WHERE day IS NOT NULL GROUP BY 1, 2",
        placed=placed,
    )


def _by_team(seen: View, tree: exp.Select) -> dict[date, dict[str, Decimal]]:
    """Return amounts by day and team, of everybody under ""; what has no team is in that alone."""
    found: dict[date, dict[str, Decimal]] = {}
    for row in kept_rows(seen.engine, seen.snapshot, tree).to_pylist():
        teams = found.setdefault(row["day"], {EVERYBODY: _NOTHING})
        amount = Decimal(str(row["amount"] or 0))
        teams[EVERYBODY] += amount
        if row["team"] is not None:
            teams[str(row["team"])] = teams.get(str(row["team"]), _NOTHING) + amount
    return found


def _sums(seen: View, period: Period, as_of: date, known: datetime | None) -> dict[str, AnswerRow]:
    """Return pipeline coverage by team, and of everybody under ""."""
    found: dict[str, AnswerRow] = {}
    for by in ((), ("team",)):
        ask = Ask("pipeline_coverage", by, period=period.label, as_of=as_of, known=known)
        for row in measured(seen, ask).rows:
            name = row.key[0] if row.key else EVERYBODY
            if name is not None:
                found[name] = row
    return found


def _standing(row: AnswerRow | None) -> Standing:
    if row is None:
        return Standing(_NOTHING, None)
    return Standing(row.numerator or _NOTHING, row.denominator)
