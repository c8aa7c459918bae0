"""Shifts of rare things: honest on Poisson counts, beside a rise of all, and where they cluster."""

import numpy as np
import pytest

from wald.brain.places import Floats
from wald.brain.rare_shifts import dispersion, rare_shifts

SEED = 20261122


def _found(hits: list[list[float]], tries: list[list[float]]) -> list[float]:
    found = rare_shifts(np.array(hits), np.array(tries), 1.0)
    return [1.0 if one is None else one.p_value for one in found]


def _halves(counts: Floats) -> Floats:
    return np.stack([counts[:, :2].sum(axis=1), counts[:, 2:].sum(axis=1)], axis=1)


def test_is_wrong_as_seldom_as_it_says() -> None:
    chance = np.random.default_rng(SEED)
    wrong = []
    for _ in range(300):
        tries = chance.integers(30, 90, (5, 9)).astype(np.float64)
        hits = chance.poisson(0.02 * tries).astype(np.float64)
        hits = np.concatenate([hits.sum(axis=0, keepdims=True), hits])
        tries = np.concatenate([tries.sum(axis=0, keepdims=True), tries])
        spread = dispersion(hits, tries)
        found = rare_shifts(_halves(hits), _halves(tries), spread)
        wrong += [one is not None and one.p_value <= 0.01 for one in found]
    # Of 1,800 looks 18 are expected at most; 31 would be three standard errors more.
    assert sum(wrong) <= 31


def test_nineteen_where_four_were_usual_is_no_chance() -> None:
    everybody, own, other = _found(
        [[22, 24], [19, 14], [3, 10]], [[600, 2100], [200, 700], [400, 1400]]
    )
    assert own < 1e-4
    assert everybody < 1e-3
    assert other > 0.3


def test_a_rise_of_all_is_not_the_rise_of_one() -> None:
    hits = [[120.0, 120.0], [30.0, 30.0], [90.0, 90.0]]
    tries = [[600.0, 1800.0], [150.0, 450.0], [450.0, 1350.0]]
    everybody, own, _ = _found(hits, tries)
    assert everybody < 1e-6
    assert own > 0.1


def test_counts_that_cluster_count_for_less() -> None:
    tries = np.full((2, 10), 100.0)
    even = dispersion(np.full((2, 10), 4.0), tries)
    lumpy = dispersion(np.array([[0.0, 8.0] * 5] * 2), tries)
    assert even == 1.0
    assert lumpy == pytest.approx(4 * 8 / 7, rel=0.01)
