"""Keep the journal's head where it can be found again: the proof of all that came before."""

from datetime import datetime

from wald.actions.act import act
from wald.kernel.actor import Actor
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.queries.journal import Head, verdict_on
from wald.records.stores import heads, journal
from wald_verify import Unreadable, Verdict


def keep_head(*, actor: Actor, workspace: Workspace, at: datetime) -> Head:
    """Write the newest head into `heads.jsonl` of the workspace, and tell other systems of it.

    The head is that of the entries before this one: keeping it is an entry of its own.
    """
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="journal.read",
        action="journal.head",
        about="journal",
    ) as entry:
        seq, found = journal.head(database=workspace.database)
        heads.keep(workspace.home, at=at, seq=seq, hash=found)
        entry.after = {"seq": seq, "hash": found}
        entry.emit("journal.head", {"seq": seq, "hash": found})
        return Head(seq, found)


def check(*, actor: Actor, workspace: Workspace, at: datetime) -> Verdict:
    """Verify the whole journal and write down that it was. Raises Refusal at the first fault."""
    actor.must("journal.read")
    try:
        verdict = verdict_on(workspace)
    except Unreadable as error:
        raise Refusal(f"The kept heads of the journal were altered: {error}") from error
    with act(
        actor=actor,
        workspace=workspace,
        at=at,
        permission="journal.read",
        action="journal.verify",
        about="journal",
    ) as entry:
        fault = "" if verdict.fault is None else str(verdict.fault)
        entry.after = {"entries": verdict.entries, "fault": fault}
        if fault:
            entry.emit("journal.fault", {"entries": verdict.entries, "fault": fault})
    if fault:
        raise Refusal(f"The journal is not whole. {fault}")
    return verdict
