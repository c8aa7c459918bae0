"""How the command ends: at once where nothing is computed, with a sentence where it cannot."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import wald
from wald.cli import ending, main
from wald.kernel.problem import Conflict, NotAllowed, Refusal

_HEAVY = ("django", "duckdb", "pyarrow", "sqlglot", "numpy", "ninja", "granian", "rich")


def _in_a_process(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *words],
        env=os.environ | environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("words", [["--help"], ["version"], ["measure", "--help"], ["mesure"]])
def test_starts_without_what_only_work_needs(words: list[str]) -> None:
    program = (
        "import sys\nfrom wald.cli.main import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {_HEAVY!r} if name in sys.modules])"
    )
    assert _in_a_process("-c", program).stdout.splitlines()[-1] == "[]"


def test_python_m_wald_is_the_command() -> None:
    ended = _in_a_process("-m", "wald", "version")
    assert (ended.returncode, ended.stdout.count(".")) == (0, 2)


def test_version_as_json() -> None:
    assert set(wald("version", "--json").json) == {"wald", "python"}


@pytest.mark.parametrize(
    "words", [["mesure"], ["load"], ["load", "x", "--dryrun"], ["undo", "one"]]
)
def test_usage_errors_end_in_code_2_with_a_sentence(words: list[str]) -> None:
    ended = wald(*words)
    assert (ended.code, ended.out) == (2, "")
    assert "Error: " in ended.err


def test_help_of_every_command_has_examples() -> None:
    for name in _commands():
        ended = wald(*name.split(), "--help")
        assert ended.code == 0, name
        assert "Examples:" in ended.out or name == "version", name


def _commands() -> list[str]:
    import typer

    group = typer.main.get_command(main.app)
    names = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        below = getattr(command, "commands", {})
        names += [f"{name} {other}" for other in below] or [name]
    return names


@pytest.mark.parametrize(
    ("refusal", "code"),
    [(Refusal("No."), 2), (Conflict("Later."), 4), (NotAllowed("Not you."), 5)],
)
def test_each_kind_of_refusal_has_its_code(
    refusal: Refusal, code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ending.refused(refusal, []) == code
    assert capsys.readouterr().err == f"Error: {refusal}\n"


def test_with_json_an_error_is_json_on_standard_error(tmp_path: Path, records: None) -> None:
    ended = wald("measure", "winrate", "--json", "--home", str(tmp_path))
    assert ended.out == ""
    said = json.loads(ended.err)
    assert said["exit_code"] == ended.code == 2
    assert said["problems"][0]["fix"] == "did you mean win_rate?"


def test_a_bug_is_a_sentence_and_a_file_with_the_traceback() -> None:
    ended = _in_a_process("-c", _BROKEN, WALD_DEBUG="0")
    assert ended.returncode == 1
    assert "Wald broke" in ended.stderr
    assert "Traceback" not in ended.stderr
    report = Path(next(w for w in ended.stderr.split() if w.endswith(".txt,")).rstrip(","))
    assert "ZeroDivisionError" in report.read_text()
    report.unlink()


def test_a_bug_can_be_seen_at_once() -> None:
    assert "Traceback" in _in_a_process("-c", _BROKEN, WALD_DEBUG="1").stderr


_BROKEN = """
import wald.facts.metric
from wald.cli.main import main
wald.facts.metric.metrics = lambda: 1 / 0
main(["metrics"])
"""


def test_a_folder_that_may_not_be_written_is_no_bug(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    ended = _in_a_process("-m", "wald", "loads", "--home", str(tmp_path / "file" / "home"))
    assert ended.returncode in (1, 2)
    assert "Traceback" not in ended.stderr
    assert str(tmp_path) in ended.stderr


def test_a_reader_that_stops_early_is_no_bug() -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "wald", "metrics", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as program:
        assert program.stdout is not None
        assert program.stderr is not None
        program.stdout.close()
        assert "Traceback" not in program.stderr.read()


def test_colour_is_for_terminals(tmp_path: Path, records: None) -> None:
    assert "\x1b" not in wald("metrics").out
