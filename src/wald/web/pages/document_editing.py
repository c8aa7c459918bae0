"""Writing a document: as text, looked at while it is written, and as a form made from its shape."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_http_methods, require_POST
from pydantic import BaseModel

from wald.actions import documents as action
from wald.documents.document import DocumentType, document_types
from wald.documents.form import with_values
from wald.documents.form_parts import Form, form_of
from wald.documents.version import OPEN
from wald.documents.writing import override_text, whole_text
from wald.kernel.problem import BadInput, NotAllowed, Problem, Refusal, Stale
from wald.queries import document_plans, documents
from wald.web.door import actor_of, given, workspace_of
from wald.web.pages.documents import version_of

_LINE = re.compile(r"line (\d+), column (\d+)(?:, (.*))?", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Editing:
    """What is being written: a text, of which version as it was read, of which type."""

    text: str
    version_id: int | None
    revision: int | None
    title: str
    back: str


@login_required
@require_http_methods(["GET", "POST"])
def document_new(request: HttpRequest) -> HttpResponse:
    """Write a first text: from an example, or for a unit from what it may change."""
    documents.must_write(actor_of(request))
    text = _given_text(request) if request.method == "POST" else _template(request)
    editing = Editing(text, None, None, "New document", "/documents/")
    return _edited(request, editing)


@login_required
@require_http_methods(["GET", "POST"])
def version_edit(request: HttpRequest, version_id: int) -> HttpResponse:
    """Change a draft's text; of an approved version, write the next one."""
    return _edited(request, _editing(request, version_id))


@login_required
@require_http_methods(["GET", "POST"])
def version_form(request: HttpRequest, version_id: int) -> HttpResponse:
    """The same as a form. Without script each button sends the form and shows it again."""
    found = version_of(request, version_id)
    type = document_types().get(found.type)
    if type is None:
        raise Http404("There is no such type of document.")
    editing, problem = _editing(request, version_id), None
    do = request.POST.get("do", "")
    if request.method == "POST":
        try:
            editing = _with_form(request, editing, type, do)
            if do == "save":
                return _kept(request, editing)
        except (BadInput, Stale) as refusal:
            problem = refusal
    return _form_page(request, editing, type, problem)


@login_required
@require_POST
def document_check(request: HttpRequest) -> HttpResponse:
    """Say what is wrong with a text, as JSON: for the editor, while somebody writes."""
    plan = document_plans.plan(
        actor=actor_of(request),
        workspace=workspace_of(request),
        text=_given_text(request),
        at=now(),
    )
    warnings = () if plan.problems else _warnings(request)
    return JsonResponse(
        {
            "problems": [_with_line(one) for one in plan.problems],
            "warnings": [_with_line(one) for one in warnings],
            "changes": list(plan.changes),
            "conflicts": [one.sentence for one in plan.conflicts],
        }
    )


def _warnings(request: HttpRequest) -> tuple[Problem, ...]:
    return document_plans.warnings_in(actor=actor_of(request), text=_given_text(request))


def _edited(request: HttpRequest, editing: Editing) -> HttpResponse:
    """Show the editor; keep the text as a draft where that was asked for."""
    problem: Refusal | None = None
    if request.method == "POST" and request.POST.get("do") == "save":
        try:
            return _kept(request, editing)
        except NotAllowed:
            raise
        except Refusal as refusal:
            problem = refusal
    actor, workspace = actor_of(request), workspace_of(request)
    plan = None
    if request.method == "POST" and problem is None:
        plan = document_plans.plan(actor=actor, workspace=workspace, text=editing.text, at=now())
    warnings = _warnings(request) if plan is not None and not plan.problems else ()
    faults = problem.problems if isinstance(problem, BadInput) else ()
    context = {
        "editing": editing,
        "problem": problem,
        "faults": [_with_line(one) for one in (*faults, *(plan.problems if plan else ()))],
        "warnings": [_with_line(one) for one in warnings],
        "plan": plan,
        "rows": min(max(editing.text.count("\n") + 3, 16), 40),
    }
    status = 200 if problem is None else 409 if isinstance(problem, Stale) else 400
    return render(request, "pages/document_edit.html", context, status=status)


def _kept(request: HttpRequest, editing: Editing) -> HttpResponse:
    done = action.draft(
        actor=actor_of(request),
        workspace=workspace_of(request),
        text=editing.text,
        at=now(),
        version_id=editing.version_id,
        revision=editing.revision,
    )
    return redirect("document_version", done.version.version_id)


