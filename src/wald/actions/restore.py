"""Make a workspace from a backup: everything is verified first, and appears whole or not at all."""

import hashlib
import json
import os
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import uuid4

import wald_verify
from wald.actions.act import act
from wald.actions.backup import FORM, JOURNAL, MANIFEST, Progress, silent
from wald.actions.workspace import close_workspace, open_workspace
from wald.engine.disk import see_on_disk
from wald.kernel.actor import Actor
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import copying, heads
from wald.records.stores import workspace as store
from wald.records.stores.transaction import together

_CHUNK = 1 << 20  # bytes
_LARGEST_MANIFEST = 64 << 20  # bytes
_LONGEST_LINE = 64 << 20  # bytes: one row, which has to fit into memory
_RECORDS_GROW = 3  # bytes of a database with its indexes and its log, for one of its lines
_DAMAGED = (zlib.error, struct.error, UnicodeDecodeError, RuntimeError)  # what zipfile raises
_NAME = re.compile(r"records/\w+\.jsonl|heads\.jsonl|(?:facts|rejects|pay)(?:/[^/\\\0]+)+")


@dataclass(frozen=True, slots=True)
class Restored:
    home: Path
    rows: int
    files: int
    entries: int  # of the journal, all of them sound
    made_at: str  # when the backup was


@dataclass(frozen=True, slots=True)
class _Manifest:
    at: str
    tables: tuple[tuple[str, str], ...]  # changes of tables that were applied
    seq: int
    head: str
    members: Mapping[str, str]  # SHA-256 by name
    sizes: Mapping[str, int]  # bytes by name; older backups state none


@dataclass(frozen=True, slots=True)
class _Archive:
    """An archive whose every member is what the manifest says."""

    zip: zipfile.ZipFile
    at: str
    tables: tuple[tuple[str, str], ...]  # changes of tables that were applied
    members: Mapping[str, str]  # SHA-256 by name
    entries: int

    def lines_of(self, table: str) -> Iterator[bytes]:
        name = f"records/{table}.jsonl"
        if name not in self.members:
            return
        with self.zip.open(name) as member:
            yield from _lines(member, name)

    @property
    def files(self) -> tuple[str, ...]:
        return tuple(name for name in self.members if not name.startswith("records/"))


def restore(
    *, actor: Actor, home: Path, path: Path, at: datetime, progress: Progress = silent
) -> Restored:
    """Make the workspace `home` from the archive `path`. Raises Refusal, and leaves nothing.

    Hashes of all members and the whole journal are verified before, the rows of every table
    after they were written. What unpacks to more than the manifest says, or than the disk has
    room for, is refused before any of it is unpacked.
    """
    actor.must("backup.make")
    home = home.expanduser().resolve()
    _must_be_new(home)
    with _verified(path, home, progress) as archive, _whole(home) as folder:
        for done, name in enumerate(archive.files):
            progress("Files", done, len(archive.files))
            with archive.zip.open(name) as member:
                _copy(member, folder / name)
        rows = _fill(archive, home, folder, progress)
        found = Restored(home, rows, len(archive.files), archive.entries, archive.at)
    workspace = open_workspace(home)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="backup.make",
        action="backup.restore",
        about="backup",
    ) as entry:
        entry.after = {"file": str(path), "made_at": found.made_at, "rows": rows}
    return found


def _must_be_new(home: Path) -> None:
    if home.exists() and (not home.is_dir() or any(home.iterdir())):
        raise Refusal(f"{home} is not empty; name a new folder with --home.")


@contextmanager
def _verified(path: Path, home: Path, progress: Progress) -> Iterator[_Archive]:
    with ExitStack() as opened:
        try:
            found = _read(opened.enter_context(zipfile.ZipFile(path)), home, progress)
        except (zipfile.BadZipFile, EOFError) as error:
            raise Refusal(f"{path} is no backup, or only a piece of one.") from error
        except _DAMAGED as error:
            raise Refusal(f"{path} is damaged: {error}.") from error
        except OSError as error:
            if error.filename is None:
                raise Refusal(f"{path} is damaged: {error}.") from error
            raise
        yield found


def _read(archive: zipfile.ZipFile, home: Path, progress: Progress) -> _Archive:
    """Check the archive, all of it. Raises Refusal."""
    manifest = _manifest(archive)
    members = manifest.members
    names = [info.filename for info in archive.infolist() if info.filename != MANIFEST]
    if sorted(names) != sorted(members) or not all(map(_is_safe, names)):
        raise Refusal("The backup holds other files than its manifest says.")
    _must_have_room(archive, manifest, home)
    for done, (name, wanted) in enumerate(members.items()):
        progress("Checking", done, len(members))
        with archive.open(name) as member:
            if _digest(member) != wanted:
                raise Refusal(f"The backup is damaged or altered: {name} is not what it was.")
    entries = _journal(archive, manifest.seq, manifest.head)
    return _Archive(archive, manifest.at, manifest.tables, members, entries)


