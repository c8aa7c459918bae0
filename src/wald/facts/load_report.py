"""What came of a load, as plain values: every row read is in exactly one of five counts."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from wald.kernel.problem import Problem

DECIMALS = ("point", "comma")
DATES = ("iso", "dmy", "mdy")


@dataclass(frozen=True, slots=True)
class LoadOptions:
    """What the person overrules; None means Wald decides and says what it decided."""

    connector: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None  # one of DECIMALS
    dates: str | None = None  # one of DATES; ISO dates are always read
    currency: str | None = None  # of amounts whose row names none
    without_repairs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows by what became of them: `read` is the sum of the other five."""

    read: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    rejected: int = 0
    duplicate: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            self.read + other.read,
            self.new + other.new,
            self.changed + other.changed,
            self.same + other.same,
            self.rejected + other.rejected,
            self.duplicate + other.duplicate,
        )

    @property
    def balances(self) -> bool:
        known = self.new + self.changed + self.same + self.rejected + self.duplicate
        return self.read == known


@dataclass(frozen=True, slots=True)
class FileReport:
    """One file: how it was read, or why it was not used."""

    file: str
    sheet: str | None  # None: not used, `note` says why
    rows: int
    encoding: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    dates: str | None = None
    given: tuple[str, ...] = ()  # which of the four the person gave; the others were found
    note: str = ""


@dataclass(frozen=True, slots=True)
class LoadLine:
    """What one file gave to one table.

    `derived` rows are made beside the rows another line accounts for. `left_out` rows of the
    file gave no row of this table because the connector has no use for them.
    """

    file: str
    table: str
    counts: Counts
    derived: bool = False
    left_out: int = 0
    taken_back: int = 0  # rows the source marks as deleted: they do not count any more


@dataclass(frozen=True, slots=True)
class RepairCount:
    key: str
    title: str
    rows: int
    on: bool  # switched off repairs are listed too


@dataclass(frozen=True, slots=True)
class LoadReport:
    folder: str
    connector: str
    dry_run: bool
    load_id: int | None  # None: nothing new, or a dry run
    loaded_at: datetime
    files: tuple[FileReport, ...]
    lines: tuple[LoadLine, ...]
    repairs: tuple[RepairCount, ...]
    problems: tuple[Problem, ...]
    reject_files: tuple[str, ...]  # below the workspace
    reporting_currency: str | None
    decides_currency: bool  # did this load decide it, being the first?
    reaches: date | None  # last day on which something happened, with this load
    seconds: float = field(compare=False, default=0.0)
    is_invented: bool = False  # the folder says of itself that nothing in it exists

    @property
    def totals(self) -> Counts:
        """Account for the rows read: derived rows are made, not read."""
        return sum((line.counts for line in self.lines if not line.derived), Counts())

    @property
    def derived(self) -> Counts:
        """Account for the rows made beside those read, such as bookings from won deals."""
        return sum((line.counts for line in self.lines if line.derived), Counts())

    @property
    def is_clean(self) -> bool:
        """Was nothing rejected, and is nothing to be looked at?"""
        return not self.problems and not (self.totals + self.derived).rejected


@dataclass(frozen=True, slots=True)
class UndoReport:
    load_id: int
    undone_at: datetime
    rows: int  # rows that are no longer known
    tables: tuple[str, ...]


def as_json(report: LoadReport) -> dict[str, object]:
    """Return the report as plain JSON values, with its totals."""
    plain = asdict(report)
    plain["loaded_at"] = report.loaded_at.isoformat()
    plain["reaches"] = None if report.reaches is None else report.reaches.isoformat()
    plain["totals"] = asdict(report.totals)
    plain["derived"] = asdict(report.derived)
    return plain


def from_json(plain: Mapping[str, Any]) -> LoadReport:
    """Read back what `as_json` wrote."""
    reaches = plain["reaches"]
    return LoadReport(
        folder=plain["folder"],
        connector=plain["connector"],
        dry_run=plain["dry_run"],
        load_id=plain["load_id"],
        loaded_at=datetime.fromisoformat(plain["loaded_at"]),
        files=tuple(FileReport(**{**one, "given": tuple(one["given"])}) for one in plain["files"]),
        lines=tuple(
            LoadLine(**{**one, "counts": Counts(**one["counts"])}) for one in plain["lines"]
        ),
        repairs=tuple(RepairCount(**one) for one in plain["repairs"]),
        problems=tuple(Problem(**one) for one in plain["problems"]),
        reject_files=tuple(plain["reject_files"]),
        reporting_currency=plain["reporting_currency"],
        decides_currency=plain["decides_currency"],
        reaches=None if reaches is None else date.fromisoformat(reaches),
        seconds=plain["seconds"],
        is_invented=bool(plain.get("is_invented")),  # older reports do not say
    )
