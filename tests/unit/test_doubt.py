"""A doubt speaks where there is reason to, says what it saw, and is silent otherwise."""

from datetime import date

import pytest

from wald.facts.doubt import CENSORED, NO_PUSHES, RIPENING, STILL_RUNNING, STILL_THERE, Row
from wald.kernel.period import Period

DAY = date(2024, 12, 31)


def stretch(first: str, end: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(end), "a stretch")


@pytest.mark.parametrize("first_on", ["2024-01-01", "2024-03-31"])
def test_a_period_that_begins_within_twice_the_median_is_censored(first_on: str) -> None:
    row = {"first_opened_on": date(2024, 1, 1), "typical_days": 45.5}
    said = CENSORED.judge(row, stretch(first_on, "2024-07-01"), DAY)
    assert said is not None
    assert "deals opened on 2024-01-01" in said
    assert "before 2024-04-01" in said  # 91 days later


def test_a_period_after_that_is_not() -> None:
    row = {"first_opened_on": date(2024, 1, 1), "typical_days": 45.5}
    assert CENSORED.judge(row, stretch("2024-04-01", "2024-07-01"), DAY) is None


@pytest.mark.parametrize(("as_of", "speaks"), [(date(2024, 12, 29), True), (DAY, False)])
def test_a_whole_record_is_censored_while_it_is_short(as_of: date, speaks: bool) -> None:
    """363 of 364 days are short beside four times 91; 365 are not."""
    row = {"first_opened_on": date(2024, 1, 1), "typical_days": 45.5}
    assert (CENSORED.judge(row, None, as_of) is not None) == speaks


@pytest.mark.parametrize(
    "row",
    [
        {"first_opened_on": None, "typical_days": 10},
        {"first_opened_on": date(2024, 1, 1), "typical_days": None},
    ],
)
def test_without_openings_or_closings_nothing_is_censored(row: Row) -> None:
    assert CENSORED.judge(row, None, DAY) is None


@pytest.mark.parametrize(
    ("ends", "speaks"), [("2024-12-13", True), ("2024-12-12", False), ("2025-04-01", True)]
)
def test_leads_ripen_for_twice_the_median(ends: str, speaks: bool) -> None:
    """Ten days is the median: the last lead must be 20 days old. A running period ends today."""
    said = RIPENING.judge({"typical_days": 10}, stretch("2024-10-01", ends), DAY)
    assert (said is not None) == speaks


def test_leads_of_all_time_still_ripen() -> None:
    said = RIPENING.judge({"typical_days": 10}, None, DAY)
    assert said is not None
    assert "more than 10 days" in said


def test_where_nothing_ever_converted_nobody_knows_how_long_it_takes() -> None:
    assert RIPENING.judge({"typical_days": None}, None, DAY) is None


def test_who_is_still_there_is_counted() -> None:
    said = STILL_THERE.judge({"waiting": 1234, "entries": 5000}, None, DAY)
    assert said is not None
    assert said.startswith("1,234 of 5,000 entries are still in their stage as of 2024-12-31")
    assert STILL_THERE.judge({"waiting": 0, "entries": 5000}, None, DAY) is None


def test_without_a_record_of_pushes_they_cannot_be_had() -> None:
    assert NO_PUSHES.voids
    assert NO_PUSHES.judge({"moves": 0}, None, DAY) is not None
    assert NO_PUSHES.judge({"moves": 1}, None, DAY) is None


def test_windows_that_run_are_counted() -> None:
    said = STILL_RUNNING.judge({"running": 2, "windows": 8}, None, DAY)
    assert said is not None
    assert said.startswith("2 of 8 quota windows are still running on 2024-12-31")
    assert STILL_RUNNING.judge({"running": 0, "windows": 8}, None, DAY) is None
