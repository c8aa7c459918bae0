"""Findings of hygiene, and what is usual, are the same on DuckDB, PostgreSQL and Spark."""

from datetime import date

from tests.asking import TERMS
from wald.engine.connect import Engine
from wald.facts.parts import Snapshot
from wald.facts.settings import Settings
from wald.heart.hygiene.ground import Ground
from wald.heart.hygiene.rule import Hygiene, judge_deals
from wald.queries.hygiene_deals import deals_of_days, past_for
from wald.queries.measure import View

EARLIER, LAST = date(2026, 3, 31), date(2026, 6, 30)


def _told(engine: Engine, acme: Snapshot) -> list[tuple[Ground, Hygiene]]:
    engine.attach(acme)
    seen = View(acme, engine, TERMS, Settings())
    days = deals_of_days(seen, past_for(seen, LAST), [EARLIER, LAST])
    return [
        (
            one.ground,
            judge_deals(sorted(one.deals, key=lambda deal: deal.deal_id), one.ground),
        )
        for one in days.values()
    ]


def test_three_engines_agree(
    acme: Snapshot, duckdb_engine: Engine, postgres_engine: Engine, spark_engine: Engine
) -> None:
    ours = _told(duckdb_engine, acme)
    assert all(len(found.findings) > 5 for _, found in ours)
    assert ours[0][0].stages != ours[1][0].stages
    assert ours == _told(postgres_engine, acme)
    assert ours == _told(spark_engine, acme)
