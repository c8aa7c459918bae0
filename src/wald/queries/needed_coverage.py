"""The open pipeline needed to make the quota of the running period, team by team."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from wald.facts.question import AnswerRow
from wald.heart.pipeline.needed_coverage import Before, Needed, Standing, needed
from wald.kernel.actor import Actor
from wald.kernel.period import Grain, Period, period_of
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.kept import kept
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
    days_left = (period.end - day).days - 1
    now = _sums(seen, "pipeline_coverage", period, day, ask.known)
    earlier: dict[str, list[Before]] = {}
    begins = min((part.first_on for part in seen.snapshot.parts("opportunity") if part.first_on),
                 default=day)  # fmt: skip
    one = period
    for _ in range(_PERIODS):
        one = period_of(calendar, Grain.QUARTER, one.start - timedelta(days=1))
        then = max(one.start, one.end - timedelta(days=days_left + 1))
        if one.start < begins:
            break
        for team, found in _before(seen, one, then, ask.known).items():
            earlier.setdefault(team, []).append(found)
    return CoveragePage(
        day,
        period,
        days_left,
        seen.terms.currency,
        tuple(
            TeamCoverage(
                team,
                standing := _standing(now.get(team)),
                needed(before := earlier.get(team, []), standing, ask.chance),
                tuple(reversed(before)),
            )
            for team in sorted({EVERYBODY, *now})
        ),
    )


def _before(seen: View, period: Period, day: date, known: datetime | None) -> Mapping[str, Before]:
    """Return what was open on a day of an earlier period, and booked in the rest of it."""
    was_open = _sums(seen, "pipeline_coverage", period, day, known)
    first, last = day + timedelta(days=1), period.last_day
    later = (
        {} if first > last else _sums(seen, "bookings", Period(first, period.end, ""), None, known)
    )
    return {
        team: Before(
            period.label,
            row.numerator or _NOTHING,
            (later[team].numerator or _NOTHING) if team in later else _NOTHING,
        )
        for team, row in was_open.items()
    }


def _sums(
    seen: View, metric: str, period: Period, as_of: date | None, known: datetime | None
) -> dict[str, AnswerRow]:
    """Return a metric by team, and of everybody under ""."""
    text = period.label or f"{period.start}..{period.last_day}"
    found: dict[str, AnswerRow] = {}
    for by in ((), ("team",)):
        answer = measured(seen, Ask(metric, by, period=text, as_of=as_of, known=known))
        for row in answer.rows:
            name = row.key[0] if row.key else EVERYBODY
            if name is not None:
                found[name] = row
    return found


def _standing(row: AnswerRow | None) -> Standing:
    if row is None:
        return Standing(_NOTHING, None)
    return Standing(row.numerator or _NOTHING, row.denominator)
