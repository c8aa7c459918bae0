"""What was loaded, what a load said of itself, and the rows it rejected."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from wald.facts.load_report import LoadReport, from_json
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores.loads import LoadRecord, RejectFile, find_load, list_loads


@dataclass(frozen=True, slots=True)
class RejectedRows:
    """The first rows of one reject file: the table's columns as they were read, and `reason`,
    `file` and `line`."""

    file: RejectFile
    rows: tuple[Mapping[str, str], ...]


def all_loads(*, actor: Actor, workspace: Workspace) -> tuple[LoadRecord, ...]:
    """Return every load that ended, newest first; undone ones too."""
    actor.must("facts.read")
    return list_loads(database=workspace.database)


def one_load(*, actor: Actor, workspace: Workspace, load_id: int) -> LoadRecord | None:
    actor.must("facts.read")
    return find_load(load_id, database=workspace.database)


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
