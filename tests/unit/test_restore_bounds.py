"""A restore unpacks no more than was said, than there is room for, and than memory can hold."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.ingesting import Desk
from wald.actions.act import act
from wald.actions.backup import BackedUp, backup
from wald.actions.restore import Restored, restore
from wald.kernel.actor import everything
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.records import models

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ADMIN = everything("admin")


@pytest.fixture
def full(desk: Desk) -> Workspace:
    """Return a workspace with facts, a case and an entry."""
    desk.write(opportunity__csv="opportunity_id,name,outcome,amount\nO1,a,open,5\n")
    desk.load()
    models.Case.objects.using(desk.workspace.database).create(
        kind="task", title="x", state="open", opened_at=AT, moved_at=AT, opened_by="ana"
    )
    with act(
        actor=ADMIN, workspace=desk.workspace, at=AT, permission="cases.work", action="test.note"
    ):
        pass
    return desk.workspace


def _backup(workspace: Workspace, path: Path) -> BackedUp:
    return backup(actor=ADMIN, workspace=workspace, path=path, at=AT)


def _restore(path: Path, home: Path) -> Restored:
    return restore(actor=ADMIN, home=home, path=path, at=AT)


def _altered(path: Path, to: Path, change: Callable[[str, bytes], bytes]) -> Path:
    """Copy an archive with its members changed."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return to


def _resealed(text: bytes, **changes: object) -> bytes:
    return json.dumps({**json.loads(text), **changes}).encode()


def _bomb(path: Path, to: Path, size: int, stated: int | None) -> Path:
    """Copy an archive with a part of the facts that unpacks to `size` zeros, sealed anew."""
    digest, chunk = hashlib.sha256(), bytes(1 << 20)
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as new:
        manifest = json.loads(old.read("manifest.json"))
        for name in old.namelist():
            if name != "manifest.json":
                new.writestr(name, old.read(name))
        with new.open("facts/bomb/1.parquet", "w", force_zip64=True) as member:
            for _ in range(size // len(chunk)):
                member.write(chunk)
                digest.update(chunk)
        told: dict[str, object] = {"sha256": digest.hexdigest()}
        if stated is not None:
            told["bytes"] = stated
        manifest["members"]["facts/bomb/1.parquet"] = told
        new.writestr("manifest.json", json.dumps(manifest))
    return to


def _room(monkeypatch: pytest.MonkeyPatch, free: int) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage._replace(free=free))


def test_a_member_that_unpacks_to_more_than_was_said_is_not_unpacked(
    full: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _backup(full, tmp_path / "backup.zip")
    size = 64 << 20
    path = _bomb(tmp_path / "backup.zip", tmp_path / "bomb.zip", size, stated=1000)
    assert path.stat().st_size < size // 100
    monkeypatch.setattr("wald.actions.restore._digest", None)
    with pytest.raises(Refusal, match=r"unpacks to 67,108,864 bytes, and its manifest says 1,000"):
        _restore(path, tmp_path / "again")
    assert [p.name for p in tmp_path.iterdir() if "again" in p.name] == []


@pytest.mark.parametrize("is_stated", [True, False])
def test_what_the_disk_has_no_room_for_is_not_unpacked(
    full: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, is_stated: bool
) -> None:
    _backup(full, tmp_path / "backup.zip")
    size = 64 << 20
    stated = size if is_stated else None
    path = _bomb(tmp_path / "backup.zip", tmp_path / "bomb.zip", size, stated)
    with monkeypatch.context() as patch:
        _room(patch, free=size - 1)
        patch.setattr("wald.actions.restore._digest", None)
        with pytest.raises(Refusal, match=r"needs 6\d,\d{3},\d{3} bytes and .* make room"):
            _restore(path, tmp_path / "deep" / "again")
    assert not (tmp_path / "deep").exists()


def test_an_archive_whose_list_lies_is_not_unpacked_beyond_it(
    full: Workspace, tmp_path: Path
) -> None:
    """The list says 1000 bytes too, and the bytes of the member are 64 MiB."""
    _backup(full, tmp_path / "backup.zip")
    size = 64 << 20
    path = _bomb(tmp_path / "backup.zip", tmp_path / "bomb.zip", size, stated=1000)
    raw = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        start = archive.start_dir
    place = raw.index(b"facts/bomb/1.parquet", start) - 46  # of its line in the list
    assert raw[place : place + 4] == b"PK\x01\x02"
    lying = raw[: place + 24] + (1000).to_bytes(4, "little") + raw[place + 28 :]
    path.write_bytes(lying)
    with zipfile.ZipFile(path) as archive:
        assert archive.getinfo("facts/bomb/1.parquet").file_size == 1000
    with pytest.raises(Refusal):
        _restore(path, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_line_without_an_end_does_not_fill_the_memory(
    full: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wald.actions.restore._LONGEST_LINE", 10_000)
    _backup(full, tmp_path / "backup.zip")
    table, told = "records/records_case.jsonl", {}

    def change(name: str, text: bytes) -> bytes:
        if name == table:
            text = b"x" * 10_001 + text
            told[table] = {"sha256": hashlib.sha256(text).hexdigest()}
        if name == "manifest.json":
            return _resealed(text, members={**json.loads(text)["members"], **told})
        return text

    path = _altered(tmp_path / "backup.zip", tmp_path / "altered.zip", change)
    with pytest.raises(Refusal, match=r"records_case\.jsonl has a line without an end"):
        _restore(path, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_a_backup_that_states_no_sizes_is_restored(full: Workspace, tmp_path: Path) -> None:
    """As those that were made before sizes were stated."""

    def change(name: str, text: bytes) -> bytes:
        if name != "manifest.json":
            return text
        members = json.loads(text)["members"]
        assert all(one.pop("bytes") >= 0 for one in members.values())
        return _resealed(text, members=members)

    _backup(full, tmp_path / "backup.zip")
    path = _altered(tmp_path / "backup.zip", tmp_path / "older.zip", change)
    assert _restore(path, tmp_path / "again").files > 0
