"""Points dressed by past misses: how often intervals hold on worlds whose law is known."""

import numpy as np
import pytest

from wald.brain.dressing import NONE, Misses, dressed, prior_spread, spread_at, usual
from wald.brain.scoring import bounds

PERIODS, WEEKS, CV = 12, 13, 0.2


def _held(kappa: float, units: int, worlds: int, seed: int) -> dict[float, float]:
    """Return how often 50, 80 and 95 % intervals held, pooled over periods and weeks.

    A method errs by the sum of what the weeks ahead bring, `kappa` times as widely as periods
    vary, and leans a little; from the second period on its misses dress it.
    """
    chance = np.random.Generator(np.random.PCG64(seed))
    hits: dict[float, list[float]] = {0.5: [], 0.8: [], 0.95: []}
    for _ in range(worlds):
        lean = chance.normal(0, 0.05)
        totals = 1 + CV * chance.standard_normal((units, PERIODS))
        past = Misses(*(np.empty(0, kind) for kind in (float, np.int64, np.int64)))
        for period in range(PERIODS):
            steps = np.cumsum(chance.standard_normal((units, WEEKS)), axis=1)
            missed = lean + kappa * CV * steps / np.sqrt(WEEKS)
            for week in (1, 4, 8, 13) if period else ():
                known = totals[:, :period]
                prior = prior_spread(known, usual(known), week, WEEKS)
                spread = spread_at(past, week, prior)
                draws = dressed(np.zeros(units), np.ones(units), spread, None)
                for share, found in hits.items():
                    low, high = bounds(draws, share)
                    came = missed[:, week - 1]
                    found.append(float(((low <= came) & (came <= high)).mean()))
            weeks = np.tile(np.arange(1, WEEKS + 1), units)
            past = Misses(
                np.concatenate([past.shares, missed.ravel()]),
                np.concatenate([past.weeks, weeks]),
                np.concatenate([past.periods, np.full(len(weeks), period)]),
            )
    return {share: float(np.mean(found)) for share, found in hits.items()}


@pytest.mark.parametrize(("units", "worlds"), [(1, 120), (5, 40)])
def test_80_percent_hold_where_a_method_errs_as_periods_vary(units: int, worlds: int) -> None:
    held = _held(1.0, units, worlds, seed=5)
    assert 0.77 <= held[0.8] <= 0.83
    assert 0.92 <= held[0.95] <= 0.98


def test_intervals_are_not_too_narrow_for_a_method_worse_than_its_prior() -> None:
    assert 0.77 <= _held(1.5, 1, 120, seed=6)[0.8] <= 0.83


def test_intervals_of_a_much_better_method_are_too_wide_not_too_narrow() -> None:
    assert 0.80 <= _held(0.3, 1, 80, seed=7)[0.8] <= 0.90


def _one_period_each(misses: list[float], week: int = 4) -> Misses:
    count = len(misses)
    return Misses(np.array(misses), np.full(count, week), np.arange(count))


def test_few_misses_make_wider_intervals_than_many_of_the_same_size() -> None:
    few = spread_at(_one_period_each([0.1, -0.1]), 4, 0.1)
    many = spread_at(_one_period_each([0.1, -0.1] * 10), 4, 0.1)
    wide = [one.spread * one.shape[-10] for one in (few, many)]
    assert wide[0] > 1.3 * wide[1]


def test_a_lean_is_drawn_to_none_by_two_periods() -> None:
    assert spread_at(_one_period_each([0.3] * 6), 4, 0.1).lean == pytest.approx(0.3 * 6 / 8)
    assert spread_at(NONE, 4, 0.1).lean == 0.0


def test_a_miss_nearer_the_end_counts_for_more_further_away() -> None:
    misses = _one_period_each([0.1, -0.1] * 8, week=4)
    near, far = (spread_at(misses, week, 0.1).spread for week in (1, 9))
    assert far > 2 * near


def test_no_draw_lies_below_its_floor() -> None:
    spread = spread_at(NONE, 4, 0.5)
    draws = dressed(np.array([10.0]), np.array([10.0]), spread, np.array([8.0]))
    assert draws.min() == 8.0
    assert (np.diff(draws[0]) >= 0).all()


def test_somebody_new_has_the_usual_period_of_the_others() -> None:
    assert usual(np.array([[0.0], [30.0]])).tolist() == [7.5, 22.5]  # mean of all 15
