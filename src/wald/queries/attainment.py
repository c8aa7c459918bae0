"""Attainment: what was reached of quotas in a period, per person and per unit of the day.

What was reached counts in the place its person had on the day it happened, a quota in the place at
the start of its window; a unit is the sum of what lies below it. Quotas are the facts, whoever
brought them, or with `plan` those of a plan whether it is published or not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from wald.facts.metric import metrics
from wald.facts.question import Answer
from wald.heart.quota.agreed import measure_problem
from wald.heart.quota.attainment import NOTHING, Attained, Reached, rolled_up
from wald.heart.quota.tree import Level, Seat
from wald.kernel.actor import Actor
from wald.kernel.period import Grain, Period, period_of, read_period
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.kernel.unit import Unit
from wald.kernel.workspace import Workspace
from wald.queries.measure import Ask, View, measured, quotas_set, view
from wald.queries.quota_ground import Planned, money_of, planned
from wald.queries.sight import persons_seen

BOOKINGS = "bookings"  # what a quota is of that names no measure
_NOBODY = "nobody known"
_PLACE = ("region", "team", "rep_id", "rep")
Units = tuple[tuple[str, Level], ...]


@dataclass(frozen=True, slots=True)
class AskedAttainment:
    """What a person asks; empty texts mean the quarter the data reach into, and bookings."""

    period: str = ""
    measure: str = ""
    plan: str = ""
    as_of: date | None = None
    known: datetime | None = None


@dataclass(frozen=True, slots=True)
class AttainmentPage:
    """Every place of a person and every unit above, parents before children."""

    period: Period
    measure: str
    title: str
    unit: Unit
    currency: str
    plan: str
    as_of: date
    known: datetime | None
    lines: tuple[Attained, ...]
    notes: tuple[str, ...]


def attainment(
    *, actor: Actor, workspace: Workspace, ask: AskedAttainment
) -> AttainmentPage | None:
    """Return what was reached; None while nothing is loaded. Raises BadInput for a period or
    measure that cannot be asked, Refusal where quotas and measure are not of one kind."""
    actor.must("facts.read")
    seen = view(actor=actor, workspace=workspace, known=ask.known)
    reaches = seen.snapshot.reaches
    if reaches is None:
        return None
    day = ask.as_of or reaches
    period = _period(seen, ask.period, day)
    if not ask.plan:
        measure = ask.measure or BOOKINGS
        _must_sum(measure)
        rows, notes = _of_facts(seen, measure, period, day)
        return _page(seen, ask, period, day, measure, rows, notes)
    found = planned(actor=actor, workspace=workspace, name=ask.plan, on=period.start)
    persons = persons_seen(actor=actor, workspace=workspace, on=found.people_on)
    rows, notes = _of_plan(seen, found, persons, period, day)
    return _page(seen, ask, period, day, found.plan.measure, rows, notes)


def _of_facts(
    seen: View, measure: str, period: Period, day: date
) -> tuple[list[Reached], tuple[str, ...]]:
    quotas = measured(seen, _ask(seen, "quota_attainment", period, day))
    if measure == BOOKINGS:
        rows = [
            Reached(*_who(row.key), _units(row.key), row.numerator or NOTHING, row.denominator)
            for row in quotas.rows
            if row.denominator is not None
        ]
        have = {row.person_id for row in rows}
        others = measured(seen, _ask(seen, measure, period, day))
        rows += [one for one in _reached(others) if one.person_id not in have]
        return rows, (*quotas.notes, *(n for n in others.notes if n not in quotas.notes))
    own = quotas_set(seen, _ask(seen, "quota_attainment", period, day), measure)
    found = measured(seen, _ask(seen, measure, period, day))
    if set_for := list(_set_for(own)):
        return _joined(set_for, _reached(found)), tuple(found.notes)
    title = metrics()[measure].title
    if metrics()[measure].unit is not Unit.MONEY:
        raise Refusal(
            f"Quotas in the data are amounts of bookings, and {title} is a count; publish a plan "
            "that is made for it, or name one."
        )
    note = f"{title} is held against quotas that were set for bookings."
    return _joined(_set_for(quotas), _reached(found)), (note, *found.notes)


def _set_for(quotas: Answer) -> Iterable[tuple[str, str, Units, Decimal]]:
    """Yield whose quota, their name, their place, how much."""
    for row in quotas.rows:
        if row.denominator is not None:
            yield (*_who(row.key), _units(row.key), row.denominator)


def _of_plan(
    seen: View, found: Planned, persons: frozenset[str] | None, period: Period, day: date
) -> tuple[list[Reached], tuple[str, ...]]:
    plan = found.plan
    unit = metrics()[plan.measure].unit
    if unit is Unit.MONEY and plan.currency != seen.terms.currency:
        raise Refusal(
            f"The plan is in {plan.currency} and numbers are in {seen.terms.currency}; publish it, "
            "then its quotas are converted."
        )
    answer = measured(seen, _ask(seen, plan.measure, period, day))
    set_for = []
    places: dict[str, list[Seat]] = {}
    for node in found.ground.tree.seats:
        if node.seat is None or (persons is not None and node.person_id not in persons):
            continue
        places.setdefault(node.person_id, []).append(node.seat)
        units = sum(
            part
            for part, window in zip(
                found.figures[node.key].assigned, found.ground.windows, strict=True
            )
            if _middle(window.period) in period
        )
        set_for.append((node.person_id, node.title, _seat_units(node.seat), money_of(units, found)))
    reached = [_in_seat(row, places.get(row.person_id, [])) for row in _reached(answer)]
    return _joined(set_for, reached), tuple(answer.notes)


def _joined(
    set_for: Iterable[tuple[str, str, Units, Decimal]], reached: Iterable[Reached]
) -> list[Reached]:
    """Put what was reached beside the quota of the same place. What somebody with a quota reached
    elsewhere counts too, there; what people without one reached counts beside."""
    quotas: dict[tuple[str, Units], tuple[str, Decimal]] = {}
    for person, name, units, amount in set_for:
        other = quotas.get((person, units), (name, NOTHING))[1]
        quotas[person, units] = (name, other + amount)
    have = {person for person, _ in quotas}
    found = {
        key: Reached(key[0], name, key[1], NOTHING, amount)
        for key, (name, amount) in quotas.items()
    }
    for row in reached:
        key = (row.person_id, row.units)
        before = found.get(key)
        if before is not None:
            total = before.reached + row.reached
            found[key] = Reached(row.person_id, before.name, row.units, total, before.quota)
        else:
            quota = NOTHING if row.person_id in have else None
            found[key] = Reached(row.person_id, row.name, row.units, row.reached, quota)
    return list(found.values())


def _reached(answer: Answer) -> list[Reached]:
    return [
        Reached(*_who(row.key), _units(row.key), row.numerator or NOTHING, None)
        for row in answer.rows
    ]


def _who(key: tuple[str | None, ...]) -> tuple[str, str]:
    """Return key and name of a person; of rows that belong to nobody known neither."""
    return key[2] or "", key[3] or _NOBODY


def _units(key: tuple[str | None, ...]) -> Units:
    pairs = ((key[0], Level.REGION), (key[1], Level.TEAM))
    return tuple((name, level) for name, level in pairs if name)


def _seat_units(seat: Seat) -> Units:
    return tuple((unit.title, unit.level) for unit in seat.units)


def _in_seat(row: Reached, seats: list[Seat]) -> Reached:
    """Return what was reached in the seat of the same units, else in the person's first one."""
    places = [_seat_units(seat) for seat in seats]
    if not places or row.units in places:
        return row
    return Reached(row.person_id, row.name, places[0], row.reached, row.quota)


