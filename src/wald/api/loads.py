"""Loads: list them, see what they rejected, load a folder of this server, take one back."""

from http import HTTPStatus

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions import ingest
from wald.actions.import_root import below_import_root, queue_load
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.shapes import (
    FAULTS,
    AskedLoads,
    AskedRejects,
    Fault,
    LoadShape,
    NewLoad,
    RejectedShape,
    ReportShape,
    UndoShape,
)
from wald.api.work_shapes import QueuedShape
from wald.facts.load_report import LoadOptions, as_json
from wald.kernel.actor import Actor
from wald.kernel.problem import BadInput, Problem
from wald.queries import loads as desk
from wald.queries.plain import Json, load_json, rejected_json, undo_json
from wald.records.stores.loads import LoadRecord

router = Router(tags=["loads"])


@router.get("/loads", response={200: list[LoadShape], **FAULTS})
def list_loads(request: HttpRequest, asked: Query[AskedLoads]) -> list[Json]:
    """Every load that ended, newest first."""
    refuse_unknown(request, AskedLoads.model_fields)
    found = desk.all_loads(actor=asking(request), workspace=workspace())
    wanted = [one for one in found if not asked.before or one.load_id < asked.before]
    return [load_json(one) for one in wanted[: asked.limit]]


@router.get("/loads/{int:load_id}", response={200: LoadShape, **FAULTS})
def one_load(request: HttpRequest, load_id: int) -> Json:
    """One load: when, of what, how many rows, what it rejected."""
    refuse_unknown(request)
    return load_json(_load(asking(request), load_id))


@router.get("/loads/{int:load_id}/rejects", response={200: list[RejectedShape], **FAULTS})
def rejects(request: HttpRequest, load_id: int, asked: Query[AskedRejects]) -> list[Json]:
    """The rows that a load rejected, file by file, each with its reason."""
    refuse_unknown(request, AskedRejects.model_fields)
    found = desk.rejected_rows(
        actor=asking(request), workspace=workspace(), load_id=load_id, limit=asked.limit
    )
    if found is None:
        raise Http404(_no_load(load_id))
    return [rejected_json(one) for one in found]


@router.post(
    "/loads",
    response={200: ReportShape, 201: ReportShape, 202: QueuedShape, 409: Fault, **FAULTS},
)
def load(request: HttpRequest, given: NewLoad) -> Status[Json]:
    """Load a folder that lies below this server's import folder; 200: it brought nothing new.

    With `background` a worker loads it: 202, and /work/{job} tells how it goes.
    """
    refuse_unknown(request)
    actor = asking(request)
    actor.must("facts.load")
    if given.background:
        return _queued(actor, given)
    action = ingest.plan_load if given.dry_run else ingest.load
    report = action(
        actor=actor,
        workspace=workspace(),
        folder=below_import_root(given.folder),
        options=_options(given),
        at=moment(),
    )
    status = HTTPStatus.OK if report.load_id is None else HTTPStatus.CREATED
    return Status(int(status), as_json(report))


@router.post("/loads/{int:load_id}/undo", response={200: UndoShape, 409: Fault, **FAULTS})
def undo(request: HttpRequest, load_id: int) -> Json:
    """Take the newest load back; asked as known before the undo, its rows are still known."""
    refuse_unknown(request)
    actor = asking(request)
    actor.must("facts.undo")
    _load(actor, load_id)
    report = ingest.undo(actor=actor, workspace=workspace(), load_id=load_id, at=moment())
    return undo_json(report)


def _queued(actor: Actor, given: NewLoad) -> Status[Json]:
    if given.dry_run:
        problem = Problem("dry_run", "is given with background", "give one of the two")
        raise BadInput("A dry run answers at once.", [problem])
    options = given.model_dump(exclude={"folder", "dry_run", "background"})
    job_id = queue_load(
        actor=actor, workspace=workspace(), folder=given.folder, options=options, at=moment()
    )
    return Status(int(HTTPStatus.ACCEPTED), {"job": job_id})


def _load(actor: Actor, load_id: int) -> LoadRecord:
    found = desk.one_load(actor=actor, workspace=workspace(), load_id=load_id)
    if found is None:
        raise Http404(_no_load(load_id))
    return found


def _no_load(load_id: int) -> str:
    return f"There is no load {load_id}."


def _options(given: NewLoad) -> LoadOptions:
    return LoadOptions(
        connector=given.connector,
        encoding=given.encoding,
        delimiter=given.delimiter,
        decimal=given.decimal,
        dates=given.dates,
        currency=given.currency,
        without_repairs=frozenset(given.without_repairs),
    )
