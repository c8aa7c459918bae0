"""How the whole brain is judged: what counts as found, where, and by when."""

from datetime import date
from itertools import pairwise
from typing import Any

import pytest

from tests.planted_nights import Asked, agreed_in, history, night
from tests.science.whole_brain import (
    ASKED,
    first_found,
    is_at,
    is_it,
    planted_jobs,
    precision,
    quiet_jobs,
    shares_rows,
    silence,
    window,
)
from wald.simulator.planted import SWITCHES

STALL: dict[str, Any] = {
    "problem": "deals_stall",
    "from": "2025-01-01",
    "found_by": "2025-07-15",
    "where": {"region": "North", "stage": "Discovery"},
}


def told(detector: str = "stalled_deals", person: str = "", **where: str) -> dict[str, Any]:
    return {"detector": detector, "where": where, "person": person, "direction": "up", "also": []}


@pytest.mark.parametrize(
    ("where", "here"),
    [
        ({"region": "North"}, True),
        ({"region": "North", "segment": "SMB"}, True),
        ({"region": "South"}, False),
        ({"stage": "Discovery"}, False),  # says nothing of where
        ({"region": "North", "stage": "Proposal"}, False),
        ({}, False),
    ],
)
def test_a_place_is_right_if_it_names_where_and_nothing_else(
    where: dict[str, str], here: bool
) -> None:
    assert is_at(STALL, told(**where)) == here


def test_a_problem_that_is_everywhere_is_named_by_everybody() -> None:
    assert is_at({**STALL, "where": {}}, told())


def test_a_person_is_named_by_that_person_alone() -> None:
    answer = {**STALL, "problem": "weak_rep", "where": {"person_id": "P1"}}
    assert is_at(answer, told(person="P1"))
    assert not is_at(answer, told(person="P2"))
    assert not is_at(answer, told(region="North"))


def test_only_a_detector_with_the_question_finds_a_problem() -> None:
    assert is_it(STALL, told(region="North"))
    assert not is_it(STALL, told("discount_creep", region="North"))
    merged = told("win_rate_shift", region="North")
    assert is_it(STALL, {**merged, "also": [["deal_velocity", "region:North"]]})


def test_a_window_is_looked_at_on_fridays_four_weeks_apart_up_to_its_end() -> None:
    days = window(STALL)
    assert days[-1] == date(2025, 7, 11)  # the Friday before the 15th
    assert days[0] == date(2025, 4, 18)  # 2 April is a quarter after the beginning
    assert {(after - before).days for before, after in pairwise(days)} == {28}


def test_what_is_told_after_the_window_is_too_late() -> None:
    found = [told(region="North")]
    assert first_found(STALL, [{"day": "2025-07-18", "findings": found}]) is None
    assert first_found(STALL, [{"day": "2025-07-11", "findings": found}]) == (
        "2025-07-11",
        "stalled_deals",
    )


def test_precision_counts_each_finding_once() -> None:
    nights = [
        {"day": "2025-06-06", "findings": [told(region="North"), told(region="South")]},
        {"day": "2025-07-04", "findings": [told(region="North")]},
    ]
    assert precision([{"answers": [STALL], "nights": nights}]) == (1, 2)


def test_findings_before_a_problem_began_are_not_its() -> None:
    nights = [{"day": "2024-06-07", "findings": [told(region="North")]}]
    assert precision([{"answers": [STALL], "nights": nights}]) == (0, 1)


def test_places_that_contradict_share_no_rows() -> None:
    assert shares_rows(STALL, told(segment="SMB"))
    assert not shares_rows(STALL, told(region="South"))


def test_silence_is_findings_in_a_hundred_nights() -> None:
    nights = [{"day": "2025-06-06", "findings": [told()]}, {"day": "2025-06-13", "findings": []}]
    one, different = silence([{"seed": 1, "nights": nights}])
    assert (one.measured, one.is_met) == ("50.0", False)
    assert different.measured == "1 in 2 nights"


def test_a_share_of_the_nights_lies_evenly_among_all() -> None:
    (job,) = quiet_jobs([1], 3)
    assert [(job.days[-1] - day).days // 7 for day in job.days] == [99, 50, 0]


def test_every_problem_is_asked_of_a_detector_but_the_one_of_incentives() -> None:
    assert set(SWITCHES) - set(ASKED) == {"deals_pulled_forward"}


def test_a_night_over_a_stored_history_looks_with_what_was_agreed(tmp_path: Any) -> None:
    small = Asked(seed=3, planted=("stage_chances_off",), years=2, scale=0.3)
    with history(small, tmp_path) as found:
        (answer,) = found.answers
        began = date.fromisoformat(str(answer["from"]))
        before = agreed_in(found.world, date(2025, 1, 1)).stage_chances
        after = agreed_in(found.world, began).stage_chances
        judged = night(found, date(2026, 6, 26))
    assert before["Proposal"] < after["Proposal"]
    assert judged.all_looks > 0
    assert planted_jobs([3], ["deals_stall"])[0].name.startswith("quiet-3-deals_stall")
