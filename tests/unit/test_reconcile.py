"""Forecasts that add up: against the library, against sums by hand, and how often they held."""

import numpy as np
import pytest

from wald.brain.forecast import Unit
from wald.brain.reconcile import Record, Statement, Tree, fuse, reconcile, record, tree

REPS = [Unit(f"rep:{one}", "rep", one, frozenset({one})) for one in "abcdef"]
UNITS = [
    Unit("all", "all", "Everybody", frozenset("abcdef")),
    Unit("team:N", "team", "N", frozenset("abc")),
    Unit("team:S", "team", "S", frozenset("def")),
    Unit("team:empty", "team", "empty", frozenset("z")),
    *REPS,
]


@pytest.fixture
def shape() -> Tree:
    return tree(UNITS)


def test_a_tree_adds_reps_up(shape: Tree) -> None:
    assert shape.keys[:3] == ("all", "team:N", "team:S")
    assert (shape.adds @ np.arange(1, 7))[:3].tolist() == [21, 6, 15]


@pytest.mark.parametrize("periods", [3, 12])
def test_points_add_up_and_say_how(shape: Tree, periods: int) -> None:
    rng = np.random.default_rng(periods)
    misses = rng.normal(0, 10, (9, periods))
    found = reconcile(shape, rng.normal(100, 20, 9), misses)
    assert found.method == ("bottom_up" if periods < 8 else "mint_shrink")
    assert bool(found.says) == (periods < 8)
    teams = found.points["team:N"] + found.points["team:S"]
    assert found.points["all"] == pytest.approx(teams)
    assert teams == pytest.approx(sum(found.points[one.key] for one in REPS))


def test_a_lean_is_taken_out(shape: Tree) -> None:
    """All 100 too low, 20 times: nearly 100 is added to each, 600 to all by reps."""
    points = shape.adds @ np.full(6, 50.0)
    rng = np.random.default_rng(0)
    misses = shape.adds @ (np.full((6, 20), 100.0) + rng.normal(0, 1, (6, 20)))
    assert reconcile(shape, points, misses).points["all"] == pytest.approx(900, rel=0.08)


def test_levels_told_alone_gain_by_one_another(shape: Tree) -> None:
    """All is told well, reps badly: the sum of reps alone would be far off."""
    rng = np.random.default_rng(1)
    truth = shape.adds @ rng.normal(100, 25, (6, 61))
    spread = np.array([5.0, 20, 20, *[40.0] * 6])
    said = truth + spread[:, None] * rng.standard_normal(truth.shape)
    ours, sums = [], []
    for place in range(20, 61):
        past = slice(place - 20, place)
        found = reconcile(shape, said[:, place], (truth - said)[:, past])
        ours.append(abs(found.points["all"] - truth[0, place]))
        sums.append(abs(said[3:, place].sum() - truth[0, place]))
    assert np.mean(ours) < 0.3 * np.mean(sums)


def test_intervals_hold_as_often_as_they_say(shape: Tree) -> None:
    """80 % intervals over 150 drawn histories of 12 periods, 9 units each: 77 to 83 %."""
    rng, hits = np.random.default_rng(7), []
    for _ in range(150):
        truth = shape.adds @ rng.normal(100, 25, (6, 13))
        said = truth + rng.normal(0, 10, 9)[:, None] + 25 * rng.standard_normal(truth.shape)
        said += shape.adds @ rng.normal(0, 8, (6, 13))
        found = reconcile(shape, said[:, -1], (truth - said)[:, :-1])
        for place, key in enumerate(shape.keys):
            low, high = found.interval(key, 0.8)
            hits.append(low <= truth[place, -1] <= high)
    assert 0.77 <= np.mean(hits) <= 0.83


def test_statements_of_people_hold_as_often_as_they_say(shape: Tree) -> None:
    rng, hits = np.random.default_rng(8), []
    for periods in (2, 4, 8, 16) * 60:
        truth = shape.adds @ rng.normal(100, 25, (6, periods + 1))
        spread = 25 * np.exp(rng.normal(0, 0.3, 9))[:, None]
        said = truth + rng.normal(0, 10, 9)[:, None] + spread * rng.standard_normal(truth.shape)
        misses = truth - said
        alike = float((misses[:, :-1] ** 2).mean())
        records = [record(row[:-1], others=alike) for row in misses]
        told = [
            Statement(key, key, said[place, -1], records[place])
            for place, key in enumerate(shape.keys)
        ]
        found = fuse(shape, told)
        assert found is not None
        for place, key in enumerate(shape.keys):
            low, high = found.coherent.interval(key, 0.8)
            hits.append(low <= truth[place, -1] <= high)
    assert 0.77 <= np.mean(hits) <= 0.83


def test_fusing_one_statement_a_unit_is_weighted_least_squares_of_the_library(shape: Tree) -> None:
    from hierarchicalforecast.methods import MinTrace

    rng = np.random.default_rng(3)
    misses, points = rng.normal(0, 10, (9, 40)), rng.normal(100, 20, 9)
    library = MinTrace(method="wls_var").fit(
        S=shape.adds, y_hat=points[:, None], y_insample=misses, y_hat_insample=np.zeros((9, 40))
    )
    wanted = shape.adds @ (library.P @ points)
    variances = (misses**2).mean(axis=1)
    told = [
        Statement("model", key, points[place], Record(0.0, variances[place], 40))
        for place, key in enumerate(shape.keys)
    ]
    found = fuse(shape, told)
    assert found is not None
    assert [found.coherent.points[key] for key in shape.keys] == pytest.approx(list(wanted))


def test_the_better_of_two_sources_weighs_more(shape: Tree) -> None:
    """Variances 100 and 400 about the same reps: four fifths and one fifth."""
    good, bad = Record(0.0, 100.0, 9), Record(0.0, 400.0, 9)
    told = [Statement("model", one.key, 10.0, good) for one in REPS]
    told += [Statement(one.title, one.key, 20.0, bad) for one in REPS]
    found = fuse(shape, told)
    assert found is not None
    assert found.coherent.points["rep:a"] == pytest.approx(0.8 * 10 + 0.2 * 20)
    assert found.weights["rep:a"][[0, 6]] == pytest.approx([0.8, 0.2])
    assert sum(found.weights["rep:a"]) == pytest.approx(1.0)


def test_a_record_of_few_periods_is_drawn_to_that_of_people_alike() -> None:
    assert record(np.zeros(0), others=9.0) == Record(0.0, 9.0, 0)
    two = record(np.array([4.0, 4.0]), others=9.0)
    assert two.lean == 2.0  # 4 x 2 / (2 + 2)
    assert two.variance == pytest.approx(2 / 5 * 4 + 3 / 5 * 9)


def test_units_nobody_spoke_of_cannot_be_fused(shape: Tree) -> None:
    alone = [Statement("Mia", "all", 100.0, Record(0.0, 1.0, 3))]
    assert fuse(shape, alone) is None
