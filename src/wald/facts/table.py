"""What a fact table is: columns with type and meaning, a key, the day a row became true."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType


class Type(Enum):
    """What a column holds; STORAGE says how."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"  # an amount; four digits after the point hold every ISO 4217 currency
    PRICE = "price"  # money per unit
    QUANTITY = "quantity"
    SHARE = "share"  # 1 = 100 %
    RATE = "rate"
    DATE = "date"
    TIMESTAMP = "timestamp"  # UTC
    BOOLEAN = "boolean"


# DuckDB's names, from which every engine's are written.
STORAGE: Mapping[Type, str] = MappingProxyType(
    {
        Type.TEXT: "TEXT",
        Type.INTEGER: "BIGINT",
        Type.MONEY: "DECIMAL(18,4)",
        Type.PRICE: "DECIMAL(18,6)",
        Type.QUANTITY: "DECIMAL(18,4)",
        Type.SHARE: "DECIMAL(9,6)",
        Type.RATE: "DECIMAL(18,8)",
        Type.DATE: "DATE",
        Type.TIMESTAMP: "TIMESTAMP",
        Type.BOOLEAN: "BOOLEAN",
    }
)

ALWAYS = "1900-01-01"  # the first day of a row that always held


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    type: Type
    meaning: str
    required: bool = False  # a row without it is rejected
    refers: str = ""  # the table whose key this column names
    default: str = ""  # what an empty cell means; none: nobody knows


@dataclass(frozen=True, slots=True)
class Table:
    """`happened` is the column that says when the row became true; None: always was.

    A row counts as of a day if that column's day is not after it; a row whose column
    is null counts always, because nothing says otherwise.
    """

    name: str
    meaning: str
    key: tuple[str, ...]
    happened: str | None
    columns: tuple[Column, ...]
    moves: bool = True  # does the last `happened` date say how far the data reach?
    tells: tuple[str, ...] = ()  # columns of later days that say so too, such as a closing

    def column(self, name: str) -> Column | None:
        return next((c for c in self.columns if c.name == name), None)


def text_column(name: str, meaning: str, *, required: bool = False, refers: str = "") -> Column:
    return Column(name, Type.TEXT, meaning, required, refers)


def currency_column() -> Column:
    return text_column("currency", "ISO 4217 code of the amounts in this row")
