"""How deals with a finding fared beside others: by hand, and how often its intervals hold."""

from random import Random

import pytest

from wald.brain.rule_record import Looked, judge_record
from wald.brain.stats import difference_of_shares


def looked(found: int, found_won: int, others: int, others_won: int) -> list[Looked]:
    rows = [Looked(f"F{i}", is_found=True, is_won=i < found_won) for i in range(found)]
    return rows + [Looked(f"O{i}", is_found=False, is_won=i < others_won) for i in range(others)]


def test_shares_and_their_difference_by_hand() -> None:
    record = judge_record(looked(40, 8, 100, 50))
    assert (record.found.won, record.found.deals) == (8, 40)
    assert record.difference == difference_of_shares((8, 40), (50, 100))
    assert record.difference is not None
    assert record.difference.estimate == pytest.approx(-0.3)
    assert record.verdict == "Deals with the finding were won less often."
    assert judge_record(looked(40, 32, 100, 50)).verdict.endswith("more often.")
    assert "chance could not make" in judge_record(looked(40, 19, 100, 50)).verdict


def test_too_few_deals_are_not_compared() -> None:
    assert judge_record(looked(9, 0, 100, 50)).difference is None
    assert judge_record(looked(10, 0, 100, 50)).difference is not None
    nothing = judge_record([])
    assert (nothing.found.share, nothing.difference) == (None, None)
    assert nothing.verdict.startswith("Fewer than 10")


def test_a_deal_seen_on_several_days_counts_once() -> None:
    rows = looked(20, 10, 20, 10)
    again = [one for one in rows for _ in range(3)]
    assert judge_record(again) == judge_record(rows)
    # Found on two days, won after one of them: half a win.
    twice = [Looked("D", is_found=True, is_won=won) for won in (True, False)]
    assert judge_record([*twice, *twice]).found.won == round(0.5)


def test_nineteen_in_twenty_intervals_hold_the_difference() -> None:
    """400 draws: a correct 95 % interval holds 365 to 393 of them in 99 of 100 such tests."""
    chance = Random(20260630)  # noqa: S311 - draws of a test
    held = 0
    for _ in range(400):
        rows = [Looked(f"F{i}", is_found=True, is_won=chance.random() < 0.3) for i in range(60)]
        rows += [Looked(f"O{i}", is_found=False, is_won=chance.random() < 0.5) for i in range(200)]
        told = judge_record(rows).difference
        assert told is not None
        held += told.low <= -0.2 <= told.high
    assert 365 <= held <= 393
