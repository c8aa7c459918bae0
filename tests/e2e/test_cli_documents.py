"""`wald documents`: a text is planned, filed, submitted, exported to the byte."""

import io
import sys
from pathlib import Path

import pytest

from tests.agreeing import CENTRAL, OVERRIDE
from tests.terminal import wald

pytestmark = pytest.mark.usefixtures("home")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "discounts.yaml"
    made.write_text(CENTRAL)
    return made


def test_a_plan_says_what_would_change_and_writes_nothing(file: Path) -> None:
    ended = wald("documents", "plan", str(file))
    assert ended.code == 0
    assert "finance approves discounts above 30 %" in ended.out
    assert wald("documents", "list", "--json").json == []


def test_a_plan_tells_every_problem_with_its_line(file: Path) -> None:
    file.write_text(CENTRAL.replace("0.15", "much").replace("starts_on: 2026-01-01", "start: now"))
    ended = wald("documents", "plan", str(file), "--json")
    assert ended.code == 2
    places = [one["where"] for one in ended.json["problems"]]
    assert [place.partition(",")[0] for place in places] == ["line 3", "line 1", "line 12"]


def test_the_same_text_again_is_nothing_new(file: Path) -> None:
    assert "filed as a draft" in wald("documents", "apply", str(file)).err
    assert "nothing is new" in wald("documents", "apply", str(file)).err
    file.write_text(CENTRAL.replace("0.15", "0.10"))
    assert wald("documents", "apply", str(file), "--json").json["version"] == 2


@pytest.mark.parametrize("text", [CENTRAL, CENTRAL.replace("\n", "\r\n"), "\ufeff" + CENTRAL])
def test_what_is_imported_is_exported_to_the_byte(file: Path, text: str, tmp_path: Path) -> None:
    file.write_bytes(text.encode())
    wald("documents", "apply", str(file))
    assert wald("documents", "export", "1", "--out", str(tmp_path / "out.yaml")).code == 0
    assert (tmp_path / "out.yaml").read_bytes() == text.encode()


def test_a_text_comes_from_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(CENTRAL))
    assert wald("documents", "apply", "-").code == 0


def test_nobody_approves_their_own_and_a_stale_one_is_a_conflict(file: Path) -> None:
    wald("documents", "apply", str(file))
    assert wald("documents", "submit", "1").code == 0
    assert wald("documents", "approve", "1", "--revision", "1").code == 5
    assert wald("documents", "submit", "1").code == 4
    assert wald("documents", "return", "1").code == 2
    assert wald("documents", "return", "1", "--why", "Too generous").code == 0
    assert wald("documents", "withdraw", "1", "--why", "Not now").code == 0
    assert wald("documents", "list", "--state", "withdrawn", "--json").json[0]["newest"] == 1


def test_an_override_needs_something_to_override(file: Path) -> None:
    file.write_text(OVERRIDE)
    ended = wald("documents", "apply", str(file))
    assert ended.code == 2
    assert "the organization has no approval_policy discounts for these days" in ended.err


def test_two_versions_are_compared(file: Path) -> None:
    wald("documents", "apply", str(file))
    ended = wald("documents", "diff", "1", "--json")
    assert ended.json["old"] is None
    assert wald("documents", "diff", "1", "7").code == 2
    assert "starts_on" in wald("documents", "diff", "1").out


@pytest.mark.parametrize(
    "words",
    [
        ["plan", "nowhere.yaml"],
        ["plan", "."],
        ["submit", "7"],
        ["export", "7"],
        ["show", "approval_policy", "nothing"],
        ["effective", "approval_policy", "nothing"],
        ["effective", "approval_policy", "nothing", "--on", "soon"],
        ["schema", "colours"],
        ["list", "--state", "lost"],
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(words: list[str]) -> None:
    ended = wald("documents", *words)
    assert ended.code == 2
    assert ended.err.startswith("Error: ")


def test_a_file_of_another_encoding_is_told(file: Path) -> None:
    for content, told in ((CENTRAL.encode("utf-16"), "UTF-16"), (b"name: caf\xe9", "0xE9")):
        file.write_bytes(content)
        ended = wald("documents", "plan", str(file))
        assert ended.code == 2
        assert told in ended.err


def test_what_holds_is_shown_in_words(file: Path) -> None:
    wald("documents", "apply", str(file))
    assert "draft" in wald("documents", "show", "approval_policy", "discounts").out
    assert wald("documents", "schema", "approval_policy").json["title"] == "Approval policy"
