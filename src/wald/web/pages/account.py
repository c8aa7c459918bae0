"""Your account: who you are here, what you see, your password."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import Resolver404, resolve
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from wald.actions.users import change_own_password
from wald.kernel.policy import PERMISSIONS
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.people import myself
from wald.records.stores.sign_in import address_of, begin_attempt, end_attempts
from wald.web.door import actor_of, workspace_of
from wald.web.refusals import status_of


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("old", "new", "again")
def account(request: HttpRequest) -> HttpResponse:
    """Show who somebody is; change their own password, which ends their other sessions."""
    if request.method != "POST":
        return _page(request)
    try:
        _change(request)
    except Refusal as refusal:
        return _page(request, refusal)
    messages.success(request, "Your password is changed; your other sessions have ended.")
    return redirect("account")


_LINKS = (
    ("Notices, and how they reach you", "/notices/"),
    ("Who stands in for you", "/cases/delegations/"),
)


def _is_there(address: str) -> bool:
    try:
        resolve(address)
    except Resolver404:
        return False
    return True


def _change(request: HttpRequest) -> None:
    new = request.POST.get("new", "")
    if new != request.POST.get("again", ""):
        problem = Problem("again", "the two differ", "type the new password twice")
        raise BadInput("Your password stays as it is.", [problem])
    name = request.user.get_username()
    address = address_of(request.META, settings.PROXIES)
    wait = begin_attempt(name, address, at=now(), database="default")
    if wait:
        raise Refusal(f"Too many attempts; try again in {wait} seconds.")
    change_own_password(
        actor=actor_of(request),
        workspace=workspace_of(request),
        old=request.POST.get("old", ""),
        new=new,
        at=now(),
    )
    end_attempts(name, database="default")
    user = User.objects.get(username=name)
    update_session_auth_hash(request, user)  # this session goes on


def _page(request: HttpRequest, problem: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    problems = problem.problems if isinstance(problem, BadInput) else ()
    context = {
        "me": myself(actor=actor, workspace=workspace_of(request), at=now()),
        "grants": [words for key, words in PERMISSIONS.items() if actor.may(key)],
        "has_password": isinstance(request.user, User) and request.user.has_usable_password(),
        "links": [(title, address) for title, address in _LINKS if _is_there(address)],
        "problem": problem,
        "wrong": {
            name: [one for one in problems if one.where in (name, other)]
            for name, other in (("old", ""), ("new", "password"), ("again", ""))
        },
    }
    return render(request, "pages/account.html", context, status=status_of(problem))
