"""Somebody reads the journal, verifies it with Wald and without, and finds what was altered."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal import wald

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def done(home: Path) -> Path:
    """Return a workspace in which three things were done."""
    wald("users", "add", "ana", "--role", "sales_operations", "--generate")
    wald("settings", "set", "fiscal_year_starts", "3")
    wald("settings", "set", "fiscal_year_starts", "4")
    return home


def _without_wald(*words: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-I", "-m", "wald_verify", *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _change(home: Path, sql: str) -> None:
    with closing(sqlite3.connect(home / "records.sqlite3")) as connection:
        connection.execute(sql)
        connection.commit()


def test_an_empty_journal_is_sound() -> None:
    assert wald("journal", "list", "--json").json == []
    assert wald("journal", "verify").out.startswith("Sound: 0 entries")
    assert "No entry" in wald("journal", "list").err


def test_entries_are_listed_newest_first(done: Path) -> None:
    found = wald("journal", "list", "--json").json
    assert [one["action"] for one in found] == ["settings.change", "settings.change", "user.add"]
    assert "settings.change" in wald("journal", "list").out
    assert [one["seq"] for one in wald("journal", "list", "--before", "3", "--json").json] == [2, 1]
    assert len(wald("journal", "list", "--action", "settings.", "--json").json) == 2
    assert len(wald("journal", "list", "--about", "setting:", "--json").json) == 2
    assert wald("journal", "list", "--until", "2001-01-01", "--json").json == []
    assert wald("journal", "list", "--who", "nobody-at-all", "--json").json == []


def test_an_entry_says_from_what_to_what(done: Path) -> None:
    said = wald("journal", "show", "3").out
    assert "fiscal_year_starts: 3 -> 4" in said
    assert wald("journal", "show", "3", "--json").json["before"] == {"fiscal_year_starts": 3}
    assert wald("journal", "show", "9").code == 2


@pytest.mark.parametrize("option", [["--since", "soon"], ["--limit", "0"], ["--until", "2024-13"]])
def test_a_question_that_cannot_be_read_is_refused(option: list[str]) -> None:
    assert wald("journal", "list", *option).code == 2


def test_an_export_is_verified_without_wald(done: Path, tmp_path: Path) -> None:
    file = tmp_path / "journal.jsonl"
    assert wald("journal", "export", str(file)).code == 0
    head = wald("journal", "head").out.strip()
    assert _without_wald(str(file), "--head", head).stdout.startswith("Sound: 3 entries")
    assert wald("journal", "export").out == file.read_text()
    assert "ana" not in file.read_text()
    assert wald("journal", "export", str(file)).code == 2


def test_the_records_are_verified_without_wald(done: Path) -> None:
    ended = _without_wald(str(done / "records.sqlite3"), "--json")
    assert json.loads(ended.stdout)["entries"] == 3
    assert ended.returncode == 0


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("UPDATE records_journalentry SET body = replace(body, 'user', 'usex') WHERE seq = 1",
         "Entry 1: is altered: its hash is not that of its body"),
        ("UPDATE records_journalentry SET about = 'case:1' WHERE seq = 2",
         "Entry 2: is altered: its column 'about' says other than its body"),
        ("UPDATE records_journalentry SET at = '2001-01-01 00:00:00' WHERE seq = 2",
         "Entry 2: is altered: its column 'at' says other than its body"),
        ("DELETE FROM records_journalentry WHERE seq = 2", "Entry 2: is missing"),
        ("DELETE FROM records_journalentry WHERE seq = 3", "Entry 3: is cut off"),
        ("UPDATE records_journalentry SET seq = 9 WHERE seq < 2", "Entry 1: is missing"),
        ("UPDATE records_journalentry SET body = x'ff00' WHERE seq = 3", "Entry 3: is altered"),
    ],
)  # fmt: skip
def test_what_was_altered_is_found_and_named(done: Path, sql: str, said: str) -> None:
    _change(done, sql)
    ended = _without_wald(str(done / "records.sqlite3"))
    assert ended.returncode == 1
    assert said in ended.stdout
    inside = wald("journal", "verify")
    assert inside.code == 3
    assert said in inside.out
    assert wald("journal", "list").code == 0


def test_a_journal_that_was_cut_off_shows_against_a_kept_head(done: Path) -> None:
    assert wald("journal", "head", "--keep").code == 0
    wald("settings", "set", "fiscal_year_starts", "5")
    assert wald("journal", "verify").code == 0
    _change(done, "DELETE FROM records_journalentry WHERE seq > 2")
    _change(
        done,
        "UPDATE records_journalhead SET seq = 2, hash = "
        "(SELECT hash FROM records_journalentry WHERE seq = 2)",
    )
    assert _without_wald(str(done / "records.sqlite3")).returncode == 0  # nobody could tell
    ended = wald("journal", "verify")
    assert ended.code == 3
    assert "entry 3 was there once" in ended.out
    heads = str(done / "heads.jsonl")
    assert _without_wald(str(done / "records.sqlite3"), "--heads", heads).returncode == 1


def test_a_head_that_is_none_is_refused(done: Path) -> None:
    assert wald("journal", "verify", "--head", "3:abc").code == 2
    assert _without_wald(str(done / "records.sqlite3"), "--head", "x").returncode == 2


def test_kept_heads_that_cannot_be_read_are_a_sentence(done: Path) -> None:
    (done / "heads.jsonl").write_text("{}\n")
    ended = wald("journal", "verify")
    assert ended.code == 2
    assert "no file of heads" in ended.err
