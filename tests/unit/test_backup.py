"""A backup is restored on either record store, row by row the same; a damaged one never is."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connections

from tests.ingesting import Desk
from tests.stores import Postgres, forget
from wald.actions import backup as action
from wald.actions.act import act
from wald.actions.backup import BackedUp, backup, silent
from wald.actions.journal import keep_head
from wald.actions.restore import Restored, _verified, restore
from wald.actions.workspace import close_workspace, open_workspace
from wald.kernel.actor import everything
from wald.kernel.policy import Role
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.queries.journal import entries, verified
from wald.records import models
from wald.records.stores import copying, users
from wald.site.databases import records_database

AT = datetime(2026, 3, 1, 9, tzinfo=UTC)
ADMIN = everything("admin")


@pytest.fixture
def full(desk: Desk) -> Workspace:
    """Return a workspace with facts, rejects, people, cases, bytes, dates and nothing."""
    desk.write(opportunity__csv="opportunity_id,name,outcome,amount\nO1,a,open,5\n,b,maybe,1\n")
    assert desk.load().reject_files
    _fill(desk.workspace)
    return desk.workspace


def _fill(workspace: Workspace) -> None:
    database = workspace.database
    users.create_user("ana", "four quiet words", Role.SALES_OPERATIONS, database=database)
    case = models.Case.objects.using(database).create(
        kind="task", title="Ünïcode\n\\\"", state="open", opened_at=AT, moved_at=AT,
        opened_by="ana", due_at=AT.replace(microsecond=7), data={"b": [1, None, 1.5], "a": {}},
    )  # fmt: skip
    models.CaseEvent.objects.using(database).create(
        case=case, number=1, kind="open", at=AT, by="ana", body={"z": 1, "a": 2}
    )
    for number in range(3):
        with act(
            actor=everything("ana"),
            workspace=workspace,
            at=AT,
            permission="cases.work",
            action="test.note",
            about=f"case:{number}",
        ) as entry:
            entry.after = {"note": number}
    keep_head(actor=ADMIN, workspace=workspace, at=AT)


def _backup(workspace: Workspace, path: Path) -> BackedUp:
    return backup(actor=ADMIN, workspace=workspace, path=path, at=AT)


def _restore(path: Path, home: Path) -> Restored:
    return restore(actor=ADMIN, home=home, path=path, at=AT)


def _digests(database: str, but: tuple[str, ...] = ()) -> dict[str, str]:
    tables = [table for table in copying.tables() if table.name not in but]
    return {table.name: copying.digest(table, database=database) for table in tables}


# Backing up and restoring are entries of their own.
_MOVED = ("records_journalentry", "records_journalhead", "records_subject", "records_event")


def test_everything_is_there_again(full: Workspace, tmp_path: Path) -> None:
    made = _backup(full, tmp_path / "backup.zip")
    found = _restore(tmp_path / "backup.zip", tmp_path / "again")
    assert (found.rows, found.files, found.entries) == (made.rows, made.files + 1, made.seq)
    again = open_workspace(tmp_path / "again")
    assert _digests(again.database, _MOVED) == _digests(full.database, _MOVED)
    for folder in ("facts", "rejects"):
        files = {p.relative_to(full.home): p.read_bytes() for p in _files(full.home / folder)}
        assert {p.relative_to(again.home): p.read_bytes() for p in _files(again.home / folder)} == (
            files
        )
    assert verified(actor=ADMIN, workspace=again).is_sound
    newest, *older = entries(actor=ADMIN, workspace=again)
    assert newest.action == "backup.restore"
    assert "load.publish" in [one.action for one in older]
    close_workspace(again)


def _files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_new_rows_get_numbers_after_the_restored_ones(full: Workspace, tmp_path: Path) -> None:
    _backup(full, tmp_path / "backup.zip")
    _restore(tmp_path / "backup.zip", tmp_path / "again")
    again = open_workspace(tmp_path / "again")
    before = set(models.Case.objects.using(again.database).values_list("pk", flat=True))
    made = models.Case.objects.using(again.database).create(
        kind="task", title="x", state="open", opened_at=AT, moved_at=AT, opened_by="ana"
    )
    assert made.pk > max(before)
    close_workspace(again)


def _in_postgres(server: Postgres, home: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let the workspace in `home` keep its records in a new PostgreSQL; return their name."""
    name = server.new()
    records = records_database(home, server.at(name))
    alias = f"moved-{name}"
    from wald.records.stores.workspace import register

    register(alias, records)
    monkeypatch.setattr("wald.records.stores.workspace.is_apart", lambda asked: asked == home)
    monkeypatch.setattr("wald.records.stores.workspace.connect", lambda asked: alias)
    assert home != settings.HOME
    return alias


