"""Scores of forecasts against sums by brute force and bands out of a table."""

import numpy as np
import pytest
from scipy.stats import norm

from wald.brain.scoring import (
    added,
    band,
    bias,
    bounds,
    coverage,
    crps,
    mean_of_periods,
    shown,
    student,
    wape,
)


def test_crps_is_the_mean_distance_less_half_that_of_the_draws() -> None:
    draws = np.sort(np.array([[1.0, 4.0, 9.0], [-2.0, 0.0, 5.0]]), axis=1)
    came = np.array([3.0, 7.0])
    for row, y, score in zip(draws, came, crps(draws, came), strict=True):
        far = np.mean([abs(x - y) for x in row])
        among = np.mean([abs(x - z) for x in row for z in row])
        assert score == pytest.approx(far - among / 2)


def test_crps_of_many_draws_is_that_of_the_normal_distribution() -> None:
    shares = (np.arange(20_000) + 0.5) / 20_000
    draws = norm.ppf(shares)[None, :]
    for y in (-1.3, 0.0, 2.0):
        exact = y * (2 * norm.cdf(y) - 1) + 2 * norm.pdf(y) - 1 / np.sqrt(np.pi)
        assert crps(draws, np.array([y]))[0] == pytest.approx(exact, abs=1e-3)


def test_crps_of_one_draw_is_the_error() -> None:
    assert crps(np.array([[5.0]]), np.array([8.0])).tolist() == [3.0]


def test_bounds_hold_the_share_of_the_draws() -> None:
    draws = np.arange(1.0, 201.0)[None, :]
    low, high = bounds(draws, 0.8)
    assert ((draws >= low) & (draws <= high)).sum() == 160


@pytest.mark.parametrize(
    ("tries", "low", "high"), [(8, 4, 8), (12, 7, 12), (20, 12, 19), (40, 27, 37)]
)
def test_band_of_a_true_80_percent(tries: int, low: int, high: int) -> None:
    assert band(0.8, tries) == (low, high)


def test_band_holds_95_of_100_series() -> None:
    from scipy.stats import binom

    low, high = band(0.9, 40)
    assert sum(binom.pmf(k, 40, 0.9) for k in range(low, high + 1)) >= 0.95


def test_wape_and_bias_are_shares_of_what_came() -> None:
    said, came = np.array([10.0, 30.0]), np.array([20.0, 20.0])
    assert wape(said, came) == 0.5  # (10 + 10) / 40
    assert bias(said, came) == 0.0  # (-10 + 10) / 40
    assert bias(np.array([30.0, 30.0]), came) == 0.5


def test_nothing_came_is_no_share() -> None:
    assert wape(np.array([1.0]), np.array([0.0])) is None


def test_interval_over_periods_is_that_of_their_means_when_they_weigh_alike() -> None:
    values = np.array([1.0, 3.0, 2.0, 4.0, 9.0, 11.0])  # means 2, 3, 10
    found = mean_of_periods(values, np.ones(6), ["a", "a", "b", "b", "c", "c"])
    means = np.array([2.0, 3.0, 10.0])
    assert found is not None
    assert found.estimate == 5.0
    assert found.high - found.estimate == pytest.approx(4.302653 * means.std(ddof=1) / np.sqrt(3))


def test_one_period_has_no_interval() -> None:
    assert mean_of_periods(np.array([1.0, 2.0]), np.ones(2), ["a", "a"]) is None


def test_value_added_is_the_share_less_lost() -> None:
    found = added(np.array([1.0, 2.0]), np.array([2.0, 4.0]), ["a", "b"])
    assert found is not None
    assert found.estimate == 0.5
    with pytest.raises(ValueError, match="cannot be compared"):
        added(np.ones(2), np.ones(3), ["a", "b"])


EIGHT = [f"{place}" for place in range(8)]


def test_what_is_claimed_of_one_try_is_the_value_added() -> None:
    other, one = np.ones(8), np.linspace(0.6, 1.0, 8)
    plain, claimed = added(one, other, EIGHT), shown(one, other, EIGHT)
    assert plain is not None
    assert claimed is not None
    assert claimed.low == pytest.approx(plain.low)
    assert claimed.high == pytest.approx(plain.high)


def test_a_claim_of_the_best_of_two_needs_more() -> None:
    other, one = np.ones(8), 0.8 + 0.1 * np.array([1, -1, 1, -1, 1, -1, 1, -1])
    plain, best = added(one, other, EIGHT), shown(one, other, EIGHT, tries=2)
    assert plain is not None
    assert best is not None
    wider = student(0.9875, 7) / student(0.975, 7)
    assert best.high - best.estimate == pytest.approx(wider * (plain.high - plain.estimate))


def _claims(edge: float) -> float:
    """Return how often the best of two methods is claimed to be better than the best of three,
    all alike but for `edge`, over eight quarters that share good and bad luck."""
    rng, claims = np.random.default_rng(7), 0
    for _ in range(400):
        off = np.exp(0.5 * rng.standard_normal(8) + 0.4 * rng.standard_normal((5, 8)))
        off[3:] *= 1 - edge
        ours, theirs = 3 + off[3:].mean(axis=1).argmin(), off[:3].mean(axis=1).argmin()
        found = shown(off[ours], off[theirs], EIGHT, tries=2)
        claims += found is not None and found.low > 0
    return claims / 400


def test_equal_methods_are_rarely_said_to_differ_and_a_better_one_often_is() -> None:
    assert _claims(0.0) <= 0.025
    assert _claims(0.5) >= 0.7


def test_coverage_says_band_and_hits() -> None:
    found = coverage(0.8, np.array([True] * 30 + [False] * 10), ["a"] * 20 + ["b"] * 20)
    assert found is not None
    assert (found.hits, found.low, found.high, found.is_in_band) == (30, 27, 37, True)
    assert coverage(0.8, np.empty(0, bool), []) is None
