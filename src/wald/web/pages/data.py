"""The data page: what was loaded, what was wrong with it, what was rejected; and taking it back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_safe

from wald.actions.ingest import undo
from wald.kernel.actor import Actor
from wald.kernel.problem import Refusal
from wald.kernel.workspace import Workspace
from wald.queries.loads import (
    all_loads,
    loads,
    may_see_reports,
    one_load,
    rejected_rows,
    report_of,
)
from wald.records.stores.loads import LoadRecord
from wald.web.door import actor_of, workspace_of

REJECTS = 100


@login_required
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    actor = actor_of(request)
    found = all_loads(actor=actor, workspace=workspace_of(request))
    if not may_see_reports(actor):
        return render(request, "pages/data_heads.html", {"loads": found})
    context = {
        "loads": [(one, report_of(one)) for one in found],
        "may_load": actor.may("facts.load"),
    }
    return render(request, "pages/data.html", context)


@login_required
@require_safe
def load(request: HttpRequest, load_id: int) -> HttpResponse:
    actor, workspace = actor_of(request), workspace_of(request)
    found = _load(request, load_id)
    context = {
        "load": found,
        "report": report_of(found),
        "rejects": rejected_rows(actor=actor, workspace=workspace, load_id=load_id, limit=REJECTS),
        "may_undo": actor.may("facts.undo") and _is_newest(actor, workspace, load_id),
    }
    return render(request, "pages/load.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def load_undo(request: HttpRequest, load_id: int) -> HttpResponse:
    """Ask whether the load shall be taken back; take it back."""
    found = _load(request, load_id)
    if request.method == "POST":
        try:
            gone = undo(
                actor=actor_of(request),
                workspace=workspace_of(request),
                load_id=load_id,
                at=now(),
            )
        except Refusal as refusal:
            messages.error(request, str(refusal))
            return redirect("load", load_id)
        messages.success(
            request, f"Load {load_id} is taken back: {gone.rows:,} rows no longer count."
        )
        return redirect("data")
    return render(request, "pages/load_undo.html", {"load": found, "report": report_of(found)})


@login_required
@require_safe
def reject_file(request: HttpRequest, load_id: int, number: int) -> HttpResponseBase:
    """Hand out one of a load's reject files, as it was written."""
    found = _load(request, load_id)
    if not 1 <= number <= len(found.rejects):
        raise Http404("This load has no such reject file.")
    path = workspace_of(request).home / found.rejects[number - 1].path
    return FileResponse(path.open("rb"), as_attachment=True, filename=path.name)


def _load(request: HttpRequest, load_id: int) -> LoadRecord:
    found = one_load(actor=actor_of(request), workspace=workspace_of(request), load_id=load_id)
    if found is None:
        raise Http404("There is no such load.")
    return found


def _is_newest(actor: Actor, workspace: Workspace, load_id: int) -> bool:
    """Is it the newest load that counts? Only that can be taken back."""
    found = loads(actor=actor, workspace=workspace)
    return any(one.may_undo for one in found if one.load_id == load_id)
