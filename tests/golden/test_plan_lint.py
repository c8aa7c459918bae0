"""The linter on plans with planted faults, and on plans without: finds each, silent on the others.

Each bad plan names in its first line the rule that is to find it. The plans under holdout/ were
written after the rules, and judged as the rules then were; those under second/ before pay was
followed exactly, and judged once that was done.
"""

from decimal import Decimal
from pathlib import Path

import pytest

from wald.heart.compensation.lint.finding import Finding, Verdict, lint_rules
from wald.kernel.actor import everything
from wald.queries.plan_texts import findings_in

ROOT = Path(__file__).parent / "plans"
BAD = sorted([*ROOT.glob("bad/*.yaml"), *ROOT.glob("*/bad/*.yaml")])
GOOD = sorted([*ROOT.glob("good/*.yaml"), *ROOT.glob("*/good/*.yaml")])
ANA = everything("ana")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT).with_suffix(""))


def warnings(path: Path) -> list[Finding]:
    return [one for one in findings_in(actor=ANA, path=path) if one.is_warning]


@pytest.mark.parametrize("path", BAD, ids=named)
def test_finds_the_planted_fault(path: Path) -> None:
    first = path.read_text().splitlines()[0]
    assert first.startswith("# finds: ")
    found = warnings(path)
    assert first.removeprefix("# finds: ") in {one.rule for one in found}, found
    for one in found:
        assert one.where
        assert one.numbers or one.rule == "terms", "a counterexample is given in numbers"


@pytest.mark.parametrize("path", GOOD, ids=named)
def test_is_silent_on_a_good_plan(path: Path) -> None:
    assert warnings(path) == []


def test_each_rule_has_a_plan_that_it_refutes() -> None:
    told = {path.read_text().splitlines()[0].removeprefix("# finds: ") for path in BAD}
    assert set(lint_rules()) - told == {"exposure"}, "which refutes nothing: it tells the cost"


def figures(name: str, rule: str) -> dict[str, str]:
    found = findings_in(actor=ANA, path=ROOT / name)
    return dict(next(one.numbers for one in found if one.rule == rule))


def test_a_cliff_is_told_with_its_size_worked_by_hand() -> None:
    """Quota 1,000,000: 4 % of it is 40,000, 6 % is the target of 60,000. One millionth of the
    quota below, 999,999 x 4 % = 39,999.96, so the jump is 20,000.04."""
    assert figures("bad/retroactive.yaml", "cliffs") == {
        "sales_below": "999,999.00",
        "pay_below": "39,999.96",
        "sales_above": "1,000,000.00",
        "pay_above": "60,000.00",
        "size": "20,000.04",
    }


def test_exposure_is_worked_by_hand() -> None:
    """Target 60,000 at 5 %: quota 1,200,000. At 150 %: 60,000 + 600,000 x 8 % = 108,000."""
    assert figures("good/tiers.yaml", "exposure") == {
        "50 %": "30,000.00",
        "100 %": "60,000.00",
        "150 %": "108,000.00",
        "200 %": "156,000.00",
        "at 300 %": "252,000.00",
        "bounded": "no",
    }


def test_a_given_quota_is_held_against_the_target() -> None:
    """5 % of 1,000,000 is 50,000, and the target 60,000."""
    found = findings_in(actor=ANA, path=ROOT / "good/tiers.yaml", quota=Decimal(1_000_000))
    target = next(one for one in found if one.rule == "target")
    assert target.verdict is Verdict.REFUTED
    assert target.numbers["pay_at_100"] == "50,000.00"


def test_a_margin_below_the_steepest_rate_is_refuted() -> None:
    """Above quota each unit pays 8 %: more than a margin of 7 %, less than one of 9 %."""
    verdicts = []
    for margin in ("0.07", "0.09"):
        found = findings_in(actor=ANA, path=ROOT / "good/tiers.yaml", margin=Decimal(margin))
        verdicts.append(next(one.verdict for one in found if one.rule == "margin"))
    assert verdicts == [Verdict.REFUTED, Verdict.PROVED]
