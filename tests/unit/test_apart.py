"""Who is apart: nobody in worlds of equal or usually different people, somebody who truly is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.brain.apart import (
    Standings,
    Tallies,
    all_alike,
    leaning,
    rank_intervals,
    standings,
    straightened,
    sure,
)
from wald.brain.deal_weeks import Floats


def tallied(rows: Floats, won: Floats) -> Tallies:
    """Return the sums of won and lost deals, all of one mix."""
    mean = float(won.sum() / rows.sum())
    lost = rows - won
    off = won - mean * rows
    squares = won * (1 - mean) ** 2 + lost * mean**2
    cubes = won * (1 - mean) ** 3 - lost * mean**3
    return Tallies(rows, won, rows, off, squares, cubes, off, rows, squares, off, rows)


def judged(rows: list[int], won: list[int]) -> Standings:
    sums = tallied(np.array(rows, float), np.array(won, float))
    return standings(sums, np.random.Generator(np.random.PCG64(1)))


def _world(people: int, spread: float, seed: int, best: float = 0.0) -> Standings:
    rng = np.random.Generator(np.random.PCG64(seed))
    rows = np.maximum(rng.negative_binomial(3, 3 / 83, people), 1).astype(float)
    chance = np.clip(0.3 + spread * rng.standard_normal(people), 0.02, 0.98)
    if best:
        rows[0], chance[0] = 80, best
    return standings(tallied(rows, rng.binomial(rows.astype(int), chance).astype(float)), rng)


@pytest.mark.parametrize(("people", "spread"), [(8, 0.0), (30, 0.0), (30, 0.05), (300, 0.05)])
def test_hardly_anybody_is_named_where_people_are_as_usual(people: int, spread: float) -> None:
    worlds = 1500 // people
    named = sum(int(_world(people, spread, seed).is_apart.sum()) for seed in range(worlds))
    assert named / (people * worlds) <= 0.01


def test_somebody_far_away_is_named_and_nobody_else() -> None:
    found = [_world(30, 0.03, seed, best=0.75) for seed in range(40)]
    assert sum(one.is_apart[0] for one in found) >= 36
    assert sum(one.is_apart[1:].sum() for one in found) <= 1


def test_two_far_away_do_not_hide_each_other() -> None:
    rows = [80] * 30
    won = [24, 20, 28, 25, 22, 26, 24, 23, 27, 21] * 3
    won[:2] = [64, 66]
    assert judged(rows, won).is_apart.nonzero()[0].tolist() == [0, 1]


def test_two_who_differ_are_both_told_of() -> None:
    assert judged([200, 200], [120, 60]).is_apart.tolist() == [True, True]
    assert judged([200, 200], [90, 84]).is_apart.tolist() == [False, False]


def test_equal_people_do_not_differ() -> None:
    found = judged([50] * 12, [15, 16, 14, 15, 17, 13, 15, 15, 16, 14, 15, 15])
    assert not found.differ
    assert found.spread == 0
    assert found.best_rank.min() == 1
    assert found.worst_rank.max() == 12
    assert (found.worst_rank - found.best_rank).min() >= 9


def test_who_has_too_few_rows_is_not_judged() -> None:
    found = judged([3, 100, 100, 100, 100, 100, 100], [3, 30, 31, 29, 30, 32, 28])
    assert found.is_judged.tolist() == [False, True, True, True, True, True, True]
    assert not found.is_apart[0]


def test_one_alone_is_no_comparison() -> None:
    found = judged([100], [30])
    assert found.differ_p == 1
    assert not found.is_apart.any()


def test_rows_that_hang_together_widen_the_doubt() -> None:
    rows, won = np.full(10, 60.0), np.arange(15, 25, dtype=float)
    alone = tallied(rows, won)
    # Five rows each hang together wholly: clusters' squares are five times as large.
    shared = Tallies(
        alone.rows, alone.x, alone.w, alone.r, alone.rr, alone.rrr, alone.rw, alone.ww,
        alone.rr * 5, alone.rw * 5, alone.ww * 5,
    )  # fmt: skip
    rng = np.random.Generator(np.random.PCG64(1))
    wide, narrow = standings(shared, rng).error, standings(alone, rng).error
    assert (wide / narrow).mean() == pytest.approx(5**0.5, rel=0.05)


@given(st.floats(-4, 4), st.floats(-2.5, 2.5))
def test_leaning_is_undone_by_straightening(normal: float, skew: float) -> None:
    lean = np.array([skew])
    inner = abs(normal) < 2 / (abs(skew) + 0.5)
    if inner:
        back = straightened(leaning(np.array([normal]), lean), lean)
        assert back[0] == pytest.approx(normal, abs=1e-4)


@given(st.floats(-6, 6), st.floats(-3, 3))
def test_skew_never_makes_anybody_surer(away: float, skew: float) -> None:
    assert abs(sure(np.array([away]), np.array([skew]))[0]) <= abs(away) + 1e-9


def test_ranks_of_sure_figures_are_points() -> None:
    rng = np.random.Generator(np.random.PCG64(1))
    best, worst = rank_intervals(np.array([1.0, 9.0, 5.0]), np.full(3, 0.01), rng)
    assert best.tolist() == worst.tolist() == [3, 1, 2]


def test_figures_within_their_errors_are_alike() -> None:
    assert all_alike(np.array([1.0, 1.1, 0.9]), np.full(3, 0.2)) > 0.5
    assert all_alike(np.array([1.0, 3.0, 0.9]), np.full(3, 0.2)) < 1e-6