def _manifest(archive: zipfile.ZipFile) -> _Manifest:
    try:
        if archive.getinfo(MANIFEST).file_size > _LARGEST_MANIFEST:
            raise ValueError
        found = json.loads(archive.read(MANIFEST))
        if found["form"] != FORM or not {JOURNAL, heads.NAME} <= {*found["members"]}:
            raise ValueError
        return _Manifest(
            at=str(found["at"]),
            tables=tuple((str(app), str(name)) for app, name in found["tables"]),
            seq=int(found["journal"]["seq"]),
            head=str(found["journal"]["hash"]),
            members={str(name): str(one["sha256"]) for name, one in found["members"].items()},
            sizes={
                str(name): int(one["bytes"])
                for name, one in found["members"].items()
                if "bytes" in one
            },
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise Refusal("The file is no backup of Wald, or of a newer Wald than this.") from error


def _must_have_room(archive: zipfile.ZipFile, manifest: _Manifest, home: Path) -> None:
    """Raise Refusal if the archive unpacks to more than was said, or than the disk has room for.

    The archive's own list is what counts: no member is ever read beyond the size that it gives.
    """
    needed = 0
    for info in archive.infolist():
        stated = manifest.sizes.get(info.filename, info.file_size)
        if info.file_size != stated:
            raise Refusal(
                f"The backup is damaged or altered: {info.filename} unpacks to "
                f"{info.file_size:,} bytes, and its manifest says {stated:,}."
            )
        if not info.filename.startswith("records/"):
            needed += info.file_size
        elif not store.is_apart(home):
            needed += _RECORDS_GROW * info.file_size
    there = next(folder for folder in home.parents if folder.exists())
    free = shutil.disk_usage(there).free
    if needed > free:
        raise Refusal(
            f"The backup needs {needed:,} bytes and {there} has {free:,}; make room, or name a "
            "folder elsewhere with --home."
        )


def _lines(member: IO[bytes], name: str) -> Iterator[bytes]:
    """Yield each line. Raises Refusal at one that is no row of Wald's, before it is in memory."""
    while line := member.readline(_LONGEST_LINE + 1):
        if len(line) > _LONGEST_LINE:
            raise Refusal(f"The backup is damaged or altered: {name} has a line without an end.")
        yield line


def _digest(member: IO[bytes]) -> str:
    found = hashlib.sha256()
    for chunk in iter(lambda: member.read(_CHUNK), b""):
        found.update(chunk)
    return found.hexdigest()


def _is_safe(name: str) -> bool:
    return bool(_NAME.fullmatch(name)) and ".." not in name.split("/")


def _journal(archive: zipfile.ZipFile, seq: int, head: str) -> int:
    """Verify the journal of the backup; return how many entries it has."""
    with archive.open(JOURNAL) as member, archive.open(heads.NAME) as kept:
        rows = (json.loads(line) for line in _lines(member, JOURNAL))
        entries = (wald_verify.Entry(r["seq"], r["previous"], r["hash"], r["body"]) for r in rows)
        known = [(line["seq"], line["hash"]) for line in map(json.loads, _lines(kept, heads.NAME))]
        verdict = wald_verify.verify(entries, wald_verify.gathered([*known, (seq, head)]))
    if verdict.fault is not None:
        raise Refusal(f"The journal of the backup is not whole. {verdict.fault}")
    return verdict.entries


@contextmanager
def _whole(home: Path) -> Iterator[Path]:
    """Give a hidden folder beside `home` that takes its place at the end; nothing, if it fails."""
    home.parent.mkdir(parents=True, exist_ok=True)
    folder = home.with_name(f".{home.name}.{uuid4().hex}")
    folder.mkdir(mode=0o700)
    try:
        yield folder
        if home.is_dir():
            home.rmdir()
        os.rename(folder, home)
        home.chmod(0o755)
        see_on_disk(home.parent)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _copy(member: IO[bytes], to: Path) -> None:
    to.parent.mkdir(parents=True, exist_ok=True)
    with to.open("xb") as file:
        shutil.copyfileobj(member, file, _CHUNK)
        file.flush()
        os.fsync(file.fileno())


def _fill(archive: _Archive, home: Path, folder: Path, progress: Progress) -> int:
    """Write the records where this process keeps those of `home`; return how many rows."""
    is_apart = store.is_apart(home)
    database = store.connect(home if is_apart else folder)
    try:
        return _filled(archive, database, progress)
    finally:
        if not is_apart:
            close_workspace(Workspace(folder, database))


def _filled(archive: _Archive, database: str, progress: Progress) -> int:
    if not copying.is_known(archive.tables, database=database):
        raise Refusal("The backup is of a newer Wald than this; restore it with that one.")
    if not copying.is_empty(database=database):
        raise Refusal("The database named by WALD_RECORDS is not empty; name a new one.")
    tables = copying.make_tables(archive.tables, database=database)
    rows = 0
    with together(database=database):
        copying.clear(tables, database=database)
        for done, table in enumerate(tables):
            progress(f"Records: {table.name}", done, len(tables))
            *_, written = copying.fill(table, archive.lines_of(table.name), database=database)
            rows += written
        _must_be_equal(archive, tables, database)
        _must_name_members(archive, database)
    copying.number_on(tables, database=database)
    store.bring_up_to_date(database)
    return rows


def _must_be_equal(archive: _Archive, tables: Iterable[copying.Table], database: str) -> None:
    """Read every row again, and compare. Raises Refusal, so that nothing of it stays."""
    empty = hashlib.sha256().hexdigest()
    for table in tables:
        wanted = archive.members.get(f"records/{table.name}.jsonl", empty)
        if copying.digest(table, database=database) != wanted:
            raise Refusal(f"Nothing was restored: rows of {table.name} are not what they were.")


def _must_name_members(archive: _Archive, database: str) -> None:
    """Raise Refusal where a row speaks of a file that is not one of the archive.

    Pages hand such files out: a row must name none that lies elsewhere on this machine.
    """
    if not archive.members.keys() >= {*copying.files(database=database)}:
        raise Refusal("Nothing was restored: rows speak of files that the backup does not hold.")
