"""What changed in the pipeline is the same, to the cent, on DuckDB, PostgreSQL and Spark."""

from datetime import date

import pytest

from tests.asking import TERMS
from wald.engine.connect import Engine, run
from wald.facts.parts import Snapshot
from wald.facts.reading import PARAMETERS, columns_of
from wald.facts.relations import Scene
from wald.facts.subject import DEALS
from wald.facts.two_days import TwoDays
from wald.heart.pipeline.changes import compose_flow, compose_shown, compose_totals, judge
from wald.heart.pipeline.doubts import compose_changed, compose_doubts
from wald.heart.pipeline.standing import compose_groups, compose_open
from wald.heart.pipeline.walk import Compared, compose_walk
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Period, read_period
from wald.language.parse import read_condition

FIRST, SECOND = date(2026, 3, 31), date(2026, 6, 30)
WHERE = ("", "team IS NOT NULL AND chance > 0.1 AND open_days < 300 AND segment <> 'SMB'")


def _compared(acme: Snapshot, where: str) -> Compared:
    span = read_period("2026-Q2", TERMS.calendar)
    assert isinstance(span, Period)
    tree = read_condition(where, columns_of(DEALS, dated=False), PARAMETERS).tree if where else None
    days = TwoDays(AsOf(FIRST), AsOf(SECOND), acme)
    return Compared(days, TERMS, span, () if tree is None else (tree,))


def _told(engine: Engine, acme: Snapshot, where: str) -> dict[str, object]:
    engine.attach(acme)
    asked = _compared(acme, where)
    walk = compose_walk(asked)
    scene = Scene(acme, AsOf(SECOND), TERMS)
    deals = compose_open(Scene(acme, AsOf(FIRST), TERMS), {"team"}).subquery("deals")
    shown = compose_shown(walk.copy().subquery("walk")).subquery("shown")
    return {
        "totals": judge(run(engine, compose_totals(walk.copy().subquery("walk"))).to_pylist()[0]),
        "flow": _sorted(run(engine, compose_flow(walk.copy().subquery("walk"))).to_pylist()),
        "doubts": _sorted(run(engine, compose_doubts(shown.copy(), scene)).to_pylist()),
        "changed": run(engine, compose_changed(shown, scene)).to_pylist(),
        "groups": _sorted(run(engine, compose_groups(deals, ("team", "month"), scene)).to_pylist()),
    }


def _sorted(rows: list[dict[str, object]]) -> list[list[tuple[str, str]]]:
    return sorted([(name, str(value)) for name, value in row.items()] for row in rows)


@pytest.mark.parametrize("where", WHERE)
def test_three_engines_agree(
    where: str, acme: Snapshot, duckdb_engine: Engine, postgres_engine: Engine, spark_engine: Engine
) -> None:
    ours = _told(duckdb_engine, acme, where)
    totals = judge(
        run(
            duckdb_engine, compose_totals(compose_walk(_compared(acme, where)).subquery("walk"))
        ).to_pylist()[0]
    )
    assert totals.start.deals
    assert len([step for step in totals.steps if step.deals]) > 4
    assert ours == _told(postgres_engine, acme, where)
    assert ours == _told(spark_engine, acme, where)
