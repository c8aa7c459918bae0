"""Reminders of forecasts: every hour, who is to say a number before a deadline and has not.

Asks      everybody whom the forecast calendar asks, and what was said since the last deadline
Does      opens a task for each, due at the deadline; saying the number ends it
Repeated  opens nothing twice: a task has its person and period as its fingerprint
Source    docs/work/remind_forecasts.md
"""

from wald.actions.forecast_reminders import remind_forecasts
from wald.actions.work.job import Job, Run, Step


def _remind(run: Run) -> object:
    found = remind_forecasts(actor=run.actor, workspace=run.workspace, at=run.at, told=run.told)
    return {"cases": list(found.cases), "without_account": found.without_account}


JOB = Job(
    key="remind_forecasts",
    title="Reminders of forecasts",
    steps=(Step("remind", _remind),),
    source="docs/work/remind_forecasts.md",
    every_minutes=60,
)
