"""Credits and measures are the same rows, to the last digit, on DuckDB, PostgreSQL and Spark."""

from contextlib import closing
from datetime import date
from decimal import Decimal
from random import Random

import pytest

from tests.crediting_world import drawn
from tests.small_world import stored
from wald.engine.connect import Engine, connect, run
from wald.facts.parts import Snapshot
from wald.facts.relations import Scene
from wald.facts.terms import RateRule, Terms
from wald.heart.compensation.credit import Event, Kind
from wald.heart.compensation.credit_faults import FAULTS
from wald.heart.compensation.crediting import Only, columns_read, credit_rows
from wald.heart.compensation.measure_rows import measure_rows
from wald.heart.compensation.plan import CreditDate, CreditRule, FxDate, MeasureRule, Plan
from wald.kernel.bitemporal import AsOf
from wald.kernel.period import Grain, Period, months_calendar, periods

CALENDAR = months_calendar()
START, END = date(2025, 10, 1), date(2026, 10, 1)
EVENTS = (Event.BOOKED, Event.CANCELLED, Event.RENEWED)
MEASURES = (
    MeasureRule("revenue", rules=("own", "lines")),
    MeasureRule("margin", value="CASE WHEN kind = 'split' THEN margin ELSE 0.5 * margin END"),
    MeasureRule("team", rules=("team",), where="segment <> 'SMB' OR team = 'DACH'"),
)


def _plan(credited: CreditDate, fx: FxDate) -> Plan:
    rules = (
        CreditRule("own", Kind.SPLIT, credited, EVENTS, share=Decimal("0.9")),
        CreditRule("lines", Kind.DIRECT, credited, by_line=True, where="family = 'Platform'"),
        CreditRule("help", Kind.OVERLAY, credited),
        CreditRule("desk", Kind.OVERLAY, credited, who="role = 'operations'", people=("P1",)),
        CreditRule("team", Kind.ROLL_UP, credited, EVENTS, levels=3, includes_tax=True),
    )
    return Plan("acme", "USD", (), MEASURES, rules, fx_date=fx)


PLANS = [
    _plan(CreditDate.BOOKED, FxDate.BOOKED),
    _plan(CreditDate.COLLECTED, FxDate.CREDITED),
    _plan(CreditDate.INVOICED, FxDate.PERIOD_END),
    _plan(CreditDate.PAID, FxDate.BOOKED),
]


def _scene(acme: Snapshot) -> Scene:
    terms = Terms("EUR", RateRule.ON_THE_DAY, CALENDAR)
    return Scene(acme, AsOf(acme.reaches or END), terms)


def _credits(engine: Engine, acme: Snapshot, plan: Plan) -> list[list[tuple[str, str]]]:
    engine.attach(acme)
    rows = run(engine, credit_rows(plan, _scene(acme), START, END)).to_pylist()
    return sorted([(name, str(value)) for name, value in row.items()] for row in rows)


def _measures(engine: Engine, acme: Snapshot, plan: Plan) -> list[tuple[str, ...]]:
    engine.attach(acme)
    only = Only(columns=columns_read(plan))
    cuts = [one.start for one in periods(CALENDAR, Grain.MONTH, START, END)]
    credits = credit_rows(plan, _scene(acme), START, END, only)
    rows = run(engine, measure_rows(plan, credits, cuts, ["P001005"])).to_pylist()
    return sorted(tuple(map(str, row.values())) for row in rows)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.credits[0].credited.value)
def test_postgres_credits_as_duckdb(
    plan: Plan, acme: Snapshot, duckdb_engine: Engine, postgres_engine: Engine
) -> None:
    ours = _credits(duckdb_engine, acme, plan)
    assert {dict(row)["rule"] for row in ours} == {rule.name for rule in plan.credits}
    assert ours == _credits(postgres_engine, acme, plan)
    assert _measures(duckdb_engine, acme, plan) == _measures(postgres_engine, acme, plan)


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: plan.credits[0].credited.value)
def test_spark_credits_as_duckdb(
    plan: Plan, acme: Snapshot, duckdb_engine: Engine, spark_engine: Engine
) -> None:
    assert _credits(duckdb_engine, acme, plan) == _credits(spark_engine, acme, plan)


def test_spark_measures_as_duckdb(
    acme: Snapshot, duckdb_engine: Engine, spark_engine: Engine
) -> None:
    """One plan stands for all: their measures are the same SELECT over the credits above."""
    plan, *others = PLANS
    assert all(one.measures == plan.measures for one in others)
    assert _measures(duckdb_engine, acme, plan) == _measures(spark_engine, acme, plan)


def _faults(engine: Engine, world: Snapshot) -> dict[str, list[tuple[str, ...]]]:
    engine.attach(world)
    scene = _scene(world)
    found = {}
    for fault in FAULTS:
        for plan in PLANS:
            rows = fault.rows([plan], scene, Period(START, END, ""))
            told = [] if rows is None else run(engine, rows).to_pylist()
            key = f"{fault.key}/{plan.credits[0].credited.value}"
            found[key] = sorted(tuple(map(str, row.values())) for row in told)
    return found


@pytest.fixture(scope="module")
def faulty(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return stored(tmp_path_factory.mktemp("faulty"), drawn(Random(10)))  # noqa: S311 - a world


def test_postgres_finds_the_faults_that_duckdb_does(
    faulty: Snapshot, duckdb_engine: Engine, postgres_address: str
) -> None:
    ours = _faults(duckdb_engine, faulty)
    assert {key.partition("/")[0] for key, rows in ours.items() if rows} == {
        fault.key for fault in FAULTS
    }
    with closing(connect(postgres_address, faulty.root)) as postgres:  # the world is another one
        assert ours == _faults(postgres, faulty)


def test_spark_finds_the_faults_that_duckdb_does(
    faulty: Snapshot, duckdb_engine: Engine, spark_engine: Engine
) -> None:
    assert _faults(duckdb_engine, faulty) == _faults(spark_engine, faulty)
