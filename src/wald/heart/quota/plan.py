"""A quota plan worked out: who holds what in each window of the year, and how it came.

In order: the part of the year that each seat counts for (season, days, ramp); weights; the cascade
of the total for the year; each seat's figure spread over the windows by its own months. What ramp
and days leave open is either carried by who is there, so that everything ties out, or by nobody:
then it stands beside the figure as relief, and assigned + relief is what is held.
Source: docs/agreements/quota_plan.md
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from types import MappingProxyType
from typing import TypeVar

from wald.heart.quota.cascade import Handing, Held, cascade
from wald.heart.quota.presence import DayCount, Month, month_number, presence, ramp_share
from wald.heart.quota.split import added, cumulative, running, whole_shares
from wald.heart.quota.tree import ROOT, Level, Node, Seat, Tree, names_of, unknown, upwards
from wald.heart.quota.weights import Brings, Weighing, brings_of, weights_of, wrong_shares
from wald.kernel.period import Calendar, Period
from wald.kernel.problem import BadInput, Problem

T = TypeVar("T")


class Relief(Enum):
    """Who carries what ramp and missing days leave open."""

    TEAM = "team"  # who is there: the weights shrink, and everything ties out
    NOBODY = "nobody"  # the figure is lower, and the plan is covered by that much less


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of the year with a quota of its own, and which of the twelve months it holds."""

    period: Period
    months: range


@dataclass(frozen=True, slots=True)
class Terms:
    """What may differ between units."""

    over: Mapping[Level, Decimal]
    season: tuple[Fraction, ...]  # of the twelve months
    ramp: tuple[Decimal, ...]  # from the month of hire on


@dataclass(frozen=True, slots=True)
class Ground:
    """What a plan rests on. `terms` are by unit, "" the organization's, which hold for units
    without their own; `known` is what persons weigh; shares, pins and proposals are by the names
    the document uses, amounts in minor units."""

    tree: Tree
    calendar: Calendar
    months: tuple[Month, ...]
    windows: tuple[Window, ...]
    terms: Mapping[str, Terms]
    units: int
    digits: int
    weighing: Weighing
    known: Mapping[str, Fraction]
    shares: Mapping[str, Fraction]
    pins: Mapping[str, int]
    proposals: Mapping[str, int]
    day_count: DayCount = DayCount.ACTUAL
    relief: Relief = Relief.TEAM


@dataclass(frozen=True, slots=True)
class Capacity:
    """The part of the year a seat counts for: by month, the season's share of it, and in all."""

    season: tuple[Fraction, ...]
    days: tuple[Fraction, ...]
    ramp: tuple[Decimal, ...]
    counted: tuple[Fraction, ...]  # season x days x ramp
    full: tuple[Fraction, ...]  # the same as if nobody were hired, ramped up or left
    windows: tuple[int, ...]  # counted and full by window, in whole parts of one whole
    full_windows: tuple[int, ...]
    part: Fraction  # counted, and full, in all
    full_part: Fraction


@dataclass(frozen=True, slots=True)
class Figure:
    """A node's quota in minor units: held for the year, and assigned by window.

    Of a unit, `assigned` is the sum of the seats below it; `season` is what it holds, by season.
    `relief` is what nobody carries. `proposed` is what was said from below, None: nothing.
    """

    held: Held
    assigned: tuple[int, ...]
    season: tuple[int, ...]
    relief: int
    proposed: int | None
    brings: Brings | None = None
    capacity: Capacity | None = None

    @property
    def node(self) -> Node:
        return self.held.node


def worked_out(ground: Ground) -> Mapping[str, Figure]:
    """Return the figure of every node by key, parents first.

    Raises BadInput with every Problem: names that are not in the tree, shares and pins that
    cannot be met, nobody who counts.
    """
    _refuse(tuple(_wrong(ground)))
    tree = ground.tree
    capacities = _capacities(ground)
    brings = brings_of(tree, ground.known, ground.weighing)
    counted = {key: _weighing_part(one, ground.relief) for key, one in capacities.items()}
    shares = _by_key(tree, ground.shares)
    weights = weights_of(tree, brings, counted, shares, ground.weighing)
    over = {node.key: _over(ground, node) for node in tree.nodes if not node.seat}
    handing = Handing(weights, over, _by_key(tree, ground.pins), ground.digits)
    held = cascade(tree, ground.units, handing)
    return _figures(ground, held, brings, capacities)


def _figures(
    ground: Ground,
    held: Mapping[str, Held],
    brings: Mapping[str, Brings],
    capacities: Mapping[str, Capacity],
) -> Mapping[str, Figure]:
    proposals = _by_key(ground.tree, ground.proposals)
    found: dict[str, Figure] = {}
    for node in upwards(ground.tree):
        one = held[node.key]
        if node.seat:
            capacity = capacities[node.key]
            assigned, full = _spread(one.held, capacity, ground)
            relief = one.held - sum(assigned)
            said = proposals.get(node.key)
            found[node.key] = Figure(one, assigned, full, relief, said, brings[node.key], capacity)
        else:
            below = [found[child.key] for child in ground.tree.children.get(node.key, ())]
            found[node.key] = _of_unit(ground, one, below, proposals.get(node.key))
    return MappingProxyType({node.key: found[node.key] for node in ground.tree.nodes})


