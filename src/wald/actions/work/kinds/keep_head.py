"""Every night the journal is verified, and its newest head kept.

Keeps    the head, in heads.jsonl of the workspace and as the event journal.head
Errors   the first fault of the journal, as the event journal.fault too
Source   docs/work/keep_head.md
"""

from datetime import time

from wald.actions.journal import check, keep_head
from wald.actions.work.job import Job, Run, Step


def _verify(run: Run) -> object:
    verdict = check(actor=run.actor, workspace=run.workspace, at=run.at)
    return {"entries": verdict.entries}


def _keep(run: Run) -> object:
    kept = keep_head(actor=run.actor, workspace=run.workspace, at=run.at)
    return {"head": str(kept)}


JOB = Job(
    key="keep_head",
    title="Verify the journal, keep its head",
    steps=(Step("verify", _verify), Step("keep", _keep, is_one_transaction=True)),
    source="docs/work/keep_head.md",
    daily_at=time(1, 40),
    attempts=2,
    permission="journal.read",
)
