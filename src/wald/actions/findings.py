"""What a load should tell people: rejected rows by reason, names that lead nowhere, lost rates."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import duckdb

from wald.actions.rows import TableRows
from wald.engine.intake import checks, reasons
from wald.engine.intake.reasons import Reason
from wald.engine.intake.sheets import FILES
from wald.facts.parts import Snapshot
from wald.facts.tables import TABLES
from wald.kernel.problem import Problem

_BAD_LINES_SHOWN = 5
_UNEVEN_SHOWN = 3


def find_problems(
    connection: duckdb.DuckDBPyConnection,
    tables: Sequence[TableRows],
    snapshot: Snapshot,
    reporting_currency: str | None,
    amounts: Mapping[str | None, int],
) -> tuple[Problem, ...]:
    """Return what is to be looked at, rejects first, each kind once with its count."""
    return (
        *_bad_lines(tables),
        *(problem for rows in tables for problem in _faults(connection, rows)),
        *(problem for rows in tables for problem in _conflicts(connection, rows)),
        *(problem for rows in tables for problem in _rounded(connection, rows)),
        *_dangling(connection, tables, snapshot),
        *_uneven_splits(connection, tables, snapshot),
        *_currencies(connection, tables, snapshot, reporting_currency, amounts),
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
    fixes = {each.number: each.staged.faults for each in rows.feeds}
    return [
        _grouped(_where(rows, one), one, fixes[one.feed][one.code])
        for one in reasons.faults(connection, rows.pool.rows)
    ]


def _where(rows: TableRows, one: Reason) -> str:
    feed = next(each for each in rows.feeds if each.number == one.feed)
    return f"{feed.files[one.place].file.name}:{one.line}"


def _grouped(where: str, one: Reason, fix: str) -> Problem:
    shown = list(dict.fromkeys(reason.split("; ", 1)[0] for reason in one.examples))
    if one.rows == 1:
        return Problem(where, f"{shown[0]}; the row is rejected", fix)
    more = f", also {' and '.join(shown[1:])}" if len(shown) > 1 else ""
    return Problem(where, f"{shown[0]}{more}; {one.rows} rows are rejected for this", fix)


def _conflicts(connection: duckdb.DuckDBPyConnection, rows: TableRows) -> list[Problem]:
    if not any(kind == "conflict" for _, _, kind in rows.verdicts):
        return []
    found, keys = reasons.conflicts(connection, rows.pool.verdicts)
    problems = []
    for one in found:
        what, _, fix = one.code.rpartition("; ")
        what = f"{what}; all {one.rows} rows are rejected"
        problems.append(Problem(_where(rows, one), what, fix))
    if keys > len(found):
        what = f"{keys - len(found)} more keys stand several times with different values"
        problems.append(Problem(rows.pool.table.name, what, "see the reject file"))
    return problems


def _rounded(connection: duckdb.DuckDBPyConnection, rows: TableRows) -> list[Problem]:
    return [
        Problem(
            _where(rows, one),
            f"{_rows(one.rows, 'has', 'have')} more digits of {one.code} than are kept",
            "they are rounded half away from zero; round them in the source if that is wrong",
        )
        for one in reasons.rounded(connection, rows.pool.rows)
    ]


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
            what = f"{_rows(one.rows, 'names', 'name')} {_a(one.refers)}"
            what += " that is not there" if one.any_target else f", and no {one.refers} is loaded"
            examples = ", ".join(repr(example) for example in one.examples)
            fix = f"load the missing {one.refers} rows; these are kept"
            problems.append(Problem(f"{one.table}.{one.column}", f"{what} ({examples})", fix))
    return problems


def _uneven_splits(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TableRows], snapshot: Snapshot
) -> list[Problem]:
    rows = next((one for one in tables if one.pool.table.name == "booking_split"), None)
    if rows is None:
        return []
    stored = _paths(snapshot, "booking_split")
    found = checks.uneven_splits(connection, rows.pool.table, stored, rows.pool.good)
    fix = "let them come to 100 %, or call the rest overlay; until then it is paid to nobody"
    problems = [
        Problem(
            _where(rows, Reason(one.feed, one.row // FILES, one.row % FILES, "", 1)),
            f"the shares of booking {one.booking_id!r} come to {_percent(one.shares)}",
            fix,
        )
        for one in found[:_UNEVEN_SHOWN]
    ]
    if len(found) > _UNEVEN_SHOWN:
        what = f"{len(found) - _UNEVEN_SHOWN} more bookings have shares like these"
        problems.append(Problem("booking_split", what, fix))
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
            what = f"{_rows(count, 'carries', 'carry')} an amount and no currency"
            fix = f"they count as {reporting_currency or 'the reporting currency'}; "
            problems.append(Problem("currency", what, f"{fix}say which with --currency"))
        elif code != reporting_currency and (code, str(reporting_currency)) not in rates:
            found = _rows(count, "is", "are")
            what = f"{found} in {code}, and no rate to {reporting_currency} is known"
            fix = "load an exchange_rate row; until then these amounts are left out of sums"
            problems.append(Problem("currency", what, fix))
    return problems


def _rows(count: int, one: str, many: str) -> str:
    return f"1 row {one}" if count == 1 else f"{count} rows {many}"


def _percent(share: Decimal) -> str:
    return f"{(share * 100).normalize():f} %"


def _a(noun: str) -> str:
    return f"an {noun}" if noun[0] in "aeiou" else f"a {noun}"


def _paths(snapshot: Snapshot, table: str) -> list[Path]:
    return [snapshot.root / part.path for part in snapshot.parts(table)]
