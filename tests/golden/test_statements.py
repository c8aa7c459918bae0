"""Statements worked out by hand, and every worked case of a component as a statement that verifies.

A file of `statements/` holds one case as `pay_case.py` reads it, and what the statement says:
lines with their period, what is carried, the payment, the year to date, the next tier.
"""

import json
import tomllib
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.golden.pay_case import CALENDAR, PayCase, cases
from tests.paying import numbered, pay_of
from wald.heart.compensation.outlook import next_tiers
from wald.heart.compensation.result import Adjustment, Cause, Delta
from wald.heart.compensation.statement import Statement, statement_of
from wald.heart.compensation.statement_json import statement_json
from wald.kernel.period import Grain, period_of
from wald_verify_pay import fault_of

HERE = Path(__file__).parent
FILES = sorted((HERE / "statements").glob("*.toml"))
WORKED = [case for path in sorted((HERE / "compensation").glob("*.toml")) for case in cases(path)]
PAID = [case for case in WORKED if not case.refused]


@dataclass(frozen=True, slots=True)
class Worked:
    """What somebody worked out, and the statement of the same inputs."""

    said: dict[str, Any]
    statement: Statement


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def worked(request: pytest.FixtureRequest) -> Worked:
    path: Path = request.param
    said = tomllib.loads(path.read_text(encoding="utf-8"))["statement"]
    (case,) = cases(path)
    days = numbered(case.stretches)
    pay = pay_of(
        case.known,
        days,
        last=said["months"],
        deltas=[_delta(one) for one in said.get("deltas", [])],
        adjustments=[_adjustment(one) for one in said.get("adjustments", [])],
        paid_before=said["paid_before"],
    )
    return Worked(said, statement_of(pay, next_tiers("max", days, case.known, CALENDAR)))


def test_the_lines_are_those_worked_out(worked: Worked) -> None:
    found = [
        [period.stretch.paid_in.label, line.component, line.base.value, line.rate.value,
         line.amount.value]
        for period, _, line in worked.statement.lines
    ]  # fmt: skip
    wanted = [
        [label, component, *map(Decimal, numbers)]
        for label, component, _, *numbers in worked.said["lines"]
    ]
    assert found == wanted
    for (_, _, line), said in zip(worked.statement.lines, worked.said["lines"], strict=True):
        assert said[2] in line.reason


def test_the_payment_and_the_year_are_those_worked_out(worked: Worked) -> None:
    assert worked.statement.paid.value == Decimal(worked.said["paid"])
    assert worked.statement.to_date.value == Decimal(worked.said["to_date"])


def test_what_is_carried_is_what_was_worked_out(worked: Worked) -> None:
    found = [[one.component, one.name, one.amount.value] for one in worked.statement.balances]
    wanted = [[a, b, Decimal(c)] for a, b, c in worked.said.get("balances", [])]
    assert found == wanted


def test_the_next_tier_is_worth_what_was_worked_out(worked: Worked) -> None:
    found = [
        [one.component, one.bound, one.missing, one.gain, one.beyond]
        for one in worked.statement.next_tiers
    ]
    wanted = [[key, *map(Decimal, rest)] for key, *rest in worked.said.get("next", [])]
    assert found == wanted


def test_the_worked_statement_verifies(worked: Worked) -> None:
    assert fault_of(json.loads(json.dumps(statement_json(worked.statement)))) == ""


@pytest.mark.parametrize("case", PAID, ids=str)
def test_the_statement_of_every_worked_case_verifies(case: PayCase) -> None:
    days = numbered(case.stretches)
    statement = statement_of(pay_of(case.known, days, last=max(1, len(days) // 2)))
    document = statement_json(statement)
    assert fault_of(json.loads(json.dumps(document))) == ""
    assert statement_json(statement) == document


def _delta(one: list[str]) -> Delta:
    period = period_of(CALENDAR, Grain.MONTH, date.fromisoformat(f"{one[0]}-01"))
    return Delta(period, one[1], Cause(one[2]), Decimal(one[3]), Decimal(one[4]), one[5])


def _adjustment(one: list[str]) -> Adjustment:
    counts_on = date.fromisoformat(one[3])
    return Adjustment(1, "max", Decimal(one[0]), "EUR", one[1], "Ana", one[2], counts_on)
