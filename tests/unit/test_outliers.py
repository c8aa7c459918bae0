"""Who lies out of all others is told by how far they differ; two who are alike are not."""

import numpy as np

from wald.brain.outliers import outliers

SEED = 20261122


def test_is_wrong_as_seldom_as_it_says() -> None:
    chance = np.random.default_rng(SEED)
    wrong = [
        one is not None and one.p_value <= 0.01
        for _ in range(100)
        for one in outliers(chance.normal(0, 1, 20), np.full(20, 8.0))
    ]
    # Of 2,000 people 20 are expected; 33 would be three standard errors more.
    assert sum(wrong) <= 33


def test_who_has_fewer_rows_may_lie_further_out() -> None:
    means = np.array([0.1, -0.1, 0.2, -0.2, 0.0, 0.1, -0.1, 0.8])
    many = list(outliers(means, np.full(8, 8.0)))[-1]
    few = list(outliers(means, np.array([8.0] * 7 + [2.0])))[-1]
    assert many is not None
    assert few is not None
    assert many.p_value < few.p_value


def test_nobody_lies_out_where_the_others_do_not_differ() -> None:
    assert list(outliers(np.array([1.0, 1.0, 1.0, 2.0]), np.full(4, 8.0)))[-1] is None
