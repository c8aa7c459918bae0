"""Work in the background: what runs, waits, failed and ended, and when it runs by itself."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from wald.actions.work import queue
from wald.actions.work.job import jobs
from wald.actions.work.schedule import timetable
from wald.kernel.problem import Refusal
from wald.queries import work as desk
from wald.records.stores.work import ENDED, JobRecord, State
from wald.web.door import actor_of, workspace_of

_MOST_OPEN, _MOST_ENDED = 100, 30


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job with its title, and what of its progress can be shown; `share` is of 100."""

    record: JobRecord
    title: str
    steps: tuple[str, ...]
    share: int | None

    @property
    def is_over(self) -> bool:
        return self.record.state in ENDED


@login_required
@require_safe
def work(request: HttpRequest) -> HttpResponse:
    actor, workspace, at = actor_of(request), workspace_of(request), now()

    def found(limit: int, *states: State) -> list[JobLine]:
        lines = desk.list_jobs(actor=actor, workspace=workspace, states=states, limit=limit)
        return [_line(one) for one in lines]

    context = {
        "groups": [
            ("running", "Running", found(_MOST_OPEN, State.RUNNING)),
            ("waiting", "Waiting", found(_MOST_OPEN, State.WAITING)),
            ("failed", "Failed or stopped", found(_MOST_ENDED, State.FAILED, State.STOPPED)),
            ("done", "Done", found(_MOST_ENDED, State.DONE)),
        ],
        "planned": timetable(actor=actor, workspace=workspace, at=at),
        "workers": desk.workers(actor=actor, workspace=workspace, at=at),
    }
    return render(request, "pages/work.html", context)


@login_required
@require_safe
def job(request: HttpRequest, job_id: int) -> HttpResponse:
    actor = actor_of(request)
    found = desk.one_job(actor=actor, workspace=workspace_of(request), job_id=job_id)
    if found is None:
        raise Http404("There is no such job.")
    kept = {name: value for name, value in found.kept.items() if name}
    context = {
        "job": _line(found),
        "kept": [(name, str(value)) for name, value in kept.items() if value is not None],
        "arguments": [(name, str(value)) for name, value in found.arguments.items()],
        "may_run": actor.may("work.run"),
    }
    return render(request, "pages/job.html", context)


@login_required
@require_POST
def job_stop(request: HttpRequest, job_id: int) -> HttpResponse:
    try:
        queue.stop(
            actor=actor_of(request), workspace=workspace_of(request), job_id=job_id, at=now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Job {job_id} is stopped.")
    return redirect("job", job_id)


@login_required
@require_POST
def job_repeat(request: HttpRequest, job_id: int) -> HttpResponse:
    try:
        job_id = queue.repeat(
            actor=actor_of(request), workspace=workspace_of(request), job_id=job_id, at=now()
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Job {job_id} waits for a worker.")
    return redirect("job", job_id)


def _line(record: JobRecord) -> JobLine:
    known = jobs().get(record.kind)
    total = record.total
    share = min(100, 100 * record.done // total) if total else None
    return JobLine(
        record=record,
        title=record.kind if known is None else known.title,
        steps=() if known is None else tuple(step.name for step in known.steps),
        share=share,
    )
