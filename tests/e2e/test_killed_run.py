"""A pay run killed at its steps loses and doubles no line."""

from tests.reliability.killed_run import run


def test_a_killed_run_leaves_nothing_half_done() -> None:
    found = run(count=6, seed=4)
    assert found.failed == 0, found.words
    assert found.tried >= 6
