"""Quotas: a plan down its tree, how one figure arose, what was reached; and publishing a plan."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import now
from django.views.decorators.http import require_POST, require_safe

from wald.actions.quotas import publish
from wald.documents.version import Standing
from wald.facts.metric import metrics
from wald.heart.quota.agreed import sums
from wald.heart.quota.tree import Level
from wald.kernel.instant import read_day
from wald.kernel.problem import BadInput, Problem, Refusal
from wald.queries.attainment import AskedAttainment, AttainmentPage, attainment
from wald.queries.documents import Line as DocumentLine
from wald.queries.plain_quotas import attainment_table, plan_table
from wald.queries.quota_ground import NoSuchPlan
from wald.queries.quotas import Arising, Line, PlanPage, arising, plan_list, plan_page
from wald.queries.quotas import plans_of_person as figures_of
from wald.web.charts import drawn
from wald.web.door import Dates, actor_of, dates_of, given, workspace_of
from wald.web.export import FORMATS, download
from wald.web.quota_charts import fairness
from wald.web.refusals import status_of

_MOST_LINES = 300  # of a tree shown whole; of a longer one people stand under a chosen unit
_LONGEST_NUMBER = 9


@login_required
@require_safe
def quotas(request: HttpRequest) -> HttpResponse:
    """Show the plan that holds on a day, or one version of it, and which plans there are."""
    actor, workspace = actor_of(request), workspace_of(request)
    problem: Refusal | None = None
    day, page = _today(), None
    try:
        day = _day(request)
    except BadInput as error:
        problem = error
    plans = plan_list(actor=actor, workspace=workspace, on=day)
    try:
        name, day = _asked(request, plans, day)
        page = _page(request, name, day) if name and problem is None else None
    except Refusal as refusal:
        problem = refusal
    context = {
        "plans": plans,
        "plan": given(request, "plan") or (page.name if page else ""),
        "on": day,
        "version": _version(request),
        "page": page,
        "problem": problem,
        "formats": FORMATS,
        "may_write": actor.may("documents.draft"),
        "may_publish": actor.may("facts.load"),
        **(_shown(request, page, day) if page else {}),
    }
    return render(request, "pages/quotas.html", context, status=status_of(problem))


@login_required
@require_safe
def quotas_file(request: HttpRequest, format: str) -> HttpResponseBase:
    """Hand out a plan as a table: a row per node."""
    if format not in FORMATS:
        raise Http404("Files are CSV or XLSX.")
    try:
        page = _page(request, given(request, "plan"), _day(request))
    except NoSuchPlan as refusal:
        raise Http404(str(refusal)) from refusal
    return download(plan_table(page), f"wald-quotas-{page.name}-{page.fiscal_year}", format)


@login_required
@require_safe
def quota(request: HttpRequest, plan: str, node: str) -> HttpResponse:
    """Say how one figure arose."""
    try:
        found = arising(
            actor=actor_of(request),
            workspace=workspace_of(request),
            name=plan,
            node=node,
            on=_day(request),
            version_id=_version(request),
        )
    except NoSuchPlan as refusal:
        raise Http404(str(refusal)) from refusal
    return render(request, "pages/quota.html", {"found": [_told(found)], "title": found.line.title})


@login_required
@require_safe
def quota_person(request: HttpRequest, person_id: str) -> HttpResponse:
    """Show the quotas of somebody: of every plan that holds, and how each arose."""
    found = figures_of(
        actor=actor_of(request),
        workspace=workspace_of(request),
        person_id=person_id,
        on=_day(request),
    )
    if not found:
        raise Http404("No plan that holds on this day gives a quota to such a person.")
    title = found[0].line.title
    return render(
        request, "pages/quota.html", {"found": [_told(one) for one in found], "title": title}
    )


@login_required
@require_POST
def quotas_publish(request: HttpRequest) -> HttpResponse:
    """Make quota facts of the plan that holds on a day."""
    name = request.POST.get("plan", "").replace("\0", "").strip()
    text = request.POST.get("on", "").strip()
    back = f"{reverse('quotas')}?{urlencode({'plan': name, 'on': text})}"
    try:
        made = publish(
            actor=actor_of(request),
            workspace=workspace_of(request),
            name=name,
            on=_read_day(text),
            at=now(),
        )
    except Refusal as refusal:
        told = [str(refusal), *map(str, getattr(refusal, "problems", ()))]
        messages.error(request, " ".join(told))
        return redirect(back)
    if made.load_id is None:
        messages.info(request, f"Version {made.number} is published already: nothing is new.")
    else:
        messages.success(
            request,
            f"Load {made.load_id} holds {made.rows:,} quotas of {made.persons:,} people; "
            "it can be taken back under Data.",
        )
    return redirect(back)


@login_required
@require_safe
def quota_attainment(request: HttpRequest) -> HttpResponse:
    """Show what was reached of quotas, per person and unit."""
    dates, problem, page = Dates(), None, None
    ask = AskedAttainment(measure=given(request, "measure"), plan=given(request, "plan"))
    try:
        dates = dates_of(request)
        page = _attained(request, dates)
    except Refusal as refusal:
        problem = refusal
    actor, workspace = actor_of(request), workspace_of(request)
    plans = (
        plan_list(actor=actor, workspace=workspace, on=_today())
        if actor.may("documents.read")
        else ()
    )
    context = {
        "ask": ask,
        "dates": dates,
        "page": page,
        "problem": problem,
        "plans": plans,
        "measures": [one for one in metrics().values() if sums(one)],
        "placeholder": "last",
        "formats": FORMATS,
        "query": request.GET.urlencode(),
        "lines": _depths(page) if page else (),
    }
    return render(request, "pages/quota_attainment.html", context, status=status_of(problem))


@login_required
@require_safe
def quota_attainment_file(request: HttpRequest, format: str) -> HttpResponseBase:
    """Hand out attainment as a table."""
    if format not in FORMATS:
        raise Http404("Files are CSV or XLSX.")
    page = _attained(request, dates_of(request))
    if page is None:
        raise Http404("Nothing is loaded.")
    return download(attainment_table(page), f"wald-attainment-{page.period.label}", format)


def _asked(request: HttpRequest, plans: Sequence[DocumentLine], day: date) -> tuple[str, date]:
    """Return which plan to show as of which day: the one asked for, one that holds, one to come."""
    if given(request, "plan"):
        return given(request, "plan"), day
    held = next((one.name for one in plans if one.holds), "")
    ahead = [one.newest for one in plans if one.standing is Standing.AHEAD]
    if held or given(request, "on") or not ahead:
        return held, day
    first = min(ahead, key=lambda version: (version.starts_on, version.name))
    return first.name, first.starts_on


def _page(request: HttpRequest, name: str, day: date) -> PlanPage:
    return plan_page(
        actor=actor_of(request),
        workspace=workspace_of(request),
        name=name,
        on=day,
        version_id=_version(request),
    )


def _attained(request: HttpRequest, dates: Dates) -> AttainmentPage | None:
    ask = AskedAttainment(
        dates.period,
        given(request, "measure"),
        given(request, "plan"),
        dates.as_of,
        dates.known,
    )
    return attainment(actor=actor_of(request), workspace=workspace_of(request), ask=ask)


def _shown(request: HttpRequest, page: PlanPage, day: date) -> dict[str, object]:
    """Return what the template needs of a plan beside it."""
    version = _version(request)
    asked = {"plan": page.name, "on": day.isoformat(), "version": str(version or "")}
    seats = [line for line in page.lines if line.person_id and line.is_whole]
    even = page.evenness
    return {
        "lines": _some(page, given(request, "node")),
        "is_cut": len(page.lines) > _MOST_LINES,
        "seats": len(seats),
        "query": urlencode({key: text for key, text in asked.items() if text}),
        "chart": drawn(fairness(seats, even.average)) if even else "",
        "has_proposals": any(line.proposed is not None for line in page.lines),
        "has_relief": any(line.relief for line in page.lines),
    }


def _some(page: PlanPage, node: str) -> tuple[Line, ...]:
    """Return all lines, or of very many the units, and the people under the chosen one."""
    if len(page.lines) <= _MOST_LINES:
        return page.lines
    return tuple(
        line
        for line in page.lines
        if line.level is not Level.PERSON or line.key.rpartition("/")[0] == node
    )


def _told(found: Arising) -> tuple[Arising, list[tuple[str, Decimal | None]]]:
    """Return a figure with its steps as amounts."""
    digits = found.page.digits
    return found, [
        (step.sentence, None if step.figure is None else Decimal(step.figure).scaleb(-digits))
        for step in found.steps
    ]


def _depths(page: AttainmentPage) -> list[tuple[int, object]]:
    depths: dict[str, int] = {}
    found: list[tuple[int, object]] = []
    for line in page.lines:
        node = line.node
        depths[node.key] = depths[node.parent] + 1 if node.key else 0
        found.append((depths[node.key], line))
    return found


def _today() -> date:
    return now().date()


def _day(request: HttpRequest) -> date:
    """Return the day of the address, today where it has none. Raises BadInput."""
    return _read_day(given(request, "on")) or _today()


def _read_day(text: str) -> date | None:
    if not text:
        return None
    found = read_day(text, "on")
    if isinstance(found, Problem):
        raise BadInput("This day cannot be read.", [found])
    return found


def _version(request: HttpRequest) -> int | None:
    text = given(request, "version")
    return int(text) if text.isdecimal() and 0 < len(text) <= _LONGEST_NUMBER else None
