"""Small canonical folders, and workspaces of a test's own to load them into."""

import shutil
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from textwrap import dedent

import duckdb

from wald.actions import ingest
from wald.actions.workspace import close_workspace, open_workspace
from wald.facts.load_report import LoadOptions, LoadReport, UndoReport
from wald.facts.parts import Snapshot
from wald.facts.tables import TABLES
from wald.kernel.actor import everything
from wald.kernel.problem import BadInput
from wald.kernel.workspace import Workspace
from wald.records.stores.loads import snapshot

ANA = everything("ana")
PLAIN = LoadOptions()
START = datetime(2024, 6, 1, 12, tzinfo=UTC)


def write(folder: Path, **files: str | bytes) -> Path:
    """Write files into `folder`: the name's `__` stands for the point before the ending."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        plain = dedent(text).lstrip("\n").encode() if isinstance(text, str) else text
        (folder / name.replace("__", ".")).write_bytes(plain)
    return folder


@dataclass
class Desk:
    """A workspace and a folder to load; each load is a minute after the one before."""

    root: Path
    workspace: Workspace
    at: datetime = START
    times: list[datetime] = field(default_factory=list)

    @property
    def folder(self) -> Path:
        return self.root / "export"

    def write(self, **files: str | bytes) -> "Desk":
        shutil.rmtree(self.folder, ignore_errors=True)
        write(self.folder, **files)
        return self

    def tick(self) -> datetime:
        self.at += timedelta(minutes=1)
        self.times.append(self.at)
        return self.at

    def load(self, options: LoadOptions = PLAIN, folder: Path | None = None) -> LoadReport:
        return ingest.load(
            actor=ANA,
            workspace=self.workspace,
            folder=folder or self.folder,
            options=options,
            at=self.tick(),
        )

    def plan(self, options: LoadOptions = PLAIN) -> LoadReport:
        return ingest.plan_load(
            actor=ANA,
            workspace=self.workspace,
            folder=self.folder,
            options=options,
            at=self.tick(),
        )

    def refusal(self, options: LoadOptions = PLAIN) -> str:
        """Return what a load that must be refused says: the sentence and every problem."""
        try:
            self.load(options)
        except BadInput as refusal:
            assert not list(self.workspace.facts.glob("*/*")), "something was half loaded"
            return "\n".join([str(refusal), *map(str, refusal.problems)])
        raise AssertionError("the load was not refused")

    def undo(self, load_id: int) -> UndoReport:
        return ingest.undo(actor=ANA, workspace=self.workspace, load_id=load_id, at=self.tick())

    def snapshot(self, known: datetime | None = None) -> Snapshot:
        return snapshot(database=self.workspace.database, root=self.workspace.facts, known=known)

    def rows(
        self, table: str, columns: str = "*", known: datetime | None = None
    ) -> list[tuple[object, ...]]:
        """Return what was known at `known`: of each key the latest row, sorted."""
        stored = self.snapshot(known)
        paths = [str(stored.root / part.path) for part in stored.parts(table)]
        if not paths:
            return []
        key = ", ".join(TABLES[table].key)
        latest = (
            f"SELECT * FROM read_parquet({paths}) "
            f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY load_id DESC) = 1"
        )
        query = f"SELECT {columns} FROM ({latest}) WHERE NOT is_deleted ORDER BY ALL"
        return duckdb.sql(query).fetchall()

    def everything(self, known: datetime | None = None) -> dict[str, list[tuple[object, ...]]]:
        """Return all rows known, by table, without the number of the load that brought them."""
        found = {name: self.rows(name, "* EXCLUDE (load_id)", known) for name in TABLES}
        return {name: rows for name, rows in found.items() if rows}

    def rejects(self, report: LoadReport) -> str:
        return "\n".join((self.workspace.home / path).read_text() for path in report.reject_files)


class Desks:
    """Makes desks quickly: the record database is made once and copied."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.made = 0
        first = open_workspace(root / "template")
        close_workspace(first)

    def new(self) -> Desk:
        self.made += 1
        root = self.root / str(self.made)
        home = root / "home"
        home.mkdir(parents=True)
        for file in (self.root / "template").glob("records.sqlite3*"):
            shutil.copy(file, home)
        return Desk(root, open_workspace(home))

    def drop(self, desk: Desk) -> None:
        close_workspace(desk.workspace)
        shutil.rmtree(desk.root)


def problems(report: LoadReport) -> str:
    return "\n".join(map(str, report.problems))
