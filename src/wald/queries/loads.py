"""What was loaded, what a load said of itself, and the rows it rejected.

That there was a load, everybody may know who reads numbers. What it said and what it rejected
holds everybody's rows, as they were in the file: for those alone who may load.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from wald.facts.load_report import LoadReport, from_json
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores.loads import LoadRecord, RejectFile, find_load, has_invented, list_loads

REPORTS = "facts.load"


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
class RejectedRows:
    """Some rows of one reject file: the table's columns as they were read, and `reason`,
    `file` and `line`."""

    file: RejectFile
    rows: tuple[Mapping[str, str], ...]


def all_loads(*, actor: Actor, workspace: Workspace) -> tuple[LoadRecord, ...]:
    """Return every load that ended, newest first; undone ones too.

    Without reports and rejects for an actor who may not see them: see `may_see_reports`.
    """
    actor.must("facts.read")
    found = list_loads(database=workspace.database)
    if may_see_reports(actor):
        return found
    return tuple(replace(one, rejects=(), report={}) for one in found)


def may_see_reports(actor: Actor) -> bool:
    """May `actor` see what loads said of their rows, and the rows they rejected?"""
    return actor.may(REPORTS)


def loads(*, actor: Actor, workspace: Workspace) -> tuple[LoadSummary, ...]:
    """Return every load, newest first."""
    actor.must(REPORTS)
    records = list_loads(database=workspace.database)
    counting = [r.load_id for r in records if r.state == "published" and r.undone_at is None]
    newest = max(counting, default=None)
    return tuple(_summary(record, record.load_id == newest) for record in records)


def one_load(*, actor: Actor, workspace: Workspace, load_id: int) -> LoadRecord | None:
    """Return one load with what it said of itself, None if there is no such load."""
    actor.must(REPORTS)
    return find_load(load_id, database=workspace.database)


def report_of(load: LoadRecord) -> LoadReport:
    """Return what the load said when it ended."""
    return from_json(load.report)


def rejected_rows(
    *, actor: Actor, workspace: Workspace, load_id: int, limit: int, offset: int = 0
) -> tuple[RejectedRows, ...] | None:
    """Return up to `limit` rows of each reject file of a load, after the first `offset`.

    None if there is no such load.
    """
    load = one_load(actor=actor, workspace=workspace, load_id=load_id)
    if load is None:
        return None
    return tuple(_some_rows(workspace, file, offset, limit) for file in load.rejects)


def _some_rows(workspace: Workspace, file: RejectFile, offset: int, limit: int) -> RejectedRows:
    with (workspace.home / file.path).open(encoding="utf-8", newline="") as lines:
        return RejectedRows(file, tuple(islice(csv.DictReader(lines), offset, offset + limit)))


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


def is_invented(*, actor: Actor, workspace: Workspace) -> bool:
    """Is anything that counts here invented? Everybody may know: it is on every page."""
    actor.must("facts.read")
    return has_invented(database=workspace.database)
