"""What is stored: loads and the Parquet parts they brought, as the record database lists them."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

from wald.facts.tables import TABLES


@dataclass(frozen=True, slots=True)
class Part:
    """One Parquet file of one table, brought by one load; never changed once published."""

    table: str
    path: str  # below the root of the store
    load_id: int
    rows: int
    replaces: bool  # does a row carry a key that an earlier load had, or take one back?
    currencies: tuple[str, ...]
    first_on: date | None  # first day of the table's `happened` column
    last_on: date | None  # last day of that column and of what the table `tells`


@dataclass(frozen=True, slots=True)
class Load:
    load_id: int  # later loads have higher numbers
    loaded_at: datetime  # when Wald learned it; aware, UTC
    undone_at: datetime | None
    source: str  # the folder or address it came from
    connector: str
    parts: tuple[Part, ...]

    def known_at(self, known: datetime | None) -> bool:
        """Was this load part of what Wald knew at `known` (None: now)?"""
        if known is None:
            return self.undone_at is None
        return self.loaded_at <= known and (self.undone_at is None or self.undone_at > known)


@dataclass(frozen=True, slots=True)
class Sight:
    """Whose rows somebody sees, by the day asked about; equal names see the same persons."""

    name: str
    persons: Callable[[date], frozenset[str]] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything stored, which of it was known at `known`, and whose rows of it are seen."""

    root: Path
    loads: tuple[Load, ...]
    known: datetime | None = None
    sight: Sight | None = None  # None: everybody's rows
    # Of these tables exactly these loads count, whatever was known: (table, numbers).
    pinned: tuple[tuple[str, frozenset[int]], ...] = ()

    @property
    def whole(self) -> "Snapshot":
        """The same facts for somebody who sees everybody's rows."""
        return self if self.sight is None else replace(self, sight=None)

    def seen_on(self, day: date) -> frozenset[str] | None:
        """Return the keys of the persons whose rows are seen as of `day`; None: everybody's."""
        return None if self.sight is None else self.sight.persons(day)

    @property
    def visible(self) -> tuple[Load, ...]:
        return tuple(load for load in self.loads if load.known_at(self.known))

    def loads_of(self, table: str) -> tuple[Load, ...]:
        """Return the loads that count for `table`, oldest first."""
        for name, only in self.pinned:
            if name == table:
                return tuple(load for load in self.loads if load.load_id in only)
        return self.visible

    def parts(self, table: str) -> tuple[Part, ...]:
        """Return the parts of `table` that were known, oldest first."""
        return tuple(p for load in self.loads_of(table) for p in load.parts if p.table == table)

    def stored(self, table: str) -> tuple[Part, ...]:
        """Return all parts of `table`, known then or not, oldest first."""
        return tuple(p for load in self.loads for p in load.parts if p.table == table)

    def has(self, table: str) -> bool:
        return any(part.rows for part in self.parts(table))

    def hides(self, table: str) -> bool:
        """Is some stored part of `table` not among what was known?"""
        return len(self.parts(table)) != len(self.stored(table))

    def replaces(self, table: str) -> bool:
        """Can a key stand more than once among what was known?"""
        return any(part.replaces for part in self.parts(table))

    def currencies(self, table: str) -> tuple[str, ...]:
        return tuple(sorted({c for part in self.parts(table) for c in part.currencies}))

    @property
    def reaches(self) -> date | None:
        """Return the last day on which something happened, None when nothing did."""
        days = [
            part.last_on
            for name, table in TABLES.items()
            if table.moves
            for part in self.parts(name)
            if part.last_on is not None
        ]
        return max(days, default=None)

    @property
    def learned_at(self) -> datetime | None:
        return max((load.loaded_at for load in self.visible), default=None)
