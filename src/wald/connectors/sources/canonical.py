"""Canonical files: one file per fact table, named like it, with its column names as headers.

Reads     <table>.csv, .csv.gz, .parquet or .xlsx for each table of wald.facts.tables
Keys      the tables' own keys, so a second export meets the first
History   opportunity_change rows as they stand
Money     each row names its currency
Deletes   a column is_deleted, true where the source took the row back
Source    docs/connectors/canonical.md
"""

from wald.connectors.connector import Connector, Feed, Sheet
from wald.facts.table import Table
from wald.facts.tables import TABLES

_DELETED = "is_deleted"
# Old and new are text whatever the field; only here are they in the file's own forms.
_CHANGE_VALUE = """
    CASE WHEN field IN ('amount', 'probability')
         THEN COALESCE(CAST(as_number({side}) AS VARCHAR), {side})
         WHEN field IN ('close_on', 'closed_on')
         THEN COALESCE(CAST(as_day({side}) AS VARCHAR), {side})
         ELSE {side} END AS {side}
"""


def _sheet(table: Table) -> Sheet:
    marks = tuple(c.name for c in table.columns if c.required and not c.default)
    others = tuple(c.name for c in table.columns if c.name not in marks)
    return Sheet(table.name, marks, (*others, _DELETED), stems=(table.name,))


def _feed(table: Table) -> Feed:
    shown = [
        _CHANGE_VALUE.format(side=column.name)
        if table.name == "opportunity_change" and column.name in ("old", "new")
        else f'"{column.name}"'
        for column in table.columns
    ]
    columns = ", ".join([*shown, _DELETED, "_row"])
    return Feed(table.name, table.name, f'SELECT {columns} FROM "{table.name}"')


CONNECTOR = Connector(
    key="canonical",
    title="Canonical files",
    sheets=tuple(_sheet(table) for table in TABLES.values()),
    feeds=tuple(_feed(table) for table in TABLES.values()),
    repairs=(),
    currency=None,
    promises={
        "recognised by its headers": "done",
        "keys survive a second export": "done",
        "history becomes changes": "done",
        "as-of in the past needs no hindsight": "done",
        "deleted rows are taken back": "done",
        "money keeps its currency": "done",
        "faults are repaired by name only": "exempt: canonical files have no known faults",
    },
    source="docs/connectors/canonical.md",
)
