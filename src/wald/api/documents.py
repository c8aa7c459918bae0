"""Documents: what holds when, every version, plans, drafts, and their way through approval."""

from collections.abc import Callable
from datetime import date

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status
from pydantic import JsonValue

from wald.actions import documents as action
from wald.api.documents_shapes import (
    AnswerGiven,
    ApprovalGiven,
    AskedDifference,
    AskedDocuments,
    AskedEffective,
    DifferenceShape,
    DocumentShape,
    DocumentsShape,
    DraftGiven,
    EffectiveShape,
    PlanShape,
    SeenGiven,
    TextGiven,
    TypeShape,
    VersionShape,
)
from wald.api.door import asking, moment, read_dates, refuse_unknown, workspace
from wald.api.shapes import FAULTS, Fault
from wald.documents.document import document_types
from wald.documents.version import Standing, Version
from wald.kernel.actor import Actor
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem
from wald.queries import document_plans, documents
from wald.queries.plain import Json
from wald.queries.plain_documents import (
    difference_json,
    effective_json,
    line_json,
    page_json,
    plan_json,
    version_json,
)

router = Router(tags=["documents"])

_WRITES = {**FAULTS, 409: Fault}


@router.get("/documents", response={200: DocumentsShape, **FAULTS})
def list_documents(request: HttpRequest, asked: Query[AskedDocuments]) -> Json:
    """Documents of the organization and of units, by type, name and unit."""
    refuse_unknown(request, AskedDocuments.model_fields)
    found = documents.document_list(
        actor=asking(request),
        workspace=workspace(),
        on=_day(asked.on),
        type=asked.type,
        state=Standing(asked.state) if asked.state else None,
        text=asked.text,
        offset=asked.offset,
        limit=asked.limit,
    )
    return {"total": found.total, "documents": [line_json(one) for one in found.lines]}


@router.get("/documents/types", response={200: list[TypeShape], **FAULTS})
def document_types_list(request: HttpRequest) -> list[Json]:
    """Every type of document."""
    refuse_unknown(request)
    asking(request).must("documents.read")
    return [
        {"key": one.key, "title": one.title, "source": one.source}
        for one in document_types().values()
    ]


@router.get("/documents/types/{str:type}/schema", response={200: dict[str, JsonValue], **FAULTS})
def document_schema(request: HttpRequest, type: str) -> Json:
    """The JSON Schema of a type's texts, for editors."""
    refuse_unknown(request)
    found = documents.schema(actor=asking(request), workspace=workspace(), type=type)
    if found is None:
        raise Http404("There is no such type of document.")
    return found


@router.post("/documents/plan", response={200: PlanShape, **FAULTS})
def plan_document(request: HttpRequest, given: TextGiven) -> Json:
    """What a text would change, with every problem; nothing is written."""
    refuse_unknown(request)
    found = document_plans.plan(
        actor=asking(request), workspace=workspace(), text=given.text, at=moment()
    )
    return plan_json(found)


@router.post("/documents", response={200: VersionShape, 201: VersionShape, **_WRITES})
def draft_document(request: HttpRequest, given: DraftGiven) -> Status[Json]:
    """Keep a text as a draft; 200: the newest version says exactly this already."""
    refuse_unknown(request)
    if (given.id is None) != (given.version is None):
        fix = "give both, or neither"
        raise BadInput(
            "Which draft is to be replaced?",
            [Problem("version", "id and version belong together", fix)],
        )
    done = action.draft(
        actor=asking(request),
        workspace=workspace(),
        text=given.text,
        at=moment(),
        version_id=given.id,
        revision=given.version,
    )
    return Status(201 if done.is_new else 200, version_json(done.version))


@router.get("/documents/versions/{int:version_id}", response={200: VersionShape, **FAULTS})
def one_version(request: HttpRequest, version_id: int) -> Json:
    """One version, with its text to the byte."""
    refuse_unknown(request)
    return version_json(_version(asking(request), version_id))


@router.get("/documents/versions/{int:version_id}/diff", response={200: DifferenceShape, **FAULTS})
def version_diff(request: HttpRequest, version_id: int, asked: Query[AskedDifference]) -> Json:
    """What changed from the version before, or from another one, in words and by line."""
    refuse_unknown(request, AskedDifference.model_fields)
    found = document_plans.difference(
        actor=asking(request),
        workspace=workspace(),
        version_id=_fit(version_id),
        with_id=asked.other or None,
    )
    if found is None:
        raise Http404("There are no such two versions of one type.")
    return difference_json(found)