def _editing(request: HttpRequest, version_id: int) -> Editing:
    """Return what is edited: the version's text, or what was sent; a draft with its revision."""
    found = version_of(request, version_id)
    documents.must_write(actor_of(request), found.unit)
    is_open = found.state in OPEN
    seen = request.POST.get("revision", "")
    is_number = seen.isdecimal() and len(seen) < 10
    revision = int(seen) if is_number else found.revision
    text = found.text
    if request.method == "POST":
        text = _given_text(request)
        if "\r\n" in found.text:  # a browser makes every line end so; those of others do not
            text = text.replace("\n", "\r\n")
    whose = f" of {found.unit}" if found.unit else ""
    title = f"{found.name}{whose}, version {found.number}"
    return Editing(
        text,
        version_id if is_open else None,
        revision if is_open else None,
        title if is_open else f"{found.name}{whose}: the next version",
        found.address,
    )


def _given_text(request: HttpRequest) -> str:
    return request.POST.get("text", "").replace("\r\n", "\n")


def _template(request: HttpRequest) -> str:
    """Return a text to start from. A unit's has what it may change, if there is such a document."""
    actor, today = actor_of(request), now().date()
    types = document_types()
    type = types.get(given(request, "type")) or next(iter(types.values()))
    name, unit = given(request, "name") or "my_document", given(request, "unit")
    if not unit:
        return whole_text(
            type, type.example, name=name, starts_on=today, owner=actor.name, reason="why"
        )
    held = documents.effective(
        actor=actor, workspace=workspace_of(request), type=type.key, name=name, on=today
    )
    central = None
    if held is not None:
        central = documents.one_version(
            actor=actor, workspace=workspace_of(request), version_id=held.version_id
        )
    if central is None:
        problem = Problem("name", f"no {type.key} {name} holds today", "choose another document")
        raise BadInput("There is nothing for a unit to override.", [problem])
    return override_text(
        type,
        central,
        unit,
        starts_on=today,
        expires_on=_in_half_a_year(today),
        owner=actor.name,
    )


def _in_half_a_year(day: date) -> date:
    return day + timedelta(days=182)


def _with_form(
    request: HttpRequest, editing: Editing, type: DocumentType[BaseModel], do: str
) -> Editing:
    """Return the text with what was written into the form, and an entry more or less."""
    values = {name: str(told) for name, told in request.POST.items()}
    verb, _, name = do.partition(":")
    text = with_values(
        type,
        editing.text,
        values,
        add=_added(request, verb, name),
        remove=name if verb == "remove" else "",
    )
    return Editing(text, editing.version_id, editing.revision, editing.title, editing.back)


def _added(request: HttpRequest, verb: str, name: str) -> str:
    """Return what is added: an entry to a list, or to an entry the part that was chosen."""
    if verb == "take":
        return f"{name}.{request.POST.get(f'take:{name}', '')}"
    return name if verb == "add" else ""


def _form_page(
    request: HttpRequest,
    editing: Editing,
    type: DocumentType[BaseModel],
    problem: Refusal | None,
) -> HttpResponse:
    form = None
    try:
        form = form_of(type, editing.text)
    except BadInput as refusal:
        problem = problem or refusal
    problems = list(problem.problems) if isinstance(problem, BadInput) else []
    if request.method == "POST" and not problems:
        plan = document_plans.plan(
            actor=actor_of(request),
            workspace=workspace_of(request),
            text=editing.text,
            at=now(),
        )
        problems += plan.problems
    shown, beside = _beside(form, problems)
    context = {
        "editing": editing,
        "problem": problem,
        "form": form,
        "shown": shown,
        "elsewhere": [one for one in problems if one not in beside],
    }
    status = 200 if problem is None else 409 if isinstance(problem, Stale) else 400
    return render(request, "pages/document_form.html", context, status=status)


def _beside(
    form: Form | None, problems: list[Problem]
) -> tuple[dict[str, list[Problem]], list[Problem]]:
    """Return the Problems of each input by its name, and all of those."""
    found: dict[str, list[Problem]] = {}
    used: list[Problem] = []
    for one in form.all_inputs() if form else ():
        mine = [problem for problem in problems if _with_line(problem)["path"] == one.path]
        if mine:
            found[one.name] = mine
            used += mine
    return found, used


def _with_line(problem: Problem) -> dict[str, object]:
    """Return a Problem with the line and the path that its place names."""
    found = _LINE.fullmatch(problem.where)
    line = int(found[1]) if found else None
    path = (found[3] or "") if found else ""
    where = path or (f"column {found[2]}" if found else problem.where)
    return {"where": where, "line": line, "what": problem.what, "fix": problem.fix, "path": path}
