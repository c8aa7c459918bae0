"""Every component pays, line by line, what was worked out by hand."""

import re
from decimal import Decimal
from pathlib import Path

import pytest

from tests.golden.pay_case import PayCase, cases
from wald.heart.compensation.component import components
from wald.heart.compensation.figure import EXACT
from wald.heart.compensation.fold import PeriodPay

FOLDER = Path(__file__).parent / "compensation"
CASES = [case for path in sorted(FOLDER.glob("*.toml")) for case in cases(path)]
PAID = [case for case in CASES if not case.refused]
Lines = list[tuple[str, ...]]


@pytest.mark.parametrize("case", PAID, ids=str)
def test_pays_line_by_line_what_was_worked_out(case: PayCase) -> None:
    found = {pay.stretch.days.label: [] for pay in case.folded()}
    wanted: dict[str, Lines] = {label: [] for label in found}
    for label, expected in case.pays.items():
        wanted[label] = [_line(*line) for line in expected.lines]
    for pay in case.folded():
        found[pay.stretch.days.label] += _lines(pay, wanted[pay.stretch.days.label])
    assert found == wanted


@pytest.mark.parametrize("case", PAID, ids=str)
def test_the_total_of_each_period_is_the_one_worked_out(case: PayCase) -> None:
    totals: dict[str, Decimal] = {}
    for pay in case.folded():
        label = pay.stretch.days.label
        totals[label] = totals.get(label, Decimal(0)) + pay.total.value
    wanted = {label: Decimal(0) for label in totals}
    assert totals == wanted | {label: one.total for label, one in case.pays.items()}


@pytest.mark.parametrize("case", [c for c in PAID if any(p.balances for p in c.pays.values())],
                         ids=str)  # fmt: skip
def test_carries_what_was_worked_out(case: PayCase) -> None:
    found = {pay.stretch.days.label: _balances(pay) for pay in case.folded()}
    for label, expected in case.pays.items():
        assert found[label] == {k: v for k, v in expected.balances.items()}, label


@pytest.mark.parametrize("case", [c for c in CASES if c.refused], ids=str)
def test_refuses_with_the_reason(case: PayCase) -> None:
    pays = case.folded()
    assert any(re.search(case.refused, pay.refused) for pay in pays if pay.refused)
    assert all(pay.total.value == 0 for pay in pays if pay.refused)


@pytest.mark.parametrize("key", components())
def test_every_component_has_worked_cases(key: str) -> None:
    assert any(case.component == key for case in CASES), f"write tests/golden/compensation/{key}"


def test_names_of_cases_are_single() -> None:
    names = [str(case) for case in CASES]
    assert sorted(set(names)) == sorted(names)


def _line(component: str, reason: str, base: str, rate: str, amount: str) -> tuple[str, ...]:
    return component, reason, _plain(_number(base)), _plain(_number(rate)), _plain(Decimal(amount))


def _lines(pay: PeriodPay, wanted: Lines) -> Lines:
    """Return the lines paid; a reason that holds the words wanted counts as these words."""
    found = []
    for i, line in enumerate(pay.lines):
        part = wanted[i][1] if i < len(wanted) else line.reason
        reason = part if part in line.reason else line.reason
        numbers = (line.base.value, line.rate.value, line.amount.value)
        found.append((line.component, reason, *map(_plain, numbers)))
    return found


def _number(text: str) -> Decimal:
    above, _, below = text.partition("/")
    return EXACT.divide(Decimal(above), Decimal(below)) if below else Decimal(above)


def _plain(value: Decimal) -> str:
    return f"{EXACT.normalize(value):f}" if value else "0"


def _balances(pay: PeriodPay) -> dict[str, dict[str, Decimal]]:
    found = {
        one.key: {name: figure.value for name, figure in one.balance.items() if figure.value}
        for one in pay.components
    }
    return {key: held for key, held in found.items() if held}
