"""What people reached in windows and when they booked: by hand on one engine, alike on all."""

from collections import Counter
from datetime import date
from typing import Any

import pytest

from wald.engine.connect import Engine, run
from wald.facts.parts import Snapshot
from wald.facts.reading import subject_rows
from wald.facts.relations import Scene
from wald.facts.subject import QUOTAS
from wald.facts.terms import RateRule, Terms
from wald.heart.compensation.window_attainment import (
    STEP,
    compose_attained,
    compose_daily,
    compose_timed,
)
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, months_calendar, periods

DAY = date(2026, 9, 30)
SPANS = tuple(periods(months_calendar(), Grain.QUARTER, date(2025, 10, 1), date(2026, 10, 1)))


def _scene(acme: Snapshot) -> Scene:
    return Scene(acme, AsOf(DAY), Terms("EUR", RateRule.ON_THE_DAY, months_calendar()))


def _told(engine: Engine, acme: Snapshot, who: str) -> list[list[tuple[Any, ...]]]:
    engine.attach(acme)
    scene = _scene(acme)
    trees = (
        compose_attained(SPANS, scene, who),
        compose_timed(SPANS, scene, who),
        compose_daily(date(2026, 7, 1), DAY, scene),
    )
    return [
        sorted(
            tuple(
                value if isinstance(value, str | date) else round(float(value), 2) for value in row
            )
            for row in zip(*run(engine, tree).to_pydict().values(), strict=True)
        )
        for tree in trees
    ]


def test_attainment_is_that_of_each_quota(acme: Snapshot, duckdb_engine: Engine) -> None:
    scene = _scene(acme)
    duckdb_engine.attach(acme)
    names = ["role", "booked", "amount", "measure", "middle_on"]
    rows = run(duckdb_engine, subject_rows(QUOTAS, scene, names)).to_pylist()
    expected = Counter(
        (row["role"], int(float(row["booked"]) / float(row["amount"]) / STEP + 1e-6))
        for row in rows
        if row["measure"] == "bookings" and any(row["middle_on"] in one for one in SPANS)
    )
    found = run(duckdb_engine, compose_attained(SPANS, scene, "person_id")).to_pylist()
    assert {(row["role"], row["place"]): row["windows"] for row in found} == expected
    assert expected.total() == 12


@pytest.mark.parametrize("who", ["person_id", "team"])
def test_engines_agree(
    who: str,
    acme: Snapshot,
    duckdb_engine: Engine,
    postgres_engine: Engine,
    spark_engine: Engine,
) -> None:
    expected = _told(duckdb_engine, acme, who)
    assert all(expected)
    assert _told(postgres_engine, acme, who) == expected
    assert _told(spark_engine, acme, who) == expected
