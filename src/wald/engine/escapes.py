"""Texts that a spreadsheet would run: made harmless in CSV, marked, and restored when read again.

A program that opens a CSV takes a cell for a formula if it begins with = + - @, a tab or a
line end, also in their full-width forms, also after blanks; and where it cuts the file at other
delimiters than ours, or sees other quotes, each piece of a cell is such a beginning. There an
apostrophe goes in before the sign (OWASP, CSV injection). The column `wald_escaped` names the
columns of a row in which that was done, so that Wald's own loader takes exactly those out again.
"""

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from wald.engine.intake import sql

ESCAPED = "wald_escaped"
_BETWEEN = "|"  # between two names in it
_SIGN = "=+\\-@\uff1d\uff0b\uff0d\uff20"
_BLANK = " \u00a0\u2000-\u200b\u3000\ufeff"
_CUT = '[,;|\\t\\r\\n"]'
# Each takes the apostrophes that stand there already along, so that every text comes back.
_ESCAPE = (
    (rf"({_CUT}[{_BLANK}]*)('*[{_SIGN}])", r"\1'\2"),
    (rf"^([{_BLANK}]*)('*[{_SIGN}\t\r\n])", r"\1'\2"),
)
_RESTORE = (
    (rf"^([{_BLANK}]*)'('*[{_SIGN}\t\r\n])", r"\1\2"),
    (rf"({_CUT}[{_BLANK}]*)'('*[{_SIGN}])", r"\1\2"),
)


def escaped(table: pa.Table) -> pa.Table:
    """Return `table` with no text that a spreadsheet would run; marked where one was changed."""
    columns = {name: table.column(name) for name in table.column_names}
    safe = {name: _safe(column) for name, column in columns.items()}
    changed = {
        name: pc.fill_null(pc.not_equal(safe[name], column), False)
        for name, column in columns.items()
        if safe[name] is not column
    }
    if not changed:
        return table
    names = [pc.if_else(is_so, name + _BETWEEN, "") for name, is_so in changed.items()]
    marks = pc.utf8_rtrim(pc.binary_join_element_wise(*names, ""), _BETWEEN)
    marked = pc.if_else(pc.equal(marks, ""), None, marks)
    return pa.table(safe).append_column(ESCAPED, marked)


def restored(text: str, marks: str, header: str) -> str:
    """Return a cell as it was before `escaped`; `marks` is what its row has in `wald_escaped`."""
    if header not in marks.split(_BETWEEN):
        return text
    for pattern, replacement in _RESTORE:
        text = re.sub(pattern, replacement, text)
    return text


def restored_sql(text: str, marks: str, header: str) -> str:
    """Return the SQL of the same for DuckDB; `text` and `marks` are SQL."""
    value = text
    for pattern, replacement in _RESTORE:
        value = f"regexp_replace({value}, {sql.text(pattern)}, {sql.text(replacement)}, 'g')"
    names = f"string_split({marks}, {sql.text(_BETWEEN)})"
    is_marked = f"list_contains({names}, {sql.text(header)})"
    return f"CASE WHEN {is_marked} THEN {value} ELSE {text} END"


def marks_place(headers: Sequence[str]) -> int | None:
    """Return where among the headers of a file `wald_escaped` stands, None where it does not."""
    return headers.index(ESCAPED) if ESCAPED in headers else None


def _safe(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Return the column itself where nothing in it is risky."""
    if not (pa.types.is_string(column.type) or pa.types.is_large_string(column.type)):
        return column
    if not any(pc.any(pc.match_substring_regex(column, form)).as_py() for form, _ in _ESCAPE):
        return column
    text = column.cast(pa.large_string())
    for pattern, replacement in _ESCAPE:
        text = pc.replace_substring_regex(text, pattern, replacement)
    return text.cast(column.type)
