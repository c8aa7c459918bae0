"""Bunching on counts whose excess is known: what is put in comes out, and no more."""

import numpy as np
import numpy.typing as npt
import pytest

from wald.brain.bunching import LEAST, bunching

Floats = npt.NDArray[np.float64]
# A bell with its middle at 90 % of quota, in steps of half a per cent: 20,000 windows in all.
PLACES = np.arange(0.2, 2.0, 0.005)
BELL = np.round(20_000 * 0.005 * np.exp(-(((PLACES - 0.9) / 0.3) ** 2) / 2) / 0.752)


def _moved(count: float, *, out_of: tuple[float, float], into: tuple[float, float]) -> Floats:
    """Return the bell with so many windows moved from one stretch into another, evenly."""
    made = BELL.astype(float)
    for (low, high), sign in ((out_of, -1), (into, 1)):
        places = np.flatnonzero((low - 1e-9 <= PLACES) & (high - 1e-9 > PLACES))
        made[places] += sign * count / len(places)
    return made


def test_nothing_is_in_excess_of_a_smooth_bell() -> None:
    found = bunching(PLACES, BELL, 1.0, np.random.default_rng(0), resamples=20)
    assert abs(found.excess.estimate) < 0.02 * found.expected
    assert found.p_value is not None
    assert found.p_value > 0.1


@pytest.mark.parametrize("count", [250, 500])
def test_what_is_moved_over_the_threshold_is_the_excess(count: int) -> None:
    weights = _moved(count, out_of=(0.9, 1.0), into=(1.0, 1.05))
    found = bunching(PLACES, weights, 1.0, np.random.default_rng(0), resamples=20)
    assert found.excess.estimate == pytest.approx(count, rel=0.05)
    assert found.missing == pytest.approx(count, rel=0.05)
    assert found.excess.low <= count <= found.excess.high
    assert found.p_value is not None
    assert found.p_value < 0.01


def test_what_comes_from_far_below_is_found_by_the_sum_that_must_stay() -> None:
    weights = _moved(400, out_of=(0.4, 0.9), into=(1.0, 1.05))
    found = bunching(PLACES, weights, 1.0, np.random.default_rng(0), resamples=20)
    assert found.excess.estimate == pytest.approx(400, rel=0.05)
    assert abs(found.missing) < 40


def test_what_lies_below_a_limit_is_found_when_looked_for_below() -> None:
    weights = _moved(300, out_of=(1.0, 1.1), into=(0.95, 1.0))
    found = bunching(
        PLACES, weights, 1.0 - 1e-6, np.random.default_rng(0), is_below=True, resamples=20
    )
    assert found.excess.estimate == pytest.approx(300, rel=0.1)


def test_a_threshold_at_a_round_number_is_no_wonder_where_all_round_numbers_are_full() -> None:
    heaped = BELL.astype(float)
    heaped[np.isclose(np.round(PLACES / 0.1) * 0.1, PLACES, atol=1e-6)] *= 8
    plain = bunching(PLACES, heaped, 1.0, np.random.default_rng(0), resamples=20)
    known = bunching(PLACES, heaped, 1.0, np.random.default_rng(0), rounds=[0.1], resamples=20)
    assert plain.excess.estimate > 200
    assert abs(known.excess.estimate) < 0.1 * plain.excess.estimate


def test_few_windows_tell_nothing() -> None:
    few = np.zeros(len(PLACES))
    few[100] = LEAST - 1
    found = bunching(PLACES, few, 1.0, np.random.default_rng(0))
    assert (found.p_value, found.values, found.bins) == (None, LEAST - 1, ())


def test_the_same_windows_tell_the_same() -> None:
    one, other = (bunching(PLACES, BELL, 1.0, np.random.default_rng(5)) for _ in range(2))
    assert one == other


def test_smooth_companies_are_called_in_one_of_twenty() -> None:
    chance = np.random.default_rng(11)
    called = 0
    for _ in range(200):
        drawn = np.exp(chance.normal(-0.05, 0.35, 800))
        found = bunching(drawn, np.ones(800), 1.0, chance, resamples=0)
        called += found.p_value is not None and found.p_value < 0.05
    assert called <= 20
