"""Look at night: every detector looks, all looks are judged together, findings become insights.

Asked    every night where something was loaded since the last night that was kept; by a person
Steps    look: one night as of the last day in the data, or of `day`
Repeats  the same finding is the same insight, the same day the same night
Errors   none: a detector that cannot look says why, on the page of the night
Source   docs/work/notice.md
"""

from datetime import UTC, date, datetime, time

from wald.actions.notice import notice
from wald.actions.work.job import Job, Run, Step
from wald.kernel.workspace import Workspace
from wald.records.stores import loads
from wald.records.stores.nights import find_night

_AT, _UNTIL = time(4, 40), time(7, 0)  # by day people wait for workers


def _look(run: Run) -> object:
    day = run.arguments.get("day", "")
    made = notice(
        actor=run.actor,
        workspace=run.workspace,
        at=run.at,
        day=date.fromisoformat(day) if isinstance(day, str) and day else None,
        told=run.told,
    )
    if made is None:
        return {"looks": 0, "new": [], "gone": []}
    return {
        "day": made.found.day.isoformat(),
        "looks": made.found.judged.all_looks,
        "new": list(made.new),
        "gone": list(made.gone),
    }


def _wanted(workspace: Workspace, at: datetime) -> bool:
    if not _AT <= at.astimezone(UTC).time() < _UNTIL:
        return False
    loaded = loads.last_loaded_at(database=workspace.database)
    night = find_night(None, database=workspace.database)
    return loaded is not None and (night is None or night.at < loaded)


JOB = Job(
    key="notice",
    title="Look at night",
    steps=(Step("look", _look),),
    source="docs/work/notice.md",
    daily_at=_AT,
    attempts=2,
    wanted=_wanted,
)