def test_records_move_to_postgres_and_back(
    full: Workspace,
    tmp_path: Path,
    postgres_records: Postgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _backup(full, tmp_path / "there.zip")
    before = _digests(full.database, _MOVED)
    with monkeypatch.context() as patch:
        alias = _in_postgres(postgres_records, tmp_path / "there", patch)
        _restore(tmp_path / "there.zip", tmp_path / "there")
        there = Workspace(tmp_path / "there", alias)
        assert connections[alias].vendor == "postgresql"
        assert not (there.home / "records.sqlite3").exists()
        assert _digests(alias, _MOVED) == before
        assert verified(actor=ADMIN, workspace=there).is_sound
        models.Case.objects.using(alias).create(
            kind="task", title="x", state="open", opened_at=AT, moved_at=AT, opened_by="ana"
        )
        moved = _digests(alias, _MOVED)
        _backup(there, tmp_path / "back.zip")
        forget(alias)
    _restore(tmp_path / "back.zip", tmp_path / "back")
    back = open_workspace(tmp_path / "back")
    assert _digests(back.database, _MOVED) == moved
    assert verified(actor=ADMIN, workspace=back).is_sound
    close_workspace(back)


def test_a_postgres_with_rows_is_not_overwritten(
    full: Workspace,
    tmp_path: Path,
    postgres_records: Postgres,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _backup(full, tmp_path / "backup.zip")
    alias = _in_postgres(postgres_records, tmp_path / "there", monkeypatch)
    users.create_user("rae", None, Role.READ_ONLY, database=alias)
    with pytest.raises(Refusal, match="not empty"):
        _restore(tmp_path / "backup.zip", tmp_path / "there")
    assert [user.name for user in users.list_users(database=alias)] == ["rae"]
    forget(alias)


def test_both_stores_give_the_same_lines(record_home: Workspace, tmp_path: Path) -> None:
    _fill(record_home)
    made = _backup(record_home, tmp_path / "backup.zip")
    assert made.seq == 4
    found = _restore(tmp_path / "backup.zip", tmp_path / "again")
    again = open_workspace(found.home)
    assert _digests(again.database, _MOVED) == _digests(record_home.database, _MOVED)
    close_workspace(again)


def test_a_backup_is_of_one_moment_while_others_write(
    full: Workspace, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Somebody opens a case between the reading of two tables."""
    from threading import Thread

    def write() -> None:
        models.Case.objects.using(full.database).create(
            kind="task", title="late", state="open", opened_at=AT, moved_at=AT, opened_by="ana"
        )
        connections[full.database].close()

    def interrupt(step: str, done: int, total: int | None) -> None:
        if done == 2:
            thread = Thread(target=write)
            thread.start()
            thread.join()

    before = models.Case.objects.using(full.database).count()
    backup(actor=ADMIN, workspace=full, path=tmp_path / "backup.zip", at=AT, progress=interrupt)
    assert models.Case.objects.using(full.database).count() > before
    found = _restore(tmp_path / "backup.zip", tmp_path / "again")
    again = open_workspace(found.home)
    assert models.Case.objects.using(again.database).count() == before
    close_workspace(again)


def test_a_backup_that_breaks_off_leaves_nothing(full: Workspace, tmp_path: Path) -> None:
    _files(full.home / "facts")[0].unlink()
    with pytest.raises(Refusal, match="is gone"):
        _backup(full, tmp_path / "backup.zip")
    assert [path.name for path in tmp_path.iterdir() if "backup" in path.name] == []


def test_nothing_is_overwritten(full: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    _backup(full, path)
    assert path.stat().st_mode & 0o077 == 0
    before = path.read_bytes()
    with pytest.raises(Refusal, match="There is a file"):
        _backup(full, path)
    assert path.read_bytes() == before
    for home in (full.home, path):
        with pytest.raises(Refusal, match="not empty"):
            _restore(path, home)


def _altered(path: Path, to: Path, change: Callable[[str, bytes], bytes | None]) -> Path:
    """Copy an archive with its members changed; None leaves one out."""
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(to, "w") as new:
        for name in old.namelist():
            text = change(name, old.read(name))
            if text is not None:
                new.writestr(name, text)
    return to


def _resealed(text: bytes, **changes: object) -> bytes:
    found = json.loads(text)
    found.update(changes)
    return json.dumps(found).encode()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda name, text: text.replace(b"ana", b"zed") if "auth_user" in name else text,
         "auth_user.jsonl is not what it was"),
        (lambda name, text: None if "records_case." in name else text, "other files"),
        (lambda name, text: None if name == "manifest.json" else text, "no backup of Wald"),
        (lambda name, text: _resealed(text, form=99) if name == "manifest.json" else text,
         "newer Wald"),
        (lambda name, text: _resealed(text, tables=[["records", "9999_later"]])
         if name == "manifest.json" else text, "newer Wald"),
        (lambda name, text: _resealed(text, journal={"seq": 99, "hash": "0" * 64})
         if name == "manifest.json" else text, r"Entry \d: is cut off"),
        (lambda name, text: _resealed(text, members={**json.loads(text)["members"],
         "../evil": {"sha256": "0"}}) if name == "manifest.json" else text, "other files"),
    ],
)  # fmt: skip
def test_what_was_altered_is_not_restored(
    full: Workspace, tmp_path: Path, change: Callable[[str, bytes], bytes | None], said: str
) -> None:
    _backup(full, tmp_path / "backup.zip")
    path = _altered(tmp_path / "backup.zip", tmp_path / "altered.zip", change)
    with pytest.raises(Refusal, match=said):
        _restore(path, tmp_path / "again")
    assert [p.name for p in tmp_path.iterdir() if "again" in p.name] == []


def test_a_row_that_names_a_file_from_elsewhere_is_not_restored(
    full: Workspace, tmp_path: Path
) -> None:
    """Whoever made the archive has sealed it anew, so that every hash fits."""
    _backup(full, tmp_path / "backup.zip")
    table, told = "records/records_reject.jsonl", {}

    def change(name: str, text: bytes) -> bytes:
        if name == table:
            text = text.replace(b'"path":"rejects/', b'"path":"../../secrets/')
            told[table] = {"sha256": hashlib.sha256(text).hexdigest()}
        if name == "manifest.json":
            return _resealed(text, members={**json.loads(text)["members"], **told})
        return text

    path = _altered(tmp_path / "backup.zip", tmp_path / "altered.zip", change)
    with pytest.raises(Refusal, match="files that the backup does not hold"):
        _restore(path, tmp_path / "again")
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("size", [0, 10, 2000, -1])
def test_a_piece_of_a_backup_is_not_restored(full: Workspace, tmp_path: Path, size: int) -> None:
    path = tmp_path / "backup.zip"
    _backup(full, path)
    (tmp_path / "piece.zip").write_bytes(path.read_bytes()[:size])
    with pytest.raises(Refusal, match="no backup, or only a piece"):
        _restore(tmp_path / "piece.zip", tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_single_bytes_that_change_are_found(full: Workspace, tmp_path: Path) -> None:
    path = tmp_path / "backup.zip"
    _backup(full, path)
    good = path.read_bytes()
    for place in range(40, len(good) - 5000, len(good) // 6):
        bad = tmp_path / "bad.zip"
        bad.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        try:
            _restore(bad, tmp_path / "again")
        except Refusal:
            assert not (tmp_path / "again").exists()
        else:  # a byte that means nothing, such as the time of a member
            again = open_workspace(tmp_path / "again")
            assert _digests(again.database, _MOVED) == _digests(full.database, _MOVED)
            close_workspace(again)
            shutil.rmtree(tmp_path / "again")


def test_a_flipped_byte_anywhere_is_a_sentence(full: Workspace, tmp_path: Path) -> None:
    """What zipfile and zlib raise differs from byte to byte; a person reads one sentence."""
    path, bad = tmp_path / "backup.zip", tmp_path / "bad.zip"
    _backup(full, path)
    good = path.read_bytes()
    for place in range(0, len(good), max(1, len(good) // 400)):
        bad.write_bytes(good[:place] + bytes([good[place] ^ 0xFF]) + good[place + 1 :])
        with suppress(Refusal), _verified(bad, tmp_path / "again", silent):
            pass


def test_a_backup_of_older_tables_is_brought_up_to_date(full: Workspace, tmp_path: Path) -> None:
    """As if this Wald had changed its tables since: the newest change is not in the backup."""
    old = open_workspace(tmp_path / "old")
    from django.core.management import call_command

    call_command("migrate", "records", "0003", database=old.database, verbosity=0)
    _write_old(old, tmp_path / "old.zip")
    close_workspace(old)
    again = open_workspace(_restore(tmp_path / "old.zip", tmp_path / "again").home)
    assert copying.state(database=again.database) == copying.state(database=full.database)
    assert [user.name for user in users.list_users(database=again.database)] == ["ana"]
    close_workspace(again)


def _write_old(old: Workspace, path: Path) -> None:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connections[old.database])
    nodes = [("records", "0003_roles"), *executor.loader.graph.leaf_nodes("auth")]
    found = copying.tables(executor.loader.project_state(nodes).apps)
    models_of = {table.name: table.model for table in found}
    user = models_of["auth_user"]._default_manager.using(old.database).create(username="ana")
    profiles = models_of["records_profile"]._default_manager.using(old.database)
    profiles.create(user=user, role="rep")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(copying, "tables", lambda: found)
        with action._whole(path) as draft:
            action._written(draft, old, AT, action.silent)
