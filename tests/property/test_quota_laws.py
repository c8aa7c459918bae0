"""Laws of quotas: they tie out at every level for any tree, weights and pins, and over the year."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.heart.quota.attainment import Reached, rolled_up
from wald.heart.quota.cascade import Handing, Held, cascade
from wald.heart.quota.plan import Figure, Ground, Relief, Terms, Window, worked_out
from wald.heart.quota.presence import DayCount, months_of, presence
from wald.heart.quota.reconcile import gaps
from wald.heart.quota.season import EVEN, measured_season
from wald.heart.quota.seats import Counting, Row, seats_of
from wald.heart.quota.split import cumulative, largest_remainder, nearest
from wald.heart.quota.tree import Level, Seat, Tree, Unit, tree_of
from wald.heart.quota.weights import Weighing
from wald.kernel.period import Grain, Period, months_calendar, year_periods
from wald.kernel.problem import BadInput

CALENDAR = months_calendar()
YEAR = CALENDAR.year(2026)
WHOLE = (YEAR.start, YEAR.end)

weights = st.lists(
    st.fractions(min_value=0, max_value=1000, max_denominator=997), min_size=1, max_size=30
)
units = st.integers(min_value=0, max_value=10**13)


@given(units, weights)
def test_parts_add_up_and_lie_within_one_unit_of_their_share(
    whole: int, given_weights: list[Fraction]
) -> None:
    parts = largest_remainder(whole, given_weights)
    assert sum(parts) == whole
    total = sum(given_weights)
    for part, weight in zip(parts, given_weights, strict=True):
        share = whole * weight / total if total else Fraction(whole, len(parts))
        assert abs(part - share) < 1


@given(units, weights)
def test_nobody_who_lost_more_is_served_after_one_who_lost_less(
    whole: int, given_weights: list[Fraction]
) -> None:
    total = sum(given_weights)
    if not total:
        return
    shares = [whole * weight / total for weight in given_weights]
    parts = largest_remainder(whole, given_weights)
    served = [share % 1 for share, part in zip(shares, parts, strict=True) if part > share]
    passed = [share % 1 for share, part in zip(shares, parts, strict=True) if part < share]
    assert max(passed, default=Fraction(0)) <= min(served, default=Fraction(1))


def test_of_equal_losses_the_first_is_served() -> None:
    assert largest_remainder(2, [Fraction(1)] * 3) == (1, 1, 0)


@given(units, weights)
def test_a_spread_ties_and_every_running_total_is_right_to_half_a_unit(
    whole: int, shares: list[Fraction]
) -> None:
    total = sum(shares)
    if not total:
        with pytest.raises(ValueError, match="weigh nothing"):
            cumulative(whole, shares)
        return
    parts = cumulative(whole, shares)
    assert sum(parts) == whole
    assert min(parts) >= 0
    for end in range(1, len(parts) + 1):
        exact = whole * sum(shares[:end], Fraction(0)) / total
        assert abs(sum(parts[:end]) - exact) <= Fraction(1, 2)


@given(st.fractions(max_denominator=1000, min_value=-1000, max_value=1000))
def test_nearest_rounds_half_away_from_zero(value: Fraction) -> None:
    away = nearest(value)
    assert abs(away - value) <= Fraction(1, 2)
    if abs(away - value) == Fraction(1, 2):
        assert abs(away) > abs(value)


names = st.sampled_from(["", "A", "B", "C"])
days = st.dates(YEAR.start, YEAR.end)


@st.composite
def trees(draw: st.DrawFn) -> Tree:
    places = draw(st.lists(st.tuples(names, names), min_size=1, max_size=12))
    seats = []
    for number, (region, team) in enumerate(places):
        pairs = ((region, Level.REGION), (team, Level.TEAM))
        above = tuple(Unit(name, name, level) for name, level in pairs if name)
        since = draw(st.one_of(st.just(YEAR.start), days))
        stays = ((since, YEAR.end),) if since < YEAR.end else (WHOLE,)
        hired = since if since > YEAR.start else None
        seats.append(Seat(f"P{number:02}", f"P{number}", above, stays, (WHOLE,), hired))
    return tree_of(seats)


overs = st.decimals(min_value=1, max_value=2, places=3)
amounts = st.integers(min_value=0, max_value=10**9)


@st.composite
def handings(draw: st.DrawFn, tree: Tree) -> Handing:
    keys = [node.key for node in tree.nodes]
    some = st.fractions(min_value=0, max_value=100, max_denominator=7)
    return Handing(
        weights={key: draw(some) for key in keys},
        over={key: draw(overs) for key in keys if key in tree.children},
        pins=draw(st.dictionaries(st.sampled_from(keys), amounts, max_size=4)),
    )


def tied(tree: Tree, held: Mapping[str, Held]) -> None:
    for key, children in tree.children.items():
        own = held[key]
        assert own.hands_down == nearest(own.held * Fraction(own.over))
        assert sum(held[child.key].held for child in children) == own.hands_down
        assert sum(held[child.key].free for child in children) == own.hands_down
        assert sum(held[child.key].gave for child in children) == 0


def is_impossible(tree: Tree, whole: int, handing: Handing) -> bool:
    """Walk down by hand: is there a place whose pins are more, or all and not exactly, its own?"""
    held = {"": whole}
    for node in tree.nodes:
        children = tree.children.get(node.key, ())
        if not children:
            continue
        whole = nearest(held[node.key] * Fraction(handing.over[node.key]))
        pinned = {
            child.key: handing.pins[child.key] for child in children if child.key in handing.pins
        }
        free = [child.key for child in children if child.key not in pinned]
        left = whole - sum(pinned.values())
        if left < 0 or (left and not free):
            return True
        shares = largest_remainder(left, [handing.weights[key] for key in free]) if free else ()
        held |= pinned | dict(zip(free, shares, strict=True))
    return False


@given(st.data(), trees(), amounts)
def test_every_level_ties_out_and_pins_are_exact_or_refused(
    data: st.DataObject, tree: Tree, whole: int
) -> None:
    handing = data.draw(handings(tree))
    try:
        held = cascade(tree, whole, handing)
    except BadInput:
        assert is_impossible(tree, whole, handing)
        return
    assert not is_impossible(tree, whole, handing)
    assert held[""].held == whole
    tied(tree, held)
    for key, pin in handing.pins.items():
        if key:
            assert held[key].held == pin
            assert held[key].is_pinned
    assert min(one.held for one in held.values()) >= 0


@given(st.data(), trees(), amounts)
def test_a_pin_at_what_somebody_holds_anyway_takes_nothing_from_anybody(
    data: st.DataObject, tree: Tree, whole: int
) -> None:
    handing = data.draw(handings(tree))
    free = cascade(tree, whole, Handing(handing.weights, handing.over, {}))
    ends = [node.key for node in tree.nodes if node.seat]
    key = data.draw(st.sampled_from(ends))
    again = cascade(tree, whole, Handing(handing.weights, handing.over, {key: free[key].held}))
    assert again[key].gave == 0
    # One unit may go to another neighbour: what is left is divided anew.
    assert all(abs(again[one].held - free[one].held) <= 1 for one in ends)


def ground(tree: Tree, whole: int, *, relief: Relief, weighing: Weighing, **more: object) -> Ground:
    quarters = year_periods(CALENDAR, YEAR, Grain.QUARTER)
    windows = tuple(Window(one, range(3 * i, 3 * i + 3)) for i, one in enumerate(quarters))
    ramp = (Decimal("0"), Decimal("0.25"), Decimal("0.5"))
    terms = Terms({Level.ORGANIZATION: Decimal("1.1"), Level.TEAM: Decimal("1.05")}, EVEN, ramp)
    given_parts: dict[str, object] = {
        "tree": tree,
        "calendar": CALENDAR,
        "months": months_of(CALENDAR, 2026),
        "windows": windows,
        "terms": {"": terms},
        "units": whole,
        "digits": 2,
        "weighing": weighing,
        "known": {},
        "shares": {},
        "pins": {},
        "proposals": {},
        "relief": relief,
    }
    return Ground(**{**given_parts, **more})  # type: ignore[arg-type]  # parts of its own types


def summed(tree: Tree, figures: Mapping[str, Figure]) -> None:
    for key, children in tree.children.items():
        columns = zip(*(figures[child.key].assigned for child in children), strict=True)
        assert figures[key].assigned == tuple(map(sum, columns))


@given(trees(), amounts, st.sampled_from(Weighing), st.sampled_from(Relief))
def test_windows_add_up_to_what_is_held_less_the_relief(
    tree: Tree, whole: int, weighing: Weighing, relief: Relief
) -> None:
    figures = worked_out(ground(tree, whole, relief=relief, weighing=weighing))
    tied(tree, {key: figure.held for key, figure in figures.items()})
    summed(tree, figures)
    for figure in figures.values():
        assert sum(figure.season) == figure.held.held
        if figure.node.seat:
            assert sum(figure.assigned) + figure.relief == figure.held.held
            assert figure.relief >= 0
            assert relief is Relief.NOBODY or figure.relief == 0
    ends = sum(sum(figures[node.key].assigned) for node in tree.seats)
    assert sum(figures[""].assigned) == ends


@given(trees(), amounts, st.data())
def test_a_gap_is_the_sum_of_its_parts(tree: Tree, whole: int, data: st.DataObject) -> None:
    keys = [node.key for node in tree.nodes if node.key]
    said = data.draw(st.dictionaries(st.sampled_from(keys), amounts, max_size=6))
    figures = worked_out(
        ground(tree, whole, relief=Relief.TEAM, weighing=Weighing.EQUAL, proposals=said)
    )
    for gap in gaps(tree, figures).values():
        parts = (gap.below, gap.unsaid, gap.over, gap.own, gap.share, gap.pins)
        assert gap.difference == sum(parts)


@given(st.lists(days, min_size=1, max_size=5), st.sampled_from(DayCount))
def test_days_of_a_month_are_counted_once_however_they_are_divided(
    cuts: list[date], count: DayCount
) -> None:
    bounds = sorted({YEAR.start, YEAR.end, *cuts})
    for month in months_of(CALENDAR, 2026):
        parts = [presence(month.period, [stay], count) for stay in pairwise(bounds)]
        assert sum(parts) == 1
        assert min(parts) >= 0


rows = st.lists(
    st.tuples(st.sampled_from(["P1", "P2", "P3"]), days, names, st.sampled_from(["rep", "lead"])),
    min_size=1,
    max_size=8,
    unique_by=lambda one: (one[0], one[1]),
)


@given(rows)
def test_somebody_sits_in_one_place_on_each_day(told: list[tuple[str, date, str, str]]) -> None:
    year = Period(YEAR.start, YEAR.end, "2026")
    made = []
    for person, since, team, role in told:
        later = [other for key, other, _, _ in told if key == person and other > since]
        until = min(later, default=None)
        made.append(Row(person, since, until, person, "R", team, "", role, None, None))
    seats = seats_of(made, year, Counting(people_on=YEAR.end - timedelta(days=1)))
    for person in {seat.person_id for seat in seats}:
        stays = sorted(s for seat in seats if seat.person_id == person for s in seat.stays)
        assert all(first[1] <= second[0] for first, second in pairwise(stays))
    assert len({seat.key for seat in seats}) == len(seats)


@given(st.lists(st.dictionaries(st.integers(1, 12), st.decimals(-99, 999, places=2)), max_size=3))
def test_a_measured_season_adds_up_to_the_year(years: list[dict[int, Decimal]]) -> None:
    found = measured_season(years)
    assert found is None or (sum(found) == 1 and min(found) >= 0 and len(found) == 12)


quotas = st.one_of(st.none(), st.decimals(0, 10**6, places=2))


@given(st.lists(st.tuples(names, names, st.decimals(0, 10**6, places=2), quotas), max_size=12))
def test_a_units_attainment_is_the_sum_of_its_children(
    told: list[tuple[str, str, Decimal, Decimal | None]],
) -> None:
    made = []
    for number, (region, team, reached, quota) in enumerate(told):
        pairs = ((region, Level.REGION), (team, Level.TEAM))
        above = tuple((name, level) for name, level in pairs if name)
        made.append(Reached(f"P{number:02}", "", above, reached, quota))
    found = {one.node.key: one for one in rolled_up(made)}
    for key, one in found.items():
        below = [other for other in found.values() if other.node.parent == key and other.node.key]
        if below:
            assert one.quota == sum(other.quota for other in below)
            assert one.reached == sum(other.reached for other in below)
            assert one.beside == sum(other.beside for other in below)
