"""Watch of deadlines: every few minutes, cases that are due soon and cases that are overdue.

Asks      open cases by their due time
Does      reminds who is to act; tells the manager above, or sales operations, of what is overdue
Repeated  each case remembers that it was done, so a second time finds nothing to do
Source    docs/work/watch_deadlines.md
"""

from wald.actions.case_deadlines import escalate_overdue, remind_due
from wald.actions.work.job import Job, Run, Step


def _remind(run: Run) -> object:
    found = remind_due(actor=run.actor, workspace=run.workspace, at=run.at, told=run.told)
    return {"reminded": found}


def _escalate(run: Run) -> object:
    found = escalate_overdue(actor=run.actor, workspace=run.workspace, at=run.at, told=run.told)
    return {"escalated": found}


JOB = Job(
    key="watch_deadlines",
    title="Watch of deadlines",
    steps=(Step("remind", _remind), Step("escalate", _escalate)),
    source="docs/work/watch_deadlines.md",
    every_minutes=5,
)
