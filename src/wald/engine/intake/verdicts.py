"""What becomes of each staged row: duplicate, in conflict, new, changed, or the same as before.

Rows are compared by a 64-bit hash of all their columns: over ten million rows the chance that
one change goes unseen is below one in a billion, and the join needs a tenth of the memory.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from wald.engine.intake import sql
from wald.engine.intake.sheets import FILES
from wald.engine.intake.staging import Staged
from wald.facts.tables import Table


@dataclass(frozen=True, slots=True)
class Pool:
    """All staged rows of one table; the texts are relations for a FROM clause."""

    table: Table
    rows: str  # every staged row, with `_n`, its place in its feed
    good: str  # rows that are neither faulty, nor in conflict, nor a duplicate
    verdicts: str  # _feed, _n, _row, _verdict (duplicate or conflict), _reason


@dataclass(frozen=True, slots=True)
class Classified:
    """The rows of a pool that are new knowledge, as a relation with `_class`."""

    rows: str
    new: int
    changed: int


def pool(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    staged: Sequence[Staged],
    places: Sequence[Sequence[str]],
) -> Pool:
    """Find the keys that stand twice. `places` names the files of each feed, for the reasons."""
    paths = sql.texts(str(one.path) for one in staged)
    rows = (
        f"(SELECT * RENAME (file_row_number AS _n) "
        f"FROM read_parquet({paths}, file_row_number = true))"
    )
    verdicts = sql.name(f"verdicts {table.name}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {verdicts} "
        "(_feed SMALLINT, _n BIGINT, _row BIGINT, _verdict VARCHAR, _reason VARCHAR)"
    )
    twice = sql.name(f"twice {table.name}")
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE {twice} AS SELECT hash({sql.names(table.key)}) AS h "
        f"FROM {rows} WHERE _fault IS NULL GROUP BY h HAVING count(*) > 1"
    )
    good = f"(FROM {rows} WHERE _fault IS NULL)"
    if sql.count(connection, f"SELECT count(*) FROM {twice}"):
        _judge(connection, table, f"(FROM {good} SEMI JOIN {twice} ON hash({sql.names(table.key)}) = h)", verdicts, places)
        good = f"(FROM {good} ANTI JOIN {verdicts} USING (_feed, _n))"
    return Pool(table, rows, good, verdicts)


def _judge(
    connection: duckdb.DuckDBPyConnection,
    table: Table,
    alike: str,
    verdicts: str,
    places: Sequence[Sequence[str]],
) -> None:
    """Write a verdict for each row whose key stands twice: a duplicate, or one in conflict."""
    keys = sql.names(table.key)
    groups = sql.name(f"groups {table.name}")
    connection.execute(
        f"""
        CREATE OR REPLACE TEMP TABLE {groups} AS
        SELECT {keys}, min(_all) <> max(_all) AS conflicts,
               min({{'row': _row, 'feed': _feed, 'n': _n}}) AS first
          FROM (SELECT *, {_hash(table)} AS _all FROM {alike})
         GROUP BY {keys} HAVING count(*) > 1
        """
    )
    connection.execute(
        f"""
        INSERT INTO {verdicts}
        SELECT _feed, _n, _row, 'duplicate', NULL
          FROM {alike} JOIN {groups} USING ({keys})
         WHERE NOT conflicts AND NOT (first.feed = _feed AND first.n = _n)
        """
    )
    known = ", ".join(sql.texts(files) for files in places)
    place = f"concat([{known}][_feed_place][1 + _row // {FILES}], ':', _row % {FILES})"
    differing = ", ".join(
        f"CASE WHEN min({sql.name(c.name)}) IS DISTINCT FROM max({sql.name(c.name)}) "
        f"OR count({sql.name(c.name)}) NOT IN (0, count(*)) THEN {sql.text(c.name)} END"
        for c in table.columns
    )
    feeds = [row[0] for row in connection.execute(f"SELECT DISTINCT _feed FROM {alike} ORDER BY 1").fetchall()]
    del feeds
    shown = " || ' ' || ".join(f"CAST({sql.name(key)} AS VARCHAR)" for key in table.key)
    connection.execute(
        f"""
        INSERT INTO {verdicts}
        WITH rows AS (
            SELECT {alike}.* FROM {alike}
        )
        SELECT 1
        """
    )
    del place, differing, shown
