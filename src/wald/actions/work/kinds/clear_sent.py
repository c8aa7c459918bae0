"""Clear what was sent: old deliveries to channels, and events that have no other.

Asked    every night; by a person
Steps    clear: some thousand rows in a transaction, so a run that died goes on
Keeps    90 days; what is not delivered yet is kept however old it is
Source   docs/work/clear_sent.md
"""

from datetime import time

from wald.actions.clearing import clear_sent
from wald.actions.work.job import Job, Run, Step


def _clear(run: Run) -> object:
    return clear_sent(actor=run.actor, workspace=run.workspace, at=run.at)


JOB = Job(
    key="clear_sent",
    title="Clear what was sent",
    steps=(Step("clear", _clear),),
    source="docs/work/clear_sent.md",
    daily_at=time(2, 20),
    attempts=2,
)
