"""Documents: what we agreed, what holds of it for whom and when, and its way to approval."""

from collections.abc import Callable
from datetime import date, datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from wald.actions import documents as action
from wald.documents.in_force import standing
from wald.documents.version import OPEN, Standing, State, Version
from wald.kernel.instant import read_day, read_instant
from wald.kernel.problem import BadInput, Problem, Refusal, Stale
from wald.queries import document_plans, documents
from wald.web.door import actor_of, given, pager, paging_of, workspace_of

SIZE = 50
_LARGEST = 2**31 - 1
TONES = {
    Standing.IN_FORCE: "good",
    Standing.AHEAD: "good",
    Standing.IN_REVIEW: "info",
    Standing.SENT_BACK: "warn",
}


@login_required
@require_safe
def document_list(request: HttpRequest) -> HttpResponse:
    actor, paging = actor_of(request), paging_of(request, size=SIZE)
    states = {one.value: one for one in Standing}
    state = given(request, "state")
    found = documents.document_list(
        actor=actor,
        workspace=workspace_of(request),
        on=now().date(),
        type=given(request, "type"),
        state=states.get(state),
        text=given(request, "search")[:200],
        offset=paging.offset,
        limit=paging.size,
    )
    context = {
        "found": found,
        "lines": [(line, documents.page_of(line.type, line.name, line.unit),
                   TONES.get(line.standing, "")) for line in found.lines],
        "states": list(states),
        "state": state,
        "type": given(request, "type"),
        "search": given(request, "search"),
        "is_filtered": bool(state or given(request, "type") or given(request, "search")),
        "may_write": actor.may("documents.draft") or actor.may("documents.override"),
        "is_local": not actor.may("documents.draft"),
        "units": actor.unit,
        "pager": pager(request, paging, found.total),
    }  # fmt: skip
    return render(request, "pages/documents.html", context)


@login_required
@require_safe
def document(request: HttpRequest, type: str, name: str) -> HttpResponse:
    """A document of the organization, or with ?unit= as it holds for a unit."""
    problem = None
    try:
        on, known = _moment_of(request)
    except BadInput as refusal:
        problem, on, known = refusal, now().date(), None
    actor = actor_of(request)
    page = documents.document_page(
        actor=actor,
        workspace=workspace_of(request),
        type=type,
        name=name,
        unit=given(request, "unit")[:200],
        on=on,
        known=known,
    )
    if page is None:
        raise Http404("There is no such document.")
    context = {
        "page": page,
        "steps": [(one, TONES.get(one.standing, "")) for one in page.steps],
        "overrides": [
            (one, documents.page_of(type, name, one.unit), TONES.get(one.standing, ""))
            for one in page.overrides
        ],
        "central": documents.page_of(type, name),
        "own_unit": actor.unit if actor.may("documents.override") else "",
        "problem": problem,
        "on": on,
        "known": given(request, "known"),
    }
    return render(request, "pages/document.html", context)


@login_required
@require_safe
def of_unit(request: HttpRequest, type: str, name: str, unit: str) -> HttpResponse:
    """Lead from what links and the journal call a unit's document to its page."""
    actor_of(request).must("documents.read")
    return redirect(documents.page_of(type, name, unit))


@login_required
@require_safe
def version(request: HttpRequest, version_id: int) -> HttpResponse:
    """One version: its text, what it changes, and what can be done with it."""
    return render(request, "pages/document_version.html", version_context(request, version_id))


def version_context(request: HttpRequest, version_id: int) -> dict[str, object]:
    """Return what the page of a version needs. Raises Http404."""
    actor, other = actor_of(request), given(request, "other")
    page = document_plans.version_page(
        actor=actor,
        workspace=workspace_of(request),
        version_id=min(version_id, _LARGEST),
        with_id=int(other) if other.isdecimal() and int(other) <= _LARGEST else None,
    )
    if page is None:
        raise Http404("There is no such version.")
    found, difference = page.version, page.difference
    is_now = standing(found, page.own, now().date())
    writes = documents.may_write(actor, found.unit)
    is_open, waits = found.state in OPEN, found.state is State.IN_REVIEW
    return {
        "version": found,
        "standing": is_now,
        "tone": TONES.get(is_now, ""),
        "page": documents.page_of(found.type, found.name, found.unit),
        "difference": difference,
        "lines": [(line, _mark(line)) for line in difference.lines] if difference else [],
        "others": [one for one in page.own if one.version_id != version_id],
        "conflicts": page.conflicts,
        "may_edit": writes,
        "may_submit": writes and found.state in (State.DRAFT, State.SENT_BACK),
        "may_decide": waits and actor.may("documents.approve"),
        "is_writer": actor.name in found.editors,
        "may_withdraw": (writes and is_open)
        or (is_now is Standing.AHEAD and actor.may("documents.approve")),
    }


