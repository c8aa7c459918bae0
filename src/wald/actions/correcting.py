"""Rows that Wald itself writes into the facts, as a load of its own kind: corrections.

Append only, as every load: a corrected deal is its whole row again, with a later number, so the
pipeline as it was known before stays as it was. Parts are on the disk before anybody knows of
them; the load, what is kept beside it and the journal's entry become known in one transaction.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime

import duckdb
import pyarrow as pa

from wald.actions.act import Entry, act
from wald.actions.load_turn import begin_turn
from wald.engine.intake import keeping, sql
from wald.engine.intake.lock import held
from wald.engine.intake.scratch import scratch
from wald.facts.load_report import Counts, FileReport, LoadLine, LoadReport, as_json
from wald.facts.tables import TABLES
from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.queries.fix_ground import CORRECTIONS
from wald.records.stores import loads as store
from wald.records.stores.loads import NewPart
from wald.records.stores.settings import load_settings

DELETED = "is_deleted"


@dataclass(frozen=True, slots=True)
class NewRows:
    """Rows of a table with all its columns; `is_deleted` says of all whether they are taken
    back. `replaces`: their keys were known before."""

    table: str
    rows: pa.Table
    replaces: bool
    is_deleted: bool = False


@dataclass(frozen=True, slots=True)
class Deed:
    """Who writes corrections, with which right and in which words of the journal."""

    actor: Actor
    workspace: Workspace
    at: datetime
    permission: str
    action: str
    about: str = ""
    why: str = ""


@contextmanager
def turn(workspace: Workspace, note: str, at: datetime) -> Iterator[None]:
    """Hold the facts while they are looked at and written. Raises Conflict while a load runs."""
    with held(workspace.home / "load.lock", note):
        begin_turn(workspace, at)
        yield


def correct(
    deed: Deed,
    make: Callable[[int], Sequence[NewRows]],
    keep: Callable[[int, Entry], None],
    source: str,
) -> int:
    """Write one load of corrections in a turn that is held; return its number.

    `make` gives the rows, told the number of the load; `keep` writes what belongs to it into the
    records, in the transaction in which the load becomes known.
    """
    deed.actor.must(deed.permission)
    workspace = deed.workspace
    load_id = store.start_load(
        database=workspace.database,
        at=deed.at,
        by=deed.actor.name,
        source=source,
        connector=CORRECTIONS,
    )
    published = False
    try:
        brought = [one for one in make(load_id) if one.rows.num_rows]
        parts = _write_parts(brought, load_id, workspace)
        with act(
            actor=deed.actor,
            workspace=workspace,
            at=deed.at,
            permission=deed.permission,
            action=deed.action,
            about=deed.about,
            why=deed.why,
        ) as entry:
            store.publish_load(
                database=workspace.database,
                load_id=load_id,
                parts=parts,
                rejects=(),
                report=_report(brought, load_id, deed, source),
                settings=None,
            )
            keep(load_id, entry)
        published = True
    finally:
        if not published:
            keeping.remove_load(load_id, workspace.facts, workspace.rejects)
            store.forget_load(load_id, database=workspace.database)
    return load_id


def _write_parts(brought: Sequence[NewRows], load_id: int, workspace: Workspace) -> list[NewPart]:
    parts = []
    with scratch(workspace.cache) as room, closing(sql.connect(room)) as connection:
        for table in dict.fromkeys(one.table for one in brought):
            own = [one for one in brought if one.table == table]
            parts.append(_write_part(connection, table, own, load_id, workspace))
    return parts


def _write_part(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    brought: Sequence[NewRows],
    load_id: int,
    workspace: Workspace,
) -> NewPart:
    marked = [
        one.rows.append_column(DELETED, pa.array([one.is_deleted] * one.rows.num_rows))
        for one in brought
    ]
    connection.register("given", pa.concat_tables(marked))
    written = keeping.write_part(connection, TABLES[table], "given", load_id, workspace.facts)
    connection.unregister("given")
    return NewPart(
        table=table,
        path=str(written.path.relative_to(workspace.facts)),
        rows=written.rows,
        replaces=any(one.replaces for one in brought),
        currencies=written.currencies,
        first_on=written.first_on,
        last_on=written.last_on,
    )


def _report(brought: Sequence[NewRows], load_id: int, deed: Deed, source: str) -> dict[str, object]:
    """Return what the load says of itself, as every load does."""
    lines = []
    for one in brought:
        rows = one.rows.num_rows
        counts = Counts(read=rows, changed=rows) if one.replaces else Counts(read=rows, new=rows)
        taken = rows if one.is_deleted else 0
        lines.append(LoadLine(source, one.table, counts, taken_back=taken))
    read = sum(line.counts.read for line in lines)
    currency = load_settings(database=deed.workspace.database).currency
    report = LoadReport(
        folder=source,
        connector=CORRECTIONS,
        dry_run=False,
        load_id=load_id,
        loaded_at=deed.at,
        files=(FileReport(source, None, read, note="written by Wald; no file was read"),),
        lines=tuple(lines),
        repairs=(),
        problems=(),
        reject_files=(),
        reporting_currency=currency,
        decides_currency=False,
        reaches=None,
    )
    return as_json(report)
