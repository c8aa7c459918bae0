"""Warm pulse: measures what the home page shows, so that the first look after a load is quick.

Asked    at the end of every load that brought something; by a person
Steps    pulse: the home page of somebody who sees everybody's rows
Repeats  the same question over the same parts has the same rows
Errors   none: without facts there is nothing to measure
Source   docs/work/warm_pulse.md
"""

from wald.actions.work.job import Job, Run, Step
from wald.queries.home import home


def _pulse(run: Run) -> object:
    run.told("Measuring the home page", 0, None)
    found = home(actor=run.actor, workspace=run.workspace)
    return {"has_facts": found is not None}


JOB = Job(
    key="warm_pulse",
    title="Warm the pulse",
    steps=(Step("pulse", _pulse),),
    source="docs/work/warm_pulse.md",
    attempts=2,
    permission="facts.load",
)
