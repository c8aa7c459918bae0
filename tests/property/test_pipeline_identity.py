"""Start + bars = end, to the cent, and each deal's part of each bar, against a plain replay."""

import pytest

from tests.reliability.pipeline_identity import run


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_deal_adds_to_each_bar_what_playing_its_log_finds(seed: int) -> None:
    found = run(400, seed)
    assert found.failed == 0, found.words
    assert found.tried >= 400
