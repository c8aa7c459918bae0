"""Which accounting policy holds on a day, and which periods books are kept for.

Whoever asks here has asked for rights before.
"""

from dataclasses import dataclass
from datetime import date, datetime

from wald.agreements.accounting_policy import AccountingPolicy, account_of
from wald.documents.document import document_types
from wald.documents.in_force import stretches
from wald.documents.resolve import value_of
from wald.facts.settings import calendar_of
from wald.heart.compensation.capitalising import Account
from wald.kernel.period import Period, grain_of, read_period
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.kernel.workspace import Workspace
from wald.records.stores import documents
from wald.records.stores.settings import load_settings

POLICY = "accounting_policy"


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy in force on a day, and the version it stands in."""

    content: AccountingPolicy
    label: str
    version_id: int

    def account(self, account: Account) -> str:
        return account_of(self.content, account)


class NoPolicy(Refusal):
    """No accounting policy is in force, so nobody knows what the books say."""


def booked_period(workspace: Workspace, text: str) -> Period:
    """Read months, a quarter or a year of whole calendar months. Raises BadInput."""
    calendar = calendar_of(load_settings(database=workspace.database))
    found = read_period(text, calendar)
    if not isinstance(found, Problem) and grain_of(text) is None:
        what = f"{text[:40]!r} is no month, quarter or year"
        found = Problem("period", what, "write 2026-03, 2026-Q1 or 2026")
    if not isinstance(found, Problem) and (found.start.day, found.end.day) != (1, 1):
        what = f"{found.label} does not begin and end with a calendar month"
        found = Problem("period", what, "choose one that does: books are kept by calendar month")
    if isinstance(found, Problem):
        problem = Problem("period", found.what, found.fix)
        raise BadInput("This period cannot be booked.", [problem])
    return found


def policy_on(workspace: Workspace, on: date, at: datetime) -> Policy:
    """Return the accounting policy that is in force on a day. Raises NoPolicy without one."""
    database = workspace.database
    known = documents.documents_like(type=POLICY, database=database)
    names = sorted({name for _, _, name, unit in known if not unit})
    found = []
    for name in names:
        versions = documents.versions_of(POLICY, name, units=[""], database=database)
        found += [
            one.version
            for one in stretches(versions, at)
            if one.since <= on and (one.until is None or on < one.until)
        ]
    if len(found) > 1:
        both = ", ".join(one.name for one in found)
        raise Refusal(
            f"{len(found)} accounting policies are in force on {on}: {both}. Withdraw one."
        )
    if not found:
        raise NoPolicy(
            f"No accounting policy is in force on {on}: file one, `wald documents schema "
            f"accounting_policy` says what it holds."
        )
    content = value_of(document_types()[POLICY], found[0])
    if not isinstance(content, AccountingPolicy):
        raise Refusal(f"{found[0].label} is no accounting policy.")
    label = f"{found[0].name}, version {found[0].number}"
    return Policy(content, label, found[0].version_id)