def _of_unit(ground: Ground, held: Held, below: Sequence[Figure], proposed: int | None) -> Figure:
    said = [one.proposed for one in below if one.proposed is not None]
    return Figure(
        held=held,
        assigned=tuple(map(sum, zip(*(one.assigned for one in below), strict=True))),
        season=cumulative(held.held, _by_window(terms_of(ground, held.node.key).season, ground)),
        relief=sum(one.relief for one in below),
        proposed=proposed if proposed is not None else sum(said) if said else None,
    )


def _spread(
    held: int, capacity: Capacity, ground: Ground
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return what a seat is assigned by window, and what it would be in full."""
    counted, full = capacity.windows, capacity.full_windows
    if ground.relief is Relief.TEAM:
        own = running(held, counted if any(counted) else full)
        return own, own
    whole = running(held, full)
    return tuple(
        (2 * units * part + of) // (2 * of) if of else 0  # half away from zero
        for units, part, of in zip(whole, counted, full, strict=True)
    ), whole


def terms_of(ground: Ground, key: str) -> Terms:
    """Return the terms that hold for a node: its own, or those of the nearest unit above."""
    while key not in ground.terms and key:
        key = key.rpartition("/")[0]
    return ground.terms[key]


def _capacities(ground: Ground) -> dict[str, Capacity]:
    """Return the capacity of every seat; most seats share theirs with many others."""
    made: dict[tuple[object, ...], Capacity] = {}
    found = {}
    for node in ground.tree.seats:
        seat = node.seat
        if seat is None:
            continue
        terms, hired = terms_of(ground, seat.path), _hired(ground, seat)
        key = (id(terms), hired, seat.stays, seat.full_stays)
        if key not in made:
            made[key] = _capacity(ground, terms, hired, seat)
        found[node.key] = made[key]
    return found


def _hired(ground: Ground, seat: Seat) -> int | None:
    """Return the month of hire; None if the ramp was over before the year."""
    if seat.hired_on is None:
        return None
    longest = max(len(terms.ramp) for terms in ground.terms.values())
    if (ground.months[0].period.start - seat.hired_on).days > 32 * (longest + 1):
        return None
    return month_number(ground.calendar, seat.hired_on)


def _capacity(ground: Ground, terms: Terms, hired: int | None, seat: Seat) -> Capacity:
    count = ground.day_count
    days = tuple(presence(one.period, seat.stays, count) for one in ground.months)
    whole = tuple(presence(one.period, seat.full_stays, count) for one in ground.months)
    ramp = tuple(ramp_share(terms.ramp, hired, one.number) for one in ground.months)
    season = terms.season
    counted = tuple(a * b * Fraction(c) for a, b, c in zip(season, days, ramp, strict=True))
    full = tuple(a * b for a, b in zip(season, whole, strict=True))
    parts = whole_shares([*_by_window(counted, ground), *_by_window(full, ground)])
    place = len(ground.windows)
    return Capacity(
        season,
        days,
        ramp,
        counted,
        full,
        tuple(parts[:place]),
        tuple(parts[place:]),
        added(counted),
        added(full),
    )


def _weighing_part(capacity: Capacity, relief: Relief) -> Fraction:
    return capacity.part if relief is Relief.TEAM else capacity.full_part


def _over(ground: Ground, node: Node) -> Decimal:
    return terms_of(ground, node.key).over.get(node.level, Decimal(1))


def _by_window(shares: Sequence[Fraction], ground: Ground) -> list[Fraction]:
    return [
        sum((shares[month] for month in window.months), Fraction(0)) for window in ground.windows
    ]


def _by_key(tree: Tree, by_name: Mapping[str, T]) -> dict[str, T]:
    known = names_of(tree) if by_name else {}
    return {known[name][0].key: value for name, value in by_name.items()}


def _wrong(ground: Ground) -> Iterator[Problem]:
    tree = ground.tree
    if not tree.seats:
        fix = "load people whose role is among the plan's sellers, or name other roles"
        yield Problem("hierarchy", "nobody sells in this year", fix)
        return
    names = [
        (f"{field}.{name}", name)
        for field, told in (
            ("shares", ground.shares),
            ("pins", ground.pins),
            ("proposals", ground.proposals),
        )
        for name in told
    ]
    lost = tuple(unknown(tree, names))
    yield from lost
    if lost:
        return
    if ROOT in _by_key(tree, ground.pins):
        yield Problem("pins.organization", "the total is what it holds", "change the total")
    yield from wrong_shares(tree, _by_key(tree, ground.shares))


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise BadInput("The quota plan cannot be worked out.", problems)
