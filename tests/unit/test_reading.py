"""Rows of a subject: only the joins that are asked for, and days named as the calendar does."""

from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest
from sqlglot import exp

from tests.small_world import FIRST
from wald.facts.parts import Load, Part, Snapshot
from wald.facts.reading import bucket, columns_of, names_in, subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import SUBJECTS
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import (
    Calendar,
    Grain,
    custom_calendar,
    months_calendar,
    period_of,
    weeks_calendar,
)
from wald.language.types import Kind
from wald.language.write import Dialect, write

FROM, TO = date(2021, 11, 3), date(2025, 2, 7)
GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.YEAR)


def scene(calendar: Calendar, *, currencies: tuple[str, ...] = ("EUR",)) -> Scene:
    """A record whose facts reach from FROM to TO."""
    parts = tuple(
        Part(name, name, 1, 1, False, currencies, FROM, TO) for name in ("opportunity", "booking")
    )
    snapshot = Snapshot(Path(), (Load(1, FIRST, None, "here", "test", parts),))
    return Scene(snapshot, AsOf(TO), Terms("EUR", RateRule.ON_THE_DAY, calendar))


def buckets(calendar: Calendar, grain: Grain, days: list[date]) -> list[date | None]:
    column = bucket(grain, exp.column("day"), scene(calendar))
    given = ", ".join(f"({i}, DATE '{day}')" for i, day in enumerate(days))
    text = write(exp.select(exp.alias_(column, "first_day"), "i").from_("given"), Dialect.DUCKDB)
    query = f"WITH given(i, day) AS (VALUES {given}) SELECT first_day FROM ({text}) ORDER BY i"
    return [row[0] for row in duckdb.sql(query).fetchall()]


DAYS = [FROM + timedelta(days=i) for i in range((TO - FROM).days + 1)]


@pytest.mark.parametrize("grain", GRAINS, ids=lambda grain: grain.value)
@pytest.mark.parametrize("starts", range(1, 13))
def test_the_engine_names_months_as_the_calendar_does(starts: int, grain: Grain) -> None:
    calendar = months_calendar(starts)
    assert buckets(calendar, grain, DAYS) == [period_of(calendar, grain, d).start for d in DAYS]


@pytest.mark.parametrize("grain", GRAINS, ids=lambda grain: grain.value)
@pytest.mark.parametrize("pattern", ["4-4-5", "4-5-4", "5-4-4"])
@pytest.mark.parametrize("ends_month", [1, 6, 12])
def test_the_engine_names_weeks_as_the_calendar_does(
    ends_month: int, pattern: str, grain: Grain
) -> None:
    calendar = weeks_calendar(pattern, ends_month=ends_month)
    ahead = [TO + timedelta(days=30 * i) for i in range(36)]
    days = [*DAYS, *ahead]
    assert buckets(calendar, grain, days) == [period_of(calendar, grain, d).start for d in days]


def test_a_day_is_its_own_bucket() -> None:
    assert buckets(weeks_calendar("4-4-5"), Grain.DAY, DAYS[:3]) == DAYS[:3]


def test_days_outside_a_table_of_ones_own_have_no_period() -> None:
    weeks = weeks_calendar("4-4-5")
    own = custom_calendar((weeks.year(2023), weeks.year(2024)))
    first, end = own.year(2023).start, own.year(2024).end
    days = [first - timedelta(days=1), first, end - timedelta(days=1), end]
    assert buckets(own, Grain.YEAR, days) == [None, first, own.year(2024).start, None]


def test_a_table_of_other_years_names_no_day() -> None:
    own = custom_calendar((weeks_calendar("4-4-5").year(1990),))
    assert buckets(own, Grain.YEAR, [FROM]) == [None]


def tables_read(subject: str, *names: str, currencies: tuple[str, ...] = ("EUR",)) -> set[str]:
    rows = subject_rows(
        SUBJECTS[subject], scene(months_calendar(), currencies=currencies), set(names)
    )
    return {table.name for table in rows.find_all(exp.Table) if table.name.startswith("fact_")}


@pytest.mark.parametrize(
    ("names", "tables"),
    [
        (("outcome",), {"fact_opportunity"}),
        (("team",), {"fact_opportunity", "fact_person"}),
        (("segment",), {"fact_opportunity", "fact_account"}),
        (("product", "stage"), {"fact_opportunity", "fact_product"}),
        (("chance",), {"fact_opportunity", "fact_stage"}),
        (("amount",), {"fact_opportunity"}),
    ],
)
def test_only_what_is_asked_for_is_joined(names: tuple[str, ...], tables: set[str]) -> None:
    assert tables_read("deals", *names) == tables


def test_rates_are_joined_where_another_currency_occurs() -> None:
    read = tables_read("deals", "amount", currencies=("EUR", "USD"))
    assert read == {"fact_opportunity", "fact_exchange_rate"}


@pytest.mark.parametrize("subject", SUBJECTS)
def test_gives_a_column_for_every_name_it_offers(subject: str) -> None:
    names = set(columns_of(SUBJECTS[subject], dated=True))
    rows = subject_rows(SUBJECTS[subject], scene(months_calendar()), names)
    assert names <= set(rows.named_selects)


def test_a_dimension_is_text_unless_the_subject_knows_better() -> None:
    columns = columns_of(SUBJECTS["quotas"], dated=True)
    assert columns["team"].kind is Kind.TEXT
    assert columns["starts_on"].kind is Kind.DATE
    assert "quarter" not in columns


def test_names_are_found_in_every_tree() -> None:
    assert names_in(exp.column("a").eq(exp.column("b")), None, exp.column("c")) == {"a", "b", "c"}
