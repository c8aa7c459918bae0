"""What detectors measure is the same on every engine."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from wald.brain.agreed import Agreed, Threshold
from wald.brain.detector import Detector, Night, detectors
from wald.engine.connect import Engine, run
from wald.facts.parts import Snapshot
from wald.facts.relations import Scene
from wald.facts.terms import RateRule, Terms
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import months_calendar

DAY = date(2026, 6, 26)
AGREED = Agreed(
    stage_chances={"Proposal": Decimal("0.5"), "Negotiation": Decimal("0.8")},
    discount_limits=(Decimal("0.1"), Decimal("0.2")),
    amount_limits=(Decimal(50_000),),
    thresholds=(Threshold("reps", "large deals", Decimal(40_000), "EUR"),),
)


def _night(acme: Snapshot) -> Night:
    terms = Terms("EUR", RateRule.ON_THE_DAY, months_calendar())
    return Night(Scene(acme, AsOf(DAY), terms), AGREED, 11)


def _rows(engine: Engine, acme: Snapshot, detector: Detector) -> list[tuple[Any, ...]]:
    """Return the rows of a measure: places first, sums to nine digits."""
    engine.attach(acme)
    table = run(engine, detector.measure(_night(acme)))
    places = sorted(set(table.column_names) - set(detector.sums))
    rows = []
    for row in table.to_pylist():
        sums = tuple(f"{float(row[name] or 0):.9g}" for name in detector.sums)
        rows.append((*(str(row[name]) for name in places), *sums))
    return sorted(rows)


@pytest.mark.parametrize("key", detectors())
def test_a_detector_measures_alike_on_every_engine(
    key: str,
    acme: Snapshot,
    duckdb_engine: Engine,
    postgres_engine: Engine,
    spark_engine: Engine,
) -> None:
    detector = detectors()[key]
    expected = _rows(duckdb_engine, acme, detector)
    assert expected, "it measured nothing"
    assert _rows(postgres_engine, acme, detector) == expected
    assert _rows(spark_engine, acme, detector) == expected
