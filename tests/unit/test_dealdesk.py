"""Which approvals a quote needs: every rule above whose limits it lies."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wald.agreements.approval_policy import DOCUMENT
from wald.heart.dealdesk import Rule, required_approvals
from wald.kernel.policy import Role

RULES = (
    Rule("regional_director", Role.SALES_LEADER, discount_above=Decimal("0.15")),
    Rule("finance", Role.FINANCE, discount_above=Decimal("0.30"), total_above=Decimal(500_000)),
)


def needed(discount: str, total: int) -> list[str]:
    found = required_approvals(RULES, discount=Decimal(discount), total=Decimal(total))
    return [one.rule.name for one in found]


@pytest.mark.parametrize(
    ("discount", "total", "names"),
    [
        ("0.32", 80_000, ["regional_director", "finance"]),
        ("0.12", 600_000, ["finance"]),
        ("0.15", 80_000, []),  # a limit itself needs nobody
        ("0.1501", 80_000, ["regional_director"]),
        ("0", 500_000, []),
        ("0", 500_001, ["finance"]),
    ],
)
def test_a_quote_needs_those_above_whose_limits_it_lies(
    discount: str, total: int, names: list[str]
) -> None:
    assert needed(discount, total) == names


def test_an_approval_says_why() -> None:
    (_, finance) = required_approvals(RULES, discount=Decimal("0.4"), total=Decimal(600_000))
    assert finance.why == ("the discount is above 30 %", "the total is above 500,000")


shares = st.decimals(0, 1, places=4)
totals = st.decimals(0, 10**9, places=2)


@given(shares, totals, shares, totals)
def test_a_larger_quote_never_needs_fewer(
    discount: Decimal, total: Decimal, more: Decimal, larger: Decimal
) -> None:
    rules = DOCUMENT.example.rules
    low = required_approvals(rules, discount=discount, total=total)
    high = required_approvals(rules, discount=discount + more, total=total + larger)
    assert {one.rule for one in low} <= {one.rule for one in high}
