"""Spreads, shares and hazards of what is usual, by hand."""

from dataclasses import replace

from wald.heart.hygiene.ground import GoingOn, Spread, percent, spread

# 27 of 30 went on after 10 days, the other 3 after 50; a quarter of 40 never did.
GOING = GoingOn(days=(10, 50), gone=(0.675, 0.75), left=(0.325, 0.25), went_on=30, stays=40)


def test_spreads_and_shares_by_hand() -> None:
    some = spread({3: 2, 5: 1, 9: 1})
    assert (some.count, some.shorter(3), some.shorter(4), some.shorter(10)) == (4, 0.0, 0.5, 1.0)
    assert (some.median_above(0), some.median_above(3), some.median_above(9)) == (3, 5, None)
    assert Spread().shorter(4) == 0.0
    assert GOING.share_before(10) == 0.0
    assert GOING.chance_within(50, 30) == 0.0
    assert replace(GOING, left=(0.325, 0.0)).chance_within(50, 30) is None
    assert (percent(0.29), percent(0.996), percent(1.0)) == ("29 %", "99 %", "100 %")
