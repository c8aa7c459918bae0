"""Three engines over the same invented company, each started by the tests themselves."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_world import simulated
from wald.engine.connect import Engine, connect
from wald.facts.parts import Snapshot


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return simulated(tmp_path_factory.mktemp("acme") / "facts", seed=7, scale=0.1)


@pytest.fixture(scope="session")
def duckdb_engine(acme: Snapshot) -> Iterator[Engine]:
    engine = connect("", acme.root)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def postgres_engine(acme: Snapshot, postgres_address: str) -> Iterator[Engine]:
    engine = connect(postgres_address, acme.root)
    yield engine
    engine.close()


@pytest.fixture(scope="session")
def spark_engine(
    acme: Snapshot, java: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """Start one Spark in this process for the whole suite."""
    os.environ.setdefault("JAVA_HOME", str(Path(java).resolve().parent.parent))
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("SPARK_LOCAL_DIRS", str(tmp_path_factory.mktemp("spark")))
    engine = connect("local[2]", acme.root)
    yield engine
    engine.close()
