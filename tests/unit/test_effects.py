"""Effect designs: figures worked out by eye, published figures, what they refuse, laws."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.effect_panels import one_series, panel_of, rates_world, sums_world
from wald.brain.effects import before_after as series
from wald.brain.effects.before_after import before_after
from wald.brain.effects.comparing import difference
from wald.brain.effects.designs import foreseen, measured, proposed
from wald.brain.effects.differences import differences, trend
from wald.brain.effects.estimate import CannotTell, Estimate
from wald.brain.effects.panel import Panel
from wald.brain.effects.power import least_effect, power, spread_of, units_needed
from wald.brain.effects.randomised import drawn_units, randomised
from wald.brain.effects.synthetic import synthetic, weights_of


def _told(found: Estimate | CannotTell) -> Estimate:
    assert isinstance(found, Estimate), found
    return found


def test_the_treated_changed_by_three_and_the_others_by_one() -> None:
    """Before 10, 12 | 20, 22, 24; after 14, 14 | 20, 23, 26: changes 4, 2 | 0, 1, 2."""
    above = np.array([[10, 10, 14], [12, 12, 14], [20, 20, 20], [22, 22, 23], [24, 24, 26]])
    found = _told(differences(panel_of(above, 2, 2)))
    assert found.estimate == pytest.approx(2.0)
    # Squares 2 and 2 over 3 degrees; times 1/2 + 1/3: an error of 1.0541, and t of 3 is 3.1824.
    assert found.high - found.estimate == pytest.approx(3.1824 * 1.0541, abs=1e-3)
    assert (found.treated, found.compared, found.before, found.after) == (2, 3, 2, 1)


def test_the_four_means_of_card_and_krueger() -> None:
    """Full-time employment per store, 1992: New Jersey 20.44 to 21.03, Pennsylvania 23.33 to
    21.17; the effect of the minimum wage 2.76 (American Economic Review 84: 772-793, table 3;
    2.75 from the rounded means)."""
    jersey, pennsylvania = np.array([20.44, 21.03]), np.array([23.33, 21.17])
    above = np.vstack(
        [jersey + off for off in (-1, 0, 1)] + [pennsylvania + off for off in (-1, 0, 1)]
    )
    above = np.column_stack([above[:, 0], above])
    found = _told(differences(panel_of(above, 3, 2)))
    assert found.estimate == pytest.approx(2.76, abs=0.011)


def test_sleep_of_student_has_the_published_interval() -> None:
    """Welch on the sleep data (Student 1908), as the manual of R prints it: -3.3654832, 0.2054832,
    p 0.07939."""
    one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0]
    two = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4]
    found = difference(np.array(one + two), np.ones(20), np.arange(20) < 10)
    assert found is not None
    assert found.low == pytest.approx(-3.3654832, abs=1e-6)
    assert found.high == pytest.approx(0.2054832, abs=1e-6)
    assert found.p_value == pytest.approx(0.07939, abs=1e-5)


def test_the_nile_fell_by_what_was_published() -> None:
    """Flow at Aswan 1871-1970 fell after 1898 by 248 (Cobb 1978, Biometrika 65: 243-251)."""
    from statsmodels.datasets import nile

    flow = np.asarray(nile.load_pandas().data["volume"], dtype=np.float64)[None, :]
    found = _told(before_after(panel_of(flow, 1, 28), has_season=False))
    assert found.estimate == pytest.approx(-248, abs=8)
    assert found.high < -100
    assert found.signals > 50


def test_power_of_two_groups_as_cohen_tabled_it() -> None:
    """A difference of half a spread takes 64 in each group for 80 % (Cohen 1988, table 2.4.1)."""
    assert units_needed(0.5, 1) == 64
    assert power(0.5, 1, 64, 64) == pytest.approx(0.80, abs=0.005)
    assert least_effect(1, 64, 64) == pytest.approx(0.5, abs=0.002)
    assert power(0, 1, 10, 10) == pytest.approx(0.05, abs=1e-6)


def test_rows_weigh_in_a_ratio() -> None:
    """Nobody counts a unit of two deals like one of two thousand: of the treated the large one
    went from 50 % to 60 %, the small one from 100 % to 0 %; the others stayed."""
    won = np.array(
        [[500, 500, 600.0], [1, 1, 0], [500, 500, 500], [500, 500, 500], [500, 500, 500]]
    )
    deals = np.array([[1000, 1000, 1000.0], [1, 1, 1], [1000] * 3, [1000] * 3, [1000] * 3])
    found = _told(differences(panel_of(won, 2, 2, deals)))
    assert -0.5 < found.estimate < 0.1
    assert found.low < 0 < found.high


def test_weights_find_the_mixture_that_was_made() -> None:
    others = np.random.default_rng(3).normal(size=(12, 24)) * 10
    mine = 0.7 * others[2] + 0.3 * others[8]
    weights = weights_of(mine, others)
    assert weights.sum() == pytest.approx(1)
    assert (weights >= 0).all()
    assert weights[2] == pytest.approx(0.7, abs=0.08)
    assert weights[8] == pytest.approx(0.3, abs=0.08)


def test_a_large_effect_is_found_by_every_design() -> None:
    chance = np.random.default_rng(5)
    many = sums_world(chance, units=30, treated=15, before=24, after=6, effect=12)
    few = sums_world(chance, units=30, treated=1, before=24, after=6, effect=12)
    alone = one_series(chance, before=24, after=6, effect=12, rho=0.3, season=1)
    for found in (differences(many), randomised(many, chance), synthetic(few), before_after(alone)):
        told = _told(found)
        assert told.low > 0
        assert told.low < 12 < told.high


def test_a_trend_of_the_treated_alone_is_seen_before() -> None:
    chance = np.random.default_rng(7)
    tilted = sums_world(chance, units=30, treated=10, before=12, after=3, effect=0, rho=0, tilt=1)
    found = trend(tilted)
    assert found is not None
    assert found.is_doubted
    assert found.low < 1 < found.high


def test_says_what_it_lacks() -> None:
    flat, chance = np.ones((4, 6)), np.random.default_rng(1)
    assert "8 are needed" in _reason(before_after(panel_of(flat, 4, 4)))
    assert "3 and 2 are needed" in _reason(differences(panel_of(flat, 2, 4)))
    assert "12 and 8 are needed" in _reason(synthetic(panel_of(flat, 1, 4)))
    assert "3 each are needed" in _reason(randomised(panel_of(flat, 2, 4), chance))
    assert "is no design" in _reason(measured("guess", panel_of(flat, 1, 4), chance))


def test_rows_still_to_come_are_waited_for() -> None:
    found = before_after(panel_of(np.ones((1, 13)) + np.arange(13), 1, 12))
    assert isinstance(found, CannotTell)
    assert found.waits


def test_a_process_that_never_moved_moves_no_design() -> None:
    flat = panel_of(np.full((30, 30), 5.0), 5, 24)
    chance = np.random.default_rng(1)
    for design in ("before_after", "differences", "synthetic", "randomised"):
        found = _told(measured(design, flat, chance))
        assert (found.low, found.estimate, found.high) == pytest.approx((0, 0, 0), abs=1e-6)


def test_the_lot_reaches_as_many_as_it_is_to() -> None:
    drawn = drawn_units(10, 4, np.random.default_rng(1))
    assert drawn.sum() == 4
    assert (drawn == drawn_units(10, 4, np.random.default_rng(1))).all()


def test_proposes_what_fits_who_is_reached() -> None:
    chance = np.random.default_rng(1)

    def world(units: int, treated: int, before: int = 24) -> Panel:
        return sums_world(chance, units=units, treated=treated, before=before, after=0, effect=0)

    assert proposed(None).design == "reading"
    assert proposed(world(10, 5), is_drawn=True).design == "randomised"
    assert proposed(world(30, 10)).design == "differences"
    assert proposed(world(30, 2)).design == "synthetic"
    assert proposed(world(8, 1)).design == "differences"
    assert proposed(world(4, 4)).design == "before_after"
    assert proposed(world(4, 4, before=5)).design == "reading"


def test_what_it_can_find_is_read_off_the_past() -> None:
    chance = np.random.default_rng(11)
    for design in ("before_after", "differences", "randomised"):
        world = sums_world(chance, units=40, treated=20, before=24, after=0, effect=0, rho=0)
        found = foreseen(design, world, 3, chance)
        assert found is not None
        # Mean of 3 of 40 such units apart by half: an error near 0.2, so 0.5 to 1 is found; alone,
        # with a common movement of 2 / 0.6 that hangs together, far more.
        assert 0.3 < found.least < (60 if design == "before_after" else 1.2)
    assert foreseen("differences", world, 30, chance) is None


def test_spread_is_what_the_units_before_do_not_explain() -> None:
    """Units that stay what they were vary by nothing."""
    level = np.arange(6.0)[:, None] * np.ones((6, 12))
    assert spread_of(panel_of(level, 3, 12), 3) == pytest.approx(0, abs=1e-9)
    assert spread_of(panel_of(level, 3, 2), 3) is None


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    factor=st.floats(0.01, 1000),
    shift=st.floats(-100, 100),
    design=st.sampled_from(["before_after", "differences", "synthetic", "randomised"]),
)
def test_other_units_of_measure_tell_the_same(
    seed: int, factor: float, shift: float, design: str
) -> None:
    """A metric in thousands, and one that begins elsewhere, has the same effect in its unit."""
    world = sums_world(
        np.random.default_rng(seed), units=20, treated=4, before=12, after=3, effect=1
    )
    moved = panel_of(world.above * factor + shift, 4, 12)
    one = _told(measured(design, world, np.random.default_rng(1)))
    two = _told(measured(design, moved, np.random.default_rng(1)))
    if design == "synthetic":  # its ridge keeps weights of the same shape, not to the last digit
        shift = 0
    for a, b in ((one.low, two.low), (one.estimate, two.estimate), (one.high, two.high)):
        assert b == pytest.approx(a * factor, rel=1e-3, abs=1e-3 * factor)


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), added=st.floats(-5, 5))
def test_what_is_added_to_the_treated_comes_back(seed: int, added: float) -> None:
    """The law of every design with others: an effect more is an effect more in the estimate, and
    the interval is as wide as before."""
    world = sums_world(
        np.random.default_rng(seed), units=20, treated=5, before=12, after=3, effect=0
    )
    above = world.above.copy()
    above[:5, 12:] += added
    for design in ("differences", "synthetic", "before_after"):
        one = _told(measured(design, world, np.random.default_rng(1)))
        two = _told(measured(design, panel_of(above, 5, 12), np.random.default_rng(1)))
        assert two.estimate - one.estimate == pytest.approx(added, abs=1e-3)
        assert two.high - two.low == pytest.approx(one.high - one.low, rel=1e-3)


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_the_order_of_units_does_not_matter(seed: int) -> None:
    chance = np.random.default_rng(seed)
    world = rates_world(chance, units=20, treated=8, before=12, after=3, effect=0.05)
    order = chance.permutation(20)
    assert world.below is not None
    mixed = Panel(
        tuple(world.units[one] for one in order),
        world.slots,
        world.above[order],
        world.below[order],
        world.is_treated[order],
        12,
    )
    one, two = _told(differences(world)), _told(differences(mixed))
    assert two.estimate == pytest.approx(one.estimate)
    assert two.low == pytest.approx(one.low)
    assert two.high == pytest.approx(one.high)


def test_seasons_of_a_quarter_are_no_effect() -> None:
    """The third month of each quarter is 6 higher; measured on one, nothing else happened."""
    values = np.tile([10.0, 10.0, 16.0], 9)[None, :] + 0.1 * np.random.default_rng(1).normal(
        size=27
    )
    found = _told(before_after(panel_of(values[:, :-1], 1, 24)))
    assert found.after == 2
    assert abs(found.estimate) < 0.3


def test_limits_of_a_chart_of_individual_values() -> None:
    """Values 10, 12, 10, 12 …: moving ranges of 2, so limits at 11 ± 5.32; 17 is beyond them."""
    values = np.array([[10, 12] * 6 + [17, 11.0]])
    found = _told(before_after(panel_of(values, 1, 12), has_season=False))
    assert found.low_limit == pytest.approx(5.68)
    assert found.high_limit == pytest.approx(16.32)
    assert found.signals == 1
    assert series.LEAST_BEFORE == 8


def _reason(found: Estimate | CannotTell) -> str:
    assert isinstance(found, CannotTell)
    return found.reason
