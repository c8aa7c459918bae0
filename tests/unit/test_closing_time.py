"""Timing near a threshold, and what the end of a window borrows from the next."""

from datetime import date, timedelta

import numpy as np
import pytest

from wald.brain.closing_time import Timed, spike, timing
from wald.brain.incentives import FEW, FOUND, HINT, NOTHING, SHOWN, Look, judged
from wald.kernel.period import Grain, months_calendar, periods


def _group(place: float, earlier: list[int], later: list[int]) -> Timed:
    one, two = np.array(earlier, float), np.array(later, float)
    both = one + two
    return Timed(
        place,
        len(earlier),
        float(one.sum()),
        float(two.sum()),
        float((two * two).sum()),
        float((two * both).sum()),
        float((both * both).sum()),
    )


def test_those_within_reach_who_close_later_than_others_are_told() -> None:
    near = _group(0.9, [1] * 50, [4] * 50)  # 80 % of their bookings in the last fortnight
    far = _group(0.3, [2] * 50, [2] * 50)  # half
    found = timing([near, far], 1.0, 91)
    assert (found.near, found.others) == (0.8, 0.5)
    assert found.moved.estimate == pytest.approx(75.0)  # 30 points of 250
    assert found.p_value is not None
    assert found.p_value < 1e-6


def test_a_rush_of_everybody_is_no_timing() -> None:
    found = timing([_group(0.9, [1] * 50, [4] * 50), _group(0.3, [1] * 50, [4] * 50)], 1.0, 91)
    assert found.p_value == pytest.approx(0.5)


def test_who_is_past_the_threshold_is_not_within_reach_of_it() -> None:
    past = timing([_group(1.0, [1] * 50, [4] * 50), _group(0.3, [2] * 50, [2] * 50)], 1.0, 91)
    assert past.p_value is None
    assert past.windows_near == 0


def test_one_person_who_sells_all_widens_the_doubt() -> None:
    even = timing([_group(0.9, [1] * 50, [4] * 50), _group(0.3, [2] * 50, [2] * 50)], 1.0, 91)
    lumpy = _group(0.9, [50, *[0] * 49], [200, *[0] * 49])
    found = timing([lumpy, _group(0.3, [2] * 50, [2] * 50)], 1.0, 91)
    assert found.moved.high - found.moved.low >= even.moved.high - even.moved.low


def _quarters(last: float, after: float) -> list[tuple[date, float]]:
    """Return bookings of 10 a day, other in the last fortnight of quarters and the one after."""
    daily = []
    for day in (date(2023, 1, 1) + timedelta(days=one) for one in range(365 * 3)):
        [quarter] = [one for one in _WINDOWS if day in one] or [None]
        into_end = (quarter.end - day).days if quarter else 99
        into_start = (day - quarter.start).days if quarter else 99
        daily.append((day, last if into_end <= 14 else after if into_start < 14 else 10.0))
    return daily


_WINDOWS = tuple(periods(months_calendar(), Grain.QUARTER, date(2023, 1, 1), date(2025, 12, 31)))


def test_a_spike_is_repaid_by_the_trough_after_it() -> None:
    found = spike(_quarters(20.0, 5.0), _WINDOWS[:11])
    assert found is not None
    assert found.spike.estimate == pytest.approx(2.0)
    assert found.trough.estimate == pytest.approx(0.5)
    assert found.repaid == pytest.approx(0.5)  # 140 too much, 70 missing after


def test_an_even_year_has_neither() -> None:
    found = spike(_quarters(10.0, 10.0), _WINDOWS[:11])
    assert found is not None
    assert found.repaid is None
    assert spike(_quarters(10.0, 10.0), _WINDOWS[:4]) is None


def test_looks_are_judged_together() -> None:
    sure, likely, no = Look("a", 0.0001, ""), Look("b", 0.02, ""), Look("c", 0.5, "")
    few, shown = Look("d", None, ""), Look("e", None, "", SHOWN)
    told = [one.verdict for one in judged([sure, likely, no, few, shown])]
    assert told == [FOUND, HINT, NOTHING, FEW, SHOWN]
    # The same p-value among many is a hint no more.
    many = judged([likely, *[no] * 20])
    assert many[0].verdict == NOTHING
