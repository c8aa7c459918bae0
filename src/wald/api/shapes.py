"""What goes in and out as JSON: the shapes that openapi.json tells."""

from typing import Annotated, Literal

from ninja import Field, Schema
from pydantic import ConfigDict

Cell = str | int | float | bool | None
_Text = Annotated[str, Field(max_length=4000)]
_Key = Annotated[str, Field(max_length=100)]


class Asked(Schema):
    """How a metric is asked; what is left out has the sensible default."""

    by: list[_Key] = Field([], max_length=10, description="Dimensions to break it down by.")
    where: _Text = Field("", description="A condition over the metric's rows.")
    period: _Key = Field("", description="2017, 2017-Q3, 2017-07, a day, or first..last.")
    as_of: _Key = Field("", description="The day asked about; default: the last in the data.")
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")


class AskedRows(Asked):
    limit: int = Field(100, ge=1, le=1000, description="Rows on one page.")
    cursor: _Text = Field("", description="`next_cursor` of the page before.")


class AskedPulse(Schema):
    period: _Key = Field("", description="Default: the quarter that the data reach into.")
    as_of: _Key = Field("", description="The day asked about; default: the last in the data.")
    known: _Key = Field("", description="An instant: as Wald knew it then; default: now.")


class AskedLoads(Schema):
    limit: int = Field(100, ge=1, le=1000, description="Loads on one page, newest first.")
    before: int = Field(0, ge=0, description="Only loads with a lower number; 0: all.")


class AskedRejects(Schema):
    limit: int = Field(100, ge=1, le=1000, description="Rows of each file.")


class NewLoad(Schema):
    """A folder to load, below the import folder of this server."""

    model_config = ConfigDict(extra="forbid")

    folder: str = Field(max_length=1000, description="Its path below the import folder.")
    dry_run: bool = Field(False, description="Say what would be, store nothing.")
    background: bool = Field(False, description="Let a worker load it; the answer is its job.")
    connector: _Key | None = None
    encoding: _Key | None = None
    delimiter: _Key | None = None
    decimal: Literal["point", "comma"] | None = None
    dates: Literal["iso", "dmy", "mdy"] | None = None
    currency: _Key | None = None
    without_repairs: list[_Key] = Field([], max_length=100)


class MetricShape(Schema):
    key: str
    title: str
    definition: str
    unit: str
    better: str
    nulls: str
    counts_on: str | None
    dimensions: list[str]
    columns: list[str]
    source: str


class AnswerShape(Schema):
    """`rows` have one key per dimension and `value`: money, ratios and averages as decimal
    strings, counts as integers, null where it cannot be had."""

    metric: str
    unit: str
    currency: str | None
    as_of: str
    known_at: str | None
    period: str | None
    notes: list[str]
    rows: list[dict[str, Cell]]


class Sums(Schema):
    numerator: str | None
    denominator: str | None


class RowsShape(AnswerShape):
    """The answer, and one page of the rows behind it; all of them add up to `sums`."""

    total_rows: int
    sums: Sums
    rows_behind: list[dict[str, Cell]]
    next_cursor: str | None


class RejectShape(Schema):
    file: str
    table: str
    rows: int
    path: str


class LoadShape(Schema):
    load_id: int
    state: str
    loaded_at: str
    loaded_by: str
    undone_at: str | None
    undone_by: str | None
    source: str
    connector: str
    rows: int
    tables: list[str]
    rejects: list[RejectShape]


class RejectedShape(Schema):
    """One reject file; a row holds what was read, and `reason`, `file` and `line`."""

    file: str
    table: str
    total_rows: int
    path: str
    rows: list[dict[str, Cell]]


class CountsShape(Schema):
    """`read` is the sum of the other five."""

    read: int
    new: int
    changed: int
    same: int
    rejected: int
    duplicate: int


class LineShape(Schema):
    file: str
    table: str
    counts: CountsShape
    derived: bool
    left_out: int
    taken_back: int


class FileShape(Schema):
    file: str
    sheet: str | None
    rows: int
    encoding: str | None
    delimiter: str | None
    decimal: str | None
    dates: str | None
    given: list[str]
    note: str


class RepairShape(Schema):
    key: str
    title: str
    rows: int
    on: bool


class ProblemShape(Schema):
    where: str
    what: str
    fix: str


class ReportShape(Schema):
    """What came of every row read; `load_id` is null where nothing was stored."""

    folder: str
    connector: str
    dry_run: bool
    load_id: int | None
    loaded_at: str
    files: list[FileShape]
    lines: list[LineShape]
    totals: CountsShape
    repairs: list[RepairShape]
    problems: list[ProblemShape]
    reject_files: list[str]
    reporting_currency: str | None
    decides_currency: bool
    reaches: str | None
    seconds: float


class UndoShape(Schema):
    load_id: int
    undone_at: str
    rows: int
    tables: list[str]


class FigureShape(Schema):
    metric: str
    title: str
    unit: str
    currency: str | None
    value: str | int | None
    before: str | int | None
    change: str | None
    is_good: bool | None
    notes: list[str]


class GroupShape(Schema):
    title: str
    figures: list[FigureShape]


class BreakdownShape(Schema):
    metric: str
    unit: str
    currency: str | None
    dimension: str
    rows: list[dict[str, Cell]]


class PointShape(Schema):
    period: str
    value: str | int | None


class PulseShape(Schema):
    as_of: str
    known_at: str | None
    period: str
    compared_with: str
    currency: str
    groups: list[GroupShape]
    breakdowns: list[BreakdownShape]
    hygiene: list[FigureShape]
    trends: dict[str, list[PointShape]]
    missing: list[str]


class Fault(Schema):
    """application/problem+json (RFC 9457). `changed` says what somebody wrote in between, a
    sentence each; `instance` is under which id the log tells of a bug."""

    type: str
    title: str
    status: int
    detail: str
    problems: list[ProblemShape]
    changed: list[str] | None = None
    instance: str | None = None


# What an operation on something that is there, or not, may answer beside its own.
FAULTS: dict[int, type[Schema]] = {401: Fault, 403: Fault, 404: Fault, 422: Fault}
