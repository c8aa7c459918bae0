"""Every metric gives the same numbers, to the cent, on DuckDB, PostgreSQL and Spark."""

from dataclasses import replace
from datetime import date

import pytest

from tests.asking import ask, question, rows_behind
from wald.engine.connect import Engine
from wald.facts.measure import dimensions_for
from wald.facts.metric import metrics
from wald.facts.parts import Sight, Snapshot

PAST = date(2026, 3, 31)
SPLITS = (("region", "segment"), ("quarter", "team"), ("product_family", "stage"))


def _splits(key: str) -> list[tuple[str, ...]]:
    have = dimensions_for(metrics()[key])
    found = [tuple(name for name in names if name in have) for names in SPLITS]
    return [(), *dict.fromkeys(names for names in found if names)]


def _answers(engine: Engine, acme: Snapshot, key: str, past: date) -> dict[str, object]:
    given = {}
    for by in _splits(key):
        for as_of in (None, past):
            asked = question(acme, key, *by, as_of=as_of)
            found = ask(engine, asked)
            given[f"{by} {as_of}"] = (found.rows, found.notes)
    return given


@pytest.mark.parametrize("key", metrics())
def test_postgres_agrees_with_duckdb(
    key: str, acme: Snapshot, duckdb_engine: Engine, postgres_engine: Engine
) -> None:
    assert _answers(postgres_engine, acme, key, PAST) == _answers(duckdb_engine, acme, key, PAST)


@pytest.mark.parametrize("key", metrics())
def test_spark_agrees_with_duckdb(
    key: str, acme: Snapshot, duckdb_engine: Engine, spark_engine: Engine
) -> None:
    by = _splits(key)[-1]
    for as_of in (None, PAST):
        asked = question(acme, key, *by, as_of=as_of)
        assert ask(spark_engine, asked) == ask(duckdb_engine, asked)


@pytest.mark.parametrize("key", metrics())
def test_the_company_has_a_value_for_every_metric(
    key: str, acme: Snapshot, duckdb_engine: Engine
) -> None:
    """Agreement on nothing would be worth nothing."""
    found = [ask(duckdb_engine, question(acme, key, *by)) for by in _splits(key)]
    assert any(row.value is not None for answer in found for row in answer.rows)


@pytest.mark.parametrize("key", ["win_rate", "bookings", "gross_margin", "quota_attainment"])
def test_the_rows_behind_are_the_same_rows(
    key: str, acme: Snapshot, duckdb_engine: Engine, postgres_engine: Engine, spark_engine: Engine
) -> None:
    asked = question(acme, key, "region", as_of=PAST)
    ours = _sorted(rows_behind(duckdb_engine, asked))
    assert ours == _sorted(rows_behind(postgres_engine, asked))
    assert ours == _sorted(rows_behind(spark_engine, asked))


@pytest.mark.parametrize("key", ["push_count", "gross_margin", "activities_per_rep"])
def test_whoever_sees_some_persons_gets_the_same_rows(
    key: str, acme: Snapshot, duckdb_engine: Engine, postgres_engine: Engine, spark_engine: Engine
) -> None:
    duckdb_engine.attach(acme)
    named = duckdb_engine.fetch("SELECT DISTINCT person_id FROM fact_person").to_pylist()
    some = frozenset(sorted(row["person_id"] for row in named)[::3]) | {"\\' OR TRUE --"}
    asked = question(replace(acme, sight=Sight("some", lambda _: some)), key, as_of=PAST)
    ours = ask(duckdb_engine, asked)
    assert ours.rows[0].records
    assert ours == ask(postgres_engine, asked) == ask(spark_engine, asked)


def _sorted(rows: list[dict[str, object]]) -> list[list[tuple[str, str]]]:
    return sorted([(name, str(value)) for name, value in row.items()] for row in rows)
