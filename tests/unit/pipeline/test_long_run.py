"""The long run against counting by hand, against plain shares and means, and against lifelines."""

from math import sqrt

import numpy as np
import pytest
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from wald.heart.pipeline.long_run import Life, long_run, score_interval


def test_the_case_of_the_page() -> None:
    # Four deals: won after 1 day, open after 2, lost after 3, open after 4.
    lives = [Life(0, 1, "won", 1), Life(0, 2, "", 1), Life(0, 3, "lost", 1), Life(0, 4, "", 1)]
    won, lost = long_run(lives, "won"), long_run(lives, "lost")
    assert won is not None
    assert lost is not None
    assert won.share.value == pytest.approx(0.25)
    assert lost.share.value == pytest.approx(0.375)  # a half of three quarters
    assert won.left == pytest.approx(0.375)
    # All for 1 day, three quarters for 2 more, 0.375 for the last.
    assert won.days.value == pytest.approx(1 + 2 * 0.75 + 0.375)
    assert won.ended == 2


def test_where_everything_is_over_it_is_the_plain_share_and_mean() -> None:
    lives = [Life(0, 2, "won", 3), Life(0, 5, "lost", 4), Life(0, 9, "won", 3)]
    found = long_run(lives)
    assert found is not None
    assert found.left == pytest.approx(0)
    assert found.share.value == pytest.approx(0.6)
    assert found.share.error == pytest.approx(sqrt(0.6 * 0.4 / 10))
    assert (found.share.low, found.share.high) == pytest.approx(score_interval(0.6, 10))
    days = [2] * 3 + [5] * 4 + [9] * 3
    assert found.days.value == pytest.approx(np.mean(days))
    assert found.days.error == pytest.approx(np.std(days) / sqrt(10))


def test_the_score_interval_is_the_published_one() -> None:
    # 15 of 148: Newcombe (1998), Statistics in Medicine 17: 857-872, table I.
    assert [round(one, 4) for one in score_interval(15 / 148, 148)] == [0.0624, 0.1605]


def test_agrees_with_lifelines_where_ages_differ() -> None:
    chance = np.random.default_rng(4)
    ages = [int(age) for age in chance.choice(2000, 300, replace=False)]
    ends = [int(end) for end in chance.choice((0, 1, 1, 2, 2, 2), 300)]
    names = ("", "won", "lost")
    found = long_run([Life(0, age, names[end], 1) for age, end in zip(ages, ends, strict=True)])
    assert found is not None
    fitter = AalenJohansenFitter(calculate_variance=False).fit(ages, ends, event_of_interest=1)
    assert found.share.value == pytest.approx(float(fitter.cumulative_density_.iloc[-1, 0]))
    curve = KaplanMeierFitter().fit(ages, [end > 0 for end in ends])
    shares = curve.survival_function_["KM_estimate"]
    area = float((np.diff(shares.index) * shares.to_numpy()[:-1]).sum())
    assert found.days.value == pytest.approx(area)


def test_who_is_seen_from_a_later_age_on_counts_from_there() -> None:
    entries, ages, ends = [0, 10, 20, 0, 5], [30, 25, 40, 12, 50], [1, 1, 0, 1, 1]
    found = long_run(
        [
            Life(entry, age, "won" if end else "", 1)
            for entry, age, end in zip(entries, ages, ends, strict=True)
        ]
    )
    # lifelines takes who enters at an age as not at risk of what ends at that age: none does here.
    curve = KaplanMeierFitter().fit(ages, ends, entry=entries)
    assert found is not None
    assert found.left == pytest.approx(float(curve.survival_function_.iloc[-1, 0]))


def test_old_deals_do_not_make_it_look_longer() -> None:
    """Deals seen in a window are the longer ones; counted from the age seen they are not."""
    chance = np.random.default_rng(7)
    lives, naive = [], []
    for _ in range(4000):
        opened, lasts = int(chance.integers(-400, 100)), 1 + int(chance.exponential(60))
        closed = opened + lasts
        if closed >= 0:
            naive.append(lasts)
            entry, age = max(0, -opened), min(lasts, 100 - opened)
            lives.append(Life(entry, age, "won" if closed <= 100 else "", 1))
    found = long_run(lives)
    assert found is not None
    assert abs(found.days.value - 60.5) < 6
    assert float(np.mean(naive)) > 70


def test_95_intervals_hold_95_times_in_100() -> None:
    """Of deals that are won with 30 %, looked at while many are open yet."""
    chance, rounds, share_held, days_held = np.random.default_rng(11), 500, 0, 0
    for _ in range(rounds):
        lasts = np.minimum(chance.geometric(1 / 40, 150), 120)  # in the end within 120 days
        won = chance.random(150) < 0.3
        seen = chance.integers(30, 160, 150)
        lives = [
            Life(0, int(min(days, until)), ("won" if wins else "lost") if days <= until else "", 1)
            for days, wins, until in zip(lasts, won, seen, strict=True)
        ]
        found = long_run(lives)
        assert found is not None
        truth = 40 * (1 - (1 - 1 / 40) ** 120)  # mean of the smaller of both
        share_held += found.share.low <= 0.3 <= found.share.high
        days_held += found.days.low <= truth <= found.days.high
    assert 0.92 <= share_held / rounds <= 0.98
    assert 0.92 <= days_held / rounds <= 0.98


def test_nothing_over_tells_nothing() -> None:
    assert long_run([Life(0, 5, "", 3)]) is None
    assert long_run([]) is None
