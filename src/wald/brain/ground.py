"""Everything that forecasts of many days rest on, read once, and cut to what was known on a day.

The cut for a day is the same whatever happened later: rows of later days are behind the cut, and
a closed deal is told as it stood on that day.
Source: docs/forecast/README.md
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from wald.brain.forecast import BOOKED, CLOSED, Known, Unit, grid
from wald.kernel.period import Period
from wald.kernel.problem import Problem

SINCE = "since"  # of a version of a closed deal: the first day read on which it stood so
UNTIL = "until"  # the first day read on which it did not any more, null: it stands
VERSIONS = pa.schema([*CLOSED, (SINCE, pa.date32()), (UNTIL, pa.date32())])
_REP = "rep"
_RECENT = 4  # periods: who sold nothing in as many, and is called no rep, has no unit


@dataclass(frozen=True, slots=True)
class Seat:
    """Where somebody stood from `since` up to `until`; `left_on` the first day no longer here."""

    person_id: str
    since: date
    until: date | None
    name: str
    team: str
    manager_id: str
    role: str
    left_on: date | None
    region: str = ""

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)

    def is_here(self, day: date) -> bool:
        return self.holds_on(day) and (self.left_on is None or day < self.left_on)


@dataclass(frozen=True, slots=True)
class Target:
    """What one person is to book from `starts_on` up to `ends_on`, in the reporting currency."""

    person_id: str
    starts_on: date
    ends_on: date
    amount: float


@dataclass(frozen=True, slots=True)
class Ground:
    """`periods` are those whose bookings the data hold from their first day on, oldest first, up
    to those asked about; `days` are the days on which deals were read, rising.

    `booked` None: there are no bookings, and won deals stand for them. Tables are sorted by day.
    """

    reaches: date
    currency: str
    periods: tuple[Period, ...]
    days: tuple[date, ...]
    booked: pa.Table | None  # BOOKED
    open: pa.Table  # OPEN on each of `days`
    closed: pa.Table  # VERSIONS
    submitted: pa.Table  # SUBMITTED
    seats: tuple[Seat, ...]
    targets: tuple[Target, ...]
    problems: tuple[Problem, ...]

    @property
    def over(self) -> tuple[Period, ...]:
        """Return the periods that are over: their last day is in the data."""
        return tuple(one for one in self.periods if one.last_day <= self.reaches)

    @property
    def has_deals(self) -> bool:
        return bool(self.open.num_rows or self.closed.num_rows)


def known_on(ground: Ground, day: date, period: Period) -> Known:
    """Return all that was known at the end of `day`, which is one of the ground's days."""
    closed = as_it_stood(ground.closed, day)
    booked = won(closed) if ground.booked is None else up_to(ground.booked, "booked_on", day)
    past = up_to(ground.open, "on", day - timedelta(days=1))
    before = tuple(one for one in ground.periods if one.end <= period.start and one.last_day <= day)
    looked_at = {one for some in (*before, period) for one in grid(some)}
    units = units_on(ground.seats, day, _sellers(booked, before))
    return Known(
        day=day,
        period=period,
        before=before,
        units=units,
        booked=booked,
        open=_on(ground.open, day),
        past=_on_days(past, [one for one in ground.days if one < day], looked_at),
        closed=closed,
        submitted=up_to(ground.submitted, "submitted_on", day),
        quotas=quotas_of(ground, units, day, period),
    )


def units_of(ground: Ground, day: date, period: Period) -> tuple[Unit, ...]:
    """Return the units of one of the ground's days, as in what is known on it."""
    booked = ground.booked
    if booked is None:
        booked = won(as_it_stood(ground.closed, day))
    before = tuple(one for one in ground.periods if one.end <= period.start and one.last_day <= day)
    return units_on(ground.seats, day, _sellers(up_to(booked, "booked_on", day), before))


def booked_in(ground: Ground, period: Period) -> pa.Table:
    """Return everything a period booked, as known now: BOOKED rows of its days."""
    rows = ground.booked
    if rows is None:
        rows = won(as_it_stood(ground.closed, ground.reaches))
    return within(rows, period)


def within(booked: pa.Table, period: Period) -> pa.Table:
    """Return the rows of BOOKED, sorted by day, that a period booked."""
    first = _place(booked, "booked_on", period.start - _DAY)
    return booked.slice(first, _place(booked, "booked_on", period.last_day) - first)


def up_to(rows: pa.Table, column: str, day: date) -> pa.Table:
    """Return the rows of a table sorted by a column of days that are not after `day`."""
    return rows.slice(0, _place(rows, column, day))


def as_it_stood(versions: pa.Table, day: date) -> pa.Table:
    """Return closed deals as they stood on a day, as CLOSED sorted by the day of closing."""
    on = pa.scalar(day, pa.date32())
    ended = pc.fill_null(pc.less_equal(versions[UNTIL], on), fill_value=False)
    stood = pc.and_(pc.less_equal(versions[SINCE], on), pc.invert(ended))
    return versions.filter(stood).select(CLOSED.names).sort_by("closed_on")


