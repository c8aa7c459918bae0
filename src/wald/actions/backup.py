"""Back a workspace up into one file, and make a workspace from it, on either record store.

The file is a zip: the records as lines of JSON, one file a table; the parts of the facts and what
loads rejected, as they are; the heads of the journal that were kept; and last the manifest, which
holds the SHA-256 of each of them and how many bytes it unpacks to. It appears whole or not at all.
The key that signs sessions is left out: after a restore everybody signs in again.
"""

import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from wald.actions.act import act
from wald.engine.disk import see_on_disk
from wald.kernel.actor import Actor
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import copying, heads, journal
from wald.records.stores.transaction import one_moment

FORM = 1  # of the archive
MANIFEST = "manifest.json"
JOURNAL = "records/records_journalentry.jsonl"
_CHUNK = 1 << 20  # bytes
_BATCH = 1 << 16  # bytes gathered before they are written


@dataclass(frozen=True, slots=True)
class BackedUp:
    """What an archive holds; `sha256` is that of its manifest, and so vouches for everything."""

    path: Path
    rows: int
    files: int
    size: int  # bytes
    seq: int  # the newest entry of the journal
    head: str
    sha256: str


Progress = Callable[[str, int, int | None], None]


def silent(step: str, done: int, total: int | None) -> None:
    """Show no progress."""


def backup(
    *, actor: Actor, workspace: Workspace, path: Path, at: datetime, progress: Progress = silent
) -> BackedUp:
    """Write everything into the new file `path`, as it is at one moment, while others work on.

    Raises Refusal if there is a file of that name, or a file of the workspace is gone.
    """
    actor.must("backup.make")
    with _whole(path) as draft:
        with one_moment(database=workspace.database):
            made = _written(draft, workspace, at, progress)
        done = replace(made, path=path, size=draft.stat().st_size)
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="backup.make",
        action="backup.make",
        about="backup",
    ) as entry:
        entry.after = {"file": str(path), "manifest": done.sha256, "rows": done.rows}
        entry.emit("backup.made", {"manifest": done.sha256, "seq": done.seq, "head": done.head})
    return done


def _written(draft: Path, workspace: Workspace, at: datetime, progress: Progress) -> BackedUp:
    """Write the members, and the manifest as the last."""
    database = workspace.database
    seq, head = journal.head(database=database)
    members: dict[str, dict[str, object]] = {}
    rows = 0
    private = os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with open(private, "w+b") as file, zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        found = copying.tables()
        for done, table in enumerate(found):
            progress(f"Records: {table.name}", done, len(found))
            name = f"records/{table.name}.jsonl"
            members[name] = _add_lines(archive, name, copying.lines(table, database=database))
            rows += int(str(members[name]["rows"]))
        files = copying.files(database=database)
        for done, name in enumerate(files):
            progress("Files", done, len(files))
            members[name] = _add_file(archive, name, workspace.home / name)
        members[heads.NAME] = _add_lines(archive, heads.NAME, heads.lines(workspace.home, seq))
        manifest = {
            "form": FORM,
            "at": journal.stamp(at),
            "tables": copying.state(database=database),
            "journal": {"seq": seq, "hash": head},
            "members": members,
        }
        text = json.dumps(manifest, indent=1, sort_keys=True).encode()
        archive.writestr(MANIFEST, text)
        archive.close()
        file.flush()
        os.fsync(file.fileno())
    return BackedUp(draft, rows, len(files), 0, seq, head, hashlib.sha256(text).hexdigest())


def _add_lines(archive: zipfile.ZipFile, name: str, lines: Iterable[bytes]) -> dict[str, object]:
    info = zipfile.ZipInfo(name)
    info.compress_type = zipfile.ZIP_DEFLATED
    digest, rows, size, gathered = hashlib.sha256(), 0, 0, bytearray()
    with archive.open(info, "w", force_zip64=True) as member:
        for line in lines:
            rows += 1
            size += len(line)
            gathered += line
            if len(gathered) >= _BATCH:
                digest.update(gathered)
                member.write(gathered)
                gathered.clear()
        digest.update(gathered)
        member.write(gathered)
    return {"sha256": digest.hexdigest(), "bytes": size, "rows": rows}


def _add_file(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, object]:
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file, archive.open(name, "w", force_zip64=True) as member:
            for chunk in iter(lambda: file.read(_CHUNK), b""):
                digest.update(chunk)
                member.write(chunk)
                size += len(chunk)
    except FileNotFoundError as error:
        raise Refusal(
            f"Nothing was backed up: {path} is gone, though a load brought it."
        ) from error
    return {"sha256": digest.hexdigest(), "bytes": size}


@contextmanager
def _whole(path: Path) -> Iterator[Path]:
    """Give a name beside `path` whose file takes its place at the end; nothing, if it fails."""
    if path.exists():
        raise Refusal(f"There is a file {path} already; name a new one.")
    draft = path.with_name(f".{path.name}.{uuid4().hex}")
    try:
        yield draft
        try:
            os.link(draft, path)  # unlike a rename it never takes another file's place
        except FileExistsError as error:
            raise Refusal(f"There is a file {path} already; name a new one.") from error
        see_on_disk(path.parent)
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
