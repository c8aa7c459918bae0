"""Stays in stages: counted one by one in Python, and alike on every engine."""

from collections import Counter, defaultdict
from datetime import date
from typing import Any

import pytest

from wald.engine.connect import Engine, run
from wald.facts.parts import Snapshot
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import DEALS
from wald.facts.terms import RateRule, Terms
from wald.heart.pipeline.passages import (
    DEAL_COLUMNS,
    compose_closings,
    compose_passages,
    compose_reached,
    compose_stays,
)
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar

DAYS = (date(2026, 3, 31), date(2026, 9, 30))


def _scene(acme: Snapshot, day: date) -> Scene:
    return Scene(acme, AsOf(day), Terms("EUR", RateRule.ON_THE_DAY, months_calendar()))


def _counted(engine: Engine, acme: Snapshot, day: date) -> list[list[tuple[Any, ...]]]:
    scene = _scene(acme, day)
    deals = subject_rows(DEALS, scene, DEAL_COLUMNS)
    passages = compose_passages(deals.copy(), scene)
    trees = (
        compose_stays(passages.copy(), scene),
        compose_closings(deals.copy(), scene),
        compose_reached(deals, passages, scene.table("stage", ["stage", "position", "outcome"])),
    )
    engine.attach(acme)
    return [sorted((tuple(row.values()) for row in run(engine, tree).to_pylist()), key=str)
            for tree in trees]  # fmt: skip


def _by_hand(engine: Engine, acme: Snapshot, day: date) -> Counter[tuple[Any, ...]]:
    """Walk through the changes of each deal, as somebody would with a pencil."""
    scene = _scene(acme, day)
    engine.attach(acme)
    deals = run(engine, subject_rows(DEALS, scene, DEAL_COLUMNS)).to_pylist()
    columns = ["change_id", "opportunity_id", "field", "old", "new", "changed_at"]
    changes = run(engine, scene.table("opportunity_change", columns)).to_pylist()
    moves: dict[str, list[Any]] = defaultdict(list)
    for one in sorted(changes, key=lambda row: (row["changed_at"], row["change_id"])):
        if one["field"] == "stage":
            moves[one["opportunity_id"]].append(one)
    found: Counter[tuple[Any, ...]] = Counter()
    for deal in deals:
        own = moves[deal["opportunity_id"]]
        stays = []
        if deal["opened_on"] is not None:
            stays.append((own[0]["old"] if own else None, deal["opened_on"]))
            if stays[0][0] is None:
                stays[0] = (deal["stage"], deal["opened_on"])
        stays += [(one["new"], one["changed_at"].date()) for one in own]
        for place, (stage, entered_on) in enumerate(stays):
            if stage is None:
                continue
            after = stays[place + 1] if place + 1 < len(stays) else (None, deal["closed_on"])
            days = ((after[1] or day) - entered_on).days
            found[stage, after[0], deal["outcome"], after[1] is not None, days] += 1
    return found


@pytest.mark.parametrize("day", DAYS)
def test_stays_are_those_counted_one_by_one(
    day: date, acme: Snapshot, duckdb_engine: Engine
) -> None:
    stays = _counted(duckdb_engine, acme, day)[0]
    expected = _by_hand(duckdb_engine, acme, day)
    assert {row[:-1]: row[-1] for row in stays} == dict(expected)
    assert expected.total() > 400


@pytest.mark.parametrize("day", DAYS)
def test_engines_agree_on_the_process(
    day: date,
    acme: Snapshot,
    duckdb_engine: Engine,
    postgres_engine: Engine,
    spark_engine: Engine,
) -> None:
    expected = _counted(duckdb_engine, acme, day)
    assert all(expected)
    assert _counted(postgres_engine, acme, day) == expected
    assert _counted(spark_engine, acme, day) == expected
