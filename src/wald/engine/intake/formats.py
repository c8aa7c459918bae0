"""How a file writes numbers and dates: decided by counting what only one form can mean.

"1.234,5" can only be a decimal comma and "31/01/2024" only day first; "1,234" and
"03/04/2024" can be either and are no evidence. Where nothing decides, a default is stated.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from wald.engine.intake import sql

_NUMBER_EVIDENCE = {
    # digits and one point: not exactly three digits after it, or a grouping comma before it
    "point": r"[+-]?(\d*\.(\d{0,2}|\d{4,})|\d{4,}\.\d{3}|0\.\d{3}"
    r"|\d{1,3}(,\d{3})+\.\d+|\d{1,3}(,\d{3}){2,})",
    "comma": r"[+-]?(\d*,(\d{0,2}|\d{4,})|\d{4,},\d{3}|0,\d{3}"
    r"|\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,})",
    "either": r"[+-]?[1-9]\d{0,2}[.,]\d{3}",
}
_DATE_EVIDENCE = {
    "dmy": r"(1[3-9]|2\d|3[01])[./-]\d{1,2}[./-]\d{4}\b.*",
    "mdy": r"\d{1,2}[./-](1[3-9]|2\d|3[01])[./-]\d{4}\b.*",
    "either": r"\d{1,2}[./-]\d{1,2}[./-]\d{4}\b.*",
    "dotted": r"\d{1,2}\.\d{1,2}\.\d{4}\b.*",
}
_SLICE = 50_000  # rows looked at first; the rest only where these leave a doubt


@dataclass(frozen=True, slots=True)
class Formats:
    decimal: str  # point or comma
    dates: str  # iso, dmy or mdy; ISO dates are read under each
    doubts: tuple[str, ...] = ()  # what was decided without evidence, in words


def decide(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    numbers: Sequence[str],
    days: Sequence[str],
    *,
    decimal: str | None,
    dates: str | None,
) -> Formats:
    """Decide the forms of `relation` from its columns of numbers and of days."""
    doubts = []
    if decimal is None:
        seen = _count(connection, relation, numbers, _NUMBER_EVIDENCE)
        decimal = "comma" if seen["comma"] > seen["point"] else "point"
        if seen["either"] and not seen["comma"] and not seen["point"]:
            doubts.append(
                f"{seen['either']} numbers such as 1,234 or 1.234 can be read with a decimal "
                "point or comma; read with a point (--decimal says otherwise)"
            )
    if dates is None:
        seen = _count(connection, relation, days, _DATE_EVIDENCE)
        dates, doubt = _order(seen, decimal)
        doubts += [doubt] if doubt else []
    return Formats(decimal, dates, tuple(doubts))


def _order(seen: dict[str, int], decimal: str) -> tuple[str, str]:
    if seen["dmy"] != seen["mdy"]:
        return ("dmy" if seen["dmy"] > seen["mdy"] else "mdy"), ""
    if not seen["either"]:
        return "iso", ""
    # Points between the numbers, or a decimal comma, are customs of day-first countries.
    order = "dmy" if seen["dotted"] or decimal == "comma" else "mdy"
    first = "day" if order == "dmy" else "month"
    return order, (
        f"{seen['either']} dates such as 03/04/2024 can be read with the day or the month "
        f"first; read with the {first} first (--dates says otherwise)"
    )


def _count(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[str],
    evidence: dict[str, str],
) -> dict[str, int]:
    """Count the evidence in the first rows, and in all of them where those leave a doubt."""
    first = f"(FROM {sql.name(relation)} LIMIT {_SLICE})"
    total = _total(connection, first, columns, evidence)
    one, other = list(total.values())[:2]
    is_clear = (one > 0) != (other > 0) or not any(total.values())
    return total if is_clear else _total(connection, sql.name(relation), columns, evidence)


def _total(
    connection: duckdb.DuckDBPyConnection,
    source: str,
    columns: Sequence[str],
    evidence: dict[str, str],
) -> dict[str, int]:
    total = dict.fromkeys(evidence, 0)
    for column in columns:
        found = _matches(connection, source, column, evidence)
        total = {form: total[form] + found[form] for form in evidence}
    return total


def _matches(
    connection: duckdb.DuckDBPyConnection, source: str, column: str, evidence: dict[str, str]
) -> dict[str, int]:
    counted = ", ".join(
        f"count(*) FILTER (regexp_full_match(value, {sql.text(pattern)}))"
        for pattern in evidence.values()
    )
    row = sql.one(
        connection,
        f"SELECT {counted} FROM (SELECT trim(CAST({sql.name(column)} AS VARCHAR)) AS value "
        f"FROM {source})",
    )
    return dict(zip(evidence, row, strict=True))


def define_macros(connection: duckdb.DuckDBPyConnection, formats: Formats) -> None:
    """Define as_number, as_day, as_instant and as_flag to read text as `formats` say.

    Each gives null for what it cannot read. Instants become UTC; one without an offset is UTC.
    """
    for signature, body in (
        ("wald_number(t)", _number(formats.decimal)),
        ("as_number(x)", "wald_number(trim(CAST(x AS VARCHAR)))"),
        ("wald_instant(t)", _instant(formats.dates)),
        ("as_instant(x)", "wald_instant(trim(CAST(x AS VARCHAR)))"),
        ("wald_day(t)", _DAY),
        ("as_day(x)", "wald_day(trim(CAST(x AS VARCHAR)))"),
        ("wald_flag(t)", _FLAG),
        ("as_flag(x)", "wald_flag(lower(trim(CAST(x AS VARCHAR))))"),
    ):
        connection.execute(f"CREATE OR REPLACE MACRO {signature} AS {body}")


def define_bounds(connection: duckdb.DuckDBPyConnection) -> None:
    """Define wald_bounded: null for instants no calendar of ours holds, such as year 99999."""
    connection.execute(
        "CREATE OR REPLACE MACRO wald_bounded(t) AS CASE WHEN "
        "t >= TIMESTAMP '1000-01-01' AND t < TIMESTAMP '9999-12-31 00:00:01' THEN t END"
    )


def _number(decimal: str) -> str:
    spaces = " '\u2019\u00a0\u202f"
    point, comma = (".", ",") if decimal == "point" else (",", ".")
    plain = rf"[+-]?(\d+\{point}?\d*|\{point}\d+)([eE][+-]?\d+)?"
    grouped = rf"[+-]?\d{{1,3}}([{comma}{spaces}]\d{{3}})+(\{point}\d+)?"
    bare = f"replace(t, {sql.text(point)}, '.')" if point != "." else "t"
    stripped = f"replace(translate(t, {sql.text(comma + spaces)}, ''), {sql.text(point)}, '.')"
    return (
        f"CASE WHEN regexp_full_match(t, {sql.text(plain)}) THEN {_exact(bare)} "
        f"WHEN regexp_full_match(t, {sql.text(grouped)}) THEN {_exact(stripped)} END"
    )


def _exact(value: str) -> str:
    """Eight digits after the point hold exchange rates; twenty before it hold anything else.

    Eighteen digits fit a machine word and are read ten times as fast, so they are tried first.
    """
    return (
        f"COALESCE(CAST(TRY_CAST({value} AS DECIMAL(18,8)) AS DECIMAL(28,8)), "
        f"TRY_CAST({value} AS DECIMAL(28,8)))"
    )


_DAY = (
    "CASE WHEN length(t) = 10 AND t[5] = '-' AND t[1] BETWEEN '1' AND '9' "
    "THEN TRY_CAST(t AS DATE) ELSE CAST(wald_instant(t) AS DATE) END"
)
_FLAG = (
    "CASE WHEN t IN ('true', 't', 'yes', 'y', '1') THEN true "
    "WHEN t IN ('false', 'f', 'no', 'n', '0') THEN false END"
)


def _instant(dates: str) -> str:
    no_seconds = r"^(.{11}\d\d:\d\d)([+-]\d|Z)"
    iso = (
        "CASE WHEN length(t) = 10 OR (length(t) = 19 AND t[17] = ':') THEN TRY_CAST(t AS TIMESTAMP)"
        " ELSE wald_bounded(TRY_CAST(COALESCE(TRY_CAST(t AS TIMESTAMPTZ), "
        f"TRY_CAST(regexp_replace(t, {sql.text(no_seconds)}, '\\1:00\\2') AS TIMESTAMPTZ)) "
        "AS TIMESTAMP)) END"
    )
    forms = [
        (r"^[1-9]\d{3}[-/]\d", iso),
        (r"^\d{13}$", "epoch_ms(TRY_CAST(t AS BIGINT))"),  # as HubSpot's older exports write
        (
            r"^(\d{1,2}[ -])?[A-Za-z]{3}.*[1-9]\d{3}",
            f"try_strptime(t, {sql.texts(_timed(_WORDED))})",
        ),
    ]
    if dates != "iso":
        first, second = ("%d", "%m") if dates == "dmy" else ("%m", "%d")
        days = [f"{first}{mark}{second}{mark}%Y" for mark in "/.-"]
        local = f"try_strptime(t, {sql.texts(_timed(days))})"
        forms.append((r"^\d{1,2}[/.-]\d{1,2}[/.-][1-9]\d{3}", local))
    cases = (f"WHEN regexp_matches(t, {sql.text(looks)}) THEN {read}" for looks, read in forms)
    return f"CASE {' '.join(cases)} END"


_WORDED = ["%d %b %Y", "%d-%b-%Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y"]


def _timed(days: Sequence[str]) -> list[str]:
    """List the forms of a day, each alone and with the clock times that follow it."""
    clocks = ["", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", ", %H:%M", ", %I:%M %p"]
    return [day + clock for day in days for clock in clocks]
