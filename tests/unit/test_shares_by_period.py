"""Shares over periods: their interval, what periods that differ do to it, and comparing two."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.brain.shares_by_period import Count, differ, share_of, share_of_sums, spread_of


def test_a_share_has_the_score_interval_of_all_its_tries() -> None:
    found = share_of([Count(20, 40), Count(20, 40)])
    assert found is not None
    assert (found.value.estimate, found.tries, found.spread) == (0.5, 80, 1.0)
    assert found.value.low == pytest.approx(0.393, abs=0.001)


def test_few_tell_nothing() -> None:
    assert share_of([Count(5, 19)]) is None
    assert share_of_sums([(1.0, 2.0), (1.0, 2.0)]) is None


def test_periods_that_differ_spread_it() -> None:
    # 30 and 10 of 40: each 10 off, 2 x 100 / 40 / 0.25 over one degree of freedom.
    assert spread_of([Count(30, 40), Count(10, 40)]) == pytest.approx(20.0)
    assert spread_of([Count(0, 0), Count(20, 40)]) == 1.0


def test_a_share_of_sums_is_one_ratio() -> None:
    found = share_of_sums([(10.0, 20.0), (30.0, 60.0), (5.0, 10.0)])
    assert found is not None
    assert (found.low, found.estimate, found.high) == pytest.approx((0.5, 0.5, 0.5))


@given(st.integers(0, 50), st.integers(50, 100))
def test_a_share_does_not_differ_from_itself(hits: int, tries: int) -> None:
    found = share_of([Count(hits, tries)])
    assert found is not None
    assert differ(found, found) == pytest.approx(1.0)
    assert found.value.low - 1e-9 <= found.value.estimate <= found.value.high + 1e-9


def test_two_samples_of_one_share_differ_in_one_of_twenty() -> None:
    chance = np.random.default_rng(3)
    called = 0
    for _ in range(1000):
        one, other = (
            share_of([Count(int(hits), 50) for hits in chance.binomial(50, 0.3, 8)])
            for _ in range(2)
        )
        assert one is not None
        assert other is not None
        called += differ(one, other) < 0.05
    assert called <= 65
