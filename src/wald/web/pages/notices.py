"""Your notices, how they reach you, and the way out that a letter carries."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from wald.actions import notices as actions
from wald.kernel.actor import Door
from wald.kernel.problem import BadInput
from wald.messages.configured import has_mail
from wald.messages.mail import name_of
from wald.queries import notices as desk
from wald.queries.notices import choice_json
from wald.records.stores.notices import ByMail
from wald.records.stores.users import actor_named
from wald.web.door import actor_of, given, workspace_of

_SIZE = 100
_FIELDS = ("by_mail", "zone", "digest_at", "quiet_from", "quiet_until")
_WORDS = {
    ByMail.NONE: "Nothing by mail",
    ByMail.DAILY: "One digest a day",
    ByMail.EACH: "Each notice within minutes, and the digest",
}


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    return _page(request)


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark one notice as read, or all."""
    number = request.POST.get("notice", "")
    which = [int(number)] if number.isdecimal() and len(number) < 18 else None
    if number and which is None:
        raise Http404("There is no such notice.")
    count = actions.mark_read(
        actor=actor_of(request), workspace=workspace_of(request), at=now(), notice_ids=which
    )
    if which is None:
        messages.success(request, f"{count} marked as read.")
    return redirect("notices")


@login_required
@require_POST
def notices_choose(request: HttpRequest) -> HttpResponse:
    """Keep how somebody wants to hear."""
    words = {name: request.POST.get(name, "").strip()[:100] for name in _FIELDS}
    try:
        actions.choose(actor=actor_of(request), workspace=workspace_of(request), at=now(), **words)
    except BadInput as problem:
        return _page(request, words=words, problem=problem)
    messages.success(request, "Your choices are kept.")
    return redirect("notices")


@csrf_exempt  # the signed token says who; mail programs send no other (RFC 8058)
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """End somebody's mail, by the link of a letter; without signing in."""
    name = name_of(token)
    if name is None:
        raise Http404("This link is not whole; take it from the letter again.")
    is_done = request.method == "POST"
    if is_done:
        workspace = workspace_of(request)
        actor = actor_named(name, Door.PAGE, database=workspace.database)
        actions.unsubscribe(actor=actor, workspace=workspace, at=now())
    return render(request, "pages/unsubscribe.html", {"name": name, "is_done": is_done})


def _page(
    request: HttpRequest,
    *,
    words: dict[str, str] | None = None,
    problem: BadInput | None = None,
) -> HttpResponse:
    actor, workspace = actor_of(request), workspace_of(request)
    before, unread_only = given(request, "before"), given(request, "unread") == "1"
    is_number = before.isdecimal() and len(before) < 18
    found = desk.notices(
        actor=actor,
        workspace=workspace,
        unread_only=unread_only,
        before=int(before) if is_number else None,
        limit=_SIZE,
    )
    chosen = words or choice_json(desk.choice(actor=actor, workspace=workspace))
    wrong = problem.problems if problem else ()
    context = {
        "notices": found,
        "older": found[-1].notice_id if len(found) == _SIZE else None,
        "unread_only": unread_only,
        "chosen": chosen,
        "ways": [(one.value, _WORDS[one], chosen["by_mail"] == one.value) for one in ByMail],
        "problem": problem,
        "wrong": {name: [one for one in wrong if one.where == name] for name in _FIELDS},
        "has_mail": has_mail(),
        "has_address": bool(getattr(request.user, "email", "")),
    }
    return render(request, "pages/notices.html", context, status=400 if problem else 200)
