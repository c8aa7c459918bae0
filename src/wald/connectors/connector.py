"""What a connector is: the sheets it knows, feeds that make fact rows of them, repairs, promises.

A connector holds no code that runs: it declares. Loading (`wald.actions.ingest`) reads each
file of a folder, matches it to a sheet by its headers, and shows it to the feeds as one relation
named like the sheet. A file that matches no sheet is reported, never skipped silently.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache

from wald.kernel.catalogue import collect


@dataclass(frozen=True, slots=True)
class Sheet:
    """One kind of file. Headers are compared by letters and digits alone, in lower case.

    A file is this sheet if it has every header in `marks` and, where `stems` are given, its
    name contains one of them. Feeds see the relation `key` with the columns `marks`,
    `columns` and `_row` (line in the file, from 2 under a header), each as text unless the file
    is typed; a column the file lacks reads as null, a sheet the folder lacks has no rows.
    """

    key: str
    marks: tuple[str, ...]
    columns: tuple[str, ...] = ()
    stems: tuple[str, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)  # header as found -> column
    needed: bool = False  # without it the folder is not this connector's


@dataclass(frozen=True, slots=True)
class Repair:
    """A named, switchable cure for one real fault: `column` of `sheet` becomes `expression`.

    `expression` is DuckDB SQL over the sheet's columns (and other sheets); a row is counted as
    repaired where the value it gives differs from the one that stood there.
    """

    key: str
    title: str  # what it does, in one sentence for the report
    sheet: str
    column: str
    expression: str


@dataclass(frozen=True, slots=True)
class Feed:
    """One SELECT (DuckDB SQL) that makes rows of one canonical table from one sheet's rows.

    It names canonical columns (any subset) and `_row`. Values may stay text: loading
    parses them and rejects, with the reason, what it cannot read. Macros `as_number(text)`,
    `as_day(text)`, `as_instant(text)` and `as_flag(text)` read a text as the load's formats say.
    `derived` feeds make further rows of a sheet whose rows another feed accounts for.
    """

    table: str
    sheet: str
    select: str
    derived: bool = False


@dataclass(frozen=True, slots=True)
class Connector:
    key: str
    title: str
    sheets: tuple[Sheet, ...]
    feeds: tuple[Feed, ...]
    repairs: tuple[Repair, ...]
    currency: str | None  # of amounts whose source names none; None: the row must say
    promises: Mapping[str, str]  # promise -> "done", or "exempt: why"
    source: str  # its doc page

    def sheet(self, key: str) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.key == key)


PROMISES = (
    "recognised by its headers",
    "keys survive a second export",
    "history becomes changes",
    "as-of in the past needs no hindsight",
    "deleted rows are taken back",
    "money keeps its currency",
    "faults are repaired by name only",
)


@cache
def connectors() -> Mapping[str, Connector]:
    """Return every connector by key, found by walking `connectors/sources`."""
    return collect("wald.connectors.sources", Connector, "CONNECTOR")
