"""Review of decisions: every decision whose review date has come is measured.

Runs     every day at 05:00 UTC, so no later than 24 hours after a review date begins
Steps    measure: each decision in a transaction of its own, so a run that died goes on
Again    changes nothing, except for decisions whose data had not come yet
Source   docs/work/review_decisions.md
"""

from datetime import time

from wald.actions.decisions import review_due
from wald.actions.work.job import Job, Run, Step


def _measure(run: Run) -> object:
    found = review_due(actor=run.actor, workspace=run.workspace, at=run.at)
    run.told("decisions measured", len(found), len(found))
    return {"measured": [one.decision_id for one in found]}


JOB = Job(
    key="review_decisions",
    title="Review of decisions",
    steps=(Step("measure", _measure),),
    source="docs/work/review_decisions.md",
    daily_at=time(5, 0),
)
