"""Small statistics against the figures their papers print."""

import pytest

from wald.brain.stats import difference_of_shares, share

# Newcombe (1998), table II, method 10: both shares, and the limits printed.
PRINTED = [
    ((56, 70), (48, 80), 0.0524, 0.3339),
    ((9, 10), (3, 10), 0.1705, 0.8090),
    ((6, 7), (2, 7), 0.0582, 0.8062),
    ((5, 56), (0, 29), -0.0381, 0.1926),
    ((0, 10), (0, 20), -0.1611, 0.2775),
    ((10, 10), (0, 20), 0.6791, 1.0000),
    ((10, 10), (0, 10), 0.6075, 1.0000),
]


@pytest.mark.parametrize(("first", "second", "low", "high"), PRINTED)
def test_differences_are_those_of_the_paper(
    first: tuple[int, int], second: tuple[int, int], low: float, high: float
) -> None:
    found = difference_of_shares(first, second)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_a_share_of_nothing_or_everything_keeps_its_doubt() -> None:
    assert share(0, 10).low == 0
    assert round(share(0, 10).high, 4) == 0.2775  # 1.96 ^ 2 / (10 + 1.96 ^ 2)
    assert share(10, 10).high == pytest.approx(1)


def test_the_groups_the_other_way_round_turn_the_sign() -> None:
    there, back = difference_of_shares((9, 40), (4, 50)), difference_of_shares((4, 50), (9, 40))
    assert (there.low, there.estimate) == pytest.approx((-back.high, -back.estimate))


@pytest.mark.parametrize(("hits", "tries"), [(0, 0), (3, 2), (-1, 4)])
def test_what_is_no_share_is_refused(hits: int, tries: int) -> None:
    with pytest.raises(ValueError, match=f"{hits} of {tries}"):
        share(hits, tries)
