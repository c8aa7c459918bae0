"""Saved views: keep the page one looks at, rename it, share it, delete it and take that back."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from wald.actions.views import change_view, delete_view, save_view
from wald.kernel.problem import BadInput, Refusal
from wald.queries.views import one_view
from wald.queries.views import views as kept_views
from wald.web.door import actor_of, given, workspace_of
from wald.web.refusals import by_field
from wald.web.undo import undo_message


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def views(request: HttpRequest) -> HttpResponse:
    """Show the views; keep another one and go to it."""
    if request.method != "POST":
        return _page(request, address=given(request, "address"))
    try:
        view = save_view(
            actor=actor_of(request),
            workspace=workspace_of(request),
            name=request.POST.get("name", ""),
            address=request.POST.get("address", ""),
            is_shared=request.POST.get("is_shared") == "on",
            at=now(),
        )
    except BadInput as problem:
        return _page(request, address=request.POST.get("address", ""), problem=problem)
    except Refusal as refusal:
        return _page(request, address=request.POST.get("address", ""), refusal=refusal)
    messages.success(request, f"{view.name} is kept. You find it here and with Ctrl-K.")
    return redirect(view.address)


@login_required
@require_POST
def view_change(request: HttpRequest, view_id: int) -> HttpResponse:
    """Rename a view, share it or stop sharing it."""
    actor, workspace = actor_of(request), workspace_of(request)
    _must_exist(request, view_id)
    try:
        change_view(
            actor=actor,
            workspace=workspace,
            view_id=view_id,
            name=request.POST.get("name", ""),
            is_shared=request.POST.get("is_shared") == "on",
            at=now(),
        )
    except BadInput as problem:
        messages.error(request, "; ".join(str(one) for one in problem.problems))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The view is changed.")
    return redirect("views")


@login_required
@require_POST
def view_delete(request: HttpRequest, view_id: int) -> HttpResponse:
    """Delete a view; the next page offers to take that back."""
    _must_exist(request, view_id)
    actor, workspace = actor_of(request), workspace_of(request)
    gone = delete_view(actor=actor, workspace=workspace, view_id=view_id, at=now())
    again = {"name": gone.name, "address": gone.address}
    if gone.is_shared:
        again["is_shared"] = "on"
    undo_message(request, f"The view {gone.name} is deleted.", reverse("views"), again)
    return redirect("views")


def _must_exist(request: HttpRequest, view_id: int) -> None:
    actor, workspace = actor_of(request), workspace_of(request)
    if one_view(actor=actor, workspace=workspace, view_id=view_id) is None:
        raise Http404("You keep no such view.")


def _page(
    request: HttpRequest,
    *,
    address: str,
    problem: BadInput | None = None,
    refusal: Refusal | None = None,
) -> HttpResponse:
    actor = actor_of(request)
    found = kept_views(actor=actor, workspace=workspace_of(request))
    context = {
        "own": [one for one in found if one.owner == actor.name],
        "shared": [one for one in found if one.owner != actor.name],
        "address": address,
        "name": request.POST.get("name", ""),
        "is_shared": request.POST.get("is_shared") == "on",
        "wrong": by_field(problem),
        "problem": refusal,
    }
    status = 400 if problem else 409 if refusal else 200
    return render(request, "pages/views.html", context, status=status)
