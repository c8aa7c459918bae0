"""Your API keys: make one for a program, see when it was last used, end it."""

from datetime import UTC, date, datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST

from wald.actions.keys import MOST_DAYS, USUAL_DAYS, NewKey, add_key, revoke_key, rotate_key
from wald.kernel.instant import read_day
from wald.kernel.policy import PERMISSIONS
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.keys import keys
from wald.web.door import actor_of, workspace_of


@login_required
@require_http_methods(["GET", "POST"])
def key_list(request: HttpRequest) -> HttpResponse:
    """Show the keys; make one, and show it this once."""
    if request.method != "POST":
        return _page(request)
    try:
        return _page(request, made=_added(request))
    except BadInput as problem:
        return _page(request, problem=problem)


@login_required
@require_POST
def key_revoke(request: HttpRequest, key_id: int) -> HttpResponse:
    actor, workspace = actor_of(request), workspace_of(request)
    try:
        revoke_key(actor=actor, workspace=workspace, key_id=key_id, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The key works no longer.")
    return redirect("api_keys")


@login_required
@require_POST
def key_rotate(request: HttpRequest, key_id: int) -> HttpResponse:
    """Make another key like this one and show it this once; the old one works for a day more."""
    actor, workspace = actor_of(request), workspace_of(request)
    try:
        made = rotate_key(actor=actor, workspace=workspace, key_id=key_id, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("api_keys")
    return _page(request, made=made)


def _added(request: HttpRequest) -> NewKey:
    text = request.POST.get("expires_on", "")
    day = read_day(text, "expires_on") if text else None
    if isinstance(day, Problem):
        raise BadInput("This key cannot be made.", [day])
    return add_key(
        actor=actor_of(request),
        workspace=workspace_of(request),
        name=request.POST.get("name", ""),
        scopes=request.POST.getlist("scope"),
        expires_on=day,
        at=now(),
    )


def _page(
    request: HttpRequest, *, made: NewKey | None = None, problem: BadInput | None = None
) -> HttpResponse:
    actor, at = actor_of(request), now()
    may_see_all = actor.may("users.change")
    everybody = may_see_all and "everybody" in request.GET
    found = keys(actor=actor, workspace=workspace_of(request), everybody=everybody)
    chosen = set(request.POST.getlist("scope")) if problem else set()
    context = {
        "keys": [(key, key.state(at)) for key in found],
        "made": made,
        "problem": problem,
        "wrong": {one.where: one for one in problem.problems} if problem else {},
        "name": request.POST.get("name", "") if problem else "",
        "expires_on": request.POST.get("expires_on", "") if problem else _usual(at),
        "last_day": at.astimezone(UTC).date() + timedelta(days=MOST_DAYS),
        "scopes": [
            (key, title, key in chosen) for key, title in PERMISSIONS.items() if actor.may(key)
        ],
        "everybody": everybody,
        "may_see_all": may_see_all,
    }
    answer = render(request, "pages/keys.html", context, status=400 if problem else 200)
    if made is not None:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _usual(at: datetime) -> date:
    return at.astimezone(UTC).date() + timedelta(days=USUAL_DAYS)
