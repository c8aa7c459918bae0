"""Why rows were rejected or cut, each reason once with its count and first examples."""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from wald.engine.intake import sql
from wald.engine.intake.sheets import FILES

_EXAMPLES = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` is a fault's code, the columns that lost digits, or a clash in words."""

    feed: int
    place: int  # of the file among the feed's
    line: int  # of the first row
    code: str
    rows: int
    examples: tuple[str, ...] = ()


def faults(connection: duckdb.DuckDBPyConnection, rows: str) -> list[Reason]:
    """Group the faulty `rows` by feed, file and fault, in the order of the lines."""
    found = connection.execute(
        f"SELECT _feed, _row // {FILES}, min(_row) % {FILES}, fault, count(*), "
        f"arg_min(reason, _row, {_EXAMPLES}) FROM (SELECT _feed, _row, "
        f"unnest(_faults) AS fault, unnest(_reasons) AS reason FROM {rows} "
        "WHERE _fault IS NOT NULL) GROUP BY 1, 2, 4 ORDER BY 1, 2, 3, 4"
    ).fetchall()
    return [_reason(row, row[5]) for row in found]


def rounded(connection: duckdb.DuckDBPyConnection, rows: str) -> list[Reason]:
    """Group the `rows` that lost digits by feed, file and columns."""
    found = connection.execute(
        f"SELECT _feed, _row // {FILES}, min(_row) % {FILES}, _rounded, count(*) "
        f"FROM {rows} WHERE _rounded IS NOT NULL GROUP BY 1, 2, 4 ORDER BY 1, 2, 3, 4"
    ).fetchall()
    return [_reason(row) for row in found]


def conflicts(connection: duckdb.DuckDBPyConnection, verdicts: str) -> tuple[list[Reason], int]:
    """Return the first keys in conflict, and how many there are in all."""
    clashes = f"FROM {verdicts} WHERE _verdict = 'conflict'"
    found = connection.execute(
        f"SELECT min_by(_feed, _row), min(_row) // {FILES}, min(_row) % {FILES}, _reason, "
        f"count(*) {clashes} GROUP BY _reason ORDER BY min(_row), _reason LIMIT {_EXAMPLES}"
    ).fetchall()
    keys = sql.count(connection, f"SELECT count(DISTINCT _reason) {clashes}")
    return [_reason(row) for row in found], keys


def _reason(row: Sequence[object], examples: Sequence[str] = ()) -> Reason:
    feed, place, line, code, rows = row[:5]
    return Reason(
        int(str(feed)), int(str(place)), int(str(line)), str(code), int(str(rows)), tuple(examples)
    )
