"""Process behaviour charts: published constants, limits by hand, rules, and how often they err."""

import numpy as np
import pytest

from wald.brain.xmr import LIMIT, RANGE_LIMIT, correlation, xmr


def test_the_constants_are_those_of_shewhart() -> None:
    assert pytest.approx(2.660, abs=0.002) == LIMIT
    assert pytest.approx(3.267, abs=0.002) == RANGE_LIMIT


def test_limits_are_those_worked_out_by_hand() -> None:
    # Mean 12; moving ranges 2, 4, 2, 4: mean 3.
    chart = xmr([10, 12, 16, 14, 10][:5])
    assert chart is not None
    assert chart.centre[0] == pytest.approx(12.4)
    assert chart.high[0] == pytest.approx(12.4 + LIMIT * 3)
    assert chart.low[0] == pytest.approx(12.4 - LIMIT * 3)
    assert chart.range_limit == pytest.approx(RANGE_LIMIT * 3)


def test_under_four_points_there_is_no_chart() -> None:
    assert xmr([1, 2, 3]) is None


def test_limits_of_few_points_are_provisional() -> None:
    few, enough = xmr([1, 2, 1] * 3), xmr([1, 2, 1] * 4)
    assert few is not None
    assert enough is not None
    assert (few.is_provisional, enough.is_provisional) == (True, False)


def test_a_point_outside_signals() -> None:
    chart = xmr([10, 11] * 8 + [20], told=16)
    assert chart is not None
    assert [(one.place, one.rule) for one in chart.signals if one.rule == "outside"] == [
        (16, "outside")
    ]


def test_the_eighth_point_on_one_side_signals() -> None:
    rng = np.random.Generator(np.random.PCG64(3))
    base = list(rng.standard_normal(24))
    chart = xmr([*base, *[0.9] * 8], told=24)
    assert chart is not None
    assert 31 in {one.place for one in chart.signals if one.rule == "run"}


def test_a_season_is_no_signal() -> None:
    rng = np.random.Generator(np.random.PCG64(5))
    season = [month % 3 for month in range(36)]
    values = [10.0 * (kind == 2) + rng.standard_normal() for kind in season]
    with_season, without = xmr(values, season), xmr(values)
    assert with_season is not None
    assert without is not None
    assert with_season.has_season
    assert with_season.high[0] - with_season.low[0] < (without.high[0] - without.low[0]) / 3


def test_a_series_that_remembers_itself_has_wider_limits_and_no_runs() -> None:
    rng = np.random.Generator(np.random.PCG64(7))
    values = [0.0]
    for noise in rng.standard_normal(59):
        values.append(0.7 * values[-1] + noise)
    chart = xmr(values)
    assert chart is not None
    assert chart.memory > 0.4
    assert not [one for one in chart.signals if one.rule != "outside"]
    assert chart.high[0] - chart.low[0] == pytest.approx(6 * np.std(values), rel=0.35)


def test_correlation_of_white_noise_is_nought_on_average() -> None:
    rng = np.random.Generator(np.random.PCG64(11))
    found = [correlation(rng.standard_normal(12)) for _ in range(2000)]
    assert abs(float(np.mean(found))) < 0.03


@pytest.mark.parametrize(("points", "published"), [(6, 0.25), (12, 0.16), (24, 0.09)])
def test_limits_signal_wrongly_as_often_as_is_published(points: int, published: float) -> None:
    """A point outside among the next 12 of a quiet series; reference section 3b."""
    rng = np.random.Generator(np.random.PCG64(13))
    wrong = 0
    for _ in range(1500):
        values = rng.standard_normal(points + 12)
        moves = np.abs(np.diff(values[:points])).mean()
        away = np.abs(values[points:] - values[:points].mean())
        wrong += bool((away > LIMIT * moves).any())
    assert wrong / 1500 == pytest.approx(published, abs=0.03)
