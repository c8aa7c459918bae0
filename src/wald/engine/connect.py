"""An address becomes an engine: DuckDB in this process, PostgreSQL, or Spark.

""                          DuckDB, embedded: the default
postgresql://user@host/db   PostgreSQL; facts are copied into a schema of their own, part by part
spark://host:7077, local[2] Spark, reading the same Parquet parts (the workers must see the path)
sc://host:15002             Spark Connect, likewise
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
from sqlglot import exp

from wald.facts.parts import Snapshot
from wald.kernel.problem import Refusal
from wald.language.write import Dialect, write

Stage = Callable[[exp.Expr | str], str]
Save = Callable[[str, Path], None]


@dataclass(frozen=True, slots=True)
class Engine:
    """`attach` makes the stored rows of a snapshot readable; `fetch` runs one SELECT.

    `stage`, where an engine has it, keeps the rows of one SELECT, a tree or its text, at hand and
    returns the name of the relation that holds them; over the same parts always the same.
    `save`, where it has that, writes the rows of one SELECT as a Parquet file in small groups, and
    raises OSError where it cannot.
    """

    name: str
    dialect: Dialect
    attach: Callable[[Snapshot], None]
    fetch: Callable[[str], pa.Table]
    close: Callable[[], None]
    stage: Stage | None = None
    save: Save | None = None


def connect(address: str, root: Path, *, memory: str = "3GB", threads: int = 0) -> Engine:
    """Return an engine at `address` for the facts under `root`; another root, another engine.

    `memory` and `threads` bound the embedded engine; threads 0 means all cores. Raises
    Refusal, with what to install or to write, if the engine cannot be had.
    """
    if not address or address.startswith("duckdb"):
        from wald.engine.duck import open_duckdb

        return open_duckdb(memory=memory, threads=threads)
    if address.startswith(("postgresql://", "postgres://")):
        from wald.engine.postgres import open_postgres

        return open_postgres(address, root)
    if address.startswith(("spark://", "sc://", "local")):
        from wald.engine.spark import open_spark

        return open_spark(address)
    raise Refusal(
        f"No engine answers to {address!r}; "
        "write postgresql://…, spark://…, sc://…, local[2], or nothing for DuckDB."
    )


@lru_cache(maxsize=16)
def shared(address: str, root: Path) -> Engine:
    """Return this process's one engine for an address and a root."""
    return connect(address, root)


def run(engine: Engine, tree: exp.Expr) -> pa.Table:
    """Run one SELECT and return its rows; facts must have been attached."""
    return engine.fetch(write(tree, engine.dialect))
