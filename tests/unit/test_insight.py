"""An insight: what is the same tomorrow, what may follow on what, what is wrong with one."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from wald.insights.insight import (
    MOVES,
    PERSON,
    Effect,
    Insight,
    Status,
    StoredQuery,
    after_seen_again,
    insight_problems,
)
from wald.kernel.unit import Unit

FELL = Effect(Decimal("-0.3"), Decimal("-0.2"), Decimal("-0.1"), Unit.RATIO)
FOUND = Insight("Win rate fell 20 points", "shift", "segment:Retail", "win_rate", FELL)


def test_other_figures_and_dates_are_the_same_finding() -> None:
    later = replace(
        FOUND,
        claim="Win rate fell 31 points",
        effect=replace(FELL, low=Decimal("-0.5"), estimate=Decimal("-0.31")),
        question=StoredQuery("win_rate", as_of=date(2027, 1, 1)),
        evidence={"won": 3},
    )
    assert later.fingerprint == FOUND.fingerprint


@pytest.mark.parametrize(
    "other",
    [
        replace(FOUND, source="creep"),
        replace(FOUND, subject="segment:SMB"),
        replace(FOUND, metric="bookings"),
        replace(FOUND, effect=Effect(None, Decimal("0.2"), None, Unit.RATIO)),
    ],
)
def test_another_source_subject_metric_or_direction_is_another_finding(other: Insight) -> None:
    assert other.fingerprint != FOUND.fingerprint


def test_what_people_notice_differs_by_its_words_not_by_its_figures() -> None:
    mine = replace(FOUND, source=PERSON)
    same = replace(mine, claim="WIN rate fell 35 points")
    other = replace(mine, claim="Win rate fell since the price rise")
    assert same.fingerprint == mine.fingerprint
    assert other.fingerprint != mine.fingerprint


def test_fields_cannot_run_into_each_other() -> None:
    one = replace(FOUND, subject="a", metric="bc")
    assert one.fingerprint != replace(FOUND, subject="ab", metric="c").fingerprint


def test_what_was_dismissed_stays_so_when_seen_again_and_what_was_gone_is_new() -> None:
    assert after_seen_again(Status.DISMISSED) is Status.DISMISSED
    assert after_seen_again(Status.GONE) is Status.NEW


def test_every_status_can_be_reached_and_left() -> None:
    assert set(MOVES) == set(Status)
    assert set().union(*MOVES.values()) == set(Status)
    assert all(MOVES[status] - {status} for status in Status)


def test_a_sound_insight_has_no_problems() -> None:
    assert list(insight_problems(FOUND)) == []


def test_says_everything_that_is_wrong_at_once() -> None:
    wrong = Insight(
        " ",
        "s" * 101,
        "a\0b",
        "",
        Effect(Decimal(2), Decimal(1), None, Unit.MONEY, Decimal(2), Decimal(1)),
        {"half": "\ud800"},
    )
    assert [problem.where for problem in insight_problems(wrong)] == [
        "claim", "source", "text", "effect", "p_value", "confidence",
    ]  # fmt: skip
