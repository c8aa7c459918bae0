"""Load a folder, look at what a load would do, and take a load back."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from time import perf_counter

import duckdb

from wald.actions import findings
from wald.actions.act import act
from wald.actions.folder import Progress, read_folder, says_invented
from wald.actions.load_turn import begin_turn
from wald.actions.rows import TableRows, count_lines, make_rows, rejected_by_file
from wald.actions.work.queue import queue
from wald.engine.intake import checks, formats, keeping, sql
from wald.engine.intake.lock import held
from wald.engine.intake.scratch import scratch
from wald.facts.load_report import LoadOptions, LoadReport, UndoReport, as_json
from wald.facts.parts import Snapshot
from wald.facts.settings import Settings
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores import loads as store
from wald.records.stores.loads import NewPart, RejectFile
from wald.records.stores.settings import load_settings


def silent(step: str, done: int, total: int | None) -> None:
    """Show no progress."""


def plan_load(
    *,
    actor: Actor,
    workspace: Workspace,
    folder: Path,
    options: LoadOptions,
    at: datetime,
    progress: Progress = silent,
) -> LoadReport:
    """Say what loading `folder` would do, and store nothing. Raises BadInput as `load` does."""
    actor.must("facts.load")
    started = perf_counter()
    with _draft(workspace, folder, options, at, progress) as draft:
        report = replace(draft.report, dry_run=True, reject_files=())
        return replace(report, seconds=perf_counter() - started)


def load(
    *,
    actor: Actor,
    workspace: Workspace,
    folder: Path,
    options: LoadOptions,
    at: datetime,
    progress: Progress = silent,
    source: str = "",
) -> LoadReport:
    """Load `folder`, all of it or nothing. Loading what is known already stores nothing.

    `source` says where the rows come from, where that is not the folder.
    Raises BadInput where the folder cannot be used as a whole, Conflict while another load runs.
    """
    actor.must("facts.load")
    started = perf_counter()
    note = f"{folder}, begun by {actor.name} at {at:%Y-%m-%d %H:%M:%S} UTC"
    with held(workspace.home / "load.lock", note):
        begin_turn(workspace, at)
        with _draft(workspace, folder, options, at, progress) as made:
            draft = replace(made, report=replace(made.report, folder=source or str(folder)))
            if not draft.has_news and not draft.has_rejects:
                return replace(draft.report, seconds=perf_counter() - started)
            return _keep(draft, actor, workspace, progress, started)


def undo(*, actor: Actor, workspace: Workspace, load_id: int, at: datetime) -> UndoReport:
    """Take back load `load_id`. Raises Refusal if it is not the newest that counts."""
    actor.must("facts.undo")
    with (
        held(workspace.home / "load.lock", f"undo of load {load_id} by {actor.name}"),
        act(
            actor=actor,
            workspace=workspace,
            at=at,
            permission="facts.undo",
            action="load.undo",
            about=f"load:{load_id}",
        ) as entry,
    ):
        gone = store.undo_load(load_id, database=workspace.database, at=at, by=actor.name)
        tables = tuple(part.table for part in gone.parts)
        rows = sum(part.rows for part in gone.parts)
        entry.before = {"rows": rows, "tables": list(tables)}
        entry.emit("load.undone", {"load": load_id, "rows": rows})
    return UndoReport(load_id, at, rows, tables)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A load worked out to the last row, of which nothing is stored yet."""

    connection: duckdb.DuckDBPyConnection
    tables: tuple[TableRows, ...]
    settings: Settings | None  # if this load decides them
    report: LoadReport

    @property
    def has_news(self) -> bool:
        return any(rows.brings for rows in self.tables)

    @property
    def has_rejects(self) -> bool:
        return any(line.counts.rejected for line in self.report.lines)


@contextmanager
def _draft(
    workspace: Workspace, folder: Path, options: LoadOptions, at: datetime, progress: Progress
) -> Iterator[_Draft]:
    snapshot = store.snapshot(database=workspace.database, root=workspace.facts)
    settings = load_settings(database=workspace.database)
    with scratch(workspace.cache) as room, sql.connect(room) as connection:
        formats.define_bounds(connection)
        reading = read_folder(connection, folder, options, room, progress)
        tables = make_rows(connection, reading, snapshot, options, room, progress)
        lines = count_lines(connection, tables)
        amounts = findings.amounts_by_currency(connection, tables)
        rates = findings.rates_known(connection, tables, snapshot)
        decided = _decide(settings, amounts, rates)
        currency = (decided or settings).currency
        problems = findings.find_problems(connection, tables, snapshot, currency, amounts)
        report = LoadReport(
            folder=str(folder),
            connector=reading.connector.key,
            dry_run=False,
            load_id=None,
            loaded_at=at,
            files=reading.files,
            lines=lines,
            repairs=reading.repairs,
            problems=(*reading.problems, *problems),
            reject_files=(),
            reporting_currency=currency,
            decides_currency=decided is not None,
            reaches=_reach(connection, tables, snapshot),
            is_invented=says_invented(folder),
        )
        yield _Draft(connection, tables, decided, report)


