"""People: who may sign in and what they see; add somebody, give rights, end access."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from wald.actions.access import Access, change_access, disable_user, enable_user
from wald.actions.users import add_user, change_password
from wald.kernel.policy import GRANTS, PERMISSIONS, Role
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.people import Member, access_review, find_persons, member, members, units
from wald.web.door import actor_of, given, posted, workspace_of
from wald.web.export import FORMATS, download
from wald.web.refusals import by_field, status_of

_PERSONS = 20  # of the facts, found at once


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def people(request: HttpRequest) -> HttpResponse:
    """Show everybody; add somebody."""
    if request.method != "POST":
        return _list(request)
    name = posted(request, "name")
    try:
        add_user(
            actor=actor_of(request),
            workspace=workspace_of(request),
            name=name,
            password=request.POST.get("password") or None,
            role=_role(request),
            person_id=posted(request, "person_id"),
            unit=posted(request, "unit"),
            email=posted(request, "email"),
            at=now(),
        )
    except Refusal as refusal:
        return _list(request, refusal)
    messages.success(request, f"{name} may sign in.")
    return redirect("person", name)


@login_required
@require_safe
def people_file(request: HttpRequest, format: str) -> HttpResponseBase:
    """Hand out the access review: a row per user."""
    if format not in FORMATS:
        raise Http404("There are files as CSV and XLSX.")
    found = access_review(actor=actor_of(request), workspace=workspace_of(request), at=now())
    return download(found, "wald-access-review", format)


@login_required
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters("password")
def person(request: HttpRequest, name: str) -> HttpResponse:
    """Show one user; give rights, end access, set a password: the button pressed says which."""
    found = _found(request, name)
    if request.method != "POST":
        return _page(request, found)
    try:
        done = _done(request, found)
    except Refusal as refusal:
        return _page(request, _found(request, name), refusal)
    messages.success(request, done)
    return redirect("person", name)


def _done(request: HttpRequest, found: Member) -> str:
    """Do what the button says; return what was done."""
    name, at, why = found.user.name, now(), posted(request, "why")
    actor, workspace, version = actor_of(request), workspace_of(request), _version(request)
    button = request.POST.get("do", "")
    if button == "change":
        change = Access(
            _role(request),
            posted(request, "person_id"),
            posted(request, "unit"),
            posted(request, "email"),
        )
        change_access(
            actor=actor,
            workspace=workspace,
            name=name,
            change=change,
            why=why,
            at=at,
            version=version,
        )
        return f"What {name} may do and see is changed; it counts from now on."
    if button == "password":
        password = request.POST.get("password", "")
        change_password(actor=actor, workspace=workspace, name=name, password=password, at=at)
        return f"{name} has a new password."
    action = {"disable": disable_user, "enable": enable_user}.get(button)
    if action is None:
        raise BadInput("Nothing was done.", [Problem("do", "no button says so", "press one")])
    action(actor=actor, workspace=workspace, name=name, why=why, at=at, version=version)
    if button == "disable":
        return f"{name} may no longer sign in; their sessions have ended."
    return f"{name} may sign in again."


def _list(request: HttpRequest, problem: Refusal | None = None) -> HttpResponse:
    actor, workspace, at = actor_of(request), workspace_of(request), now()
    context = {
        "members": members(actor=actor, workspace=workspace, at=at),
        "may_change": actor.may("users.change"),
        "roles": [(role, role.value == posted(request, "role")) for role in Role],
        "units": units(actor=actor, workspace=workspace, at=at),
        "problem": problem,
        "wrong": by_field(problem),
        "typed": {field: posted(request, field) for field in _FIELDS} if problem else {},
        "formats": FORMATS,
    }
    return render(request, "pages/people.html", context, status=status_of(problem))


_FIELDS = ("name", "person_id", "unit", "email", "why")


def _page(request: HttpRequest, found: Member, problem: Refusal | None = None) -> HttpResponse:
    actor, workspace, at, user = actor_of(request), workspace_of(request), now(), found.user
    find = given(request, "find")
    typed = {"person_id": user.person_id, "unit": user.unit, "email": user.email, "why": ""}
    chosen = user.role
    if problem and request.POST.get("do") == "change":
        typed = {field: posted(request, field) for field in typed}
        chosen = next((role for role in Role if role.value == posted(request, "role")), chosen)
    elif problem:
        typed["why"] = posted(request, "why")
    context = {
        "member": found,
        "grants": [PERMISSIONS[key] for key in PERMISSIONS if key in _granted(user.role)],
        "may_change": actor.may("users.change"),
        "roles": [(role, role is chosen) for role in Role],
        "units": units(actor=actor, workspace=workspace, at=at),
        "find": find,
        "persons": (
            find_persons(actor=actor, workspace=workspace, text=find, at=at, limit=_PERSONS)
            if find
            else ()
        ),
        "problem": problem,
        "pressed": request.POST.get("do", "") if problem else "",
        "wrong": by_field(problem),
        "typed": typed,
    }
    return render(request, "pages/person.html", context, status=status_of(problem))


def _granted(role: Role | None) -> frozenset[str]:
    return frozenset() if role is None else GRANTS[role]


def _found(request: HttpRequest, name: str) -> Member:
    actor, workspace = actor_of(request), workspace_of(request)
    found = member(actor=actor, workspace=workspace, name=name, at=now())
    if found is None:
        raise Http404(f"There is no user {name}.")
    return found


def _role(request: HttpRequest) -> Role:
    text = request.POST.get("role", "")
    found = next((role for role in Role if role.value == text), None)
    if found is None:
        fix = f"choose among {', '.join(role.value for role in Role)}"
        raise BadInput("This role cannot be given.", [Problem("role", f"{text!r} is none", fix)])
    return found


def _version(request: HttpRequest) -> int | None:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 12 else None
