"""Forecast back-test: what each method would have said on past weeks, and the forecast of today.

Asked    every night where facts have changed; on the pages of forecasts, by API and command
Steps    score: a file per period, so a run that died goes on; the last one is today's forecast
Repeats  the same facts have the same back-test: a second time computes nothing
Errors   none: what the facts lack is named on the pages, with counts
Source   docs/work/forecast_backtest.md
"""

from datetime import UTC, datetime, time

from wald.actions.backtest import is_wanted, run_backtest
from wald.actions.work.job import Job, Run, Step
from wald.actions.work.schedule import WALD
from wald.kernel.workspace import Workspace


def _score(run: Run) -> object:
    grain = run.arguments.get("grain", "")
    made = run_backtest(
        actor=run.actor,
        workspace=run.workspace,
        at=run.at,
        grain=grain if isinstance(grain, str) else "",
        progress=run.told,
    )
    return {"periods": made.kept.meta["periods"], "is_new": made.is_new}


_AT, _UNTIL = time(4, 10), time(7, 0)  # by day people wait for workers


def _wanted(workspace: Workspace, at: datetime) -> bool:
    is_night = _AT <= at.astimezone(UTC).time() < _UNTIL
    return is_night and is_wanted(actor=WALD, workspace=workspace)


JOB = Job(
    key="forecast_backtest",
    title="Back-test forecasts",
    steps=(Step("score", _score),),
    source="docs/work/forecast_backtest.md",
    daily_at=_AT,
    attempts=2,
    wanted=_wanted,
)
