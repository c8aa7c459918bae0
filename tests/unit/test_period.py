"""Periods by name: every form people write, in every family of calendars, and what is refused."""

from datetime import date, timedelta

import pytest

from wald.kernel.period import (
    Calendar,
    Grain,
    Period,
    Year,
    before,
    custom_calendar,
    grain_of,
    months_calendar,
    period_of,
    periods,
    read_period,
    weeks_calendar,
    year_of,
)
from wald.kernel.problem import Problem

PLAIN, FEBRUARY = months_calendar(), months_calendar(2)
RETAIL = weeks_calendar("4-5-4", ends_month=1)  # ends on the Saturday nearest to 31 January
WEEKS = weeks_calendar("4-4-5")


def span(text: str, calendar: Calendar = PLAIN) -> tuple[str, str]:
    found = read_period(text, calendar)
    assert isinstance(found, Period), found
    return found.start.isoformat(), found.last_day.isoformat()


def refused(text: str, calendar: Calendar = PLAIN) -> Problem:
    found = read_period(text, calendar)
    assert isinstance(found, Problem), found
    return found


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2017", "2017-01-01", "2017-12-31"),
        ("2017-Q3", "2017-07-01", "2017-09-30"),
        ("2017-q3", "2017-07-01", "2017-09-30"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2017-07-01", "2017-07-01", "2017-07-01"),
        ("2017-07-01..2017-09-30", "2017-07-01", "2017-09-30"),
        (" 2017-07-01 .. 2017-07-01 ", "2017-07-01", "2017-07-01"),
    ],
)
def test_reads_what_people_write(text: str, first: str, last: str) -> None:
    assert span(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("FY2018", "2017-02-01", "2018-01-31"),
        ("2018", "2017-02-01", "2018-01-31"),
        ("FY2018-Q1", "2017-02-01", "2017-04-30"),
        ("FY2018-Q4", "2017-11-01", "2018-01-31"),
        ("2017-07", "2017-07-01", "2017-07-31"),
        ("FY2018-P01", "2017-02-01", "2017-02-28"),
    ],
)
def test_a_year_from_february_bears_the_number_of_its_end(text: str, first: str, last: str) -> None:
    assert span(text, FEBRUARY) == (first, last)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("FY2023", "2023-01-29", "2024-02-03"),
        ("FY2023-P01", "2023-01-29", "2023-02-25"),
        ("FY2023-P02", "2023-02-26", "2023-04-01"),
        ("FY2023-P12", "2023-12-31", "2024-02-03"),
        ("FY2023-Q4", "2023-10-29", "2024-02-03"),
        ("FY2024-Q1", "2024-02-04", "2024-05-04"),
    ],
)
def test_the_retail_year_2023_has_53_weeks(text: str, first: str, last: str) -> None:
    """The retail trade's own 4-5-4 calendar has 53 weeks in 2023, the last in January."""
    assert span(text, RETAIL) == (first, last)


@pytest.mark.parametrize("number", [2006, 2012, 2017, 2023])
def test_the_retail_years_of_53_weeks_are_known(number: int) -> None:
    year = RETAIL.year(number)
    assert (year.end - year.start).days == 371
    assert (RETAIL.year(number + 1).end - RETAIL.year(number + 1).start).days == 364


def test_a_year_of_weeks_may_begin_in_the_year_before() -> None:
    assert span("FY2024", WEEKS) == ("2023-12-31", "2024-12-28")
    assert year_of(WEEKS, date(2023, 12, 31)).number == 2024
    assert year_of(WEEKS, date(2024, 12, 29)).number == 2025


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("2017-13", "month must be in 1..12"),
        ("2017-02-30", "day is out of range for month"),
        ("soon", "it is no period"),
        ("", "it is no period"),
        ("2017-09-30..2017-07-01", "2017-07-01 comes before 2017-09-30"),
        ("2017-P13", "a year has the periods P01 to P12"),
        ("2017-P00", "a year has the periods P01 to P12"),
        ("9999-12-31", "date value out of range"),
        ("9999", "year 10000 is out of range"),
    ],
)
def test_says_what_is_wrong_and_how_to_write(text: str, what: str) -> None:
    found = refused(text)
    assert found.where == f"period {text!r}"
    assert found.what == what
    assert "write 2017, 2017-Q3" in found.fix


def test_a_calendar_of_weeks_has_no_calendar_months() -> None:
    assert "P01 to P12" in refused("2023-07", RETAIL).what


@pytest.mark.parametrize("month", [0, 13])
def test_a_year_starts_in_a_month(month: int) -> None:
    with pytest.raises(ValueError, match=f"from 1 to 12, not {month}"):
        months_calendar(month)


@pytest.mark.parametrize(
    ("text", "grain"),
    [
        ("2017", Grain.YEAR),
        ("FY2018-Q1", Grain.QUARTER),
        ("2017-07", Grain.MONTH),
        ("FY2018-P03", Grain.MONTH),
        ("2017-07-01..2017-09-30", None),
        ("2017-07-01", None),
    ],
)
def test_the_grain_of_what_is_written(text: str, grain: Grain | None) -> None:
    assert grain_of(text) is grain


def test_the_period_before_goes_over_the_end_of_a_year() -> None:
    quarter = period_of(FEBRUARY, Grain.QUARTER, date(2017, 2, 1))
    assert quarter.label == "FY2018-Q1"
    assert before(FEBRUARY, Grain.QUARTER, quarter).label == "FY2017-Q4"


def test_the_periods_of_a_stretch_overlap_it() -> None:
    found = periods(PLAIN, Grain.QUARTER, date(2017, 3, 31), date(2017, 7, 1))
    assert [p.label for p in found] == ["2017-Q1", "2017-Q2"]


def test_a_stretch_of_no_days_has_no_periods() -> None:
    assert list(periods(PLAIN, Grain.MONTH, date(2017, 3, 1), date(2017, 3, 1))) == []


def _year(number: int, start: date, length: int) -> Year:
    bounds = [start + timedelta(days=30 * i) for i in range(12)]
    return Year(number, (*bounds, start + timedelta(days=length)))


FIRST = _year(2023, date(2023, 1, 10), 365)
SECOND = _year(2024, date(2024, 1, 10), 366)


def test_a_table_of_ones_own_names_its_days_and_no_others() -> None:
    own = custom_calendar((FIRST, SECOND))
    assert period_of(own, Grain.QUARTER, date(2024, 1, 9)).label == "FY2023-Q4"
    assert period_of(own, Grain.QUARTER, date(2024, 1, 10)).label == "FY2024-Q1"
    with pytest.raises(ValueError, match="no fiscal year for 2023-01-09; add it to the table"):
        period_of(own, Grain.QUARTER, date(2023, 1, 9))
    assert "no fiscal year 2022" in refused("FY2022", own).what


@pytest.mark.parametrize(
    ("years", "what"),
    [
        ((FIRST, _year(2024, date(2024, 1, 11), 366)), "2024 does not follow 2023"),
        ((FIRST, _year(2025, date(2024, 1, 10), 366)), "2025 does not follow 2023"),
        ((Year(2023, FIRST.bounds[:12]),), "2023 needs 13 rising days"),
        ((Year(2023, FIRST.bounds[::-1]),), "2023 needs 13 rising days"),
    ],
)
def test_a_table_of_ones_own_must_fit_together(years: tuple[Year, ...], what: str) -> None:
    with pytest.raises(ValueError, match=what):
        custom_calendar(years)
