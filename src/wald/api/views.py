"""Saved views: list them, keep one, rename and share it, delete it."""

from django.http import Http404, HttpRequest
from ninja import Query, Router, Status

from wald.actions import views as action
from wald.api.door import asking, moment, refuse_unknown, workspace
from wald.api.shapes import FAULTS, Fault
from wald.api.views_shapes import AskedViews, ChangedViewShape, NewViewShape, ViewShape
from wald.queries import views as desk
from wald.queries.plain import Json
from wald.queries.views import view_json
from wald.records.stores.views import View

router = Router(tags=["views"])


@router.get("/views", response={200: list[ViewShape], **FAULTS})
def list_views(request: HttpRequest, asked: Query[AskedViews]) -> list[Json]:
    """Your views and those that others share of pages that you may open, by number."""
    refuse_unknown(request, AskedViews.model_fields)
    found = desk.views(actor=asking(request), workspace=workspace(), of_page=asked.of_page)
    wanted = sorted(
        (one for one in found if one.view_id > asked.after), key=lambda one: one.view_id
    )
    return [view_json(one) for one in wanted[: asked.limit]]


@router.get("/views/{int:view_id}", response={200: ViewShape, **FAULTS})
def one_view(request: HttpRequest, view_id: int) -> Json:
    """One of your views."""
    refuse_unknown(request)
    return view_json(_view(request, view_id))


@router.post("/views", response={201: ViewShape, 409: Fault, **FAULTS})
def add_view(request: HttpRequest, given: NewViewShape) -> Status[Json]:
    """Keep a page under a name."""
    refuse_unknown(request)
    view = action.save_view(
        actor=asking(request),
        workspace=workspace(),
        name=given.name,
        address=given.address,
        is_shared=given.is_shared,
        at=moment(),
    )
    return Status(201, view_json(view))


@router.put("/views/{int:view_id}", response={200: ViewShape, 409: Fault, **FAULTS})
def change_view(request: HttpRequest, view_id: int, given: ChangedViewShape) -> Json:
    """Give one of your views another name, share it or stop sharing it."""
    refuse_unknown(request)
    _view(request, view_id)
    action.change_view(
        actor=asking(request),
        workspace=workspace(),
        view_id=view_id,
        name=given.name,
        is_shared=given.is_shared,
        at=moment(),
    )
    return view_json(_view(request, view_id))


@router.delete("/views/{int:view_id}", response={200: ViewShape, 409: Fault, **FAULTS})
def delete_view(request: HttpRequest, view_id: int) -> Json:
    """Delete one of your views; the answer is what it was, to keep it again."""
    refuse_unknown(request)
    _view(request, view_id)
    gone = action.delete_view(
        actor=asking(request), workspace=workspace(), view_id=view_id, at=moment()
    )
    return view_json(gone)


def _view(request: HttpRequest, view_id: int) -> View:
    found = desk.one_view(actor=asking(request), workspace=workspace(), view_id=view_id)
    if found is None:
        raise Http404(f"You keep no view {view_id}.")
    return found
