"""Example forecast: the invented company's people say their numbers, and its forecasts are tested.

Asked    by `wald run` once it has invented the company
Steps    say: submissions and overrides through the usual actions; score: the back-test, kept
Repeats  what was said is not said again; a back-test goes on with the period it was at
Errors   data that are not invented are refused
Source   docs/work/example_forecast.md
"""

from wald.actions.backtest import run_backtest
from wald.actions.example_forecast import say_example_forecasts
from wald.actions.work.job import Job, Run, Step


def _say(run: Run) -> object:
    made = say_example_forecasts(actor=run.actor, workspace=run.workspace, told=run.told)
    return {"said": made}


def _score(run: Run) -> object:
    made = run_backtest(actor=run.actor, workspace=run.workspace, at=run.at, progress=run.told)
    return {"periods": made.kept.meta["periods"], "is_new": made.is_new}


JOB = Job(
    key="example_forecast",
    title="Forecasts of the invented company",
    steps=(Step("say", _say), Step("score", _score)),
    source="docs/work/example_forecast.md",
    attempts=2,
    permission="users.change",
)
