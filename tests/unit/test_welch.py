"""Welch's test against the library's own, and with a margin and a dispersion."""

import numpy as np
import pytest
from scipy import stats

from wald.brain.welch import Counted, spread_of, welch

OWN = np.array([0.4, 0.6, 0.5, 0.7, 0.3])
REST = np.array([1.0, 1.4, 0.9, 0.6, 1.2, 1.1, 0.8])


def _counted(rows: np.ndarray) -> Counted:
    return float(len(rows)), float(rows.sum()), float((rows * rows).sum())


def test_is_the_test_of_the_library() -> None:
    size, p_value = welch(_counted(OWN), _counted(REST), spread=1.0, margin=0.0)
    expected = stats.ttest_ind(OWN, REST, equal_var=False)
    interval = expected.confidence_interval()
    assert p_value == pytest.approx(float(expected.pvalue))
    assert (size.low, size.high) == pytest.approx((interval.low, interval.high))


def test_within_the_margin_nothing_is_there() -> None:
    assert welch(_counted(OWN), _counted(REST), spread=1.0, margin=0.6)[1] == pytest.approx(1.0)


def test_rows_that_hang_together_are_less_sure() -> None:
    one, two = (welch(_counted(OWN), _counted(REST), spread=s, margin=0.1)[1] for s in (1.0, 2.0))
    assert one < two


def test_the_dispersion_is_never_under_one() -> None:
    count = np.full((2, 5), 10.0)
    same = np.full((2, 5), 50.0)
    assert spread_of(count, same, count * 30) == 1.0
