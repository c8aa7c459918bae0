"""Fiscal calendars cover two hundred years without gap or overlap, and read what they write."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.kernel.period import (
    Calendar,
    Grain,
    Period,
    before,
    custom_calendar,
    grain_of,
    months_calendar,
    period_of,
    periods,
    read_period,
    weeks_calendar,
    year_of,
    year_periods,
)

YEARS = range(1921, 2121)
NAMED = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)
PATTERNS = {"4-4-5": (4, 4, 5), "4-5-4": (4, 5, 4), "5-4-4": (5, 4, 4)}

months = st.builds(months_calendar, st.integers(1, 12))
weeks = st.builds(
    weeks_calendar,
    st.sampled_from(sorted(PATTERNS)),
    ends_month=st.integers(1, 12),
    ends_weekday=st.integers(0, 6),
)
tables = weeks.map(
    lambda calendar: custom_calendar(tuple(calendar.year(number) for number in YEARS))
)
calendars = months | weeks | tables
days = st.dates(date(1922, 6, 1), date(2119, 6, 1))


@given(calendars)
def test_each_year_begins_where_the_one_before_ended(calendar: Calendar) -> None:
    years = [calendar.year(number) for number in YEARS]
    assert all(one.end == following.start for one, following in pairwise(years))


@pytest.mark.parametrize("grain", NAMED)
@given(calendar=calendars)
def test_the_periods_of_a_grain_cover_every_day_once(grain: Grain, calendar: Calendar) -> None:
    found = [p for number in YEARS for p in year_periods(calendar, calendar.year(number), grain)]
    assert all(one.end == following.start for one, following in pairwise(found))
    assert found[0].start == calendar.year(YEARS[0]).start
    assert found[-1].end == calendar.year(YEARS[-1]).end


@given(calendars, st.integers(1922, 2119))
def test_the_days_of_a_year_are_its_days(calendar: Calendar, number: int) -> None:
    year = calendar.year(number)
    found = year_periods(calendar, year, Grain.DAY)
    assert [p.start for p in found] == [
        year.start + timedelta(days=i) for i in range((year.end - year.start).days)
    ]


@given(calendars, days, st.sampled_from(list(Grain)))
def test_a_day_is_in_its_period(calendar: Calendar, day: date, grain: Grain) -> None:
    period = period_of(calendar, grain, day)
    assert day in period
    assert period.last_day in period
    assert period.end not in period


@given(calendars, days, st.sampled_from(list(Grain)))
def test_reads_back_what_it_writes(calendar: Calendar, day: date, grain: Grain) -> None:
    period = period_of(calendar, grain, day)
    assert read_period(period.label, calendar) == period
    assert grain_of(period.label) is (None if grain is Grain.DAY else grain)


@given(calendars, days, st.integers(0, 500))
def test_reads_back_any_stretch(calendar: Calendar, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    read = read_period(f"{first}..{last}", calendar)
    assert read == Period(first, last + timedelta(days=1), f"{first}..{last}")


@given(calendars, days, st.sampled_from(list(Grain)))
def test_the_period_before_ends_where_this_begins(
    calendar: Calendar, day: date, grain: Grain
) -> None:
    period = period_of(calendar, grain, day)
    assert before(calendar, grain, period).end == period.start


@given(calendars, days, st.integers(1, 900), st.sampled_from(NAMED))
def test_the_periods_of_a_stretch_hold_each_of_its_days(
    calendar: Calendar, start: date, length: int, grain: Grain
) -> None:
    end = start + timedelta(days=length)
    found = list(periods(calendar, grain, start, end))
    assert all(one.end == following.start for one, following in pairwise(found))
    assert start in found[0]
    assert end - timedelta(days=1) in found[-1]


@given(st.sampled_from(sorted(PATTERNS)), st.integers(1, 12), st.integers(0, 6))
def test_a_year_of_weeks_ends_on_its_weekday_nearest_to_the_months_end(
    pattern: str, month: int, weekday: int
) -> None:
    calendar = weeks_calendar(pattern, ends_month=month, ends_weekday=weekday)
    for number in YEARS:
        last = calendar.year(number).end - timedelta(days=1)
        assert last.weekday() == weekday
        ends = [_month_end(last.year + step, month) for step in (-1, 0, 1)]
        assert min(abs((last - end).days) for end in ends) <= 3


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


@given(st.sampled_from(sorted(PATTERNS)), st.integers(1, 12), st.integers(0, 6))
def test_weeks_follow_the_pattern_and_the_53rd_is_in_the_last_month(
    pattern: str, month: int, weekday: int
) -> None:
    calendar = weeks_calendar(pattern, ends_month=month, ends_weekday=weekday)
    wanted = [7 * count for count in PATTERNS[pattern] * 4]
    long_years = 0
    for number in YEARS:
        lengths = [p.days for p in year_periods(calendar, calendar.year(number), Grain.MONTH)]
        assert lengths[:-1] == wanted[:-1]
        assert lengths[-1] in (wanted[-1], wanted[-1] + 7)
        long_years += lengths[-1] != wanted[-1]
    assert 33 <= long_years <= 38, "a calendar of weeks gains a week every five or six years"


@given(st.integers(1, 12), days)
def test_a_year_of_months_is_a_calendar_year_moved(starts: int, day: date) -> None:
    calendar = months_calendar(starts)
    year = year_of(calendar, day)
    assert (year.start.month, year.start.day) == (starts, 1)
    assert year.number == (year.end - timedelta(days=1)).year
