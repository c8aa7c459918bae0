"""The list of loads, the report of one, and the rows it rejected."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from wald.facts.load_report import LoadReport, from_json
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores import loads as store
from wald.records.stores.loads import LoadRecord, RejectFile


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """A load in the list; `may_undo` says whether it is the newest that counts."""

    load_id: int
    state: str  # published, rejected (only its rejects are kept) or undone
    loaded_at: datetime
    loaded_by: str
    undone_at: datetime | None
    undone_by: str
    source: str
    connector: str
    rows: int  # new and changed rows it brought
    tables: tuple[str, ...]
    rejects: tuple[RejectFile, ...]
    problems: int
    may_undo: bool

    @property
    def rejected(self) -> int:
        return sum(one.rows for one in self.rejects)


@dataclass(frozen=True, slots=True)
class RejectPage:
    """Some rows of one reject file, as they stand in it: texts under `columns`."""

    file: str
    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    total: int
    offset: int


@dataclass(frozen=True, slots=True)
class RejectedRows:
    """The first rows of one reject file: the table's columns as they were read, and `reason`,
    `file` and `line`."""

    file: RejectFile
    rows: tuple[Mapping[str, str], ...]


def all_loads(*, actor: Actor, workspace: Workspace) -> tuple[LoadRecord, ...]:
    """Return every load that ended, newest first; undone ones too."""
    actor.must("facts.read")
    return store.list_loads(database=workspace.database)


def one_load(*, actor: Actor, workspace: Workspace, load_id: int) -> LoadRecord | None:
    actor.must("facts.read")
    return store.find_load(load_id, database=workspace.database)


def report_of(load: LoadRecord) -> LoadReport:
    """Return what the load said when it ended."""
    return from_json(load.report)


def rejected_rows(
    *, actor: Actor, workspace: Workspace, load_id: int, limit: int
) -> tuple[RejectedRows, ...] | None:
    """Return up to `limit` rows of each reject file of a load, None if there is no such load."""
    load = one_load(actor=actor, workspace=workspace, load_id=load_id)
    if load is None:
        return None
    return tuple(_first_rows(workspace, file, limit) for file in load.rejects)


def _first_rows(workspace: Workspace, file: RejectFile, limit: int) -> RejectedRows:
    with (workspace.home / file.path).open(encoding="utf-8", newline="") as lines:
        return RejectedRows(file, tuple(islice(csv.DictReader(lines), limit)))


def loads(*, actor: Actor, workspace: Workspace) -> tuple[LoadSummary, ...]:
    """Return every load, newest first."""
    actor.must("facts.read")
    records = store.list_loads(database=workspace.database)
    counting = [r.load_id for r in records if r.state == "published" and r.undone_at is None]
    newest = max(counting, default=None)
    return tuple(_summary(record, record.load_id == newest) for record in records)


def load_report(*, actor: Actor, workspace: Workspace, load_id: int) -> LoadReport | None:
    """Return what load `load_id` reported; None if there is no such load."""
    actor.must("facts.read")
    record = store.find_load(load_id, database=workspace.database)
    return None if record is None else from_json(record.report)


def rejects(
    *,
    actor: Actor,
    workspace: Workspace,
    load_id: int,
    file: str,
    table: str,
    offset: int = 0,
    limit: int = 100,
) -> RejectPage | None:
    """Return a page of what load `load_id` rejected of `file` for `table`; None if nothing."""
    actor.must("facts.read")
    record = store.find_load(load_id, database=workspace.database)
    if record is None:
        return None
    kept = next((r for r in record.rejects if (r.file, r.table) == (file, table)), None)
    if kept is None:
        return None
    with (workspace.home / kept.path).open(encoding="utf-8", newline="") as stream:
        reader = csv.reader(stream)
        columns = tuple(next(reader))
        rows = tuple(tuple(row) for row in islice(reader, offset, offset + limit))
    return RejectPage(file, table, columns, rows, kept.rows, offset)


def _summary(record: LoadRecord, is_newest: bool) -> LoadSummary:
    return LoadSummary(
        load_id=record.load_id,
        state="undone" if record.undone_at is not None else record.state,
        loaded_at=record.loaded_at,
        loaded_by=record.loaded_by,
        undone_at=record.undone_at,
        undone_by=record.undone_by,
        source=record.source,
        connector=record.connector,
        rows=record.rows,
        tables=record.tables,
        rejects=record.rejects,
        problems=len(from_json(record.report).problems),
        may_undo=is_newest,
    )
