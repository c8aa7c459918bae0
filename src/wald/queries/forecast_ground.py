"""Reads what forecasts rest on: everybody's deals as of days a week apart, bookings, quotas.

A forecast of a team rests on how everybody's deals go, so this reads beyond the sight of who
asks; what is shown of it is cut in `forecasts.py`. Every day is read as of that day, so what
happened later is in none of its rows; all of it as known at one instant.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
from sqlglot import exp

from wald.brain.forecast import BOOKED, OPEN, grid, weeks_of
from wald.brain.ground import VERSIONS, Ground, Seat, Target, up_to
from wald.engine.connect import run
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene, converted
from wald.facts.subject import BOOKINGS
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, Period, before, period_of
from wald.kernel.problem import BadInput, Problem
from wald.queries.forecast_deals import Told, deals_on
from wald.queries.forecast_faults import faults
from wald.queries.forecast_submitted import submitted
from wald.queries.measure import View
from wald.records.stores.forecast import Entry

_AHEAD = timedelta(days=400)  # quotas that begin as late may be those of the period asked about


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which ground: `period` None is the one that the day stands in, or the next on its last day;
    `day` None is as far as the data reach; `back`: how many periods before it, at most."""

    grain: Grain = Grain.QUARTER
    period: Period | None = None
    day: date | None = None
    back: int = 16


def asked_period(seen: View, wanted: Wanted) -> tuple[date, Period]:
    """Return the day and the period of a forecast. Raises BadInput where nothing is loaded."""
    reaches = seen.snapshot.reaches
    if reaches is None:
        fix = "load an export first"
        raise BadInput(
            "There is nothing to forecast from.", [Problem("facts", "there are none", fix)]
        )
    day = min(wanted.day or reaches, reaches)
    if wanted.period is not None:
        return day, wanted.period
    calendar = seen.terms.calendar
    period = period_of(calendar, wanted.grain, day)
    if day == period.last_day:
        period = period_of(calendar, wanted.grain, period.end)
    return day, period


def read_ground(seen: View, wanted: Wanted, told: Told, here: Sequence[Entry] = ()) -> Ground:
    """Read everything for forecasts of a period on a day, and for those of the periods before;
    `here` is what was submitted in Wald."""
    seen = seen.whole
    day, period = asked_period(seen, wanted)
    told("Bookings", 0, None)
    booked = _booked(seen, day)
    periods = _periods(seen, wanted, day, period)
    days = _days(periods, day)
    kept, closed = OPEN.empty_table(), VERSIONS.empty_table()
    if seen.snapshot.has("opportunity"):
        kept, closed = deals_on(seen, days, told)
    now = kept.slice(up_to(kept, "on", day - timedelta(days=1)).num_rows)
    over = [one for one in periods if one.last_day <= day]
    found = faults(seen, day, booked, now, len(over))
    return Ground(
        reaches=day,
        currency=seen.terms.currency,
        periods=periods,
        days=days,
        booked=None if booked is None else booked.filter(pc.is_valid(booked["amount"])),
        open=kept,
        closed=closed,
        submitted=submitted(seen, day, here),
        seats=tuple(_seats(seen, day)),
        targets=tuple(_targets(seen, day)),
        problems=found,
    )


def _days(periods: tuple[Period, ...], day: date) -> tuple[date, ...]:
    looked_at = {one for period in periods for one in grid(period) if one <= day}
    return tuple(sorted({*looked_at, day}))


def _periods(seen: View, wanted: Wanted, day: date, period: Period) -> tuple[Period, ...]:
    """Return the periods that the data hold from their first day on, up to the one asked about.

    Nothing may have been sold on the very first days: within a week of a quarter is from its start.
    """
    first = _first_day(seen)
    found = [period]
    calendar, grain = seen.terms.calendar, wanted.grain
    while len(found) <= wanted.back and first is not None:
        try:
            earlier = before(calendar, grain, found[-1])
        except ValueError:  # the calendar of the firm begins here
            break
        if first > earlier.start + timedelta(days=weeks_of(earlier) // 2):
            break
        found.append(earlier)
    return tuple(reversed(found))


def _first_day(seen: View) -> date | None:
    """Return the first day that something was booked, or closed where there are no bookings."""
    if seen.snapshot.has("booking"):
        parts = seen.snapshot.parts("booking")
        return min((one.first_on for one in parts if one.first_on), default=None)
    if not seen.snapshot.has("opportunity"):
        return None
    scene = Scene(seen.snapshot, AsOf(date.max, seen.snapshot.known), seen.terms)
    rows = scene.table("opportunity", ["closed_on"])
    first = exp.alias_(exp.Min(this=exp.column("closed_on")), "first")
    found = run(seen.engine, exp.select(first).from_(rows.subquery("deal", copy=False)))
    day: date | None = found["first"][0].as_py()
    return day


def _booked(seen: View, day: date) -> pa.Table | None:
    """Return BOOKED up to a day, sorted; amounts null where no rate is known."""
    if not seen.snapshot.has("booking"):
        return None
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    rows = subject_rows(BOOKINGS, scene, BOOKED.names)
    shown = [exp.column(name) for name in BOOKED.names if name != "amount"]
    amount = exp.alias_(exp.cast(exp.column("amount"), "DOUBLE"), "amount")
    found = run(seen.engine, exp.select(*shown, amount).from_(rows.subquery("booking", copy=False)))
    order = [(name, "ascending") for name in ("booked_on", "owner_id", "opportunity_id", "amount")]
    return found.select(BOOKED.names).cast(BOOKED).sort_by(order)


def _seats(seen: View, day: date) -> Iterator[Seat]:
    if not seen.snapshot.has("person"):
        return
    scene = Scene(seen.snapshot, AsOf(day, seen.snapshot.known), seen.terms)
    columns = ["person_id", "name", "team", "manager_id", "role", "left_on", "region"]
    rows = scene.table("person", columns)
    shown = exp.select(*columns, "valid_from", "valid_to").from_(rows.subquery("held", copy=False))
    for row in run(seen.engine, shown).sort_by("person_id").to_pylist():
        yield Seat(
            person_id=row["person_id"],
            since=row["valid_from"],
            until=row["valid_to"],
            name=row["name"] or row["person_id"],
            team=row["team"] or "",
            manager_id=row["manager_id"] or "",
            role=row["role"] or "",
            left_on=row["left_on"],
            region=row["region"] or "",
        )


def _targets(seen: View, day: date) -> Iterator[Target]:
    """Quotas are known before their window begins, so those of the next year are read too."""
    if not seen.snapshot.has("quota"):
        return
    scene = Scene(seen.snapshot, AsOf(day + _AHEAD, seen.snapshot.known), seen.terms)
    columns = ["quota_id", "person_id", "starts_on", "ends_on", "amount", "currency", "measure"]
    rows = converted(
        scene.table("quota", columns), ["amount"], exp.column("starts_on"), "quota", scene
    )
    for row in run(seen.engine, rows).sort_by("quota_id").to_pylist():
        if row["amount"] is not None and row["measure"] in (None, "bookings"):
            amount = float(row["amount"])
            yield Target(row["person_id"], row["starts_on"], row["ends_on"], amount)
