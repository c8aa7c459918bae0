"""A process whose children do actions, one after the other, until somebody kills them.

Usage: python -m tests.reliability.writer HOME. Each line on standard input gives the number of a
round, and the token of an action to be done again first, or "-". On standard output come, each on
a line as soon as it has happened: "ready"; of every child "child PID", "does TOKEN" before each
action and "did TOKEN" when it has returned; "killed" when the child is gone, or "broke" if it
ended by itself.

A token is the action's kind and a number that no other has: case_17_3, document_17_4.
"""

import os
import random
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import tests.deciding as march
from wald.actions import cases, decisions, documents
from wald.actions.workspace import close_workspace, open_workspace
from wald.documents.version import State
from wald.kernel.actor import everything
from wald.kernel.policy import Role
from wald.kernel.workspace import Workspace
from wald.records import models
from wald.records.stores.users import create_user
from wald.records.stores.workspace import connect, disconnect

ANA, FIN = everything("ana"), everything("fin")
START = datetime(2024, 3, 3, tzinfo=UTC)
POLICY = """\
document: approval_policy
name: {token}
starts_on: 2024-04-01
owner: ana
reason: {token}
content:
  rules:
    - name: finance
      approver: finance
      discount_above: 0.30
"""


def main() -> None:
    home = Path(sys.argv[1])
    if "--prepare" in sys.argv:
        prepare(home)
        return
    warm(home)
    told("ready")
    for line in sys.stdin:
        number, again = line.split()
        child = os.fork()
        if child == 0:
            try:
                write(home, int(number), "" if again == "-" else again)
            finally:
                os._exit(1)
        _, ended = os.waitpid(child, 0)
        told("killed" if os.WIFSIGNALED(ended) else "broke")


def prepare(home: Path) -> None:
    """Make a workspace with two people and facts enough to decide on."""
    workspace = open_workspace(home)
    for name, role in (("ana", Role.SALES_OPERATIONS), ("fin", Role.FINANCE)):
        create_user(name, None, role, database=workspace.database)
    march.known_in_march(home / "export", workspace)
    for kind in KINDS:
        KINDS[kind][1](f"{kind}_first", workspace, START)  # the metric is measured once for all
    close_workspace(workspace)


def warm(home: Path) -> None:
    """Do what starts no threads once, so that no child has to import or compile what it needs."""
    workspace = Workspace(home, connect(home))
    for kind in ("comment", "approved"):
        KINDS[kind][1](f"{kind}_warm", workspace, START)
    disconnect(workspace.database)
    child = os.fork()
    if child == 0:  # measuring starts threads, which no fork survives; its answer is kept on disk
        _decision("decision_warm", Workspace(home, connect(home)), START)
        os._exit(0)
    os.waitpid(child, 0)


def told(words: str) -> None:
    os.write(1, f"{words}\n".encode())  # one write: nobody buffers it in the dying process


def write(home: Path, number: int, again: str) -> None:
    """Do actions until killed; the order of their kinds is drawn by the round's number."""
    told(f"child {os.getpid()}")
    workspace = Workspace(home, connect(home))
    at = START + timedelta(minutes=number)
    chance = random.Random(number)  # noqa: S311  # a seed
    if again:
        did(again, workspace, at)
    for step in count():
        kind = chance.choices([*KINDS], [share for share, _ in KINDS.values()])[0]
        did(f"{kind}_{number}_{step}", workspace, at)


def did(token: str, workspace: Workspace, at: datetime) -> None:
    _, action = KINDS[token.partition("_")[0]]
    told(f"does {token}")
    action(token, workspace, at)
    told(f"did {token}")


def _case(token: str, workspace: Workspace, at: datetime) -> None:
    cases.open_case(
        actor=ANA,
        workspace=workspace,
        kind="task",
        title=token,
        at=at,
        assignee="ana",
        fingerprint=token,
    )


def _comment(token: str, workspace: Workspace, at: datetime) -> None:
    """Open a case and speak on it: two transactions, acknowledged as one."""
    case_id = cases.open_case(
        actor=ANA,
        workspace=workspace,
        kind="task",
        title=token,
        at=at,
        assignee="ana",
        fingerprint=token,
    )
    said = models.CaseEvent.objects.using(workspace.database).filter(case=case_id, number__gt=1)
    if not said.exists():
        cases.comment(actor=ANA, workspace=workspace, case_id=case_id, text=token, at=at)


def _document(token: str, workspace: Workspace, at: datetime) -> None:
    text = POLICY.format(token=token)
    documents.draft(actor=ANA, workspace=workspace, text=text, at=at)


def _approved(token: str, workspace: Workspace, at: datetime) -> None:
    """Draft, submit and approve: three transactions, acknowledged as one."""
    text = POLICY.format(token=token)
    made = documents.draft(actor=ANA, workspace=workspace, text=text, at=at).version
    seen = {"version_id": made.version_id, "revision": made.revision}
    if made.state is State.DRAFT:
        documents.submit(actor=ANA, workspace=workspace, at=at, **seen)
    if made.state in (State.DRAFT, State.IN_REVIEW):
        documents.approve(actor=FIN, workspace=workspace, at=at, **seen)


def _decision(token: str, workspace: Workspace, at: datetime) -> None:
    decisions.decide(
        actor=ANA, workspace=workspace, draft=replace(march.DRAFT, question=token), at=at
    )


Action = Callable[[str, Workspace, datetime], None]

# How often each is drawn, and what it does. A decision measures its metric first, which is slow.
KINDS: dict[str, tuple[int, Action]] = {
    "case": (5, _case),
    "comment": (4, _comment),
    "document": (4, _document),
    "approved": (2, _approved),
    "decision": (2, _decision),
}

if __name__ == "__main__":
    main()
