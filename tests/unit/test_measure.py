"""A metric becomes one SELECT for any question, and the rows behind it are the same tree."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from sqlglot import exp

from wald.facts.doubt import NO_PUSHES, STILL_THERE
from wald.facts.measure import (
    columns_for,
    compose,
    compose_doubt,
    compose_rows,
    dimensions_for,
    subject_of,
)
from wald.facts.metric import metrics
from wald.facts.parts import Snapshot
from wald.facts.question import Question
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar, weeks_calendar
from wald.language.parse import read_condition
from wald.language.write import Dialect, write

TERMS = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())
COUNTED = ["numerator", "denominator", "records", "missing", "void"]


def asked(key: str, *by: str, where: str = "") -> Question:
    metric = metrics()[key]
    tree = read_condition(where, columns_for(metric)).tree if where else None
    day = AsOf(date(2024, 6, 30))
    return Question(metric, day, TERMS, Snapshot(Path(), ()), by, where=tree)


@pytest.mark.parametrize("key", metrics())
def test_has_a_column_per_dimension_and_what_is_counted(key: str) -> None:
    by = tuple(dimensions_for(metrics()[key]))
    assert compose(asked(key, *by)).named_selects == [*by, *COUNTED]


@pytest.mark.parametrize("key", metrics())
@pytest.mark.parametrize("dialect", Dialect)
def test_can_be_written_for_every_engine(key: str, dialect: Dialect) -> None:
    question = asked(key, *tuple(dimensions_for(metrics()[key]))[::5])
    assert write(compose(question), dialect).startswith("SELECT")
    assert write(compose_rows(question), dialect).startswith("SELECT")


@pytest.mark.parametrize("dialect", Dialect)
def test_weeks_can_be_written_for_every_engine(dialect: Dialect) -> None:
    weekly = replace(TERMS, calendar=weeks_calendar("4-4-5"))
    question = replace(asked("pipeline_coverage", "quarter"), terms=weekly)
    assert write(compose(question), dialect).startswith("SELECT")


@pytest.mark.parametrize("key", metrics())
def test_the_rows_behind_show_keys_dimensions_and_what_they_add(key: str) -> None:
    metric = metrics()[key]
    by = tuple(dimensions_for(metric))[:2]
    names = compose_rows(asked(key, *by)).named_selects
    assert names[:2] == list(by)
    assert set(subject_of(asked(key, *by)).row_key) <= set(names)
    assert ("denominator" in names) == bool(metric.denominator)
    assert "numerator" in names


@pytest.mark.parametrize("key", metrics())
def test_asks_for_the_same_thing_in_the_same_words(key: str) -> None:
    """Answers are kept by their text, so it may not depend on any order of chance."""
    by = tuple(dimensions_for(metrics()[key]))[:3]
    one, other = (write(compose(asked(key, *by)), Dialect.DUCKDB) for _ in range(2))
    assert one == other


def test_a_side_is_bounded_by_its_own_day() -> None:
    text = write(compose(asked("pipeline_coverage", "quarter")), Dialect.DUCKDB)
    assert "close_on" in text
    assert "middle_on" in text


def test_bookings_by_product_read_the_lines() -> None:
    assert subject_of(asked("bookings")).key == "bookings"
    assert subject_of(asked("bookings", "channel")).key == "bookings"
    assert subject_of(asked("bookings", "product")).key == "booking_lines"
    assert subject_of(asked("bookings", where="product = 'Chair'")).key == "booking_lines"


def test_two_sides_share_their_dimensions_and_columns() -> None:
    assert "stage" not in dimensions_for(metrics()["pipeline_coverage"])
    assert "stage" not in columns_for(metrics()["pipeline_coverage"])
    assert "month" not in dimensions_for(metrics()["activities_per_rep"])


def test_a_state_has_no_calendar() -> None:
    assert "month" not in dimensions_for(metrics()["open_pipeline"])
    assert "month" in dimensions_for(metrics()["pipeline_created"])


def _conditions(tree: exp.Expr) -> str:
    return " ".join(where.sql() for where in tree.find_all(exp.Where))


def test_a_doubt_looks_through_the_filter_of_the_question() -> None:
    question = asked("stage_conversion", where="type = 'renewal'")
    assert "'renewal'" in _conditions(compose_doubt(question, STILL_THERE))


def test_a_doubt_about_the_source_sees_everything() -> None:
    question = asked("push_count", where="type = 'renewal'")
    assert "'renewal'" not in _conditions(compose_doubt(question, NO_PUSHES))


def test_the_day_asked_about_stands_in_the_text() -> None:
    text = write(compose(asked("deals_past_close")), Dialect.DUCKDB)
    assert "close_on < CAST('2024-06-30' AS DATE)" in text
