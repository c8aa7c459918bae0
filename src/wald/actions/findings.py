"""What a load should tell people: rejected rows by reason, names that lead nowhere, lost rates."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from wald.actions.rows import Fed, TableRows
from wald.engine.intake import checks, sql
from wald.engine.intake.sheets import FILES
from wald.facts.load_report import LoadLine
from wald.facts.parts import Snapshot
from wald.facts.tables import TABLES
from wald.kernel.problem import Problem

_EXAMPLES = 3
_BAD_LINES_SHOWN = 5


def find_problems(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[TableRows],
    snapshot: Snapshot,
    lines: Sequence[LoadLine],
    reporting_currency: str | None,
    amounts: Mapping[str | None, int],
) -> tuple[Problem, ...]:
    """Return what is to be looked at, rejects first, each kind once with its count."""
    return (
        *_bad_lines(tables),
        *(problem for rows in tables for problem in _faults(connection, rows)),
        *(problem for rows in tables for problem in _conflicts(connection, rows)),
        *_dangling(connection, tables, snapshot),
        *_currencies(connection, tables, snapshot, reporting_currency, amounts),
        *_left_out(lines),
    )


def amounts_by_currency(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TableRows]
) -> dict[str | None, int]:
    """Count this load's rows that carry an amount, by currency."""
    total: dict[str | None, int] = {}
    for rows in tables:
        found = checks.amounts_by_currency(connection, rows.pool.table, rows.pool.good)
        for code, count in found.items():
            total[code] = total.get(code, 0) + count
    return total


def _bad_lines(tables: Sequence[TableRows]) -> list[Problem]:
    files = {file.file.name: file for rows in tables for each in rows.feeds for file in each.files}
    problems = []
    for name, file in files.items():
        for bad in file.bad_lines[:_BAD_LINES_SHOWN]:
            what, _, fix = bad.what.partition("; ")
            problems.append(Problem(f"{name}:{bad.line}", what, fix))
        more = len(file.bad_lines) - _BAD_LINES_SHOWN
        if more > 0:
            problems.append(Problem(name, f"{more} more lines like these", "see the reject file"))
    return problems


def _faults(connection: duckdb.DuckDBPyConnection, rows: TableRows) -> list[Problem]:
    if not any(code for _, _, code in rows.faults):
        return []
    found = connection.execute(
        f"SELECT _feed, _row // {FILES}, _fault, count(*), min(_row) % {FILES}, "
        f"arg_min(_reason, _row, {_EXAMPLES}) FROM {rows.pool.rows} WHERE _fault IS NOT NULL "
        "GROUP BY 1, 2, 3 ORDER BY 1, 2, 5, 3"
    ).fetchall()
    feeds = {each.number: each for each in rows.feeds}
    return [
        _grouped(
            f"{feeds[feed].files[int(place)].file.name}:{line}",
            [reason.split("; ", 1)[0] for reason in reasons],
            count,
            feeds[feed].staged.faults[code],
        )
        for feed, place, code, count, line, reasons in found
    ]


def _grouped(where: str, examples: Sequence[str], count: int, fix: str) -> Problem:
    if count == 1:
        return Problem(where, f"{examples[0]}; the row is rejected", fix)
    shown = list(dict.fromkeys(examples))
    more = f", also {' and '.join(shown[1:])}" if len(shown) > 1 else ""
    return Problem(where, f"{shown[0]}{more}; {count} rows are rejected for this", fix)


def _conflicts(connection: duckdb.DuckDBPyConnection, rows: TableRows) -> list[Problem]:
    feeds: dict[int, Fed] = {each.number: each for each in rows.feeds}
    if not any(kind == "conflict" for _, _, kind in rows.verdicts):
        return []
    found = connection.execute(
        f"SELECT _reason, count(*), min_by(_feed, _row), min(_row) FROM {rows.pool.verdicts} "
        f"WHERE _verdict = 'conflict' GROUP BY 1 ORDER BY 4, 1 LIMIT {_EXAMPLES}"
    ).fetchall()
    keys = sql.count(
        connection,
        f"SELECT count(DISTINCT _reason) FROM {rows.pool.verdicts} WHERE _verdict = 'conflict'",
    )
    problems = []
    for reason, count, feed, row in found:
        what, _, fix = str(reason).rpartition("; ")
        where = f"{feeds[feed].files[row // FILES].file.name}:{row % FILES}"
        problems.append(Problem(where, f"{what}; all {count} rows are rejected", fix))
    if keys > len(found):
        what = f"{keys - len(found)} more keys stand several times with different values"
        problems.append(Problem(rows.pool.table.name, what, "see the reject file"))
    return problems


def _dangling(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TableRows], snapshot: Snapshot
) -> list[Problem]:
    incoming = {rows.pool.table.name: rows.pool.good for rows in tables}
    targets = {
        name: checks.keys_known(TABLES[name], _paths(snapshot, name), incoming.get(name))
        for name in TABLES
    }
    problems = []
    for rows in tables:
        for one in checks.dangling(connection, rows.pool.table, rows.pool.good, targets):
            named = "row names" if one.rows == 1 else "rows name"
            what = f"{one.rows} {named} a {one.refers} that is not there"
            if not one.any_target:
                what = f"{one.rows} {named} a {one.refers}, and no {one.refers} is loaded at all"
            examples = ", ".join(repr(example) for example in one.examples)
            fix = f"load the missing {one.refers} rows; these are kept"
            problems.append(Problem(f"{one.table}.{one.column}", f"{what} ({examples})", fix))
    return problems


def rates_known(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TableRows], snapshot: Snapshot
) -> set[tuple[str, str]]:
    """Return every pair (from, to) for which a rate is stored or comes with this load."""
    incoming = next((t.pool.good for t in tables if t.pool.table.name == "exchange_rate"), None)
    return set(checks.rates_known(connection, _paths(snapshot, "exchange_rate"), incoming))


def _currencies(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[TableRows],
    snapshot: Snapshot,
    reporting_currency: str | None,
    amounts: Mapping[str | None, int],
) -> list[Problem]:
    rates = rates_known(connection, tables, snapshot)
    problems = []
    for code, count in sorted(amounts.items(), key=lambda item: item[0] or ""):
        if code is None:
            what = f"{count} rows carry an amount and no currency"
            fix = f"they count as {reporting_currency or 'the reporting currency'}; "
            problems.append(Problem("currency", what, f"{fix}say which with --currency"))
        elif code != reporting_currency and (code, str(reporting_currency)) not in rates:
            what = f"{count} rows are in {code}, and no rate to {reporting_currency} is known"
            fix = "load an exchange_rate row; until then these amounts are left out of sums"
            problems.append(Problem("currency", what, fix))
    return problems


def _left_out(lines: Sequence[LoadLine]) -> list[Problem]:
    return [
        Problem(
            line.file,
            f"{line.left_out} of its rows gave no {line.table}",
            "nothing to do if the connector's page says it has no use for them",
        )
        for line in lines
        if line.left_out
    ]


def _paths(snapshot: Snapshot, table: str) -> list[Path]:
    return [snapshot.root / part.path for part in snapshot.parts(table)]