@router.post("/documents/versions/{int:version_id}/submit", response={200: VersionShape, **_WRITES})
def submit_version(request: HttpRequest, version_id: int, given: SeenGiven) -> Json:
    """Ask for the approval of a draft."""
    refuse_unknown(request)
    actor = asking(request)
    documents.must_write(actor)
    _version(actor, version_id)
    done = action.submit(
        actor=actor,
        workspace=workspace(),
        version_id=version_id,
        revision=given.version,
        at=moment(),
    )
    return version_json(done)


@router.post(
    "/documents/versions/{int:version_id}/approve", response={200: VersionShape, **_WRITES}
)
def approve_version(request: HttpRequest, version_id: int, given: ApprovalGiven) -> Json:
    """Approve what somebody else wrote, as it was read."""
    refuse_unknown(request)
    actor = asking(request)
    actor.must("documents.approve")
    _version(actor, version_id)
    done = action.approve(
        actor=actor,
        workspace=workspace(),
        version_id=version_id,
        revision=given.version,
        why=given.why,
        at=moment(),
    )
    return version_json(done)


@router.post("/documents/versions/{int:version_id}/return", response={200: VersionShape, **_WRITES})
def return_version(request: HttpRequest, version_id: int, given: AnswerGiven) -> Json:
    """Send a submitted version back to its writers, saying why."""
    refuse_unknown(request)
    asking(request).must("documents.approve")
    return _answered(request, version_id, given, action.send_back)


@router.post(
    "/documents/versions/{int:version_id}/withdraw", response={200: VersionShape, **_WRITES}
)
def withdraw_version(request: HttpRequest, version_id: int, given: AnswerGiven) -> Json:
    """Withdraw a draft, or an approved version that does not hold yet, saying why."""
    refuse_unknown(request)
    return _answered(request, version_id, given, action.withdraw)


def _answered(
    request: HttpRequest, version_id: int, given: AnswerGiven, take: Callable[..., Version]
) -> Json:
    actor = asking(request)
    _version(actor, version_id)
    done = take(
        actor=actor,
        workspace=workspace(),
        version_id=version_id,
        revision=given.version,
        answer=given.reason,
        at=moment(),
    )
    return version_json(done)


@router.get("/documents/{str:type}/{str:name}", response={200: DocumentShape, **FAULTS})
def one_document(request: HttpRequest, type: str, name: str, asked: Query[AskedEffective]) -> Json:
    """A document on a day: what holds, its versions, its overrides with what is to look at."""
    refuse_unknown(request, AskedEffective.model_fields)
    day, known = read_dates(asked.on, asked.known)
    found = documents.document_page(
        actor=asking(request),
        workspace=workspace(),
        type=type,
        name=name,
        unit=asked.unit,
        on=day or moment().date(),
        known=known,
    )
    if found is None:
        raise Http404("There is no such document.")
    return page_json(found)


@router.get("/documents/{str:type}/{str:name}/effective", response={200: EffectiveShape, **FAULTS})
def effective_document(
    request: HttpRequest, type: str, name: str, asked: Query[AskedEffective]
) -> Json:
    """What held for a unit on a day, as known at an instant, each value with its origin."""
    refuse_unknown(request, AskedEffective.model_fields)
    day, known = read_dates(asked.on, asked.known)
    found = documents.effective(
        actor=asking(request),
        workspace=workspace(),
        type=type,
        name=name,
        unit=asked.unit,
        on=day or moment().date(),
        known=known,
    )
    if found is None:
        raise Http404("No such document holds on this day.")
    return effective_json(found)


def _version(actor: Actor, version_id: int) -> Version:
    found = documents.one_version(actor=actor, workspace=workspace(), version_id=_fit(version_id))
    if found is None:
        raise Http404(f"There is no version {version_id}.")
    return found


def _fit(version_id: int) -> int:
    """Return a number that a database can look for. Raises Http404 for a larger one."""
    if version_id > 2**31 - 1:
        raise Http404(f"There is no version {version_id}.")
    return version_id


def _day(text: str) -> date:
    day = read_day(text, "on") if text else moment().date()
    if isinstance(day, Problem):
        raise BadInput("This day cannot be read.", [day])
    return day
