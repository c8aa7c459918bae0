"""Check of overrides: every day, those that expired or drifted from the organization's document.

Asks      the versions of every document that some unit overrides, as of the day
Does      opens a case for each override that expired, lies outside its bounds or says what holds
Repeated  opens nothing twice: each finding has a fingerprint
Source    docs/work/check_overrides.md
"""

from datetime import time

from wald.actions.overrides import check_overrides
from wald.actions.work.job import Job, Run, Step


def _check(run: Run) -> object:
    found = check_overrides(actor=run.actor, workspace=run.workspace, at=run.at)
    return {"cases": list(found)}


JOB = Job(
    key="check_overrides",
    title="Check of overrides",
    steps=(Step("check", _check),),
    source="docs/work/check_overrides.md",
    daily_at=time(3, 10),
)
