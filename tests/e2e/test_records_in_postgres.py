"""Records in a PostgreSQL belong to one workspace, and neither is mistaken for another's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stores import Postgres


@pytest.fixture
def address(postgres_records: Postgres) -> str:
    server = postgres_records
    name = server.new()
    return server.at(name)


def _wald(home: Path, address: str, *words: str) -> tuple[int, str]:
    """Run one command in a process of its own; return how it ended, and all it said."""
    ended = subprocess.run(
        [sys.executable, "-m", "wald", *words],
        env={**os.environ, "WALD_HOME": str(home), "WALD_RECORDS": address},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_a_workspace_keeps_its_records_in_the_postgres_named(tmp_path: Path, address: str) -> None:
    home = tmp_path / "home"
    assert _wald(home, address, "users", "add", "ana", "--generate")[0] == 0
    assert not (home / "records.sqlite3").exists()
    assert "ana" in _wald(home, address, "users", "list")[1]

    code, said = _wald(tmp_path / "other", address, "users", "list")
    assert code == 2
    assert f"keeps the records of {home}, not of {tmp_path / 'other'}" in said

    code, said = _wald(home, "", "users", "list")
    assert code == 2
    assert "name it in WALD_RECORDS" in said

    moved = home.rename(tmp_path / "moved")
    assert "ana" in _wald(moved, address, "users", "list")[1]


def test_records_in_a_file_are_not_left_behind_unseen(tmp_path: Path, address: str) -> None:
    assert _wald(tmp_path, "", "users", "add", "ana", "--generate")[0] == 0
    code, said = _wald(tmp_path, address, "users", "list")
    assert code == 2
    assert "kept in its records.sqlite3" in said


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("postgresql://127.0.0.1:1/records", "cannot be reached: connection"),
        ("mysql://db/records", "write it as postgresql://"),
    ],
)
def test_what_cannot_work_is_a_sentence(tmp_path: Path, address: str, said: str) -> None:
    code, words = _wald(tmp_path, address, "users", "list")
    assert code == 2
    assert said in words
    assert "Traceback" not in words
