"""`wald plan`: worked cases beside a plan, its words, the linter's verdict, as a command."""

from pathlib import Path

import pytest

from tests.plan_texts import PLAN
from tests.terminal import wald

CASES = """\
cases:
  - name: as it should
    payee: ana
    period: 2026-01
    credits: [{credited_on: 2026-01-15, amount: 60000}]
    quotas: [{starts_on: 2026-01-01, ends_on: 2026-12-31, amount: 120000}]
    expect: {total: 3000.00, lines: [{component: commission, rate: 0.05, amount: 3000}]}
"""


def test_worked_cases_beside_a_plan_are_run(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN + CASES)
    assert wald("plan", "test", str(path)).code == 0
    path.write_text(PLAN)
    (tmp_path / "plan.cases.yaml").write_text(CASES)
    ended = wald("plan", "test", str(path), "--json")
    assert ended.code == 0
    assert [one["case"] for one in ended.json["cases"]] == ["as it should"]


def test_each_difference_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN + CASES.replace("3000.00", "3100").replace("0.05, amount", "0.06, amount"))
    ended = wald("plan", "test", str(path))
    assert ended.code == 3
    assert "ana: the total is 3,000, expected 3,100" in ended.out
    assert "commission in 2026-01 (from 0 % of quota): rate is 0.05, expected 0.06" in ended.out


@pytest.mark.parametrize(
    ("cases", "told"),
    [
        ("", "has no cases"),
        ("cases: 7\n", "a list is expected here"),
        ("cases:\n  - {name: x}\n", "it expects nothing"),
        ("cases:\n  - {name: x, expects: 1}\n", "means nothing here"),
        (CASES.replace("rate: 0.05", "rat: 0.05"), "lines.rat"),
    ],
)
def test_cases_that_cannot_be_read_are_told(tmp_path: Path, cases: str, told: str) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN + cases)
    ended = wald("plan", "test", str(path))
    assert ended.code == 2
    assert told in ended.err


def test_a_plan_is_shown_with_every_switch(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    told = {
        (one["of"], one["label"]): one["words"]
        for one in wald("plan", "show", str(path), "--json").json
    }
    assert told["plan", "rounding"] == "each line, to 0.01 EUR, half away from zero"
    assert told["component commission", "side"] == "upper"


def test_the_linter_ends_with_its_verdict(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN)
    good = wald("plan", "lint", str(path), "--json")
    assert good.code == 0
    assert {one["rule"] for one in good.json["findings"]} >= {"bands", "cliffs", "exposure"}
    path.write_text(PLAN.replace("tiers:", "method: whole\n        tiers:"))
    bad = wald("plan", "lint", str(path))
    assert bad.code == 3
    assert "refuted, cliffs: A cliff of " in bad.out
    path.write_text(PLAN.replace("rate: 0.08", "rate: 8"))
    assert wald("plan", "lint", str(path)).code == 2
    assert wald("plan", "lint", str(path), "--margin", "30").code == 2


@pytest.mark.usefixtures("home")
def test_a_plan_that_is_to_be_filed_is_looked_at_too(tmp_path: Path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(PLAN.replace("tiers:", "method: whole\n        tiers:"))
    ended = wald("documents", "plan", str(path))
    assert ended.code == 0
    assert "It may not be meant so:" in ended.err
    assert "A cliff of " in ended.err


@pytest.mark.parametrize("verb", ["show", "lint", "test"])
def test_a_file_that_is_not_there_is_unusable_input(verb: str, tmp_path: Path) -> None:
    ended = wald("plan", verb, str(tmp_path / "nowhere.yaml"))
    assert ended.code == 2
    assert "nowhere.yaml cannot be read: No such file or directory." in ended.err
    assert wald("plan", verb, str(tmp_path)).code == 2
