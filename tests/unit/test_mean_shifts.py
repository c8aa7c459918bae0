"""Shifts of means: honest where nothing moves, even where places vary; a trend is no noise."""

import numpy as np
import pytest

from wald.brain.detector import Size
from wald.brain.mean_shifts import (
    beside_rest,
    halves,
    of_value,
    series_of_means,
    series_of_shares,
    times,
    turned,
)
from wald.brain.places import Floats

SEED = 20261122


def _world(chance: np.random.Generator, drift: float, place: float) -> tuple[Floats, Floats]:
    """Return count and sum of rows of six places in ten slots, everybody first; slots drift
    together, and each place by itself."""
    count = chance.integers(20, 60, (6, 10)).astype(np.float64)
    mean = chance.normal(0, drift, 10) + chance.normal(0, place, (6, 10))
    added = chance.normal(mean * count, np.sqrt(count))
    return _with_all(count), _with_all(added)


def _with_all(parts: Floats) -> Floats:
    return np.concatenate([parts.sum(axis=0, keepdims=True), parts])


@pytest.mark.parametrize(("drift", "place"), [(0.0, 0.0), (0.3, 0.0), (0.0, 0.2)])
def test_is_wrong_as_seldom_as_it_says(drift: float, place: float) -> None:
    chance = np.random.default_rng(SEED)
    wrong = []
    for _ in range(300):
        count, added = _world(chance, drift, place)
        squares = added * added / count + (count - 1)
        own = series_of_means(count, added, squares)
        rest = series_of_means(count[0] - count, added[0] - added, squares[0] - squares)
        wrong += (beside_rest(own, rest).p_value[1:] <= 0.01).tolist()
    # Of 1,800 looks 18 are expected at most; 31 would be three standard errors more.
    assert sum(wrong) <= 31


def test_the_last_slots_are_held_against_all_before() -> None:
    assert halves(np.array([1.0, 2.0, 4.0, 8.0])).tolist() == [3.0, 12.0]
    assert halves(np.array([1.0, 2.0, 4.0, 8.0]), 3).tolist() == [7.0, 8.0]


def test_a_place_that_crept_in_a_line_is_judged_by_what_it_varied_around_it() -> None:
    count = np.full((5, 10), 40.0)
    line = np.zeros((5, 10))
    line[1] = np.linspace(2, 0, 10)
    flat = np.array([0.05, -0.05] * 5)
    added = (line + flat) * count
    added[0], count[0] = added[1:].sum(axis=0), count[1:].sum(axis=0)
    squares = added * added / count + count
    rest = (count[0] - count, added[0] - added, squares[0] - squares)
    found = beside_rest(series_of_means(count, added, squares), series_of_means(*rest))
    assert found.p_value[1] < 1e-5
    assert found.change[1] == pytest.approx(17 / 9 - 7 / 9, abs=0.02)


def test_a_share_is_turned_back_into_points() -> None:
    hits, tries = np.array([[16.0] * 2 + [8.0] * 6] * 2), np.full((2, 8), 40.0)
    own = series_of_shares(hits, tries)
    found = beside_rest(own, series_of_shares(hits * 0 + 8, tries))
    assert turned(found, 1, 0.4).estimate == pytest.approx(0.2, abs=0.01)


def test_times_a_negative_turns_the_interval() -> None:
    found = times(Size(1.0, 2.0, 3.0), -2)
    assert (found.low, found.estimate, found.high) == (-6.0, -4.0, -2.0)


def test_rows_of_one_value_lose_its_column() -> None:
    rows = [{"limit": "a", "slot": 0}, {"limit": "b", "slot": 1}]
    assert of_value(rows, "limit", "b") == [{"slot": 1}]
