"""Approval policy: who must agree to a quote before it goes to the customer.

Holds     rules in order; every rule that applies adds its approver
In force  the version valid on the day of the quote, as it was known that day
Checks    every rule has a limit above zero, says something new, and escalates to somebody else
Used by   heart.dealdesk.required_approvals
Source    docs/agreements/approval_policy.md
"""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from wald.documents.document import DocumentType
from wald.documents.plain import percent, shown
from wald.heart.dealdesk import Rule
from wald.kernel.policy import Role
from wald.kernel.problem import Problem

_LONGEST_WAIT = 24 * 90  # hours; who waits longer has no rule
_LARGEST = Decimal(10) ** 15


class ApprovalPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"
    rules: tuple[Rule, ...] = Field(min_length=1, max_length=200)


def check(policy: ApprovalPolicy) -> Iterator[Problem]:
    seen: dict[Rule, str] = {}
    for i, rule in enumerate(policy.rules):
        if rule.discount_above is None and rule.total_above is None:
            fix = "give it discount_above or total_above, or remove it"
            yield Problem(f"rules[{i}]", "never applies", fix)
        yield from _limits(rule, f"rules[{i}]")
        yield from _escalation(rule, f"rules[{i}]")
        same = seen.setdefault(replace(rule, name=""), rule.name)
        if same != rule.name:
            yield Problem(f"rules[{i}]", f"says what {same} says", "remove one of the two")


def _limits(rule: Rule, where: str) -> Iterator[Problem]:
    share, total = rule.discount_above, rule.total_above
    if share is not None and not 0 <= share < 1:
        fix = "write a share: 0.15 for 15 %"
        yield Problem(f"{where}.discount_above", f"{share} is no share of a price", fix)
    if total is not None and not 0 <= total < _LARGEST:
        yield Problem(f"{where}.total_above", f"{total} is no amount", "write 0 or more")


def _escalation(rule: Rule, where: str) -> Iterator[Problem]:
    to, hours = rule.escalates_to, rule.escalates_after_hours
    if (to is None) != (hours is None):
        fix = "give both escalates_to and escalates_after_hours, or neither"
        yield Problem(where, "escalates by half", fix)
    if to is not None and to == rule.approver:
        yield Problem(f"{where}.escalates_to", "is the approver", "name another role")
    if hours is not None and not 1 <= hours <= _LONGEST_WAIT:
        fix = f"write 1 to {_LONGEST_WAIT} hours"
        yield Problem(f"{where}.escalates_after_hours", f"{hours} is no time to wait", fix)


def summary(policy: ApprovalPolicy) -> str:
    approvers = dict.fromkeys(rule.approver.title for rule in policy.rules)
    count = len(policy.rules)
    return f"{count} rule{'' if count == 1 else 's'}; approvers: {', '.join(approvers)}"


def tell(path: str, value: object) -> tuple[str, str]:
    """Say a value in words: ("finance approves discounts above", "30 %")."""
    parts = path.split(".")
    name, field = (parts[1], parts[2]) if len(parts) == 3 else ("", path)
    if field == "discount_above":
        return f"{name} approves discounts above", percent(value)
    if field == "total_above":
        told = f"{value:,f}" if isinstance(value, Decimal) else shown(value)
        return f"{name} approves totals above", told
    words = {
        "approver": f"{name} needs the approval of",
        "escalates_to": f"{name} escalates to",
        "escalates_after_hours": f"hours until {name} escalates:",
        "currency": "totals are in",
    }
    return words.get(field, f"{path}:"), value.title if isinstance(value, Role) else shown(value)


DOCUMENT = DocumentType(
    key="approval_policy",
    title="Approval policy",
    shape=ApprovalPolicy,
    check=check,
    summary=summary,
    tell=tell,
    example=ApprovalPolicy(
        rules=(
            Rule(
                "regional_director",
                Role.SALES_LEADER,
                discount_above=Decimal("0.15"),
                escalates_to=Role.SALES_OPERATIONS,
                escalates_after_hours=16,
            ),
            Rule(
                "finance",
                Role.FINANCE,
                discount_above=Decimal("0.30"),
                total_above=Decimal("500000"),
            ),
        )
    ),
    source="docs/agreements/approval_policy.md",
)
