"""The coverage needed: by hand, and whether new periods reach it as often as it says."""

from decimal import Decimal

import numpy as np
import pytest

from wald.heart.pipeline.needed_coverage import Before, Standing, needed


def _before(*gains: float) -> list[Before]:
    return [Before(f"Q{n}", Decimal(100), Decimal(str(gain * 100))) for n, gain in enumerate(gains)]


NOW = Standing(Decimal(300), Decimal(100))


def test_by_hand() -> None:
    found = needed(_before(0.5, 0.25, 0.4, 0.8), NOW, 0.8)
    assert found.times == pytest.approx(4.0)  # the worst of four: one of five falls below it
    assert (found.made, found.periods) == (3, 4)  # 300 x 0.25 = 75 falls short of 100
    nine = needed(_before(*(n / 10 for n in range(1, 10))), NOW, 0.8)
    assert nine.times == pytest.approx(5.0)  # the second of nine
    half = needed(_before(0.2, 0.4), NOW, 0.5)
    assert half.times == pytest.approx(1 / 0.3)  # between the two


def test_too_few_periods_say_nothing() -> None:
    few = needed(_before(0.5, 0.25, 0.4), NOW, 0.8)
    assert (few.times, few.why) == (None, "too few quarters")
    assert needed(_before(0, 0, 0, 0), NOW, 0.8).why == "nothing was booked so late"
    assert needed([], NOW, 0.5) == needed([Before("Q", Decimal(0), Decimal(9))], NOW, 0.5)
    assert needed(_before(0.5), Standing(Decimal(1), None), 0.5).made is None
    assert Standing(Decimal(1), Decimal(0)).coverage is None
    with pytest.raises(ValueError, match="no chance"):
        needed(_before(0.5), NOW, 1.0)


@pytest.mark.parametrize("chance", [0.5, 0.8])
@pytest.mark.parametrize("periods", [4, 8, 12])
def test_new_periods_reach_it_as_often_as_it_says(chance: float, periods: int) -> None:
    luck = np.random.default_rng(11)
    drawn = luck.lognormal(-1.0, 0.4, (4_000, periods + 1))
    made = 0
    for *before, new in drawn:
        times = needed(_before(*before), NOW, chance).times
        assert times is not None
        made += times * new >= 1
    assert made / len(drawn) == pytest.approx(chance, abs=0.025)
