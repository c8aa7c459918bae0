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
from wald.facts.table import Table

# A load this many times smaller than what is stored looks up its own keys and no others.
_FEW = 4


@dataclass(frozen=True, slots=True)
class Pool:
    """All staged rows of one table; the texts are relations for a FROM clause."""

    table: Table
    rows: str  # every staged row, with `_n`, its place in its feed
    good: str  # rows that are neither faulty, nor in conflict, nor a duplicate
    verdicts: str  # _feed, _n, _row, _verdict (duplicate or conflict), _reason
    size: int


@dataclass(frozen=True, slots=True)
class Classified:
    """The rows of a pool that are new knowledge, as a relation with `_class`."""

    rows: str
    new: int
    changed: int


def name_sources(connection: duckdb.DuckDBPyConnection, files: Sequence[Sequence[str]]) -> None:
    """Tell the engine the files of each feed, in the order in which rows were numbered."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE sources (_feed SMALLINT, _place BIGINT, file VARCHAR)"
    )
    rows = [
        f"({feed}, {place}, {sql.text(file)})"
        for feed, names in enumerate(files)
        for place, file in enumerate(names)
    ]
    connection.execute(f"INSERT INTO sources VALUES {', '.join(rows)}")


def pool(connection: duckdb.DuckDBPyConnection, table: Table, staged: Sequence[Staged]) -> Pool:
    """Put the staged rows of one table together and judge the keys that stand twice."""
    paths = sql.texts(str(one.path) for one in staged)
    rows = (
        "(SELECT * RENAME (file_row_number AS _n) "
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
        _judge(connection, table, good, twice, verdicts)
        good = f"(FROM {good} ANTI JOIN {verdicts} USING (_feed, _n))"
    return Pool(table, rows, good, verdicts, sum(one.rows for one in staged))


def _judge(
    connection: duckdb.DuckDBPyConnection, table: Table, good: str, twice: str, verdicts: str
) -> None:
    """Write a verdict for each row whose key stands twice: a duplicate, or one in conflict.

    Of rows that are alike the first stays; of rows that differ none does.
    """
    keys = sql.names(table.key)
    alike = f"(FROM {good} AS g SEMI JOIN {twice} AS t ON hash({sql.names(table.key, of='g')}) = h)"
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
        SELECT _feed, _n, _row, 'duplicate', NULL FROM {alike} JOIN {groups} USING ({keys})
         WHERE NOT conflicts AND NOT (first.feed = _feed AND first.n = _n)
        """
    )
    connection.execute(f"INSERT INTO {verdicts} {_conflicts(table, alike, groups)}")


def _conflicts(table: Table, alike: str, groups: str) -> str:
    keys = sql.names(table.key)
    differing = ", ".join(
        f"CASE WHEN min({column}) IS DISTINCT FROM max({column}) "
        f"OR count({column}) NOT IN (0, count(*)) THEN {sql.text(plain)} END"
        for plain, column in [(c.name, sql.name(c.name)) for c in table.columns]
        + [("is_deleted", "is_deleted")]
    )
    shown = ", ' ', ".join(f"CAST({sql.name(key)} AS VARCHAR)" for key in table.key)
    return f"""
        WITH clash AS (
            SELECT a.*, concat(file, ':', _row % {FILES}) AS stands
              FROM {alike} AS a JOIN {groups} USING ({keys}) JOIN sources
                ON sources._feed = a._feed AND sources._place = _row // {FILES}
             WHERE conflicts),
        told AS (
            SELECT {keys}, concat_ws(', ', {differing}) AS differing, count(*) AS among,
                   list(stands ORDER BY _feed, _row)[1:5] AS places
              FROM clash GROUP BY {keys})
        SELECT _feed, _n, _row, 'conflict',
               concat({sql.text(", ".join(table.key) + ' "')}, {shown}, '" stands ', among,
                      ' times, at ', array_to_string(places, ', '), ', with different ', differing,
                      '; keep the one right row')
          FROM clash JOIN told USING ({keys})
    """


