"""Somebody backs a workspace up, restores it elsewhere by command, and erases a person there."""

import os
import subprocess
import sys
from pathlib import Path

from tests.stores import Postgres
from tests.terminal import wald


def _wald(home: Path, *words: str, address: str = "") -> subprocess.CompletedProcess[str]:
    """Run one command in a process of its own, as cron does."""
    return subprocess.run(
        [sys.executable, "-m", "wald", *words],
        env={**os.environ, "WALD_HOME": str(home), "WALD_RECORDS": address},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_restore_by_command_makes_the_same_workspace(
    home: Path, tmp_path: Path, postgres_records: Postgres
) -> None:
    wald("users", "add", "zed.quist", "--generate")
    file, again = str(tmp_path / "backup.zip"), tmp_path / "again"
    made = wald("backup", file, "--json").json
    assert (made["file"], made["journal"]["seq"]) == (file, 1)
    assert wald("backup", file).code == 2

    restored = _wald(home, "restore", file, "--home", str(again))
    assert restored.returncode == 0, restored.stderr
    assert "all 1 entries of the journal" in restored.stderr
    assert "zed.quist" in _wald(again, "users", "list").stdout
    assert _wald(again, "journal", "verify").stdout.startswith("Sound: 2 entries")
    assert _wald(home, "restore", file, "--home", str(again)).returncode == 2

    address = postgres_records.at(postgres_records.new())
    there = _wald(tmp_path / "there", "restore", file, "--json", address=address)
    assert there.returncode == 0, there.stderr
    assert not (tmp_path / "there" / "records.sqlite3").exists()
    listed = _wald(tmp_path / "there", "users", "list", address=address)
    assert "zed.quist" in listed.stdout


def test_a_person_is_erased_by_command(home: Path) -> None:
    wald("users", "add", "zed.quist", "--generate")
    words = ("users", "erase", "zed.quist", "--why", "asked for it")
    assert wald(*words, "--no-input").code == 2
    erased = wald(*words, "--yes", "--json").json
    assert erased["name"].startswith("erased person ")
    assert "zed.quist" not in wald("users", "list").out
    assert wald("journal", "verify").code == 0
