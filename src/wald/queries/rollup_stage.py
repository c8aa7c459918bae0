"""What every question about the forecast of one period rests on: its people, calendar, history."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from wald.heart.cadence import Cadence, Length, Submitter
from wald.heart.rollup import Call, Said, calls
from wald.heart.seating import Node, Seats, seats_of, tree
from wald.kernel.actor import Actor
from wald.kernel.period import Calendar, Grain, Period, grain_of, period_of, read_period
from wald.kernel.policy import Reach
from wald.kernel.problem import BadInput, Problem
from wald.kernel.workspace import Workspace
from wald.queries.forecast_calendars import Calendars, calendars
from wald.queries.kept import kept
from wald.queries.measure import View, view
from wald.queries.quota_people import everybody, people_rows
from wald.queries.rollup_said import History, history

GRAINS: Mapping[Length, Grain] = {Length.MONTH: Grain.MONTH, Length.QUARTER: Grain.QUARTER}
_DAY = timedelta(days=1)
SUBMIT, UNLOCK = "forecast.submit", "forecast.unlock"


@dataclass(frozen=True, slots=True)
class AskedRollUp:
    """What a person asks; empty texts mean the period the data reach into, and everybody seen.

    `unit` is a person's key, a team or a region.
    """

    period: str = ""
    unit: str = ""
    as_of: date | None = None
    known: datetime | None = None
    holding: date | None = None  # without a period: the one that holds this day


@dataclass(frozen=True, slots=True)
class Stage:
    """`day` is the day of the facts; `nodes` are those who may be seen, `seats` everybody's."""

    seen: View
    period: Period
    day: date
    seats: Seats
    nodes: tuple[Node, ...]
    faults: tuple[Problem, ...]
    calendars: Calendars
    history: History

    @property
    def grain(self) -> Grain:
        return GRAINS[self.calendars.company.periods]


def stage_of(*, actor: Actor, workspace: Workspace, ask: AskedRollUp, at: datetime) -> Stage | None:
    """Return what a period's forecast rests on; None while nothing is loaded. Raises BadInput."""
    actor.must("facts.read")
    seen = view(actor=actor, workspace=workspace, known=ask.known)
    reaches = seen.snapshot.reaches
    if reaches is None:
        return None

    def held_on(on: date, units: Collection[str] = ()) -> Calendars:
        return calendars(actor=actor, workspace=workspace, units=units, on=on, known=ask.known)

    today, calendar = ask.as_of or at.date(), seen.terms.calendar
    # What comes after the last day of the data is what is forecast.
    around = ask.as_of or ask.holding or reaches + _DAY
    period = read_forecast_period(ask.period, calendar, held_on(today).company, around)
    # A period that is over is shown as it ended, by the people and the calendar of then.
    day = ask.as_of or min(reaches, period.last_day)
    seats = kept((everybody(seen), "seats", day), lambda: seats_of(people_rows(seen, day)))
    nodes, faults = tree(seats, day, seen.snapshot.seen_on(day))
    units = {node.unit for node in nodes if node.unit} | ({actor.unit} - {""})
    held = held_on(min(period.last_day, today), units)
    said = history(seen, workspace, period, seats, day, ask.as_of)
    return Stage(seen, period, day, seats, nodes, faults, held, said)


def read_forecast_period(text: str, calendar: Calendar, cadence: Cadence, day: date) -> Period:
    """Return the period written, or the one that holds `day`. Raises BadInput where periods of
    that length are not forecast."""
    grain = GRAINS[cadence.periods]
    if not text:
        return period_of(calendar, grain, day)
    found = read_period(text, calendar)
    if not isinstance(found, Problem) and grain_of(text) is not grain:
        example = period_of(calendar, grain, day).label
        what = f"forecasts are made by {grain.value}, and {text[:40]!r} is none"
        found = Problem("period", what, f"write a {grain.value} such as {example}")
    if isinstance(found, Problem):
        raise BadInput("This period cannot be forecast.", [replace(found, where="period")])
    return found


def own_node(stage: Stage, actor: Actor) -> Node | None:
    """Return where somebody stands themselves."""
    ours = (one for one in stage.nodes if one.person_id == actor.person_id)
    return next(ours, None) if actor.person_id else None


def node_of(stage: Stage, person_id: str) -> Node | None:
    """Return somebody who may be seen."""
    return next((one for one in stage.nodes if one.person_id == person_id), None)


def is_asked(node: Node, cadence: Cadence) -> bool:
    """Does the calendar want numbers of somebody?"""
    roles = {one.value for one in Submitter}
    if node.role and node.role not in roles:
        return False  # operations and the like
    usual = Submitter.MANAGER.value if node.is_lead else Submitter.REP.value
    return node.is_here and Submitter(node.role or usual) in cadence.submits


def may_speak(node: Node, actor: Actor) -> tuple[bool, bool]:
    """Return whether `actor` may submit for somebody they see, and override what stands for them.

    Whoever sees everybody does either, with a reason; others say their own number, and override
    those below them, which is whom else they see.
    """
    if not actor.may(SUBMIT):
        return False, False
    if actor.reach is Reach.EVERYBODY:
        return True, True
    if actor.person_id and node.person_id == actor.person_id:
        return True, False
    return False, bool(actor.person_id) and actor.reach is Reach.BELOW


def standing_calls(stage: Stage) -> Mapping[str, Mapping[str, Call]]:
    """Return what stands for everybody in the tree, by person and category."""
    leads: dict[str, set[str]] = {}
    for person, row in stage.seats.held(stage.day).items():
        left = row.left_on is not None and row.left_on <= stage.day
        if not left and stage.seats.is_lead(person, stage.day):
            leads.setdefault(stage.seats.seat(person, stage.day), set()).add(person)
    by_place: dict[str, dict[str, Said]] = {}
    for one in stage.history.entries:
        for place in (one.person_id, one.seat):
            by_place.setdefault(place, {})[one.key] = one
    found = {}
    for node in stage.nodes:
        entries = {**by_place.get(node.person_id, {}), **by_place.get(node.seat, {})}
        found[node.person_id] = calls(node, tuple(entries.values()), leads)
    return found