def version_of(request: HttpRequest, version_id: int) -> Version:
    found = None
    actor = actor_of(request)
    if version_id <= _LARGEST:
        found = documents.one_version(
            actor=actor, workspace=workspace_of(request), version_id=version_id
        )
    actor.must("documents.read")
    if found is None:
        raise Http404("There is no such version.")
    return found


@login_required
@require_safe
def version_text(request: HttpRequest, version_id: int) -> HttpResponse:
    """Hand out a version's text as a file, to the byte."""
    found = version_of(request, version_id)
    answer = HttpResponse(found.text.encode(), content_type="application/yaml; charset=utf-8")
    name = f"{found.name}-{found.number}.yaml"
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@login_required
@require_POST
def version_step(request: HttpRequest, version_id: int, step: str) -> HttpResponse:
    """Submit, approve, send back or withdraw a version as it was read."""
    take = _STEPS.get(step)
    if take is None:
        raise Http404("There is no such step.")
    text = request.POST.get("revision", "")
    revision = int(text) if text.isdecimal() and len(text) < 10 else 0
    try:
        words = take(request, version_id, revision)
    except documents.NoSuchVersion as refusal:
        raise Http404(str(refusal)) from refusal
    except Refusal as refusal:
        return _refused(request, version_id, refusal)
    messages.success(request, words)
    return redirect("document_version", version_id)


def _refused(request: HttpRequest, version_id: int, refusal: Refusal) -> HttpResponse:
    """Show the version again with the refusal, and what the person wrote."""
    context = version_context(request, version_id)
    status = 409 if isinstance(refusal, Stale) else 400
    context |= {"problem": refusal, "reason": request.POST.get("reason", "")}
    return render(request, "pages/document_version.html", context, status=status)


def _submit(request: HttpRequest, version_id: int, revision: int) -> str:
    action.submit(
        actor=actor_of(request),
        workspace=workspace_of(request),
        version_id=version_id,
        revision=revision,
        at=now(),
    )
    return "It waits for approval; who may approve it has a notice."


def _approve(request: HttpRequest, version_id: int, revision: int) -> str:
    done = action.approve(
        actor=actor_of(request),
        workspace=workspace_of(request),
        version_id=version_id,
        revision=revision,
        why=request.POST.get("reason", ""),
        at=now(),
    )
    return f"It is approved and holds from {done.starts_on:%-d %B %Y}."


def _send_back(request: HttpRequest, version_id: int, revision: int) -> str:
    action.send_back(
        actor=actor_of(request),
        workspace=workspace_of(request),
        version_id=version_id,
        revision=revision,
        answer=request.POST.get("reason", ""),
        at=now(),
    )
    return "It is sent back; its writers have a notice."


def _withdraw(request: HttpRequest, version_id: int, revision: int) -> str:
    action.withdraw(
        actor=actor_of(request),
        workspace=workspace_of(request),
        version_id=version_id,
        revision=revision,
        answer=request.POST.get("reason", ""),
        at=now(),
    )
    return "It is withdrawn."


_STEPS: dict[str, Callable[[HttpRequest, int, int], str]] = {
    "submit": _submit,
    "approve": _approve,
    "return": _send_back,
    "withdraw": _withdraw,
}


def _moment_of(request: HttpRequest) -> tuple[date, datetime | None]:
    on, known = given(request, "on"), given(request, "known")
    day = read_day(on, "on") if on else now().date()
    instant = read_instant(known, "known at") if known else None
    if isinstance(day, Problem) or isinstance(instant, Problem):
        problems = [one for one in (day, instant) if isinstance(one, Problem)]
        raise BadInput("These dates cannot be read.", problems)
    return day, instant


def _mark(line: str) -> str:
    """Return what a line of a unified diff is: ins, del, or nothing of both."""
    if line.startswith(("+++", "---")):
        return ""
    return {"+": "ins", "-": "del"}.get(line[:1], "")
