"""The curve of pay is what it says between its edges; the bench and every component get along."""

from collections.abc import Callable
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.heart.compensation.component import components
from wald.heart.compensation.lint.bench import Margins, bench_for
from wald.heart.compensation.lint.curve import STEP, Curve, curve
from wald.heart.compensation.lint.run import MARGIN, lint
from wald.heart.compensation.plan import Entry, MeasureRule, Plan

Pay = Callable[[Decimal], Decimal]
D = Decimal
TOP = D(3)
points = st.decimals(0, TOP, places=6)


def bent(x: Decimal) -> Decimal:
    """5 up to 1, 8 beyond, and never more than 10: the cap is no edge that anybody names."""
    return min(D(5) * min(x, D(1)) + D(8) * max(x - 1, D(0)), D(10))


def stepped(x: Decimal) -> Decimal:
    """All at 5 below 1, all at 8 from there: a jump of 3 on the bound."""
    return D(8) * x if x >= 1 else D(5) * x


def interpolated(x: Decimal) -> Decimal:
    """A rate from 5 to 8 between 0 and 1, then 8: a parabola and a line."""
    return x * (D(5) + 3 * x) if x < 1 else D(8) * x


def read_off(found: Curve, x: Decimal) -> Decimal | None:
    """Return pay at a point as the pieces say; None inside a step between two pieces."""
    for piece in found.pieces:
        if piece.start <= x <= piece.end and piece.is_straight:
            width = piece.end - piece.start
            return piece.at_start + (piece.at_end - piece.at_start) * (x - piece.start) / width
    return None


@pytest.mark.parametrize("pay", [bent, stepped])
@given(x=points)
def test_a_piece_called_straight_is_straight_everywhere(pay: Pay, x: Decimal) -> None:
    told = read_off(CURVES[pay], x)
    assert told is None or abs(told - pay(x)) < D("0.0001")


@pytest.mark.parametrize("pay", [bent, stepped])
def test_pieces_leave_nothing_out_but_single_steps(pay: Pay) -> None:
    pieces = CURVES[pay].pieces
    gaps = [b.start - a.end for a, b in pairwise(pieces)]
    assert pieces[0].start == 0
    assert pieces[-1].end == TOP
    assert max(gaps) <= 2 * STEP
    assert not CURVES[pay].is_proved, "points prove nothing between them"
    assert CURVES[pay].points


def test_a_bend_that_nobody_names_is_found() -> None:
    """5 + 8 (x - 1) = 10 at x = 1.625."""
    assert any(abs(x - D("1.625")) <= 2 * STEP for x in CURVES[bent].bends())
    assert CURVES[bent].jumps == ()


def test_a_jump_is_found_with_its_size_named_or_not() -> None:
    for edges in ((D(1),), ()):
        (jump,) = curve(stepped, D(0), TOP, edges).jumps
        assert (jump.below, jump.above) == (D("0.999999"), D("1.000000"))
        assert jump.size == D(8) - D(5) * D("0.999999")


def test_a_parabola_is_not_called_straight() -> None:
    assert not all(piece.is_straight for piece in CURVES[interpolated].pieces)
    assert CURVES[interpolated].jumps == ()


CURVES: dict[Pay, Curve] = {
    pay: curve(pay, D(0), TOP, [D(1)]) for pay in (bent, stepped, interpolated)
}


def plan_with(key: str) -> Plan:
    component = components()[key]
    named = [*component.names(component.example)]
    others = tuple(
        Entry(name, "flat_rate", components()["flat_rate"].example, "revenue") for name in named
    )
    read = [name for name in component.reads(component.example) if name != "revenue"]
    measures = tuple(MeasureRule(name, quota="bookings") for name in ("revenue", *read))
    base = Entry("base", "flat_rate", components()["flat_rate"].example, "revenue")
    entry = Entry("one", key, component.example, "revenue")
    return Plan("x", "EUR", (base, *others, entry), measures, target_incentive=D(60_000))


@pytest.mark.parametrize("key", components())
def test_every_component_can_be_put_on_the_bench(key: str) -> None:
    found = lint(plan_with(key), is_quick=True)
    assert "bench" not in {one.rule for one in found}, found
    assert {"bands", "target", "falling", "cliffs", "exposure"} <= {one.rule for one in found}


@given(x=st.decimals(0, TOP, places=3))
def test_the_bench_pays_tiers_as_arithmetic_does(x: Decimal) -> None:
    """5 % up to a quota of 1,200,000 and 8 % beyond; the target of 60,000 gives that quota."""
    plan = Plan(
        "x", "EUR",
        (Entry("one", "tiered_rate", components()["tiered_rate"].example, "revenue"),),
        (MeasureRule("revenue", quota="bookings"),),
        target_incentive=D(60_000),
    )  # fmt: skip
    bench = bench_for(plan, quota=None, margins=Margins(MARGIN))
    assert bench.quota == 1_200_000
    sold = x * 1_200_000
    wanted = min(sold, D(1_200_000)) * D("0.05") + max(sold - 1_200_000, D(0)) * D("0.08")
    assert abs(bench.at(x) - wanted) < D("0.000001")
