"""Who decides in place of values which of two figures is larger."""

from collections.abc import Callable
from operator import ge, gt, le, lt

import pytest

from wald.heart.compensation.figure import REFEREE, Figure, number

PAIRS = [(3, 5), (5, 3), (3, 3), (3, 4)]
BACKWARDS = [
    (lt, [False, True, False, False]),
    (gt, [True, False, False, True]),
    (le, [False, True, True, False]),
    (ge, [True, False, True, True]),
]


class _Backwards:
    """Says the opposite of the values, in whole numbers."""

    def difference(self, one: Figure, other: Figure) -> int:
        return int(other.value - one.value)


@pytest.mark.parametrize(("operator", "found"), BACKWARDS)
def test_a_referee_decides_in_place_of_the_values(
    operator: Callable[[Figure, Figure], bool], found: list[bool]
) -> None:
    token = REFEREE.set(_Backwards())
    try:
        assert [operator(number(a), number(b)) for a, b in PAIRS] == found
        # What is less than one away from zero is zero to this one.
        assert [bool(number(value)) for value in ("3", "-1", "1", "0", "0.5")] == [
            True, True, True, False, False,
        ]  # fmt: skip
    finally:
        REFEREE.reset(token)
