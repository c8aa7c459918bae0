"""How every write is made: asked of the policy, in one transaction, with its journal entry.

    with act(
        actor=actor, workspace=workspace, at=at,
        permission="cases.work", action="case.comment", about=f"case:{case_id}",
    ) as entry:
        ...                                     # what the store writes
        entry.after = {"comment": text}
        entry.tell(["ana"], "Max commented on case 17", "/cases/17/")
        entry.emit("case.commented", {"case": 17})

If the block raises, nothing of it was written: no rows, no entry, no notice, no event. An
action that calls another joins its transaction, and each of them has its entry.

Where before, after or why tell somebody's pay, the block says whose:

        entry.pay_of = person_id                # or EVERYBODYS_PAY

Then only they, those who may see that person's pay, and those who may see everybody's read it.
An action under a permission of pay begins with EVERYBODYS_PAY, so that nothing is told by
accident.

Actions take turns from their first line on, so what a block reads holds until it ends, and no
two wait for each other in a ring. A block is therefore short: what takes long comes before it.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from wald.kernel.actor import Actor
from wald.kernel.workspace import Workspace
from wald.records.stores import journal, outbox, users
from wald.records.stores.journal import EVERYBODYS_PAY
from wald.records.stores.transaction import together

_PAY = "pay."  # begins the permissions of pay


@dataclass(slots=True)
class Entry:
    """What the journal will say; the block fills in what it learns. JSON values only."""

    about: str  # "case:17"; "user:NAME" for a user, whose name is not kept in the open
    why: str = ""
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    concerns: str = ""  # a user whose data this is; "": whose pay it is, or the actor
    pay_of: str = ""  # the person whose pay before, after and why tell; "": they tell none
    _notices: list[tuple[tuple[str, ...], str, str]] = field(default_factory=list)
    _events: list[tuple[str, Mapping[str, object]]] = field(default_factory=list)

    def tell(self, names: Iterable[str], title: str, address: str) -> None:
        """Leave a notice for these users, when the block has ended well."""
        self._notices.append((tuple(names), title, address))

    def emit(self, type: str, body: Mapping[str, object]) -> None:
        """Leave an event for other systems; no personal data and no pay in `body`."""
        self._events.append((type, body))


@contextmanager
def act(
    *,
    actor: Actor,
    workspace: Workspace,
    at: datetime,
    permission: str,
    action: str,
    about: str = "",
    why: str = "",
) -> Iterator[Entry]:
    """Make one write. Raises NotAllowed before anything is done."""
    actor.must(permission)
    pay_of = EVERYBODYS_PAY if permission.startswith(_PAY) else ""
    entry = Entry(about, why, pay_of=pay_of)
    with together(database=workspace.database):
        journal.take_turn(database=workspace.database)
        yield entry
        _keep(entry, actor, workspace, at, action)


def _keep(entry: Entry, actor: Actor, workspace: Workspace, at: datetime, action: str) -> None:
    database = workspace.database
    detail = {"before": dict(entry.before), "after": dict(entry.after), "why": entry.why}
    if entry.pay_of:
        detail["pay_of"] = entry.pay_of
    new = journal.NewEntry(
        at=at,
        who=actor.name,
        door=actor.door.value,
        action=action,
        about=entry.about,
        concerns=entry.concerns or _payee(entry, database) or actor.name,
        detail=detail,
    )
    journal.append(new, database=database)
    for names, title, address in entry._notices:
        others = [name for name in names if name != actor.name]
        outbox.tell(others, title=title, address=address, at=at, database=database)
    for type, body in entry._events:
        outbox.emit(type, body, at=at, database=database)


def _payee(entry: Entry, database: str) -> str:
    """Return the user whose pay an entry tells, "" if it is nobody who signs in."""
    if entry.pay_of in ("", EVERYBODYS_PAY):
        return ""
    return users.name_of_person(entry.pay_of, database=database)
