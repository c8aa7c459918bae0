"""A pay run computed again on PostgreSQL and Spark has the hashes that DuckDB gave."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from tests.paying_runs import BOOKING, FIN, MANAGERS, REPS, Payroll, payroll
from tests.stores import forget
from wald.engine.connect import Engine
from wald.kernel.workspace import Workspace
from wald.queries.pay_now import replayed
from wald.records.stores.pay import released
from wald.records.stores.workspace import register
from wald.site.databases import records_database

# Max moved in the middle of February, one booking is in dollars, one is shared.
PERSON = """\
person_id,valid_from,name,manager_id,team,region,role,hired_on,left_on
M1,1900-01-01,Mia,,Alpha,North,manager,,
M2,1900-01-01,Bea,M1,Beta,South,manager,,
R1,1900-01-01,Max,M1,Alpha,North,rep,,
R1,2026-02-16,Max,M2,Beta,South,rep,,
R2,1900-01-01,Moe,M1,Alpha,North,rep,2026-01-12,
"""
SPLIT = """\
booking_split_id,booking_id,person_id,share,kind
S1,B3,R1,0.333333,split
S2,B3,R2,0.666667,split
"""
RATE = "from_currency,to_currency,valid_from,rate\nUSD,EUR,2026-01-01,0.91234567\n"


@pytest.fixture(scope="module")
def company(
    tmp_path_factory: pytest.TempPathFactory,
    sqlite_records: Path,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[Payroll]:
    """Two released runs, the second with deltas for a late booking and a corrected split."""
    root = tmp_path_factory.mktemp("pay")
    home = root / "home"
    home.mkdir()
    shutil.copy(sqlite_records, home / "records.sqlite3")
    alias = f"pay-{home}"
    register(alias, records_database(home, ""))
    bookings = BOOKING.replace("20000,EUR", "20000.3333,USD")
    with django_db_blocker.unblock():
        desk = payroll(
            root,
            Workspace(home, alias),
            REPS,
            MANAGERS,
            person__csv=PERSON,
            booking__csv=bookings,
            booking_split__csv=SPLIT,
            exchange_rate__csv=RATE,
        )
        desk.paid("2026-Q1")
        late = f"{BOOKING.splitlines()[0]}\nB7,A1,R1,new_business,1000.01,USD,2026-02-17\n"
        desk.until(2026, 4, 4).load(
            booking__csv=late, booking_split__csv=SPLIT.replace("0.333333", "0.333334")
        )
        desk.paid("2026-04")
        yield desk
        forget(alias)


def _differing(company: Payroll, engine: str) -> list[tuple[int, str]]:
    runs = released(database=company.workspace.database)
    assert [run.period for run in runs] == ["2026-Q1", "2026-04"]
    assert all(layer.rows for layer in runs[0].layers.values())
    return [
        (run.run_id, one.layer)
        for run in runs
        for one in replayed(
            actor=FIN, workspace=company.workspace, run_id=run.run_id, engine=engine
        )
        if not one.is_same
    ]


def test_duckdb_gives_the_same_again(company: Payroll) -> None:
    assert _differing(company, "") == []


def test_postgres_gives_the_same(company: Payroll, postgres_address: str) -> None:
    assert _differing(company, postgres_address) == []


def test_spark_gives_the_same(company: Payroll, spark_engine: Engine) -> None:
    assert _differing(company, "local[2]") == []
