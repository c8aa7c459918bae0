"""Draws of open deals, against the sums and variances that can be written down."""

import numpy as np
import pytest

from wald.brain.new_deals import Flow, draw_flow
from wald.brain.open_deals import Amounts, Standing, draw_open
from wald.brain.shock import Shock

NONE = Shock(0.0, 0.0, 0.0, 10.0, 0)


def test_mean_and_variance_are_those_of_single_deals() -> None:
    """Mean the sum of p x a, variance the sum of p (1 - p) a squared."""
    rng = np.random.default_rng(0)
    chance, amount = rng.random(60), rng.random(60) * 100
    owner = rng.integers(0, 5, 60)
    deals = Standing(chance, amount, owner, np.zeros(60, np.int64))
    found = draw_open(deals, Amounts(np.ones(1), 1.0), NONE, (6, 20_000, 50), rng)
    assert found.shape == (20_000, 6)
    assert not found[:, 5].any()
    for place in range(5):
        own = owner == place
        assert found[:, place].mean() == pytest.approx((chance * amount)[own].sum(), rel=0.02)
    wanted = (chance * (1 - chance) * amount**2).sum()
    assert found.sum(axis=1).var() == pytest.approx(wanted, rel=0.05)


def test_sure_deals_win_always_and_hopeless_ones_never() -> None:
    deals = Standing(np.array([1.0, 0.0]), np.array([5.0, 7.0]), np.array([0, 1]), np.array([0, 0]))
    size = (2, 500, 10)
    found = draw_open(deals, Amounts(np.ones(1), 1.0), NONE, size, np.random.default_rng(0))
    assert (found[:, 0] == 5).mean() > 0.999
    assert not found[:, 1].any()


def test_ratios_of_earlier_wins_scale_amounts() -> None:
    deals = Standing(np.ones(50), np.ones(50), np.zeros(50, np.int64), np.zeros(50, np.int64))
    ratios = np.array([0.5, 1.0, 0.9])
    found = draw_open(deals, Amounts(ratios, 1.0), NONE, (1, 300, 100), np.random.default_rng(0))
    assert found.mean() == pytest.approx(50 * 0.8, rel=0.02)


def test_no_deals_book_nothing() -> None:
    none = Standing(np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros(0, np.int64))
    found = draw_open(none, Amounts(np.ones(1), 1.0), NONE, (3, 10, 5), np.random.default_rng(0))
    assert found.shape == (10, 3)
    assert not found.any()


def test_a_flow_has_the_mean_and_variance_of_its_law() -> None:
    """Variance n (m^2 + s^2) by Poisson and amounts, plus (n m c)^2 by the common factor."""
    flow = Flow(count=30.0, spread=0.2, mean=10.0, deviation=5.0)
    shares = np.array([0.5, 0.3, 0.2])
    found = draw_flow(flow, shares, 40_000, np.random.default_rng(0))
    assert found.mean(axis=0) == pytest.approx(300 * shares, rel=0.02)
    wanted = 30 * (100 + 25) + (300 * 0.2) ** 2
    assert found.sum(axis=1).var() == pytest.approx(wanted, rel=0.05)


def test_an_empty_flow_books_nothing() -> None:
    nothing = Flow(0.0, 0.0, 0.0, 0.0)
    assert not draw_flow(nothing, np.ones(2) / 2, 5, np.random.default_rng(0)).any()