def won(closed: pa.Table) -> pa.Table:
    """Return won deals as BOOKED; those without an amount are left out."""
    kept = closed.filter(pc.and_(pc.equal(closed["outcome"], "won"), pc.is_valid(closed["amount"])))
    columns = {**{name: kept[name] for name in CLOSED.names}, "booked_on": kept["closed_on"]}
    return pa.table({name: columns[name] for name in BOOKED.names}, schema=BOOKED)


_DAY = timedelta(days=1)
_EPOCH = date(1970, 1, 1)


def _on(rows: pa.Table, day: date) -> pa.Table:
    first = _place(rows, "on", day - _DAY)
    return rows.slice(first, _place(rows, "on", day) - first)


def _place(rows: pa.Table, column: str, day: date) -> int:
    """Return how many rows of a sorted table are not after `day`."""
    days = rows[column].cast(pa.int32()).to_numpy()
    return int(np.searchsorted(days, (day - _EPOCH).days, side="right"))


def _on_days(past: pa.Table, read: Sequence[date], wanted: Collection[date]) -> pa.Table:
    if all(day in wanted for day in read):
        return past
    days = pa.array(sorted(wanted), pa.date32())
    return past.filter(pc.is_in(past["on"], value_set=days))


def _sellers(booked: pa.Table, before: Sequence[Period]) -> frozenset[str]:
    """Return who booked something lately."""
    since = before[-_RECENT].start if len(before) >= _RECENT else date.min
    first = _place(booked, "booked_on", since - _DAY) if since > date.min else 0
    return frozenset(one for one in pc.unique(booked["owner_id"][first:]).to_pylist() if one)


def units_on(seats: Sequence[Seat], day: date, sellers: Collection[str]) -> tuple[Unit, ...]:
    """Return everybody, each team and each rep of a day; where nobody says who is a rep, and
    where there are no people at all, whoever sold lately is one."""
    here = {seat.person_id: seat for seat in seats if seat.is_here(day)}
    gone = {seat.person_id for seat in seats} - set(here)
    knows_roles = any(seat.role == _REP for seat in here.values())
    reps = {one for one, seat in here.items() if seat.role == _REP or one in sellers}
    if not knows_roles:
        reps |= set(sellers) - gone
    members: dict[str, set[str]] = {}
    for one, seat in here.items():
        if seat.team:
            members.setdefault(seat.team, set()).add(one)
    bosses = {seat.manager_id for seat in here.values()}
    tops = sorted(one for one, seat in here.items() if not seat.manager_id and one in bosses)
    everybody = Unit(
        "all", "all", "Everybody", frozenset({*here, *sellers}), tops[0] if len(tops) == 1 else ""
    )
    teams = [
        Unit(f"team:{name}", "team", name, frozenset(owners), _lead(owners, here))
        for name, owners in sorted(members.items())
        if owners & reps
    ]
    single = [
        Unit(f"rep:{one}", "rep", here[one].name if one in here else one, frozenset({one}), one)
        for one in sorted(reps)
    ]
    return (everybody, *teams, *single)


def _lead(owners: Collection[str], here: Mapping[str, Seat]) -> str:
    """Return to whom most of a team report."""
    named = Counter(here[one].manager_id for one in owners if here[one].manager_id not in owners)
    inside = Counter(here[one].manager_id for one in owners if here[one].manager_id in owners)
    best = inside.most_common(1) or named.most_common(1)
    return best[0][0] if best else ""


def quotas_of(
    ground: Ground, units: Sequence[Unit], day: date, period: Period
) -> Mapping[str, float]:
    """Return the quotas of a period by unit: a window that only overlaps it gives its days' share.

    A team's is the sum of what those have who were in it on the day, as attainment adds them up.
    """
    amounts: dict[str, float] = {}
    for one in ground.targets:
        share = _overlap(one, period)
        if share:
            amounts[one.person_id] = amounts.get(one.person_id, 0.0) + share * one.amount
    team = {seat.person_id: seat.team for seat in ground.seats if seat.holds_on(day)}
    found = {"all": sum(amounts.values())}
    for person, amount in amounts.items():
        found[f"rep:{person}"] = amount
        if team.get(person):
            key = f"team:{team[person]}"
            found[key] = found.get(key, 0.0) + amount
    known = {unit.key for unit in units}
    return MappingProxyType({key: one for key, one in found.items() if one > 0 and key in known})


def _overlap(target: Target, period: Period) -> float:
    first, end = max(target.starts_on, period.start), min(target.ends_on, period.end)
    whole = (target.ends_on - target.starts_on).days
    return max(0, (end - first).days) / whole if whole > 0 else 0.0
