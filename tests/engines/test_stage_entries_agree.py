"""Entries of stages: counted one by one in Python, and alike on every engine."""

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from wald.engine.connect import Engine, run
from wald.facts.parts import Snapshot
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import DEALS
from wald.facts.terms import RateRule, Terms
from wald.heart.pipeline.passages import DEAL_COLUMNS, compose_passages
from wald.heart.pipeline.stage_entries import SLOT_DAYS, SLOTS, compose_entries
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar

DAY = date(2026, 9, 30)


def _scene(acme: Snapshot) -> Scene:
    return Scene(acme, AsOf(DAY), Terms("EUR", RateRule.ON_THE_DAY, months_calendar()))


def _counted(engine: Engine, acme: Snapshot) -> Counter[tuple[Any, ...]]:
    deals = subject_rows(DEALS, _scene(acme), [*DEAL_COLUMNS, "segment"])
    tree = compose_entries(deals.copy(), compose_passages(deals, _scene(acme)), DAY)
    engine.attach(acme)
    names = ("stage", "segment", "outcome", "slot", "weeks")
    rows = run(engine, tree).to_pylist()
    return Counter({tuple(row[name] for name in names): row["deals"] for row in rows})


def _by_hand(engine: Engine, acme: Snapshot) -> Counter[tuple[Any, ...]]:
    scene = _scene(acme)
    engine.attach(acme)
    deals = {
        row["opportunity_id"]: row
        for row in run(engine, subject_rows(DEALS, scene, [*DEAL_COLUMNS, "segment"])).to_pylist()
    }
    stays = run(engine, compose_passages(subject_rows(DEALS, scene, DEAL_COLUMNS), scene))
    first: dict[tuple[str, str], date] = {}
    for row in stays.to_pylist():
        key = (row["opportunity_id"], row["stage"])
        first[key] = min(first.get(key, row["entered_on"]), row["entered_on"])
    found: Counter[tuple[Any, ...]] = Counter()
    for (deal, stage), entered in first.items():
        if not DAY - timedelta(days=SLOTS * SLOT_DAYS) < entered <= DAY:
            continue
        own = deals[deal]
        weeks = ((own["closed_on"] or DAY) - entered).days // 7
        slot = (DAY - entered).days // SLOT_DAYS
        found[stage, own["segment"], own["outcome"], slot, weeks] += 1
    return found


def test_entries_are_those_counted_one_by_one(acme: Snapshot, duckdb_engine: Engine) -> None:
    assert _counted(duckdb_engine, acme) == _by_hand(duckdb_engine, acme)


@pytest.mark.parametrize("other", ["postgres_engine", "spark_engine"])
def test_entries_are_alike_on_every_engine(
    other: str, acme: Snapshot, duckdb_engine: Engine, request: pytest.FixtureRequest
) -> None:
    engine = request.getfixturevalue(other)
    assert _counted(engine, acme) == _counted(duckdb_engine, acme)
