"""Agreed chances beside measured ones: what is out of line, what is proposed, what is not told."""

from collections.abc import Iterable
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.brain.agreed_chances import Agreed, Entered, chance_of, judged, record_of


def _closed(won: int, lost: int, *, slot: int = 0, weeks: int = 4) -> list[Entered]:
    return [Entered(slot, weeks, "won", won), Entered(slot, weeks, "lost", lost)]


def _line(expected: str | None, entered: Iterable[Entered]) -> Agreed:
    given = None if expected is None else Decimal(expected)
    return Agreed(("talk", ()), given, chance_of(entered))


def test_thirty_won_of_forty_are_75_of_100() -> None:
    found = chance_of(_closed(30, 10))
    assert found is not None
    assert (found.share.estimate, found.deals, found.closed) == (0.75, 40, 40)
    assert found.share.low == pytest.approx(0.598, abs=0.001)  # Wilson's, of 30 in 40
    assert found.share.high == pytest.approx(0.858, abs=0.001)


def test_deals_that_are_open_yet_count_for_as_long_as_they_were_seen() -> None:
    # Ten are lost at once; of the other twenty half are open after a week, the rest won after two.
    rows = [Entered(0, 0, "lost", 10), Entered(0, 1, "", 10), Entered(0, 2, "won", 10)]
    found = chance_of(rows)
    assert found is not None
    assert found.share.estimate == pytest.approx(2 / 3)  # not the half of those that closed


def test_fewer_than_twenty_closed_tell_nothing() -> None:
    assert chance_of(_closed(10, 9)) is None
    assert judged([_line("0.5", _closed(10, 9))])[0].is_off is False


def test_a_chance_far_off_is_out_of_line_and_the_measured_one_proposed() -> None:
    wrong, right = judged([_line("0.9", _closed(30, 30)), _line("0.5", _closed(31, 29))])
    assert (wrong.is_off, wrong.proposed) == (True, Decimal("0.50"))
    assert (right.is_off, right.proposed) == (False, None)


def test_where_nobody_said_what_is_measured_is_proposed() -> None:
    [line] = judged([_line(None, _closed(20, 60))])
    assert (line.is_off, line.p_value, line.proposed) == (False, None, Decimal("0.25"))


def test_nothing_is_proposed_while_too_many_are_open_at_the_oldest_age() -> None:
    [line] = judged([_line("0.9", [*_closed(20, 20), Entered(0, 90, "", 20)])])
    assert line.is_off
    assert line.proposed is None


def test_slots_that_vary_more_than_deals_would_widen_the_interval() -> None:
    alike = chance_of([*_closed(20, 20, slot=0), *_closed(20, 20, slot=1)])
    apart = chance_of([*_closed(35, 5, slot=0), *_closed(5, 35, slot=1)])
    assert alike is not None
    assert apart is not None
    assert alike.spread == 1.0
    assert apart.spread == pytest.approx(45.0)  # (15 deals apart)² / 40 / 0.25, of two slots
    assert apart.share.high - apart.share.low > alike.share.high - alike.share.low


def test_the_record_is_by_how_much_each_missed_what_came() -> None:
    came = chance_of(_closed(30, 30))
    told = chance_of(_closed(36, 24))
    record = record_of([Agreed(("talk", ()), Decimal("0.9"), came, told, came)])
    assert record is not None
    assert (record.deals, record.agreed, record.measured) == pytest.approx((60, 0.4, 0.1))
    assert record.is_better


@given(st.integers(20, 500), st.integers(20, 500))
def test_the_estimate_lies_in_its_interval(won: int, lost: int) -> None:
    found = chance_of(_closed(won, lost))
    assert found is not None
    assert 0 <= found.share.low <= found.share.estimate <= found.share.high <= 1


def test_a_right_chance_is_called_wrong_in_one_of_twenty_at_most() -> None:
    chance = np.random.default_rng(7)
    called = 0
    for _ in range(600):
        won = chance.binomial(80, 0.3, size=4)
        rows = [
            one for slot, count in enumerate(won) for one in _closed(count, 80 - count, slot=slot)
        ]
        called += judged([_line("0.3", rows)])[0].is_off
    assert called <= 45  # of 600 at 5 %, two deviations more
