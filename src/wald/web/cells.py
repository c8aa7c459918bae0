"""Rows of a table as cells to show: how each value reads, on which side, and what it opens."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType

import pyarrow as pa
from django.urls import reverse

from wald.facts.dimension import DIMENSIONS
from wald.web.templatetags.fmt import UNKNOWN, ratio

_TITLES = MappingProxyType(
    {
        "opportunity_id": "Deal key",
        "closed_on": "Closed",
        "close_on": "Closes",
        "opened_on": "Opened",
    }
)
_SHARES = ("probability",)


@dataclass(frozen=True, slots=True)
class Column:
    """`href` sorts by it; `order` says how it is sorted now, as ARIA says it."""

    name: str
    title: str
    is_number: bool
    href: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    text: str
    is_number: bool
    href: str = ""


@dataclass(frozen=True, slots=True)
class Grid:
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]


def grid(
    table: pa.Table,
    *,
    titles: Mapping[str, str] = MappingProxyType({}),
    deals: Sequence[str | None] | None = None,
    opens: str = "opportunity_id",
) -> Grid:
    """Return the cells of `table`.

    The column `opens` leads to the deals whose keys are `deals`, a key for each row; by
    default they are what stands in the column opportunity_id, if there is one.
    """
    columns = tuple(
        Column(name, titles.get(name) or title_of(name), _is_number(table.schema.field(name).type))
        for name in table.column_names
    )
    if deals is None and "opportunity_id" in table.column_names:
        deals = table.column("opportunity_id").to_pylist()
    keys = deals or [None] * table.num_rows
    values = zip(*(column.to_pylist() for column in table.columns), strict=True)
    rows = tuple(
        tuple(
            _cell(column, value, key if column.name == opens else None)
            for column, value in zip(columns, row, strict=True)
        )
        for row, key in zip(values, keys, strict=True)
    )
    return Grid(columns, rows)


def _cell(column: Column, value: object, deal: str | None) -> Cell:
    text = text_of(value, column.name)
    if deal is None:
        return Cell(text, column.is_number)
    # A link needs words: a deal without a name shows its key.
    return Cell(deal if value is None else text, column.is_number, reverse("deal", args=[deal]))


def title_of(name: str) -> str:
    """Return how a column is called: `close_on` is Closes, `person_id` Person key."""
    if name in _TITLES:
        return _TITLES[name]
    if name in DIMENSIONS:
        return DIMENSIONS[name].title
    words = name.removesuffix("_on").replace("_id", " key").replace("_", " ")
    return words.capitalize()


def text_of(value: object, name: str = "") -> str:
    """Return how one value of a table reads; an amount keeps every digit it has."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return ratio(value) if name in _SHARES else _decimal(value)
    if isinstance(value, int):
        return f"{value:,}".replace("-", "\N{MINUS SIGN}")
    if isinstance(value, float):
        return _decimal(Decimal(str(value)))
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    return value.isoformat() if isinstance(value, date) else str(value)


def _decimal(value: Decimal) -> str:
    """Return two digits after the point, or as many more as it takes."""
    whole, _, rest = f"{value:,f}".partition(".")
    rest = rest.rstrip("0")
    return f"{whole}.{rest:0<2}".replace("-", "\N{MINUS SIGN}")


def _is_number(type: pa.DataType) -> bool:
    return bool(
        pa.types.is_decimal(type) or pa.types.is_integer(type) or pa.types.is_floating(type)
    )
