"""What was open on days of the past, all in one SELECT: as each day by itself, on every engine."""

from datetime import date, timedelta
from typing import Any

from wald.engine.connect import Engine, run
from wald.facts.parts import Snapshot
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import DEALS
from wald.facts.terms import RateRule, Terms
from wald.heart.pipeline.open_then import Moment, compose_open_then
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, months_calendar

REACHES = date(2026, 9, 30)
TERMS = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())
STARTS = (date(2025, 7, 1), date(2025, 10, 1), date(2026, 1, 1), date(2026, 4, 1))
MOMENTS = [
    Moment(start + timedelta(days=after), Period(start, start + timedelta(days=91), ""))
    for start in STARTS
    for after in (-1, 40)
]
Found = dict[tuple[date, str | None], Any]


def _together(engine: Engine, acme: Snapshot, only: frozenset[str] | None) -> Found:
    scene = Scene(acme, AsOf(REACHES), TERMS)
    engine.attach(acme)
    rows = run(engine, compose_open_then(MOMENTS, scene, lambda _: only)).to_pylist()
    return {(row["day"], row["team"]): row["amount"] for row in rows if row["amount"]}


def _one_by_one(engine: Engine, acme: Snapshot, only: frozenset[str] | None) -> Found:
    """Ask for each day by itself, and add up here."""
    found: Found = {}
    engine.attach(acme)
    for one in MOMENTS:
        scene = Scene(acme, AsOf(one.day), TERMS)
        names = ["team", "owner_id", "amount", "close_on", "outcome"]
        for row in run(engine, subject_rows(DEALS, scene, names)).to_pylist():
            closes = row["close_on"] is not None and row["close_on"] in one.closing
            seen = only is None or row["owner_id"] in only
            if row["outcome"] == "open" and closes and seen and row["amount"]:
                key = (one.day, row["team"])
                found[key] = found.get(key, 0) + row["amount"]
    return found


def test_all_days_at_once_are_each_day_by_itself(acme: Snapshot, duckdb_engine: Engine) -> None:
    expected = _one_by_one(duckdb_engine, acme, None)
    assert len(expected) > 15
    assert _together(duckdb_engine, acme, None) == expected


def test_only_deals_of_who_is_seen_count(acme: Snapshot, duckdb_engine: Engine) -> None:
    people = run(duckdb_engine, Scene(acme, AsOf(REACHES), TERMS).table("person", ["person_id"]))
    some = frozenset(people["person_id"].to_pylist()[::3])
    expected = _one_by_one(duckdb_engine, acme, some)
    assert expected != _one_by_one(duckdb_engine, acme, None)
    assert _together(duckdb_engine, acme, some) == expected
    assert _together(duckdb_engine, acme, frozenset()) == {}


def test_engines_agree_on_it(
    acme: Snapshot, duckdb_engine: Engine, postgres_engine: Engine, spark_engine: Engine
) -> None:
    expected = _together(duckdb_engine, acme, None)
    assert _together(postgres_engine, acme, None) == expected
    assert _together(spark_engine, acme, None) == expected
