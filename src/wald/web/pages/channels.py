"""Channels: where events are sent, add one, change it, test it, and what became of each message."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wald.actions import channels as actions
from wald.actions.channels import Added
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries import channels as desk
from wald.queries.channels import ChannelLine
from wald.records.stores.channels import Form
from wald.web.door import actor_of, given, workspace_of

_SIZE = 50
_FIELDS = ("name", "form", "url", "events")


@login_required
@require_http_methods(["GET", "POST"])
def channels(request: HttpRequest) -> HttpResponse:
    """Show the channels; add one, and show its secret this once."""
    if request.method != "POST":
        return _list_page(request)
    try:
        return _list_page(request, made=_added(request))
    except Refusal as problem:
        return _list_page(request, problem=problem)


@login_required
@require_safe
def channel(request: HttpRequest, channel_id: int) -> HttpResponse:
    return _page(request, channel_id)


@login_required
@require_POST
def channel_change(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Send elsewhere, or other types of events."""
    version = request.POST.get("version", "")
    try:
        actions.change_channel(
            actor=actor_of(request),
            workspace=workspace_of(request),
            channel_id=channel_id,
            url=request.POST.get("url", "").strip(),
            events=_events(request),
            version=int(version) if version.isdecimal() and len(version) < 12 else -1,
            at=now(),
        )
    except BadInput as problem:
        return _page(request, channel_id, problem=problem)
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "The channel is changed.")
    return redirect("channel", channel_id)


@login_required
@require_POST
def channel_rotate(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Make a new secret and show it this once."""
    try:
        secret = actions.rotate_secret(
            actor=actor_of(request),
            workspace=workspace_of(request),
            channel_id=channel_id,
            at=now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return redirect("channel", channel_id)
    return _page(request, channel_id, secret=secret)


@login_required
@require_POST
def channel_stop(request: HttpRequest, channel_id: int) -> HttpResponse:
    return _done(request, channel_id, actions.stop_channel, "The channel is stopped.")


@login_required
@require_POST
def channel_start(request: HttpRequest, channel_id: int) -> HttpResponse:
    return _done(request, channel_id, actions.start_channel, "The channel runs.")


@login_required
@require_POST
def channel_test(request: HttpRequest, channel_id: int) -> HttpResponse:
    words = "A test message is on its way; look below how it went."
    return _done(request, channel_id, actions.send_test, words)


@login_required
@require_http_methods(["GET", "POST"])
def channel_remove(request: HttpRequest, channel_id: int) -> HttpResponse:
    """Ask whether the channel shall go; remove it."""
    found = _found(request, channel_id)
    if request.method != "POST":
        return render(request, "pages/channel_remove.html", {"channel": found})
    actions.remove_channel(
        actor=actor_of(request), workspace=workspace_of(request), channel_id=channel_id, at=now()
    )
    messages.success(request, f"The channel {found.name} is removed.")
    return redirect("channels")


@login_required
@require_POST
def delivery_replay(request: HttpRequest, channel_id: int, delivery_id: int) -> HttpResponse:
    """Send a delivery once more."""
    actor, workspace = actor_of(request), workspace_of(request)
    if not desk.has_delivery(
        actor=actor, workspace=workspace, channel_id=channel_id, delivery_id=delivery_id
    ):
        raise Http404("There is no such delivery.")
    try:
        actions.replay(actor=actor, workspace=workspace, delivery_id=delivery_id, at=now())
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, "It is on its way once more, under the same id.")
    return redirect("channel", channel_id)


def _done(
    request: HttpRequest, channel_id: int, action: Callable[..., object], words: str
) -> HttpResponse:
    try:
        action(
            actor=actor_of(request),
            workspace=workspace_of(request),
            channel_id=channel_id,
            at=now(),
        )
    except Refusal as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, words)
    return redirect("channel", channel_id)


def _added(request: HttpRequest) -> Added:
    form = request.POST.get("form", "")
    if form not in [one.value for one in Form]:
        problem = Problem("form", f"{form[:50]!r} is none", "choose one of the list")
        raise BadInput("This channel cannot be used as it is.", [problem])
    return actions.add_channel(
        actor=actor_of(request),
        workspace=workspace_of(request),
        name=request.POST.get("name", "").strip(),
        form=Form(form),
        url=request.POST.get("url", "").strip(),
        events=_events(request),
        at=now(),
    )


def _events(request: HttpRequest) -> list[str]:
    """Read the types, one a line or with commas; each once."""
    text = request.POST.get("events", "").replace(",", " ")
    return list(dict.fromkeys(text.split()))


def _found(request: HttpRequest, channel_id: int) -> ChannelLine:
    actor, workspace = actor_of(request), workspace_of(request)
    found = desk.one_channel(actor=actor, workspace=workspace, channel_id=channel_id)
    if found is None:
        raise Http404("There is no such channel.")
    return found


def _list_page(
    request: HttpRequest, *, made: Added | None = None, problem: Refusal | None = None
) -> HttpResponse:
    actor, workspace = actor_of(request), workspace_of(request)
    asked = {name: request.POST.get(name, "") if problem else "" for name in _FIELDS}
    context = {
        "channels": desk.channels(actor=actor, workspace=workspace),
        "types": desk.event_types(actor=actor, workspace=workspace),
        "made": made,
        "problem": problem,
        "wrong": _wrong(problem),
        "asked": asked,
    }
    status = 400 if isinstance(problem, BadInput) else 409 if problem else 200
    return _kept_by_nobody(render(request, "pages/channels.html", context, status=status), made)


def _page(
    request: HttpRequest, channel_id: int, *, secret: str = "", problem: BadInput | None = None
) -> HttpResponse:
    actor, workspace = actor_of(request), workspace_of(request)
    found = _found(request, channel_id)
    before = given(request, "before")
    log = desk.channel_deliveries(
        actor=actor,
        workspace=workspace,
        channel_id=channel_id,
        before=int(before) if before.isdecimal() and len(before) < 18 else None,
        limit=_SIZE,
    )
    usual = "\n".join(found.events)
    context = {
        "channel": found,
        "deliveries": log,
        "older": log[-1].delivery_id if len(log) == _SIZE else None,
        "types": desk.event_types(actor=actor, workspace=workspace),
        "secret": secret,
        "problem": problem,
        "wrong": _wrong(problem),
        "events": request.POST.get("events", "") if problem else usual,
        "url": request.POST.get("url", "") if problem else "",
    }
    answer = render(request, "pages/channel.html", context, status=400 if problem else 200)
    return _kept_by_nobody(answer, secret)


def _wrong(problem: Refusal | None) -> dict[str, list[Problem]]:
    found = problem.problems if isinstance(problem, BadInput) else ()
    return {name: [one for one in found if one.where == name] for name in _FIELDS}


def _kept_by_nobody(answer: HttpResponse, secret: object) -> HttpResponse:
    if secret:
        answer.headers["Cache-Control"] = "no-store"
    return answer
