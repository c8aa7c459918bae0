"""What detectors take for agreed is what documents in force said on the day, and nothing else."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from pytest_django import DjangoDbBlocker

from tests.agreeing import agreeing, approved, somebody
from tests.serving import workspace
from wald.brain.agreed import Agreed, Threshold
from wald.queries.agreed import agreed_on, agreed_view

POLICY = """\
document: approval_policy
name: discounts
starts_on: 2026-01-01
owner: ana
reason: Who must agree
content:
  currency: {currency}
  rules:
    - {{name: finance, approver: finance, discount_above: 0.30, total_above: 50000}}
    - {{name: leader, approver: sales_leader, discount_above: 0.15}}
"""

PROCESS = """\
document: sales_process
name: company
starts_on: 2026-01-01
owner: ana
reason: What stages promise
content:
  stages:
    - {key: offer, stage: Proposal, probability: 0.5}
    - {key: talks, stage: Negotiation}
    - {key: won, stage: Closed Won, outcome: won, probability: 1}
"""

PLAN = """\
document: compensation_plan
name: reps
starts_on: {starts_on}
owner: ana
reason: {reason}
content:
  currency: EUR
  measures:
    - {{key: bookings}}
    - {{key: large, where: "type = 'new_business' AND deal_amount >= 40000"}}
  components:
    - {{key: commission, measure: bookings, flat_rate: {{rate: 0.05}}}}
    - {{key: bonus, measure: large, flat_rate: {{rate: {rate}}}}}
    - {{key: reward, measure: bookings, spiff: {{amount: 500, per: deal, at_least: 25000}}}}
"""


@pytest.fixture(autouse=True)
def service(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with agreeing(django_db_blocker):
        yield


def _agreed(day: str) -> Agreed:
    seen = agreed_view(actor=somebody("ana"), workspace=workspace())
    reported = replace(seen, terms=replace(seen.terms, currency="EUR"))
    return agreed_on(reported, date.fromisoformat(day))


def test_where_nothing_is_agreed_everything_is_empty() -> None:
    assert _agreed("2026-06-01") == Agreed(stage_chances={})


def test_limits_are_those_of_the_policy_in_force_the_smallest_first() -> None:
    approved(POLICY.format(currency="EUR"), "2025-12-01")
    assert _agreed("2025-12-31").discount_limits == ()
    found = _agreed("2026-01-01")
    assert found.discount_limits == (Decimal("0.15"), Decimal("0.30"))
    assert found.amount_limits == (Decimal(50_000),)


def test_an_amount_of_a_currency_without_a_rate_is_left_out() -> None:
    approved(POLICY.format(currency="JPY"), "2025-12-01")
    assert _agreed("2026-06-01").amount_limits == ()
    assert len(_agreed("2026-06-01").discount_limits) == 2


def test_chances_are_of_open_stages_that_have_one() -> None:
    approved(PROCESS, "2025-12-01")
    assert _agreed("2026-06-01").stage_chances == {"Proposal": Decimal("0.5")}


def test_clauses_for_large_deals_hold_since_the_first_version_that_had_them() -> None:
    approved(PLAN.format(starts_on="2025-01-01", rate="0.01", reason="First"), "2024-12-01")
    approved(PLAN.format(starts_on="2026-01-01", rate="0.02", reason="More"), "2025-12-01")
    since = date(2025, 1, 1)
    assert _agreed("2026-06-01").thresholds == (
        Threshold("reps", "bonus", Decimal(40_000), "EUR", since),
        Threshold("reps", "reward", Decimal(25_000), "EUR", since),
    )