def _hash(table: Table) -> str:
    return f"hash({sql.names(column.name for column in table.columns)}, is_deleted)"


def classify(
    connection: duckdb.DuckDBPyConnection,
    staged: Pool,
    stored: Sequence[Path],
    *,
    stored_rows: int,
    replaces: bool,
    scratch: Path,
) -> Classified:
    """Compare good rows with the parts known now; `replaces`: may a key stand in several?

    Rows in no class are the same as before: also one taken back that nobody had.
    """
    if not stored:
        rows = f"(SELECT *, 'new' AS _class FROM {staged.good} WHERE NOT is_deleted)"
        return Classified(rows, sql.count(connection, f"SELECT count(*) FROM {rows}"), 0)
    path = scratch / f"classified-{staged.table.name}.parquet"
    only = staged.good if stored_rows > _FEW * staged.size else None
    known = _known(staged.table, stored, only, replaces)
    same_key = " AND ".join(f"g.{sql.name(key)} = k.{sql.name(key)}" for key in staged.table.key)
    connection.execute(
        f"""
        COPY (SELECT g.*, CASE WHEN k._all IS NULL THEN 'new' ELSE 'changed' END AS _class
                FROM {staged.good} AS g LEFT JOIN {known} AS k ON {same_key}
               WHERE CASE WHEN k._all IS NULL THEN NOT g.is_deleted
                          WHEN k.was_deleted AND g.is_deleted THEN false
                          ELSE {_hash_of(staged.table, "g")} <> k._all END)
          TO {sql.text(str(path))} (FORMAT parquet, COMPRESSION lz4)
        """
    )
    rows = f"read_parquet({sql.text(str(path))})"
    new, changed = sql.one(
        connection,
        "SELECT count(*) FILTER (_class = 'new'), count(*) FILTER (_class = 'changed') "
        f"FROM {rows}",
    )
    return Classified(rows, new, changed)


def _hash_of(table: Table, alias: str) -> str:
    return f"hash({sql.names((c.name for c in table.columns), of=alias)}, {alias}.is_deleted)"


def _known(table: Table, stored: Sequence[Path], only: str | None, replaces: bool) -> str:
    """Return the latest stored row per key, its columns as a hash; `only` those with these keys."""
    source = sql.parts(table, stored)
    keys = sql.names(table.key)
    if only is not None:
        source = f"(FROM {source} AS s SEMI JOIN {only} AS o USING ({keys}))"
    if not replaces:
        return f"(SELECT {keys}, is_deleted AS was_deleted, {_hash(table)} AS _all FROM {source})"
    return (
        f"(SELECT {keys}, max_by(is_deleted, load_id) AS was_deleted, "
        f"max_by({_hash(table)}, load_id) AS _all FROM {source} GROUP BY {keys})"
    )


def tally(
    connection: duckdb.DuckDBPyConnection, relation: str, what: str
) -> dict[tuple[int, int, str], int]:
    """Count the rows of `relation` by feed, file (its place) and the value of `what`."""
    rows = connection.execute(
        f"SELECT _feed, _row // {FILES}, {what}, count(*) FROM {relation} GROUP BY 1, 2, 3"
    ).fetchall()
    return {(feed, int(place), kind): count for feed, place, kind, count in rows}


def taken_back(relation: str) -> str:
    """Return the rows of `relation` that the source marks as deleted, as a relation."""
    return f"(SELECT * FROM {relation} WHERE is_deleted)"


def rows_used(connection: duckdb.DuckDBPyConnection, staged: Staged, place: int) -> int:
    """Count the rows of the file at `place` that gave at least one staged row."""
    return sql.count(
        connection,
        f"SELECT count(DISTINCT _row) FROM read_parquet({sql.text(str(staged.path))}) "
        f"WHERE _row // {FILES} = {place}",
    )
