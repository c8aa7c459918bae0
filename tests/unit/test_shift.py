"""Shifts: everybody's, a place's, and silence where months move by chance."""

from dataclasses import replace

import numpy as np
import pytest

from wald.brain.deal_weeks import Floats
from wald.brain.shift import Against, Series, best_split, judged_shifts, judged_together


def months(off: Floats, *, rows: float = 50.0, error: float = 0.05, key: str = "") -> Series:
    size = len(off)
    return Series(key, off, np.full(size, error**2), np.arange(size), np.full(size, rows))


def quiet(seed: int, size: int = 36, memory: float = 0.0, times: float = 1.0) -> Series:
    rng = np.random.Generator(np.random.PCG64(seed))
    noise = 0.05 * times * rng.standard_normal(size)
    for i in range(1, size):
        noise[i] += memory * noise[i - 1]
    return months(noise)


def test_a_step_is_found_where_it_is() -> None:
    off = quiet(1).off
    off[28:] += 0.15
    found = best_split(months(off))
    assert found is not None
    assert found.place == 28
    assert found.effect.low < 0.15 < found.effect.high
    assert judged_shifts([months(off)])[0].is_real


def test_an_old_step_is_no_news() -> None:
    off = np.tile([0.01, -0.01], 18)
    off[:12] += 0.2
    found = best_split(months(off))
    assert found is not None
    assert found.place >= 24


@pytest.mark.parametrize(("memory", "times"), [(0.0, 1.0), (0.0, 2.0), (0.4, 1.0)])
def test_quiet_series_are_silent(memory: float, times: float) -> None:
    wrong = sum(
        judged_shifts([quiet(seed, memory=memory, times=times)])[0].is_real for seed in range(150)
    )
    assert wrong / 150 <= 0.02


def test_of_many_quiet_places_hardly_any_is_told() -> None:
    wrong = 0
    for night in range(15):
        places = [replace(quiet(1000 + night * 20 + i), key=f"p{i}") for i in range(20)]
        wrong += any(one.is_real for one in judged_shifts(places))
    assert wrong <= 1


def test_what_one_place_did_is_not_told_of_everybody() -> None:
    everybody, rest = quiet(3), quiet(4)
    off = everybody.off.copy()
    off[27:] += 0.09
    place = quiet(5).off
    place[27:] += 0.4
    system, places = judged_together(months(off), [Against(months(place, key="team:East"), rest)])
    assert places[0].is_real
    assert not system[0].is_real


def test_what_others_did_too_is_told_of_everybody() -> None:
    off = quiet(3).off
    off[27:] += 0.2
    system, _ = judged_together(months(off), [Against(quiet(5), months(off))])
    assert system[0].is_real


def test_few_rows_after_a_split_are_not_judged() -> None:
    off = quiet(1, size=10).off
    assert best_split(months(off, rows=2.0)) is None
    assert best_split(months(off[:6])) is None
