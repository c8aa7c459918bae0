"""The policy: every permission, every role, whose rows a role may see. One place for all doors.

An action or query asks `actor.must(permission)` before it does anything else. Which rows a
person then sees follows `REACH` of their role; `queries/sight.py` turns it into persons.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType

PERMISSIONS: Mapping[str, str] = MappingProxyType(
    {
        "facts.read": "read numbers and the rows behind them",
        "facts.load": "load folders",
        "facts.undo": "take loads back",
        "settings.change": "change currency, rate rule and fiscal calendar",
        "users.read": "see who may sign in, and with which role",
        "users.change": "add people, change roles, set passwords, end access",
        "account.keep": "see who they are here, and change their own password",
        "keys.keep": "make and revoke their own API keys",
        "pay.read": "see pay: their own, and that of the people below them",
        "pay.read_all": "see everybody's pay",
        "pay.run": "compute pay runs, and withdraw drafts",
        "pay.release": "release pay runs that somebody else made",
        "pay.adjust": "enter manual adjustments of pay, and decide on those of others",
        "pay.accept": "accept the compensation plan that they are paid by",
        "pay.hold": "hold deals or payees back from pay, and lift holds",
        "documents.read": "read documents and what held on a day",
        "documents.draft": "write and submit versions of documents of the organization",
        "documents.override": "write and submit overrides for their own unit",
        "documents.approve": "approve or return what somebody else submitted",
        "cases.read": "see the cases that concern them",
        "cases.read_all": "see every case",
        "cases.open": "open cases",
        "cases.work": "work on cases they can see: comment, assign, decide",
        "delegations.keep": "let somebody else stand in for them",
        "insights.read": "read insights",
        "insights.record": "record insights and change their status",
        "decisions.read": "read decisions and what came of them",
        "decisions.make": "make and supersede decisions",
        "journal.read": "read and verify the journal",
        "people.erase": "erase a person's data by destroying their key",
        "backup.make": "back up and restore",
        "work.read": "see what runs in the background",
        "work.run": "start, stop and repeat what runs in the background",
        "channels.change": "say where events are sent: webhooks and chat",
        "notices.keep": "read their own notices, and say how they want to hear",
        "views.keep": "keep views of pages",
        "forecast.submit": "submit forecasts, and override those of the people below them",
        "forecast.unlock": "submit and override after a lock, with a reason",
        "hygiene.fix": "write values into deals they see, and take that back",
        "hygiene.assign": "give deals they see to somebody else they see",
    }
)


class Role(Enum):
    """What somebody is to the sales organization. Each user has exactly one."""

    ADMINISTRATOR = "administrator"
    SALES_OPERATIONS = "sales_operations"
    LOCAL_OPERATIONS = "local_operations"
    SALES_LEADER = "sales_leader"
    MANAGER = "manager"
    REP = "rep"
    FINANCE = "finance"
    READ_ONLY = "read_only"

    @property
    def title(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Reach(Enum):
    """Whose rows somebody may see."""

    EVERYBODY = "everybody"
    UNIT = "unit"  # the people of the region or team they look after
    BELOW = "below"  # themselves, everybody who reported to them, and the people of their unit
    OWN = "own"


WHOLE = "everybody"  # the unit of a leader to whom, in the facts, not everybody reports


_READS = frozenset(
    {
        "facts.read",
        "account.keep",
        "keys.keep",
        "documents.read",
        "cases.read",
        "insights.read",
        "decisions.read",
        "notices.keep",
        "views.keep",
    }
)
_WORKS = frozenset({"cases.open", "cases.work", "delegations.keep"})
_PAY = frozenset("pay.read pay.read_all pay.run pay.release pay.adjust pay.hold pay.accept".split())
_PAID = frozenset({"pay.read", "pay.accept"})
_FIXES = frozenset({"hygiene.fix", "hygiene.assign"})
_LEADS = _READS | _WORKS | _PAID | _FIXES | {"decisions.make", "insights.record", "forecast.submit"}

GRANTS: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        # Keeps the system running, and sees nobody's pay.
        Role.ADMINISTRATOR: frozenset(PERMISSIONS) - _PAY,
        Role.SALES_OPERATIONS: frozenset(PERMISSIONS)
        - {"users.change", "people.erase", "backup.make"},
        Role.LOCAL_OPERATIONS: _READS
        | _WORKS
        | _FIXES
        | {"documents.override", "insights.record", "decisions.make"},
        Role.SALES_LEADER: _LEADS | {"documents.approve", "forecast.unlock"},
        Role.MANAGER: _LEADS,
        Role.REP: (_READS - {"insights.read", "decisions.read"})
        | _WORKS
        | _PAID
        | {"forecast.submit", "hygiene.fix"},
        Role.FINANCE: _READS
        | _WORKS
        | _PAY
        | {"documents.approve", "journal.read", "cases.read_all"},
        Role.READ_ONLY: _READS,
    }
)

REACH: Mapping[Role, Reach] = MappingProxyType(
    {
        Role.ADMINISTRATOR: Reach.EVERYBODY,
        Role.SALES_OPERATIONS: Reach.EVERYBODY,
        Role.LOCAL_OPERATIONS: Reach.UNIT,
        Role.SALES_LEADER: Reach.BELOW,
        Role.MANAGER: Reach.BELOW,
        Role.REP: Reach.OWN,
        Role.FINANCE: Reach.EVERYBODY,
        Role.READ_ONLY: Reach.EVERYBODY,
    }
)
