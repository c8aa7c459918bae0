"""Policies with overrides of regions and teams hold as their rule says, value by value."""

import pytest

from tests.reliability.policy_trees import run


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_holds_for_a_unit_is_what_going_down_the_levels_finds(seed: int) -> None:
    found = run(150, seed)
    assert found.failed == 0, found.words
