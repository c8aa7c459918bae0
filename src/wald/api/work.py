"""Work in the background: what runs, ask for work, stop it, repeat it."""

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions.work import queue as action
from wald.actions.work.schedule import planned_json, timetable
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.shapes import FAULTS, Fault
from wald.api.work_shapes import AskedJobs, JobShape, NewJobShape, PlannedShape, QueuedShape
from wald.kernel.actor import Actor
from wald.queries import work as desk
from wald.queries.plain import Json
from wald.queries.plain_work import job_json
from wald.records.stores.work import JobRecord, State

router = Router(tags=["work"])


@router.get("/work", response={200: list[JobShape], **FAULTS})
def list_jobs(request: HttpRequest, asked: Query[AskedJobs]) -> list[Json]:
    """Jobs, newest first; `before` the last `job` of one answer goes on."""
    refuse_unknown(request, AskedJobs.model_fields)
    found = desk.list_jobs(
        actor=asking(request),
        workspace=workspace(),
        states=(State(asked.state),) if asked.state else (),
        kind=asked.kind,
        before=asked.before,
        limit=asked.limit,
    )
    return [job_json(one) for one in found]


@router.get("/work/schedule", response={200: list[PlannedShape], **FAULTS})
def schedule(request: HttpRequest) -> list[Json]:
    """Every kind of work, how often it runs by itself, and when next."""
    refuse_unknown(request)
    found = timetable(actor=asking(request), workspace=workspace(), at=moment())
    return [planned_json(one) for one in found]


@router.get("/work/{int:job_id}", response={200: JobShape, **FAULTS})
def one_job(request: HttpRequest, job_id: int) -> Json:
    """One job; also one's own for who sees no other work."""
    refuse_unknown(request)
    return job_json(_job(asking(request), job_id))


@router.post("/work", response={202: QueuedShape, 409: Fault, **FAULTS})
def run_work(request: HttpRequest, given: NewJobShape) -> Status[Json]:
    """Queue a job; a worker takes it."""
    refuse_unknown(request)
    job_id = action.queue(
        actor=asking(request),
        workspace=workspace(),
        kind=given.kind,
        at=moment(),
        arguments=given.arguments,
        key=given.key,
    )
    return Status(202, {"job": job_id})


@router.post("/work/{int:job_id}/stop", response={200: JobShape, 409: Fault, **FAULTS})
def stop_work(request: HttpRequest, job_id: int) -> Json:
    """Stop a job that waits or runs; what its finished steps did stays."""
    refuse_unknown(request)
    actor = asking(request)
    actor.must("work.run")
    _job(actor, job_id)
    action.stop(actor=actor, workspace=workspace(), job_id=job_id, at=moment())
    return job_json(_job(actor, job_id))


@router.post("/work/{int:job_id}/repeat", response={202: QueuedShape, 409: Fault, **FAULTS})
def repeat_work(request: HttpRequest, job_id: int) -> Status[Json]:
    """Let a failed or stopped job go on where it ended; of a finished one make a new one."""
    refuse_unknown(request)
    actor = asking(request)
    actor.must("work.run")
    _job(actor, job_id)
    waits = action.repeat(actor=actor, workspace=workspace(), job_id=job_id, at=moment())
    return Status(202, {"job": waits})


def _job(actor: Actor, job_id: int) -> JobRecord:
    found = desk.one_job(actor=actor, workspace=workspace(), job_id=job_id)
    if found is None:
        raise Http404(f"There is no job {job_id}.")
    return found