def _decide(
    settings: Settings, amounts: dict[str | None, int], rates: set[tuple[str, str]]
) -> Settings | None:
    """The first load decides the reporting currency: the one in which most rows can be told.

    Rows can be told in their own currency and where a rate leads; among equals the currency
    that more rows carry goes first.
    """
    named = {code: count for code, count in amounts.items() if code is not None}
    if settings.currency is not None or not named:
        return None

    def rank(code: str) -> tuple[int, int, str]:
        told = sum(n for other, n in named.items() if other == code or (other, code) in rates)
        return (-told, -named[code], code)

    return replace(settings, currency=min(named, key=rank))


def _reach(
    connection: duckdb.DuckDBPyConnection, tables: Sequence[TableRows], snapshot: Snapshot
) -> date | None:
    days = [
        checks.last_day(connection, rows.pool.table, rows.classified.rows)
        for rows in tables
        if rows.pool.table.moves and rows.brings
    ]
    return max((day for day in [*days, snapshot.reaches] if day is not None), default=None)


def _keep(
    draft: _Draft, actor: Actor, workspace: Workspace, progress: Progress, started: float
) -> LoadReport:
    """Write parts and rejects, then make them known in one transaction."""
    report = draft.report
    load_id = store.start_load(
        database=workspace.database,
        at=report.loaded_at,
        by=actor.name,
        source=report.folder,
        connector=report.connector,
    )
    published = False
    try:
        parts = _write_parts(draft, load_id, workspace, progress)
        rejects = _write_rejects(draft, load_id, workspace)
        report = replace(
            report,
            load_id=load_id if parts else None,
            reject_files=tuple(one.path for one in rejects),
            seconds=perf_counter() - started,
        )
        _publish(actor, workspace, load_id, parts, rejects, report, draft.settings)
        published = True
    finally:
        if not published:
            keeping.remove_load(load_id, workspace.facts, workspace.rejects)
            store.forget_load(load_id, database=workspace.database)
    return report


def _publish(
    actor: Actor,
    workspace: Workspace,
    load_id: int,
    parts: Sequence[NewPart],
    rejects: Sequence[RejectFile],
    report: LoadReport,
    settings: Settings | None,
) -> None:
    """Make the load known, and say so in the journal, in one transaction."""
    with act(
        actor=actor,
        workspace=workspace,
        at=report.loaded_at,
        permission="facts.load",
        action="load.publish" if parts else "load.reject",
        about=f"load:{load_id}",
    ) as entry:
        store.publish_load(
            database=workspace.database,
            load_id=load_id,
            parts=parts,
            rejects=rejects,
            report=as_json(report),
            settings=settings if parts else None,
        )
        rows, rejected = sum(one.rows for one in parts), sum(one.rows for one in rejects)
        entry.after = {
            "source": report.folder,
            "connector": report.connector,
            "rows": {one.table: one.rows for one in parts},
            "rejected": {one.file: one.rows for one in rejects},
        }
        if parts and settings is not None:
            entry.after = {**entry.after, "reporting_currency": settings.currency}
        entry.emit("load.published", {"load": load_id, "rows": rows, "rejected": rejected})
        if parts:
            key = f"warm_pulse:{load_id}"
            queue(actor=actor, workspace=workspace, kind="warm_pulse", at=report.loaded_at, key=key)


def _write_parts(
    draft: _Draft, load_id: int, workspace: Workspace, progress: Progress
) -> list[NewPart]:
    parts = []
    bringing = [rows for rows in draft.tables if rows.brings]
    for done, rows in enumerate(bringing):
        table = rows.pool.table
        progress(f"Writing {table.name}", done, len(bringing))
        written = keeping.write_part(
            draft.connection, table, rows.classified.rows, load_id, workspace.facts
        )
        parts.append(
            NewPart(
                table=table.name,
                path=str(written.path.relative_to(workspace.facts)),
                rows=written.rows,
                replaces=rows.classified.changed > 0,
                currencies=written.currencies,
                first_on=written.first_on,
                last_on=written.last_on,
            )
        )
    return parts


def _write_rejects(draft: _Draft, load_id: int, workspace: Workspace) -> list[RejectFile]:
    kept = []
    for rows in draft.tables:
        table = rows.pool.table
        for file, relation in rejected_by_file(rows, draft.report.lines).items():
            path = workspace.rejects / str(load_id) / f"{file.replace('/', '-')}-{table.name}.csv"
            count = keeping.write_rejects(draft.connection, table, relation, path, file)
            below = str(path.relative_to(workspace.home))
            kept.append(RejectFile(file, table.name, count, below))
    return kept
