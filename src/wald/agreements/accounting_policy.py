"""Accounting policy: how commissions become costs of contracts, and which accounts they go to.

Holds     currency, months of benefit, the one-year choice, the limit of the test, account numbers
In force  the version valid on the last day of the month that is booked; no unit may change it
Checks    months and shares make sense, no two sides of the books share an account
Used by   heart.compensation.capitalising
Source    docs/agreements/accounting_policy.md
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from wald.documents.document import DocumentType
from wald.documents.plain import percent, shown
from wald.heart.compensation.capitalising import Account, Terms
from wald.kernel.problem import Problem

_LONGEST = 240  # months
_ACCOUNT = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[\w .:-]+$")]


class Accounts(BaseModel):
    """The firm's own numbers, as its ledger knows them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    asset: _ACCOUNT = "1650"
    amortisation: _ACCOUNT = "6510"
    expense: _ACCOUNT = "6500"
    write_off: _ACCOUNT = "6520"
    payable: _ACCOUNT = "2150"
    accrued: _ACCOUNT = "2155"


class AccountingPolicy(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    currency: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "EUR"
    benefit_months: int
    expedient: bool = True
    commensurate_from: Decimal = Decimal("0.9")
    least_commensurate: int = 10
    accounts: Accounts = Accounts()


def check(policy: AccountingPolicy) -> Iterator[Problem]:
    if not 1 <= policy.benefit_months <= _LONGEST:
        fix = f"write 1 to {_LONGEST} months"
        yield Problem("benefit_months", f"{policy.benefit_months} is no time of benefit", fix)
    if not 0 < policy.commensurate_from <= 1:
        fix = "write a share: 0.9 for 90 %"
        yield Problem("commensurate_from", f"{policy.commensurate_from} is no share", fix)
    if not 1 <= policy.least_commensurate <= 100_000:
        fix = "write how many renewals the test needs, 1 or more"
        yield Problem("least_commensurate", f"{policy.least_commensurate} tells nothing", fix)
    seen: dict[str, str] = {}
    for name, number in policy.accounts.model_dump().items():
        if other := seen.get(number):
            what = f"{number} is the account of {other} too"
            yield Problem(f"accounts.{name}", what, "give each its own account")
        seen[number] = name


def summary(policy: AccountingPolicy) -> str:
    choice = "a year or less at once" if policy.expedient else "everything capitalised"
    return f"benefit over {policy.benefit_months} months; {choice}; in {policy.currency}"


def tell(path: str, value: object) -> tuple[str, str]:
    """Say a value in words: ("months of benefit:", "60")."""
    words = {
        "currency": "booked in",
        "benefit_months": "months of benefit:",
        "expedient": "a year or less is expensed at once:",
        "commensurate_from": "renewals are commensurate from",
        "least_commensurate": "renewals the test needs:",
    }
    told = percent(value) if path == "commensurate_from" else shown(value)
    if path.startswith("accounts."):
        return f"account of {path.removeprefix('accounts.')}:", told
    return words.get(path, f"{path}:"), told


def not_local(path: str, policy: AccountingPolicy, unit: str) -> str:
    """Say why no unit has a policy of its own."""
    return "the books are kept for the whole company, by one policy"


def terms_of(policy: AccountingPolicy) -> Terms:
    """Return what the computation needs of the policy."""
    return Terms(
        policy.currency,
        policy.benefit_months,
        policy.expedient,
        policy.commensurate_from,
        policy.least_commensurate,
    )


def account_of(policy: AccountingPolicy, account: Account) -> str:
    """Return the firm's number of an account."""
    return str(getattr(policy.accounts, account.value))


DOCUMENT = DocumentType(
    key="accounting_policy",
    title="Accounting policy",
    shape=AccountingPolicy,
    check=check,
    summary=summary,
    tell=tell,
    not_local=not_local,
    example=AccountingPolicy(benefit_months=60),
    source="docs/agreements/accounting_policy.md",
)
