"""What calibration reads: entries of stages by hand, all of it alike on every engine."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from wald.engine.connect import Engine, run
from wald.facts.parts import Snapshot
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import DEALS
from wald.facts.terms import RateRule, Terms
from wald.heart.pipeline.open_then import Moment
from wald.heart.pipeline.passages import DEAL_COLUMNS, compose_passages
from wald.heart.pipeline.said_then import compose_said
from wald.heart.pipeline.stage_entries import SLOT_DAYS, SLOTS, compose_entries
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, months_calendar
from wald.queries.quota_calibration import compose_windows

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


def _told(engine: Engine, acme: Snapshot) -> list[list[tuple[str, ...]]]:
    """Return what was said and became, and quotas reached, as texts that are alike everywhere."""
    engine.attach(acme)
    days = (date(2026, 4, 30), date(2026, 7, 31))
    quarters = (
        Period(date(2026, 4, 1), date(2026, 7, 1), "2026-Q2"),
        Period(date(2026, 7, 1), date(2026, 10, 1), "2026-Q3"),
    )
    moments = [Moment(day, quarter) for day, quarter in zip(days, quarters, strict=True)]
    trees = (compose_said(moments, _scene(acme)), compose_windows(_scene(acme), DAY))
    return [
        sorted(
            tuple(f"{value:.2f}" if isinstance(value, Decimal) else str(value) for value in one)
            for one in zip(*run(engine, tree).to_pydict().values(), strict=True)
        )
        for tree in trees
    ]


def test_engines_agree(
    acme: Snapshot, duckdb_engine: Engine, postgres_engine: Engine, spark_engine: Engine
) -> None:
    expected, told = _counted(duckdb_engine, acme), _told(duckdb_engine, acme)
    assert all(told)
    for engine in (postgres_engine, spark_engine):
        assert _counted(engine, acme) == expected
        assert _told(engine, acme) == told
