"""commit_bias: silent at a bias of all, loud where a team changes or one stands apart."""

from pathlib import Path

import pytest

from tests.night_world import night_on, rows_of
from wald.brain.detector import Look, Row
from wald.brain.detectors.commit_bias import DETECTOR
from wald.facts.parts import Snapshot

NIGHT = night_on(Snapshot(Path("nowhere"), ()))


def _slot(bias: float, windows: int) -> dict[str, float]:
    """Return windows with a mean bias, each a quarter around it; 1,000 came in each."""
    scaled = 1e4 * bias
    return {
        "windows": windows,
        "bias": windows * scaled,
        "squares": windows * (scaled * scaled + 2500.0**2),
        "said": windows * 1000.0 * (1 + bias),
        "came": windows * 1000.0,
    }


def _slots(now: float, windows: int = 6) -> list[dict[str, float]]:
    before = [_slot(-0.2 + one, windows) for one in (0.05, -0.05, 0.05, -0.05, 0)]
    return [_slot(now, windows)] * 4 + before


def _teams(**teams: list[dict[str, float]]) -> dict[str, Look]:
    return {one.subject: one for one in DETECTOR.judge(rows_of(teams, "team"), NIGHT)}


def _people(*biases: float) -> list[Look]:
    slots = {f"P{n}": [_slot(bias, 1)] * 8 for n, bias in enumerate(biases)}
    rows: list[Row] = rows_of(slots, "person_id")
    return [one for one in DETECTOR.judge(rows, NIGHT) if one.person_id]


def test_is_silent_where_everybody_says_too_little_as_ever() -> None:
    looks = _teams(North=_slots(-0.2), South=_slots(-0.22), West=_slots(-0.18))
    assert min(one.p_value for one in looks.values()) > 0.3


def test_tells_of_a_team_that_commits_to_more_than_it_did() -> None:
    north = _teams(North=_slots(0.4), South=_slots(-0.2), West=_slots(-0.2))["team:North"]
    assert north.p_value < 1e-4
    assert north.effect.estimate == pytest.approx(0.6, abs=0.02)
    assert north.money is not None
    assert north.money.estimate == pytest.approx(-3600, rel=0.03)  # 0.6 of 6 x 1,000 a quarter
    assert "commits of the last year were 40% above what came, 20% below what came before" in (
        north.claim
    )


LIKE = (-0.25, -0.2, -0.15, -0.2, -0.22, -0.18, -0.2, -0.24, -0.16, -0.2)


def test_people_who_differ_a_little_are_not_told_apart() -> None:
    assert min(one.p_value for one in _people(*LIKE)) > 0.05


def test_one_who_stands_far_apart_is_looked_at_by_key_not_by_name() -> None:
    apart = min(_people(*LIKE, 0.5), key=lambda one: one.p_value)
    assert apart.person_id == "P10"
    assert apart.p_value < 1e-4
    assert "P10" not in apart.claim


@pytest.mark.parametrize(("count", "is_looked_at"), [(8, True), (7, False)])
def test_eight_people_make_a_comparison(count: int, is_looked_at: bool) -> None:
    assert bool(_people(*LIKE[:count])) is is_looked_at
