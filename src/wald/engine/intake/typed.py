"""Text becomes typed columns: what each type accepts, and the reason where it does not.

For every column of a table there are three pieces of DuckDB SQL over one row of a feed:
the value, the condition under which it is a fault, and the fault in words with its cure.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from wald.engine.intake import sql
from wald.engine.intake.formats import Formats
from wald.facts.table import STORAGE, Column, Table, Type

RAW = "given "  # prefix of a column's text as the feed gave it
DELETED = "is_deleted"

_NUMBERS = (Type.INTEGER, Type.MONEY, Type.PRICE, Type.QUANTITY, Type.SHARE, Type.RATE)
AMOUNTS = (Type.MONEY, Type.PRICE)
_DATE_FORMS = {
    "iso": "year-month-day, such as 2024-02-29",
    "dmy": "day/month/year, such as 29/02/2024",
    "mdy": "month/day/year, such as 02/29/2024",
}
_WORDS: Mapping[tuple[str, str], tuple[str, ...]] = {
    ("opportunity", "outcome"): ("open", "won", "lost"),
    ("stage", "outcome"): ("open", "won", "lost"),
    ("booking_split", "kind"): ("split", "overlay"),
    ("activity", "kind"): ("call", "email", "meeting", "task", "note"),
    **{
        (table, "forecast_category"): (
            "omitted",
            "pipeline",
            "best_case",
            "most_likely",
            "commit",
            "closed",
        )
        for table in ("opportunity", "stage")
    },
}
# An amount given back is positive: what it takes away follows from the table it stands in.
_NOT_NEGATIVE = frozenset({("objective_score", "reached"), ("cancellation", "amount")})


@dataclass(frozen=True, slots=True)
class Fault:
    """`when` is a condition and `what` a text, both SQL over the row; `fix` is plain words."""

    column: str
    kind: str
    when: str
    what: str
    fix: str

    @property
    def code(self) -> str:
        return f"{self.column} {self.kind}"


def is_number(column: Column) -> bool:
    return column.type in _NUMBERS


def is_time(column: Column) -> bool:
    return column.type in (Type.DATE, Type.TIMESTAMP)


def given(offered: Mapping[str, str], name: str) -> str:
    """Return the SQL of column `name` as the feed gave it; blank text is nothing."""
    if name not in offered:
        return "NULL::VARCHAR"
    own = sql.name(name)
    if offered[name] != "VARCHAR":
        return own
    # Only text below '!' can begin with a blank; asking that first spares trimming all others.
    return (
        f"CASE WHEN {own} < '!' THEN CASE WHEN trim({own}) = '' THEN NULL ELSE {own} END "
        f"ELSE {own} END"
    )


def value(column: Column, offered: Mapping[str, str], currency: str | None) -> str:
    """Return the SQL of the typed value of `column`, over a row of `given` columns."""
    raw = sql.name(RAW + column.name)
    kind = STORAGE[column.type]
    is_text = offered.get(column.name, "VARCHAR") == "VARCHAR"
    if column.name == "currency":
        own = f"upper(trim(CAST({raw} AS VARCHAR)))"
        return f"COALESCE({own}, {sql.text(currency)})" if currency else own
    if column.type is Type.TEXT:
        typed = raw if is_text else f"CAST({raw} AS VARCHAR)"
    elif column.type is Type.INTEGER:
        number = _exact(column, offered)
        typed = f"CASE WHEN {number} % 1 = 0 THEN TRY_CAST({number} AS {kind}) END"
    elif is_text:
        typed = f"TRY_CAST({_READ[column.type]}({raw}) AS {kind})"
    elif is_time(column):
        typed = f"CAST(wald_bounded(TRY_CAST({raw} AS TIMESTAMP)) AS {kind})"
    else:
        typed = f"TRY_CAST({raw} AS {kind})"
    if column.default:
        # Only nothing means the default: what cannot be read stays null, and is a fault.
        default = f"CAST({sql.text(column.default)} AS {kind})"
        typed = f"CASE WHEN {raw} IS NULL THEN {default} ELSE {typed} END"
    return typed


_READ = {
    Type.INTEGER: "as_number",
    Type.MONEY: "as_number",
    Type.PRICE: "as_number",
    Type.QUANTITY: "as_number",
    Type.SHARE: "as_number",
    Type.RATE: "as_number",
    Type.DATE: "as_day",
    Type.TIMESTAMP: "as_instant",
    Type.BOOLEAN: "as_flag",
}


def _exact(column: Column, offered: Mapping[str, str]) -> str:
    """Return the SQL of a number as given, before it is cut to the digits we keep."""
    raw = sql.name(RAW + column.name)
    is_text = offered.get(column.name, "VARCHAR") == "VARCHAR"
    return f"as_number({raw})" if is_text else f"TRY_CAST({raw} AS DECIMAL(28,8))"


def rounded(table: Table, offered: Mapping[str, str]) -> str:
    """Return the SQL that names the columns of a row that lost digits, or is null.

    Floating point numbers are left out: their last digits are noise.
    """
    lost = [
        f"CASE WHEN {_exact(column, offered)} <> {sql.name(column.name)} "
        f"THEN {sql.text(column.name)} END"
        for column in table.columns
        if is_number(column) and column.type is not Type.INTEGER
        if offered.get(column.name, "DOUBLE") not in ("DOUBLE", "FLOAT")
    ]
    return f"NULLIF(concat_ws(', ', {', '.join(lost)}), '')" if lost else "NULL::VARCHAR"


def faults(table: Table, offered: Mapping[str, str], formats: Formats) -> list[Fault]:
    """List what can be wrong with a row of `table`, over its given and its typed columns."""
    found = []
    for column in table.columns:
        found += _column_faults(table, column, formats, is_offered=column.name in offered)
    if table.name == "opportunity_change":
        found += _change_faults()
    return found


def _column_faults(
    table: Table, column: Column, formats: Formats, *, is_offered: bool
) -> list[Fault]:
    raw, typed = sql.name(RAW + column.name), sql.name(column.name)
    shown = f"concat({sql.text(column.name)}, ' \"', left(CAST({raw} AS VARCHAR), 60), '\" "
    found = []
    if is_offered and column.type is not Type.TEXT:
        what, fix = _unreadable(column, formats)
        condition = f"{raw} IS NOT NULL AND {typed} IS NULL"
        found.append(Fault(column.name, "unreadable", condition, f"{shown}{what}')", fix))
    if column.required:
        # A row that is taken back needs to say which row it is, and nothing more.
        guard = "" if column.name in table.key else f" AND NOT {sql.name(DELETED)}"
        condition = f"{raw} IS NULL AND {typed} IS NULL{guard}"
        fix = f"give every row its {column.name} ({column.meaning})"
        found.append(
            Fault(column.name, "missing", condition, sql.text(f"{column.name} is empty"), fix)
        )
    if is_offered and column.type is Type.SHARE:
        condition = f"{typed} NOT BETWEEN 0 AND 1"
        fix = "give shares from 0 to 1 (40 % is 0.4)"
        found.append(Fault(column.name, "range", condition, f"{shown}is not from 0 to 1')", fix))
    if is_offered and (table.name, column.name) in _NOT_NEGATIVE:
        what = f"{shown}is less than nothing')"
        found.append(Fault(column.name, "range", f"{typed} < 0", what, "give 0 or more"))
    if is_offered and column.name == "currency":
        condition = rf"NOT regexp_full_match({typed}, '[A-Z]{{3}}')"
        fix = "write the ISO 4217 code, such as EUR"
        found.append(Fault(column.name, "word", condition, f"{shown}is not a currency code')", fix))
    words = _WORDS.get((table.name, column.name))
    if is_offered and words:
        condition = f"NOT list_contains({sql.texts(words)}, {typed})"
        fix = f"write one of {', '.join(words)}"
        found.append(
            Fault(column.name, "word", condition, f"{shown}is none of the words wanted')", fix)
        )
    return found


def _unreadable(column: Column, formats: Formats) -> tuple[str, str]:
    if is_number(column):
        other = "comma" if formats.decimal == "point" else "point"
        example = "1234.56" if formats.decimal == "point" else "1234,56"
        return (
            f"is not a number with a decimal {formats.decimal} that fits",
            f"write {example}, or say that the file has a decimal {other} (--decimal {other})",
        )
    if is_time(column):
        return (
            "is not a day of the calendar written as the others are",
            f"write {_DATE_FORMS[formats.dates]}",
        )
    return "is neither yes nor no", "write true or false"


def _change_faults() -> list[Fault]:
    """Old and new values are text; they must still read as what their field holds."""
    found = []
    for side in ("old", "new"):
        shown = f"concat({sql.text(side)}, ' \"', left({sql.name(side)}, 60), '\" "
        for among, kind, noun, fix in (
            ("'amount', 'probability'", "DECIMAL(18,4)", "a number", "write it like 1234.56"),
            ("'close_on', 'closed_on'", "DATE", "a day", "write it like 2024-02-29"),
        ):
            # CASE, because AND would try to read every row's text as a number.
            condition = (
                f"CASE WHEN field IN ({among}) THEN {sql.name(side)} IS NOT NULL "
                f"AND TRY_CAST({sql.name(side)} AS {kind}) IS NULL END"
            )
            what = f"{shown}is not {noun}, which its field is')"
            found.append(Fault(side, f"not {noun}", condition, what, fix))
    return found