def _page(
    seen: View,
    ask: AskedAttainment,
    period: Period,
    day: date,
    measure: str,
    rows: list[Reached],
    notes: Iterable[str],
) -> AttainmentPage:
    metric = metrics()[measure]
    return AttainmentPage(
        period=period,
        measure=measure,
        title=metric.title,
        unit=metric.unit,
        currency=seen.terms.currency if metric.unit is Unit.MONEY else "",
        plan=ask.plan,
        as_of=day,
        known=ask.known,
        lines=rolled_up(_named(rows)),
        notes=tuple(notes),
    )


def _named(rows: list[Reached]) -> list[Reached]:
    """Return rows without those of people who have neither a quota nor reached anything."""
    return [row for row in rows if row.reached or row.quota is not None]


def _period(seen: View, text: str, day: date) -> Period:
    if not text:
        return period_of(seen.terms.calendar, Grain.QUARTER, day)
    found = read_period(text, seen.terms.calendar)
    if isinstance(found, Problem):
        raise BadInput("This period cannot be read.", [found])
    return found


def _ask(seen: View, metric: str, period: Period, day: date) -> Ask:
    last = period.last_day
    text = f"{period.start}..{last}"
    return Ask(metric, _PLACE, "", text, day, seen.snapshot.known)


def _must_sum(measure: str) -> None:
    problem = measure_problem(measure, "measure")
    if problem is not None:
        raise BadInput("This measure has no attainment.", [problem])


def _middle(period: Period) -> date:
    """Return the day that says which period a window belongs to, as the quota metric does."""
    return period.start + timedelta(days=period.days // 2)
