"""Which places explain a change: found, nothing there, outside the data, too little data."""

from dataclasses import replace

import numpy as np
import pytest

from tests.root_cause_worlds import out_of_sight, rate_world, sum_world, without_past
from wald.brain.localise import SETTINGS, Leaves, Located, Verdict, locate

QUICK = replace(SETTINGS, draws=10)
_SHAPE = (10, 8, 6, 5)


def _chance(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.PCG64(seed))


def rates(now: list[float], before: list[float], tries: float = 1000.0) -> Leaves:
    """Return the four leaves of two regions and two segments, four moments before this one."""
    codes = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    size = np.full(4, tries)
    labels = (("North", "South"), ("Large", "Small"))
    value = np.array(now) * size
    past = np.tile(np.array(before) * size, (4, 1))
    return Leaves(("region", "segment"), labels, codes, value, size, past, np.tile(size, (4, 1)))


def claimed(found: Located) -> list[dict[str, str]]:
    return [dict(cause.where) for cause in found.causes if cause.asserted]


def test_finds_the_value_whose_rate_fell() -> None:
    found = locate(rates([0.1, 0.1, 0.3, 0.2], [0.3, 0.2, 0.3, 0.2]))
    assert found.verdict == Verdict.FOUND
    assert claimed(found) == [{"region": "North"}]
    assert found.causes[0].share == pytest.approx(1.0, abs=0.05)
    assert found.causes[0].stability >= 0.8


def test_finds_a_pair_of_values_and_not_their_parents() -> None:
    found = locate(rates([0.1, 0.2, 0.3, 0.6], [0.1, 0.2, 0.3, 0.2]))
    assert claimed(found) == [{"region": "South", "segment": "Small"}]


def test_nothing_is_there_where_rates_stayed() -> None:
    found = locate(rates([0.1, 0.2, 0.3, 0.2], [0.1, 0.2, 0.3, 0.2]))
    assert found.verdict == Verdict.NOTHING_THERE
    assert claimed(found) == []


def test_what_everybody_did_alike_is_outside_the_data() -> None:
    found = locate(rates([0.2, 0.4, 0.6, 0.4], [0.1, 0.2, 0.3, 0.2]))
    assert found.verdict == Verdict.OUTSIDE_THE_DATA
    assert claimed(found) == []


def test_a_mix_that_shifted_is_no_cause() -> None:
    before = rates([0.1, 0.1, 0.4, 0.4], [0.1, 0.1, 0.4, 0.4])
    size = np.array([400.0, 400.0, 2000.0, 2000.0])
    shifted = replace(before, size=size, value=size * np.array([0.1, 0.1, 0.4, 0.4]))
    assert locate(shifted).verdict == Verdict.NOTHING_THERE


def test_without_a_past_there_is_too_little_data() -> None:
    found = locate(without_past(rates([0.1, 0.2, 0.3, 0.6], [0.1, 0.2, 0.3, 0.2])))
    assert found.verdict == Verdict.TOO_LITTLE_DATA
    assert "no earlier moment" in found.notes[0].what
    assert found.now == pytest.approx(0.3)


def test_a_few_tries_are_too_little_data() -> None:
    found = locate(rates([0.5, 0.5, 0.5, 0.5], [0.5, 0.5, 0.5, 0.5], tries=2.0))
    assert found.verdict == Verdict.TOO_LITTLE_DATA


def test_a_dimension_of_one_value_is_left_out_and_named() -> None:
    leaves = rates([0.1, 0.1, 0.3, 0.2], [0.3, 0.2, 0.3, 0.2])
    codes = np.column_stack([leaves.codes, np.zeros(4, np.int64)])
    wide = replace(
        leaves,
        dimensions=(*leaves.dimensions, "currency"),
        labels=(*leaves.labels, ("EUR",)),
        codes=codes,
    )
    found = locate(wide)
    assert claimed(found) == [{"region": "North"}]
    assert [note.where for note in found.notes] == ["currency"]


def test_refuses_columns_that_do_not_fit() -> None:
    leaves = rates([0.1, 0.1, 0.3, 0.2], [0.3, 0.2, 0.3, 0.2])
    with pytest.raises(ValueError, match="another length"):
        locate(replace(leaves, value=np.zeros(3)))


def test_the_same_leaves_and_seed_give_the_same_answer() -> None:
    leaves = rate_world(_chance(3)).leaves
    assert locate(leaves, seed=1, settings=QUICK) == locate(leaves, seed=1, settings=QUICK)


def test_sparse_rates_are_told_truly() -> None:
    worlds = [rate_world(_chance(seed)) for seed in range(20)]
    exact = [_told(world.leaves) == world.truth for world in worlds]
    assert sum(exact) >= 17


def test_sparse_null_worlds_are_silent() -> None:
    worlds = [rate_world(_chance(seed), causes=0, mix=seed % 2 == 0) for seed in range(40)]
    assert sum(bool(_told(world.leaves)) for world in worlds) <= 2


def test_clean_sums_are_told_truly() -> None:
    worlds = [sum_world(_chance(seed), noise=0.01, shape=_SHAPE) for seed in range(20)]
    right = sum(len(_told(world.leaves) & world.truth) for world in worlds)
    wrong = sum(len(_told(world.leaves) ^ world.truth) for world in worlds)
    assert 2 * right / (2 * right + wrong) >= 0.9


def test_null_sums_are_silent() -> None:
    worlds = [
        sum_world(_chance(seed), noise=0.1, anomalies=0, shape=_SHAPE).leaves for seed in range(40)
    ]
    assert sum(bool(_told(leaves)) for leaves in worlds) <= 2


def test_a_cause_out_of_sight_is_outside_the_data() -> None:
    verdicts = [
        locate(out_of_sight(_chance(seed), noise=0.05).leaves, settings=QUICK).verdict
        for seed in range(10)
    ]
    assert verdicts.count(Verdict.OUTSIDE_THE_DATA) >= 9


def _told(leaves: Leaves) -> frozenset[tuple[tuple[str, str], ...]]:
    found = locate(leaves, settings=replace(SETTINGS, draws=0))
    return frozenset(cause.where for cause in found.causes if cause.asserted)
