"""Deliver: takes events to the channels that want them, and tries again what failed.

Asked    by itself, as soon as an event or a delivery waits
Steps    spread: which channel gets which event; send: one attempt at each delivery that is due
Repeats  an event is spread once; an attempt that was not noted is made again, under the same id
Errors   none: each delivery keeps how its own attempt went
Source   docs/work/deliver.md
"""

from datetime import datetime

from wald.actions.deliver import send, spread
from wald.actions.work.job import Job, Run, Step
from wald.kernel.workspace import Workspace
from wald.records.stores.deliveries import waits


def _spread(run: Run) -> object:
    return spread(actor=run.actor, workspace=run.workspace, at=run.at)


def _send(run: Run) -> object:
    return send(actor=run.actor, workspace=run.workspace, at=run.at, told=run.told)


def _wanted(workspace: Workspace, at: datetime) -> bool:
    return waits(at=at, database=workspace.database)


JOB = Job(
    key="deliver",
    title="Deliver events",
    steps=(Step("spread", _spread), Step("send", _send)),
    source="docs/work/deliver.md",
    wanted=_wanted,
)
