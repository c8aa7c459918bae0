"""Load a folder of this server in the background: the form, and the job that comes of it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods

from wald.actions.import_root import folders_to_load, queue_load
from wald.kernel.problem import BadInput
from wald.web.door import actor_of, workspace_of

_OPTIONS = ("decimal", "dates", "currency")


@login_required
@require_http_methods(["GET", "POST"])
def load_new(request: HttpRequest) -> HttpResponse:
    """Ask which folder below the import folder, and queue its load."""
    actor, problem = actor_of(request), None
    folders = folders_to_load(actor=actor)
    if request.method == "POST":
        given = {name: request.POST.get(name, "").strip()[:100] for name in _OPTIONS}
        try:
            job_id = queue_load(
                actor=actor,
                workspace=workspace_of(request),
                folder=request.POST.get("folder", "").strip()[:1000],
                options=given,
                at=now(),
            )
        except BadInput as refusal:
            problem = refusal
        else:
            return redirect("job", job_id)
    context = {
        "folders": folders,
        "problem": problem,
        "folder": request.POST.get("folder", ""),
        "asked": request.POST,
        "wrong": problem.problems if problem else (),
    }
    return render(request, "pages/load_new.html", context, status=400 if problem else 200)
