"""The deal desk: which approvals a quote needs before it goes to the customer.

Source  docs/agreements/approval_policy.md
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from wald.kernel.policy import Role


@dataclass(frozen=True, slots=True)
class Rule:
    """Who must agree, and above which limits. A quote above either limit needs them.

    Who does not answer within `escalates_after_hours` is followed by `escalates_to`.
    """

    name: str
    approver: Role
    discount_above: Decimal | None = None  # share of the list price
    total_above: Decimal | None = None  # net, in the policy's currency
    escalates_to: Role | None = None
    escalates_after_hours: int | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody who must agree, and the limits that ask for it, in words."""

    rule: Rule
    why: tuple[str, ...]


def required_approvals(
    rules: Sequence[Rule], *, discount: Decimal, total: Decimal
) -> tuple[Approval, ...]:
    """Return who must agree to a quote, in the order of the rules.

    `discount` is a share of the list price, `total` the net amount in the rules' currency. A
    limit itself needs nobody: only what is above it does.
    """
    found = (Approval(rule, tuple(_reasons(rule, discount, total))) for rule in rules)
    return tuple(one for one in found if one.why)


def _reasons(rule: Rule, discount: Decimal, total: Decimal) -> Iterable[str]:
    if rule.discount_above is not None and discount > rule.discount_above:
        yield f"the discount is above {(rule.discount_above * 100).normalize():f} %"
    if rule.total_above is not None and total > rule.total_above:
        yield f"the total is above {rule.total_above:,f}"
