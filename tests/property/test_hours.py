"""Laws of business hours: never due in closed hours, more time is never earlier, DST or not."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.cases.hours import Hours, Window, check, due, is_open

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
BERLIN = Hours(zone="Europe/Berlin")


@st.composite
def windows(draw: st.DrawFn) -> Window:
    opens = draw(st.integers(0, 22))
    closes = draw(st.integers(opens + 1, 24))
    return Window(draw(st.integers(0, 6)), time(opens), time(closes % 24))


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    found = draw(st.lists(windows(), min_size=1, max_size=8))
    days = st.dates(date(2024, 1, 1), date(2024, 12, 31))
    holidays = draw(st.frozensets(days, max_size=20))
    return Hours(tuple(found), draw(st.sampled_from(ZONES)), holidays)


starts = st.integers(0, 366 * 24 * 60).map(
    lambda minutes: datetime(2024, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
amounts = st.integers(0, 200 * 60).map(lambda minutes: timedelta(minutes=minutes))


@given(hours())
def test_drawn_hours_are_sound(drawn: Hours) -> None:
    assert list(check(drawn)) == []


@given(starts, amounts, hours())
def test_is_never_due_in_closed_hours_nor_before_it_begins(
    start: datetime, amount: timedelta, drawn: Hours
) -> None:
    found = due(start, amount, drawn)
    assert is_open(found, drawn)
    assert found >= start


@given(starts, amounts, amounts, hours())
def test_more_hours_are_never_due_earlier(
    start: datetime, a: timedelta, b: timedelta, drawn: Hours
) -> None:
    less, more = sorted([a, b])
    assert due(start, less, drawn) <= due(start, more, drawn)


@given(starts, starts, amounts, hours())
def test_a_later_start_is_never_due_earlier(
    a: datetime, b: datetime, amount: timedelta, drawn: Hours
) -> None:
    first, second = sorted([a, b])
    assert due(first, amount, drawn) <= due(second, amount, drawn)


@given(starts, amounts, amounts, hours())
def test_hours_add_up(start: datetime, a: timedelta, b: timedelta, drawn: Hours) -> None:
    assert due(due(start, a, drawn), b, drawn) == due(start, a + b, drawn)


@given(starts, hours())
def test_a_holiday_more_is_never_due_earlier(start: datetime, drawn: Hours) -> None:
    amount = timedelta(hours=30)
    more = Hours(drawn.windows, drawn.zone, drawn.holidays | {start.date()})
    assert due(start, amount, drawn) <= due(start, amount, more)


@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2024-05-03T14:00", 1, "2024-05-03T15:00"),  # 16:00 in Berlin, closes at 17:00 there
        ("2024-05-03T14:00", 2, "2024-05-06T08:00"),  # one hour on Friday, one on Monday
        ("2024-05-04T12:00", 0, "2024-05-06T07:00"),  # a Saturday: at the next opening
        ("2024-03-29T15:00", 8, "2024-04-01T14:00"),  # one hour left on Friday; summer time since
        ("2024-10-25T14:00", 8, "2024-10-28T15:00"),  # one hour on Friday; winter time since
        ("2024-05-03T15:00", 0, "2024-05-03T15:00"),  # the moment it closes belongs to the day
    ],
)
def test_hours_worked_out_by_hand(start: str, amount: int, expected: str) -> None:
    found = due(_utc(start), timedelta(hours=amount), BERLIN)
    assert found == _utc(expected)


def test_a_night_in_which_the_clock_changes_has_the_hours_it_has() -> None:
    """Open around the clock on Sundays: 23 hours on 31 March, 25 on 27 October 2024."""
    night = Hours((Window(6, time(0), time(0)),), "Europe/Berlin")
    for day, length in ((date(2024, 3, 31), 23), (date(2024, 10, 27), 25), (date(2024, 5, 5), 24)):
        opens = datetime.combine(day, time(0), UTC) - timedelta(hours=12)
        begins = due(opens, timedelta(0), night)
        ends = due(begins, timedelta(hours=length), night)
        assert ends - begins == timedelta(hours=length)
        assert due(begins, timedelta(hours=length, minutes=1), night) > ends + timedelta(days=5)


@pytest.mark.parametrize(
    ("odd", "where"),
    [
        (Hours(()), "windows"),
        (Hours((Window(7),)), "window 1"),
        (Hours((Window(0, time(9), time(8)),)), "window 1"),
        (Hours(zone="Berlin"), "zone"),
        (Hours(zone="../etc"), "zone"),
    ],
)
def test_hours_that_cannot_be_are_problems(odd: Hours, where: str) -> None:
    assert [problem.where for problem in check(odd)] == [where]


def test_a_calendar_without_an_end_is_said_to_have_none() -> None:
    with pytest.raises(OverflowError):
        due(datetime(9999, 12, 20, tzinfo=UTC), timedelta(hours=1000), Hours())


def test_overlapping_windows_count_once() -> None:
    """9 to 12 and 10 to 17 are 8 hours together."""
    split = Hours((Window(0, time(9), time(12)), Window(0, time(10), time(17))))
    monday = _utc("2024-05-06T00:00")
    found = [due(monday, timedelta(hours=h), split) for h in range(9)]
    assert found[8] == _utc("2024-05-06T17:00")
    assert all(later > earlier for earlier, later in pairwise(found))


def _utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
