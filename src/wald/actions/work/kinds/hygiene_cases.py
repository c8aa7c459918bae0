"""Cases of hygiene: what a load says of fixes and findings, told to the cases about them.

Asked    as soon as a load has come, where there are cases of findings or fixes; by a person
Steps    settle: what the source says of fixes; keep: cases that end, and that open again
Repeats  a fix is settled once, a case that has ended does not end again
Errors   none: a load that runs meanwhile has its turn first, and this is tried again
Source   docs/work/hygiene_cases.md
"""

from datetime import datetime

from wald.actions.hygiene_cases import keep_cases
from wald.actions.hygiene_settling import settle_fixes
from wald.actions.work.job import Job, Run, Step
from wald.actions.work.schedule import WALD
from wald.kernel.workspace import Workspace
from wald.records.stores import fixes, loads, work

_KEY = "hygiene_cases"


def _settle(run: Run) -> object:
    found = settle_fixes(actor=WALD, workspace=run.workspace, at=run.at)
    return {one.name.lower(): count for one, count in found.items()}


def _keep(run: Run) -> object:
    found = keep_cases(actor=WALD, workspace=run.workspace, at=run.at, told=run.told)
    return {"ended": list(found.ended), "again": list(found.again)}


def _wanted(workspace: Workspace, at: datetime) -> bool:
    """Has anything been loaded since this was last asked for?"""
    database = workspace.database
    loaded = loads.last_loaded_at(database=database)
    if loaded is None or not fixes.has_any(database=database):
        return False
    asked = work.last_due(database=database).get(_KEY)
    return asked is None or asked < loaded


JOB = Job(
    key=_KEY,
    title="Cases of hygiene",
    steps=(Step("settle", _settle), Step("keep", _keep)),
    source="docs/work/hygiene_cases.md",
    wanted=_wanted,
)
