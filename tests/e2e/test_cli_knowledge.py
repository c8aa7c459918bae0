"""wald insights and wald decisions: files and options, tables and JSON, and what is refused."""

from pathlib import Path

import pytest

from tests.deciding import DRAFT, JULY, MARCH, clock_at, known_in_july, known_in_march
from tests.terminal import wald
from wald.actions.workspace import close_workspace, open_workspace

_FILE = f"""\
question: {DRAFT.question}
options: [Offer a pilot before the quote, Do nothing]
choice: {DRAFT.choice}
why: {DRAFT.why}
kind: pipeline
metric: win_rate
population: region = 'North'
period: 2024-Q2
baseline: 2024-01-01..2024-03-01
low: 10 points
estimate: 15 points
high: 20 points
confidence: 0.70
review_on: 2024-07-01
"""
_NORTH = ("--metric", "win_rate", "--where", "region = 'North'", "--period", "2024-Q1")


@pytest.fixture(autouse=True)
def march(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock_at(MARCH, monkeypatch)
    place = open_workspace(home)
    known_in_march(tmp_path, place)
    close_workspace(place)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "decision.yaml"
    path.write_text(_FILE)
    return path


def test_a_decision_goes_from_a_file_to_its_outcome(
    file: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked = wald("decisions", "make", str(file), "--check")
    assert "It can be kept. win_rate is 50.0 % over 2024-01-01..2024-03-01" in checked.out
    assert wald("decisions", "list", "--json").json == []
    assert wald("decisions", "make", str(file)).code == 0
    assert "in 121 days" in wald("decisions", "show", "1").out
    assert "Nothing to measure" in wald("decisions", "review").err
    clock_at(JULY, monkeypatch)
    place = open_workspace(home)
    known_in_july(tmp_path, place)
    close_workspace(place)
    assert wald("decisions", "review").out == "Decision 1: the effect came\n"
    shown = wald("decisions", "show", "1")
    assert "+16.7 points" in shown.out
    assert "(a comparison, no proof)" in shown.out
    assert "By chance:" in shown.out
    (listed,) = wald("decisions", "list", "--state", "came", "--json").json
    assert listed["outcome"]["change"] == "0.166667"
    assert wald("decisions", "calibration", "--json").json["all"]["outcomes"] == 1
    assert "too few to say" in wald("decisions", "calibration").out
    assert [one["number"] for one in wald("decisions", "search", "pil", "--json").json] == [1]


def test_options_go_before_the_file(file: Path) -> None:
    made = wald("decisions", "make", str(file), "--choice", "Do nothing", "--json")
    assert made.json["choice"] == "Do nothing"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("question: [unclosed", "is no YAML"),
        ("just words", "it has no fields"),
        ("quesion: x", "is no field of a decision"),
        ("options: one", "it has another form"),
        ("insight: many", "it has another form"),
        ("\xff", "choose among"),
        ("question: a\nquestion: b", "is no YAML"),
    ],
)
def test_a_file_that_is_none_is_refused_with_its_place(
    tmp_path: Path, text: str, said: str
) -> None:
    path = tmp_path / "odd.yaml"
    path.write_bytes(text.encode("latin-1"))
    ended = wald("decisions", "make", str(path))
    assert ended.code == 2
    assert said in ended.err or "is no YAML" in ended.err


def test_every_fault_is_said_at_once() -> None:
    ended = wald("decisions", "make", "--metric", "winrate", "--json")
    assert ended.code == 2
    for word in ("did you mean win_rate?", "ask what is to be decided", "doing nothing is one"):
        assert word in ended.err


def test_insights_are_recorded_listed_and_dismissed() -> None:
    said = wald("insights", "record", "Half are lost", *_NORTH, "--estimate", "-0.5")
    assert "Kept as insight 1" in said.err
    again = wald("insights", "record", "Half are lost", *_NORTH, "--estimate", "-0.5")
    assert "This is insight 1, now seen 2 times." in again.err
    assert "-50 points" in wald("insights", "list").out
    shown = wald("insights", "show", "1")
    assert "O2" in shown.out
    assert wald("insights", "dismiss", "1").code == 2
    assert wald("insights", "dismiss", "1", "--why", "noise").code == 0
    assert wald("insights", "list", "--status", "open", "--json").json == []
    assert wald("insights", "show", "1", "--json").json["history"][0]["why"] == "noise"
    assert wald("insights", "reopen", "1").code == 0
    assert "Case 1 is about insight 1" in wald("insights", "case", "1").err


def test_what_is_not_there_is_refused() -> None:
    for words in (("insights", "show", "9"), ("decisions", "show", "9"),
                  ("insights", "look", "9"), ("insights", "list", "--status", "x"),
                  ("decisions", "list", "--state", "x"),
                  ("insights", "record", "x", "--estimate", "much")):  # fmt: skip
        ended = wald(*words)
        assert (ended.code, ended.out) == (2, ""), words
