"""Spark, classic or Connect, over the same Parquet parts."""

import os
import sys
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import pyarrow as pa

from wald.engine.connect import Engine
from wald.facts.as_of import relation
from wald.facts.parts import Snapshot
from wald.facts.table import STORAGE, Table
from wald.facts.tables import TABLES
from wald.kernel.problem import Refusal
from wald.language.write import Dialect

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def open_spark(address: str) -> Engine:
    """Return an engine on the Spark at `address`; times are UTC, partitions few."""
    session = _session(address)
    lock = Lock()
    shown: dict[str, tuple[str, ...]] = {}

    def attach(snapshot: Snapshot) -> None:
        with lock:
            for table in TABLES.values():
                paths = tuple(str(snapshot.root / p.path) for p in snapshot.stored(table.name))
                if shown.get(table.name) != paths:
                    rows = _rows(session, table, paths)
                    rows.createOrReplaceTempView(relation(table.name))
                    shown[table.name] = paths

    def fetch(text: str) -> pa.Table:
        return session.sql(text).toArrow()

    return Engine("spark", Dialect.SPARK, attach, fetch, session.stop)


def _session(address: str) -> "SparkSession":
    try:
        from pyspark.sql import SparkSession
    except ImportError:
        raise Refusal("Spark needs its client: install wald[spark].") from None
    # Workers start with the first python3 on the path, which may be another one.
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("wald")
    builder = builder.remote(address) if address.startswith("sc://") else builder.master(address)
    for key, value in {
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.shuffle.partitions": "4",
        "spark.sql.ansi.enabled": "true",
        "spark.sql.decimalOperations.allowPrecisionLoss": "false",  # stop, never round
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.timestampType": "TIMESTAMP_NTZ",
    }.items():
        builder = builder.config(key, value)
    try:
        session = builder.getOrCreate()
        if not address.startswith("sc://"):
            session = session.newSession()  # views of one root stay out of another's sight
    except Exception as error:
        if not (Path(os.environ.get("JAVA_HOME", "/usr")) / "bin" / "java").exists():
            raise Refusal("Spark needs Java 17: install openjdk-17-jre-headless.") from error
        raise Refusal(f"Spark does not answer at {address}: {error}") from error
    return session


def _rows(session: "SparkSession", table: Table, paths: tuple[str, ...]) -> "DataFrame":
    names = {"TEXT": "STRING"}
    columns = {c.name: names.get(STORAGE[c.type], STORAGE[c.type]) for c in table.columns}
    columns |= {"load_id": "BIGINT", "is_deleted": "BOOLEAN"}
    schema = ", ".join(f"{name} {type}" for name, type in columns.items())
    if paths:
        # With the schema given, what older parts lack reads as null.
        return session.read.schema(schema).parquet(*paths)
    return session.createDataFrame([], schema=schema)
