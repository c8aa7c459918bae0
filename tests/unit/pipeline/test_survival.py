"""Survival against the textbook, and shares of ends against counting by hand and lifelines."""

import numpy as np
import pytest
from lifelines import AalenJohansenFitter

from wald.heart.pipeline.survival import Stays, share_within, shares_of_ends, survival

# Remission of 21 patients on 6-MP, in weeks: Freireich et al. (1963), Blood 21: 699-716.
ENDED = {6: 3, 7: 1, 10: 1, 13: 1, 16: 1, 22: 1, 23: 1}
RUNNING = {6: 1, 9: 1, 10: 1, 11: 1, 17: 1, 19: 1, 20: 1, 25: 1, 32: 2, 34: 1, 35: 1}


def test_the_textbook_curve_and_its_median() -> None:
    curve = survival(Stays({"over": ENDED}, RUNNING))
    shares = {one.days: round(one.share, 3) for one in curve.points}
    assert shares[6] == 0.857
    assert shares[7] == 0.807
    assert shares[10] == 0.753
    assert shares[13] == 0.69
    assert shares[16] == 0.627
    assert shares[22] == 0.538
    assert shares[23] == 0.448
    assert curve.median == 23
    assert curve.median_low == 13  # the published interval: from 13 weeks on
    assert all(one.low <= one.share <= one.high for one in curve.points)


def test_who_is_not_done_yet_makes_the_median_longer() -> None:
    ended = {10: 50, 20: 10}
    quick = survival(Stays({"won": ended}, {}))
    honest = survival(Stays({"won": ended}, {15: 60}))
    assert quick.median == 10
    assert honest.median == 20


def test_without_half_of_them_over_there_is_no_median() -> None:
    assert survival(Stays({"won": {3: 1}}, {30: 9})).median is None
    assert survival(Stays({"won": {}}, {30: 9})).points == ()


def test_shares_are_counts_where_everything_is_over() -> None:
    stays = Stays({"won": {5: 3, 9: 1}, "lost": {7: 6}}, {})
    assert shares_of_ends(stays) == pytest.approx({"won": 0.4, "lost": 0.6})
    assert share_within(stays, "won", 5) == pytest.approx(0.3)
    assert share_within(stays, "won", 8) == pytest.approx(0.3)
    assert share_within(stays, "won", 9) == pytest.approx(0.4)


def test_shares_by_hand_where_one_is_not_over() -> None:
    # Of 4: one is won after 1 day, one is not over after 2, then one of two is lost after 3.
    stays = Stays({"won": {1: 1}, "lost": {3: 1}}, {2: 1, 4: 1})
    assert shares_of_ends(stays) == pytest.approx({"won": 0.25, "lost": 0.75 / 2})


@pytest.mark.parametrize("seed", range(5))
def test_shares_agree_with_lifelines(seed: int) -> None:
    chance = np.random.default_rng(seed)
    days = chance.permutation(np.arange(1, 201))[:80]  # no two alike: lifelines draws lots else
    ends = chance.integers(0, 3, 80)
    stays = Stays(
        {
            "won": {int(day): 1 for day, end in zip(days, ends, strict=True) if end == 1},
            "lost": {int(day): 1 for day, end in zip(days, ends, strict=True) if end == 2},
        },
        {int(day): 1 for day, end in zip(days, ends, strict=True) if end == 0},
    )
    for place, end in ((1, "won"), (2, "lost")):
        fitted = AalenJohansenFitter(calculate_variance=False).fit(
            days, ends, event_of_interest=place
        )
        expected = fitted.cumulative_density_.iloc[:, 0]
        assert shares_of_ends(stays)[end] == pytest.approx(float(expected.iloc[-1]))
        assert share_within(stays, end, 100) == pytest.approx(
            float(expected[expected.index <= 100].iloc[-1])
        )


def test_a_half_is_a_half_however_many_quotients_it_is_a_product_of() -> None:
    """Of 6 that end one a day, 3 are over after 3 days; as floats a little more than half are
    left then."""
    for count in range(2, 60, 2):
        ended = dict.fromkeys(range(1, count + 1), 1)
        assert survival(Stays({"won": ended}, {})).median == count // 2
