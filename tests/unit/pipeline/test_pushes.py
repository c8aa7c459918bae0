"""Who pushes more than others: told where it is so, and silent where it is luck."""

from dataclasses import replace

import numpy as np
import pytest

from wald.heart.pipeline.pushes import Pushed, habits, together

ONE = Pushed("R1", "Max", 20, 10, 0, 0, 0, 0, 0, 0, 0, 1000)


def somebody(name: str, pushes: int, days: int = 1000) -> Pushed:
    return replace(ONE, owner_id=name, name=name, pushes=pushes, pushed_days=30 * pushes, days=days)


def test_the_case_of_the_page() -> None:
    """Of 40 pushes in 2,000 days 20 were to be expected of each; one made 30, the other 10."""
    found = habits([(somebody("ann", 30), 0.9), (somebody("bob", 10), 0.1)])
    ann, bob = found
    assert (ann.pushed.name, ann.expected) == ("ann", 20)
    # Ratios spread by 0.25, of which 2 in 40 is chance: 0.2. So 1 / 0.2 = 5 pushes are added.
    assert ann.times == pytest.approx((5 + 30) / (5 + 20))
    assert bob.times == pytest.approx((5 + 10) / (5 + 20))
    assert ann.low < ann.times < ann.high


def test_where_people_differ_no_more_than_chance_nobody_stands_out() -> None:
    found = habits([(somebody("ann", 21), 0.5), (somebody("bob", 19), 0.5)])
    assert [(one.times, one.stands_out) for one in found] == [(1.0, False), (1.0, False)]


def test_somebody_who_pushes_five_times_as_often_stands_out() -> None:
    rows = [(somebody(f"r{i}", 20), 0.4) for i in range(9)]
    found = habits([*rows, (somebody("max", 100), 5.0)])
    assert found[0].pushed.name == "max"
    assert found[0].stands_out
    assert found[0].low > 1


def test_few_deals_are_drawn_towards_everybody_s() -> None:
    rows = [(somebody(f"r{i}", 10 if i % 2 else 40), 0.5) for i in range(10)]
    few, many = somebody("few", 3, 40), somebody("many", 75, 1000)
    found = {one.pushed.name: one for one in habits([*rows, (few, 0.2), (many, 3.0)])}
    assert few.pushes / few.days == many.pushes / many.days
    assert 1 < found["few"].times < found["many"].times


def test_pushes_in_bunches_count_for_less() -> None:
    rows = [(somebody("ann", 30), 0.9), (somebody("bob", 10), 0.1)]
    bunched = [(one, squares * 20) for one, squares in rows]
    assert habits(bunched)[0].times < habits(rows)[0].times


def test_it_rarely_accuses_anybody_where_all_are_alike() -> None:
    """Twenty people who push alike, 300 times over: in few rounds does anybody stand out."""
    chance, accused = np.random.default_rng(3), 0
    for _ in range(300):
        rows = []
        for name in range(20):
            days = chance.integers(20, 90, 15)
            counts = chance.poisson(days * 0.01)
            one = somebody(str(name), int(counts.sum()), int(days.sum()))
            rows.append((replace(one, deals=15), float((counts**2 / days).sum())))
        accused += any(one.stands_out for one in habits(rows))
    assert accused / 300 < 0.08


def test_nothing_pushed_tells_nothing() -> None:
    assert habits([(somebody("ann", 0), 0.0), (somebody("bob", 0), 0.0)]) == ()
    assert habits([]) == ()
    assert together([]).pushes == 0


def test_everybody_is_the_sum() -> None:
    all_of = together([somebody("ann", 3), somebody("bob", 1, 500)])
    assert (all_of.pushes, all_of.pushed_days, all_of.days, all_of.deals) == (4, 120, 1500, 40)
    assert all_of.length == 30
